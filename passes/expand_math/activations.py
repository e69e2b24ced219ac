"""sigmoid, gelu and rsqrt, in pairs up to the last operation: within 0.95 ulp. Coefficients are found with Sollya.

They need a fused multiply-add.
"""

from __future__ import annotations

from pyc.dataclass import dataclass

from . import single
from .exponential import EXP, clamped, exp_reduction, power_of_2
from .real import Pair, Real, Whole, fast_two_sum, fma, polynomial, product_sum, remainder, two_product, two_sum, where


@dataclass(frozen=True)
class _Tail:
    """What ``gelu`` of a type takes, with ``u = (t - middle) / (t + middle)``.

    ``(t + middle) exp(t^2 / 2) erfc(t / sqrt(2)) / (4 middle)``, for ``t`` from 0 to ``last``, is
    ``zero + one u + more u^2``, the first two to twice the precision; ``change`` is what that changes by, roughly.
    """

    last: float
    middle: float
    more: tuple[float, ...]
    one: tuple[float, float]
    zero: tuple[float, float]
    change: tuple[float, ...]


@dataclass(frozen=True)
class _Tanh:
    """What ``gelu_tanh`` of a type takes.

    It is 0 below ``first`` and its argument above ``last``. There are 2 sqrt(2 / pi), and 0.044715 times that.
    """

    first: float
    last: float
    slope: tuple[float, float]
    cube: tuple[float, float]


_TAIL_OF_SINGLE = _Tail(
    14.6,
    3.0,
    (
        9.044163562066387e-06, 2.1806039512739517e-05, -4.0803664887789637e-05, -0.00017202398157678545,
        0.0001708262716419995, 0.001161531195975840, -0.001743763801641762, -0.007877112366259098,
        0.03833628445863724,
    ),
    (-0.08488866686820984, 1.549123940236540875e-09),
    (0.12151394784450531, 5.29695842743649336e-10),
    (-0.015726224862972857, 0.0738213018674099, -0.0859917194424447),
)  # fmt: skip
_TAIL_OF_DOUBLE = _Tail(
    39.0,
    5.0,
    (
        -3.776722414812882e-11, -1.1463443071485734e-10, 2.2247223797776026e-10, 1.0756096035338285e-09,
        -8.591174908547467e-10, -7.009442769283292e-09, 4.023742179495917e-09, 4.362643075380275e-08,
        -3.3462404105376644e-08, -2.770712235738934e-07, 3.979830087230463e-07, 1.66816392093353e-06,
        -4.976246407826189e-06, -5.937580782711624e-06, 5.448989943158207e-05, -7.978693891509216e-05,
        -0.0002993376762054197, 0.002079506679924163, -0.006911863870686587, 0.016502036617040826, -0.03135331566712878,
        0.049530561596997605,
),
    (-0.06653825028900569, 2.7825912323492983e-18),
    (0.07691930497500629, 4.137425662522133e-18),
    (0.09832777068334307, -0.11942455726991471, 0.08844335095065332, -0.06409926150263591),
)  # fmt: skip
_TANH_OF_SINGLE = _Tanh(
    -11.0, 6.0, (1.5957691669464111, -4.534068054340423e-08), (0.07135481387376785, 2.3988324659995897e-09)
)
_TANH_OF_DOUBLE = _Tanh(
    -21.6, 9.0, (1.5957691216057308, -9.96930880911092e-17), (0.07135481627260025, -6.175149918155315e-19)
)


def rsqrt(x: Real) -> Real:
    """``1 / sqrt(x)`` of f32 or f64."""
    if x.fused:
        return _rsqrt(x)
    # Products in pairs are of numbers that are neither tiny nor vast.
    tiny, vast = x < 2.0**-500, x > 2.0**500
    value = _rsqrt(where(tiny, x * 2.0**512, where(vast, x * 2.0**-512, x)))
    return where(tiny, value * 2.0**256, where(vast, value * 2.0**-256, value))


def _rsqrt(x: Real) -> Real:
    """By one step of Newton's from what the two operations give."""
    near = 1.0 / x.sqrt()
    root = two_product(x, near)
    wrong = remainder(1.0, root.high, near) - root.low * near
    value = fma(near * 0.5, wrong, near)
    # Of zeros and infinities, what is wrong is not a number.
    return where(value.is_nan(), near, value)


def sigmoid(x: Real) -> Real:
    """Of f32 or f64."""
    if x.is_single():
        r, n = single.exp_reduction(-clamped(x, -104.5, 40.0))
        inverse, wrong = _logistic(single.expm1_reduced(r), None, n, -26)
        return fma(inverse, wrong, inverse) * 2.0**-26
    r, n = exp_reduction(-clamped(x, -752.0, 40.0))
    e = _expm1_pair(r)
    inverse, wrong = _logistic(e.high, e.low, n, -92)
    return fma(inverse, wrong, inverse) * 2.0**-92


def gelu(x: Real) -> Real:
    """Of f32 or f64."""
    k = _TAIL_OF_SINGLE if x.is_single() else _TAIL_OF_DOUBLE
    offset = _offset(x)
    t = abs(x)
    t = where(t > k.last, k.last, t)
    # Twice the middle divided by t + middle, and that from 1, which is u.
    under = fast_two_sum(t.like(k.middle), t)
    part = 2 * k.middle / under.high
    wrong = remainder(2 * k.middle, part, under.high) - part * under.low
    rest = part * wrong * (0.5 / k.middle)
    u = fast_two_sum(t.like(1.0), -part)
    change = (u.low - rest) * polynomial(u.high, k.change)
    p = _step(u.high, Pair(polynomial(u.high, k.more[:-1]), x.like(0.0)), (k.more[-1], 0.0))
    p = _step(u.high, p, k.one)
    product = two_product(u.high, p.high)
    total = two_sum(product.high, x.like(k.zero[0]))
    p = Pair(total.high, fma(p.low, u.high, product.low) + (total.low + k.zero[1]) + change)
    # The tail: that times what was divided, times exp(-t^2 / 2).
    tail = two_product(p.high, part)
    low = fma(p.low, part, fma(p.high, rest, tail.low))
    square = two_product(t, t)
    r, n = _exp_reduction(square.high * -0.5)
    e = _exp_pair(fast_two_sum(r.high, fma(square.low, -0.5, r.low)))
    product = two_product(tail.high, e.high)
    low = fma(low, e.high, fma(tail.high, e.low, product.low))
    # Above 0 it is taken from 1. All is multiplied by a power of two, so that none of it is tiny.
    power = _power_of_2(n + offset, x)
    high, low = product.high * power, low * power
    above = fast_two_sum(x.like(2.0**offset), -high)
    negative = x < 0.0
    high, low = where(negative, high, above.high), where(negative, low, above.low - low)
    bounded = where(x < -k.last, -k.last, x)
    # Also the sign of zero.
    return where((x > k.last) | x.is_equal(0.0), x, product_sum(bounded, high, bounded * low) * 2.0**-offset)


def gelu_tanh(x: Real) -> Real:
    """Of f32 or f64."""
    k = _TANH_OF_SINGLE if x.is_single() else _TANH_OF_DOUBLE
    offset = _offset(x)
    bounded = clamped(x, k.first, k.last)
    square = two_product(bounded, bounded)
    curved = two_product(square.high, x.like(k.cube[0]))
    low = fma(square.low, k.cube[0], fma(square.high, k.cube[1], curved.low))
    slope = two_sum(x.like(k.slope[0]), curved.high)
    low = low + (slope.low + k.slope[1])
    product = two_product(bounded, -slope.high)
    r, n = _exp_reduction(product.high)
    e = _expm1_pair(fast_two_sum(r.high, r.low + fma(bounded, -low, product.low)))
    inverse, wrong = _logistic(e.high, e.low, n, -offset)
    value = product_sum(bounded, inverse, bounded * inverse * wrong) * 2.0**-offset
    # Also the sign of zero.
    return where((x > k.last) | x.is_equal(0.0), x, value)


def _offset(x: Real) -> int:
    """The power of two that what is multiplied by tiny numbers has more."""
    return 40 if x.is_single() else 100


def _exp_reduction(x: Real) -> tuple[Pair, Whole]:
    return single.exp_reduction_in_pairs(x) if x.is_single() else exp_reduction(x)


def _power_of_2(n: Whole, real: Real) -> Real:
    return single.power_of_2(n, real) if real.is_single() else power_of_2(n, real)


def _expm1_pair(r: Pair) -> Pair:
    """``exp(r) - 1`` of a reduced argument."""
    coefficients = single.EXP if r.high.is_single() else EXP
    return fast_two_sum(r.high, fma(r.high * r.high, polynomial(r.high, coefficients), r.low))


def _exp_pair(r: Pair) -> Pair:
    """``exp(r)`` of a reduced argument."""
    e = _expm1_pair(r)
    total = fast_two_sum(e.high.like(1.0), e.high)
    return Pair(total.high, total.low + e.low)


def _step(x: Real, value: Pair, constant: tuple[float, float]) -> Pair:
    """``x * value + constant``, to nearly twice the precision where the constant is not the smaller one."""
    product = two_product(x, value.high)
    total = fast_two_sum(x.like(constant[0]), product.high)
    return Pair(total.high, total.low + (fma(x, value.low, product.low) + constant[1]))


def _logistic(e: Real, low: Real | None, n: Whole, offset: int) -> tuple[Real, Real]:
    """``q`` and ``w`` with ``2^offset (q + q w) = 1 / (1 + 2^n (1 + e + low))``.

    With the ``offset`` neither ``q`` is tiny, nor what it is one divided by.
    """
    power = _power_of_2(n + offset, e)
    one = e.like(2.0**offset)
    # What this sum is rounded by counts only where the power is the larger one, or just below.
    total = power + one
    rest = one - (total - power)
    under = fma(power, e, total)
    rest = fma(power, e, total - under) + (rest if low is None else fma(power, low, rest))
    inverse = 1.0 / under
    return inverse, fma(-inverse, rest, remainder(1.0, inverse, under))
