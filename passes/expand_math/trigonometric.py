"""sin, cos and tan of f64 that are not vast: polynomials of what is left after quarter turns are taken away.

Source: Muller, "Elementary Functions" (2016), 11.2: a quarter turn in three parts, of which multiples are taken away
without error. Coefficients are minimax, found with Sollya.
"""

from __future__ import annotations

from .exponential import ROUNDER, rounded
from .real import Pair, Real, Whole, fast_two_sum, fma, polynomial, remainder, two_product, two_sum, where

#: Beyond it quarter turns cannot be counted.
LIMIT = 2.0**45
_2_PI = 0.63661977236758138243
_PI_2 = (1.57079632679489655800, 6.12323399573676603587e-17, -1.497384904859169832943508e-33)
#: (sin(r) / r - 1) / r^2 in r^2, for |r| <= pi / 4.
_SIN = (
    -7.057422362271612507538986349288753020846456931458590133843245e-13,
    1.604792091803348604419135179881945006685750598762751906178892e-10,
    -2.505202441962206028974613643799107531862091491348110139369965e-8,
    2.75573189165643687333615875767467429113821708597242832183838e-6,
    -1.98412698407204163807138197483936892240308225154876708984375e-4,
    8.3333333333329116798804392374222516082227230072021484375e-3,
    -0.1666666666666666574148081281236954964697360992431640625,
)  # fmt: skip
#: (cos(r) - 1 + r^2 / 2) / r^4 in r^2.
_COS = (
    3.422500551656547590852944487386906096619120648538725504295144e-14,
    -1.144392954008888167314800510828323829200237060632616703514941e-11,
    2.087655121426725237015034934099505514737415978743229061365128e-9,
    -2.755731846425099412588701278115088655340514378622174263000488e-7,
    2.480158730022250109480130841888012582785449922084808349609375e-5,
    -1.3888888888887837742835973386945624952204525470733642578125e-3,
    4.1666666666666664353702032030923870117434024810791015625e-2,
)  # fmt: skip


def sin(x: Real) -> Real:
    r, turns = _reduced(x)
    value = _signed(_chosen(turns, _cosine(r), _sine(r)), turns)
    # Also the sign of zero.
    return where(abs(x) < 2.0**-27, x, value)


def cos(x: Real) -> Real:
    r, turns = _reduced(x)
    return _signed(_chosen(turns, _sine(r), _cosine(r)), turns + 1)


def tan(x: Real) -> Real:
    r, turns = _reduced(x)
    sine, cosine = _exact(_sine(r)), _exact(_cosine(r))
    odd = (turns & 1).is_equal(1)
    over = Pair(where(odd, -cosine.high, sine.high), where(odd, -cosine.low, sine.low))
    under = Pair(where(odd, sine.high, cosine.high), where(odd, sine.low, cosine.low))
    quotient = over.high / under.high
    rest = fma(-quotient, under.low, remainder(over.high, quotient, under.high) + over.low) / under.high
    return where(abs(x) < 2.0**-27, x, quotient + rest)


def _reduced(x: Real) -> tuple[Pair, Whole]:
    """``r`` and ``n`` with ``x = n pi / 2 + r``, and ``r`` little more than pi / 4."""
    n, turns = rounded(fma(x, _2_PI, ROUNDER))
    near = remainder(x, n, x.like(_PI_2[0]))
    second = two_product(n, x.like(_PI_2[1]))
    r = two_sum(near, -second.high)
    return fast_two_sum(r.high, fma(n, -_PI_2[2], r.low - second.low)), turns


def _exact(terms: Pair) -> Pair:
    """The sum of two terms and what it is rounded by."""
    return fast_two_sum(terms.high, terms.low)


def _sine(r: Pair) -> Pair:
    """Two terms, the first the larger: their sum is the sine."""
    z = r.high * r.high
    return Pair(r.high, fma(r.high * z, polynomial(z, _SIN), r.low * fma(z, -0.5, 1.0)))


def _cosine(r: Pair) -> Pair:
    """Two terms, the first the larger: their sum is the cosine."""
    z = two_product(r.high, r.high)
    one = fast_two_sum(r.high.like(1.0), -0.5 * z.high)
    small = fma(z.high * z.high, polynomial(z.high, _COS), fma(r.high, -r.low, -0.5 * z.low))
    return Pair(one.high, one.low + small)


def _chosen(turns: Whole, odd: Pair, even: Pair) -> Real:
    is_odd = (turns & 1).is_equal(1)
    return where(is_odd, odd.high + odd.low, even.high + even.low)


def _signed(value: Real, turns: Whole) -> Real:
    """The value, with the other sign where two quarter turns are left."""
    return where((turns & 2).is_equal(0), value, -value)
