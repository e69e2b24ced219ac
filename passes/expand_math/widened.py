"""Functions of f32, computed in f64 without any care for its last bits, and then rounded: within 0.51 ulp.

Short polynomials of reduced arguments, without branches. Coefficients are minimax, found with Sollya: relative errors
of the polynomials are below 2^-31.
"""

from __future__ import annotations

import math

from .exponential import ROUNDER, clamped, power_of_2, rounded
from .logarithm import log_series, log_special, pow_special
from .real import Real, Whole, fma, polynomial, remainder, where

_LOG_2 = math.log(2)

#: (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2.
_EXP = (
    0.00019907584157986737, 0.001393365007733614, 0.008333286007390351, 0.04166646491790546, 0.16666666756460008,
    0.5000000013467879,
)  # fmt: skip
#: (2^r - 1) / r for |r| <= 1/2.
_EXP2 = (
    1.5310083056014697e-05, 0.000154614471542919, 0.0013333454539785304, 0.009618056670850918, 0.05550410928764074,
    0.24022650922336714, 0.6931471805537159,
)  # fmt: skip
#: (2 atanh(s) / s - 2) / s^2 in s^2, for m = (1 + s) / (1 - s) between sqrt(1/2) and sqrt(2).
_LOG = (
    0.2333237524937143, 0.2855073739466026, 0.4000012275121174, 0.6666666655302338,
)  # fmt: skip
#: (sin(r) / r - 1) / r^2 in r^2, for |r| <= pi / 4.
_SIN = (
    2.7249976881421205e-06, -0.00019840087246044167, 0.00833333187597951, -0.16666666663859941,
)  # fmt: skip
#: (cos(r) - 1 + r^2 / 2) / r^4 in r^2.
_COS = (
    -2.73009927754866e-07, 2.480060071952109e-05, -0.0013888887672882152, 0.04166666666432442,
)  # fmt: skip
#: (atan(t) / t - 1) / t^2 in t^2, for |t| <= tan(pi / 8).
_ATAN = (
    -0.040529650839257095, 0.0714035972172097, -0.09029959697109156, 0.1110758241806709, -0.14285616041271768,
    0.19999998969551527, -0.33333333331566334,
)  # fmt: skip
#: (asin(x) / x - 1) / x^2 in x^2, for |x| <= 1/2.
_ASIN = (
    0.031197275823436187, 0.010407798947554385, 0.02365853007332746, 0.030263106941928984, 0.04464801556826824,
    0.07499991655656764, 0.16666666688662743,
)  # fmt: skip
#: (sinh(x) / x - 1) / x^2 in x^2, for |x| <= 1.
_SINH = (
    2.8063006209421038e-06, 0.00019838098914471693, 0.008333339687369146, 0.16666666646778525,
)  # fmt: skip
#: erf(x) / x - 1 in x^2, for |x| <= 1.
_ERF = (
    -9.6801403342886e-06, 0.00011270545866766664, -0.0008484711638131701, 0.005221074890961414, -0.026865445825895378,
    0.11283782747275248, -0.37612638483813643, 0.1283791670631586,
)  # fmt: skip
#: exp(x^2) erfc(x) (1 + 2 x) in (x - 3) / (x + 3), for x from 1/2 to 10.2.
_ERFC = (
    8.872455596831812e-05, -0.00010644769575422792, -0.0007574687014582953, 0.0018913260559564773,
    0.0025232388623607073, -0.023771323872878374, 0.06830882621870274, -0.11927357419729206, 0.12964511453919483,
    -0.04756229757661449, -0.13562110542179948, 1.2530080582872172,
)  # fmt: skip


def exp2(x: Real) -> Real:
    value, n = _exp2_reduced(clamped(x, -160.0, 140.0))
    return value * power_of_2(n, x)


def expm1(x: Real) -> Real:
    value = _expm1(clamped(x, -30.0, 100.0))
    # Also the sign of zero.
    return where(abs(x) < 2.0**-30, x, value)


def sinh(x: Real) -> Real:
    magnitude = abs(x)
    z = x * x
    small = fma(magnitude * z, polynomial(z, _SINH), magnitude)
    e = _exp(magnitude)
    return where(magnitude < 1.0, small, 0.5 * (e - 1.0 / e)).signed_as(x)


def cosh(x: Real) -> Real:
    e = _exp(abs(x))
    return 0.5 * (e + 1.0 / e)


def tanh(x: Real) -> Real:
    magnitude = abs(x)
    e = _expm1(clamped(magnitude + magnitude, 0.0, 100.0))
    return (e / (e + 2.0)).signed_as(x)


def log2(x: Real) -> Real:
    e, f = _log_parts(x)
    return log_special(x, fma(_log(f), 1 / _LOG_2, e))


def log10(x: Real) -> Real:
    e, f = _log_parts(x)
    return log_special(x, fma(_log(f), 1 / math.log(10), e * math.log10(2)))


def log1p(x: Real) -> Real:
    # What the sum loses does not count, unless the result is as small as x.
    total = x + 1.0
    e, f = _log_parts(total)
    value = log_special(total, fma(e, _LOG_2, _log(f)))
    return where(abs(x) < 2.0**-20, fma(x, -0.5 * x, x), value)


def pow(x: Real, y: Real) -> Real:
    magnitude = abs(x)
    e, f = _log_parts(magnitude)
    # This logarithm is as good as can be: the power multiplies its error.
    half = 0.5 * f * f
    s, r = log_series(f)
    log = f - (half - s * (half + r))
    value, n = _exp2_reduced(clamped(y * fma(log, 1 / _LOG_2, e), -400.0, 400.0))
    return pow_special(x, y, value * power_of_2(n, x))


def rsqrt(x: Real) -> Real:
    return 1.0 / x.sqrt()


def asin(x: Real) -> Real:
    magnitude = abs(x)
    z = 0.5 * (1.0 - magnitude)
    near_1 = z.sqrt()
    steep = magnitude > 0.5
    z, root = where(steep, z, x * x), where(steep, near_1, magnitude)
    value = fma(root * z, polynomial(z, _ASIN), root)
    return where(steep, fma(value, -2.0, math.pi / 2), value).signed_as(x)


def acos(x: Real) -> Real:
    magnitude = abs(x)
    z = 0.5 * (1.0 - magnitude)
    near_1 = z.sqrt()
    steep = magnitude > 0.5
    z, root = where(steep, z, x * x), where(steep, near_1, x)
    value = fma(root * z, polynomial(z, _ASIN), root)
    doubled = value + value
    return where(steep, where(x > 0.0, doubled, math.pi - doubled), math.pi / 2 - value)


def atan(x: Real) -> Real:
    magnitude = clamped(abs(x), 0.0, 2.0**130)
    return _angle(magnitude, x.like(1.0)).signed_as(x)


def atan2(y: Real, x: Real) -> Real:
    up, right = abs(y), abs(x)
    # The quotient of infinite numbers is 1, that of zeros 0.
    infinity = float("inf")
    endless = up.is_equal(infinity) & right.is_equal(infinity)
    up, right = where(endless, 1.0, up), where(endless, 1.0, right)
    nothing = up.is_equal(0.0) & right.is_equal(0.0)
    vast = 2.0**400
    angle = _angle(where(up > vast, vast, up), where(nothing, 1.0, where(right > vast, vast, right)))
    angle = where(x.bits() < 0, math.pi - angle, angle)
    return where(x.is_nan() | y.is_nan(), float("nan"), angle).signed_as(y)


def erfc(x: Real) -> Real:
    magnitude = abs(x)
    near = 1.0 - fma(x, polynomial(x * x, _ERF), x)
    bounded = clamped(magnitude, 0.5, 10.2)
    p = polynomial((bounded - 3.0) / (bounded + 3.0), _ERFC)
    value, n = _exp2_reduced(bounded * bounded * (-1 / _LOG_2))
    far = value * power_of_2(n, x) * (p / fma(bounded, 2.0, 1.0))
    return where(magnitude < 0.5, near, where(x > 0.0, far, where(x.is_nan(), x, 2.0 - far)))


def sin(x: Real) -> Real:
    r, turns = _reduced(x)
    z = r * r
    value = _signed(where((turns & 1).is_equal(1), _cosine(z), _sine(r, z)), turns)
    return where(abs(x) < 2.0**-20, x, value)


def cos(x: Real) -> Real:
    r, turns = _reduced(x)
    z = r * r
    return _signed(where((turns & 1).is_equal(1), _sine(r, z), _cosine(z)), turns + 1)


def tan(x: Real) -> Real:
    r, turns = _reduced(x)
    z = r * r
    sine, cosine, odd = _sine(r, z), _cosine(z), (turns & 1).is_equal(1)
    value = where(odd, -cosine, sine) / where(odd, sine, cosine)
    return where(abs(x) < 2.0**-20, x, value)


def _exp(x: Real) -> Real:
    x = clamped(x, 0.0, 100.0)
    e, n = _expm1_reduced(x)
    return fma(e, power_of_2(n, x), power_of_2(n, x))


def _expm1(x: Real) -> Real:
    e, n = _expm1_reduced(x)
    scale = power_of_2(n, x)
    return where(n.is_equal(0), e, fma(e, scale, scale - 1.0))


def _expm1_reduced(x: Real) -> tuple[Real, Whole]:
    """``expm1(r)`` and ``n`` with ``x = n log 2 + r`` and ``r`` at most log(2) / 2."""
    n, exponent = rounded(fma(x, 1 / _LOG_2, ROUNDER))
    r = fma(n, -_LOG_2, x)
    return fma(r * r, polynomial(r, _EXP), r), exponent


def _exp2_reduced(x: Real) -> tuple[Real, Whole]:
    """``2^r`` and ``n`` with ``x = n + r`` and ``r`` at most 1/2."""
    n, exponent = rounded(x + ROUNDER)
    r = x - n
    return fma(r, polynomial(r, _EXP2), 1.0), exponent


def _log_parts(x: Real) -> tuple[Real, Real]:
    """``e`` and ``f`` with ``x = 2^e (1 + f)`` and ``1 + f`` between sqrt(1/2) and sqrt(2): an f32 is normal in f64."""
    exponent = (x.bits() - 0x3FE6A09E667F3BCD) >> 52
    return exponent.converted(x), (x.bits() - (exponent << 52)).as_bits_of(x) - 1.0


def _log(f: Real) -> Real:
    """``log(1 + f)``."""
    s = f / (f + 2.0)
    z = s * s
    return s * fma(z, polynomial(z, _LOG), 2.0)


def _angle(y: Real, x: Real) -> Real:
    """``atan(y / x)`` of numbers that are not negative."""
    steep, middle = y > 2.414213562373095 * x, y > 0.4142135623730950 * x
    over = where(steep, -x, where(middle, y - x, y))
    under = where(steep, y, where(middle, y + x, x))
    t = over / under
    z = t * t
    base = where(steep, math.pi / 2, where(middle, math.pi / 4, x.like(0.0)))
    return base + fma(t * z, polynomial(z, _ATAN), t)


def _reduced(x: Real) -> tuple[Real, Whole]:
    """``r`` and ``n`` with ``x = n pi / 2 + r``."""
    n, turns = rounded(fma(x, 2 / math.pi, ROUNDER))
    return fma(n, -6.123233995736766e-17, remainder(x, n, x.like(math.pi / 2))), turns


def _sine(r: Real, z: Real) -> Real:
    return fma(r * z, polynomial(z, _SIN), r)


def _cosine(z: Real) -> Real:
    return fma(z * z, polynomial(z, _COS), fma(z, -0.5, 1.0))


def _signed(value: Real, turns: Whole) -> Real:
    """The value, with the other sign where two quarter turns are left."""
    return where((turns & 2).is_equal(0), value, -value)
