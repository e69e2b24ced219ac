"""exp and what is made of it, of f64: polynomials of reduced arguments, without branches.

The methods are those of FreeBSD's msun (fdlibm) and of Muller, "Elementary Functions" (2016): an argument reduced with
the constant in two parts, and the last additions done in pairs. Coefficients are minimax, found with Sollya.
"""

from __future__ import annotations

from .real import Pair, Real, Whole, fast_two_sum, fma, polynomial, two_product, two_sum, where, where_whole

_LOG2_E = 1.442695040888963387
#: log 2 in two parts, the first of 32 bits: its product with an exponent is exact.
LOG_2_HIGH, LOG_2_LOW = 0.69314718060195446014, -4.20091507268108459794e-11
#: log 2 to twice the precision.
_LOG_2, _LOG_2_REST = 0.69314718055994528623, 2.3190468138462995584e-17
#: Adding it to a small number rounds that to an integer, which then stands in the low bits.
ROUNDER = 1.5 * 2.0**52

#: (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2.
EXP = (
    2.5068365840308674e-08, 2.7620175267023796e-07, 2.7557355136377198e-06, 2.4801521047431494e-05,
    0.0001984126978476873, 0.0013888888917453685, 0.008333333333356306, 0.041666666666623255, 0.16666666666666644,
    0.5000000000000001,
)  # fmt: skip
#: (expm1(r) - r - r^2 / 2) / r^3 there.
_EXPM1 = (
    2.0917421708371486e-09, 2.5101838941146414e-08, 2.7557266393615357e-07, 2.7557264530522317e-06,
    2.48015873318775e-05, 0.00019841269866594581, 0.0013888888888881758, 0.00833333333332888, 0.04166666666666667,
    0.16666666666666669,
)  # fmt: skip
#: (tanh(x) / x - 1) / x^2 in x^2, for |x| <= 0.55.
_TANH = (
    6.164802078255113e-06, -3.0746795604011634e-05, 9.230174407813054e-05, -0.00023750277545134818,
    0.0005896427007523705, -0.0014557727455916617, 0.003592121406980728, -0.008863235064652968, 0.021869488515983707,
    -0.05396825396776409, 0.1333333333333278, -0.3333333333333333,
)  # fmt: skip
#: (sinh(x) / x - 1) / x^2 in x^2, for |x| <= 1.
_SINH = (
    7.71610008110944e-13, 1.6058657399469564e-10, 2.5052105469960142e-08, 2.755731926476937e-06,
    0.00019841269841110008, 0.008333333333333567, 0.16666666666666666,
)  # fmt: skip


def exp(x: Real) -> Real:
    r, n = exp_argument(x)
    return scaled(exp_reduced(r.high, r.low), n)


def exp2(x: Real) -> Real:
    x = clamped(x, -1100.0, 1030.0)
    n, exponent = rounded(x + ROUNDER)
    rest = x - n
    r = two_product(rest, x.like(_LOG_2))
    return scaled(exp_reduced(r.high, fma(rest, _LOG_2_REST, r.low)), exponent)


def expm1(x: Real) -> Real:
    bounded = clamped(x, -60.0, 720.0)
    r, n = exp_argument(bounded)
    square = two_product(r.high, r.high)
    # As a pair: r is exact where the result is small.
    small = fma(r.high * square.high, polynomial(r.high, _EXPM1), fma(square.low, 0.5, r.low))
    e = fast_two_sum(r.high, fma(square.high, 0.5, small))
    # 2^n (expm1(r) + 1 - 2^-n); a power below the last place of 1 does not matter.
    inverse = power_of_2(where_whole(n < 1000, n.like(0) - n, -1000), x)
    constant = two_sum(x.like(1.0), -inverse)
    total = two_sum(constant.high, e.high)
    grown = scaled(total.high + (total.low + constant.low + e.low), n)
    direct = e.high + e.low
    result = where(n.is_equal(0), direct, grown)
    # Also the sign of zero.
    return where(abs(x) < 2.0**-54, x, result)


def sinh(x: Real) -> Real:
    magnitude = abs(x)
    z = x * x
    small = fma(x * z, polynomial(z, _SINH), x)
    half = _half_exp(magnitude)
    inverse = 0.25 / half.high
    large = half.high + (half.low - inverse)
    # Their difference rounded twice is not good enough where the second still counts.
    difference = two_sum(half.high, -inverse)
    large = where(magnitude < 40.0, difference.high + (difference.low + half.low), large)
    return where(magnitude < 1.0, small, large.signed_as(x))


def cosh(x: Real) -> Real:
    half = _half_exp(abs(x))
    total = fast_two_sum(half.high, 0.25 / half.high)
    return where(half.high < float("inf"), total.high + (total.low + half.low), half.high)


def tanh(x: Real) -> Real:
    magnitude = abs(x)
    z = x * x
    small = fma(magnitude * z, polynomial(z, _TANH), magnitude)
    doubled = clamped(magnitude + magnitude, 0.0, 60.0)
    r, n = exp_argument(doubled)
    e = exp_pair(r)
    scale = power_of_2(n, x)
    total = two_sum(e.high * scale, x.like(1.0))
    low = fma(e.low, scale, total.low)
    quotient = 2.0 / total.high
    rest = fma(-quotient, total.high, 2.0) - quotient * low
    difference = fast_two_sum(x.like(1.0), -quotient)
    large = difference.high + fma(-rest, 0.5 * quotient, difference.low)
    return where(magnitude < 0.55, small, large).signed_as(x)


def clamped(x: Real, low: float, high: float) -> Real:
    """NaN stays NaN."""
    x = where(x < low, low, x)
    return where(x > high, high, x)


def rounded(offset: Real) -> tuple[Real, Whole]:
    """The nearest integer, as a float and as an integer, of what ``ROUNDER`` was added to."""
    return offset - ROUNDER, offset.bits() - offset.like(ROUNDER).bits()


def power_of_2(n: Whole, real: Real) -> Real:
    """``2^n``, a normal number."""
    return ((n + 1023) << 52).as_bits_of(real)


def scaled(x: Real, n: Whole) -> Real:
    """``x * 2^n`` in two steps, so that subnormal results and overflow come out right."""
    half = n >> 1
    return x * power_of_2(half, x) * power_of_2(n - half, x)


def exp_argument(x: Real) -> tuple[Pair, Whole]:
    """``r`` and ``n`` with ``x = n log 2 + r`` and ``r`` at most log(2) / 2, of an ``x`` that is not too far out."""
    return exp_reduction(clamped(x, -746.0, 720.0))


def exp_reduction(x: Real) -> tuple[Pair, Whole]:
    """The same of an ``x`` between -2000 and 1000."""
    n, exponent = rounded(fma(x, _LOG2_E, ROUNDER))
    near = fma(n, -LOG_2_HIGH, x)
    r = fma(n, -LOG_2_LOW, near)
    return Pair(r, fma(n, -LOG_2_LOW, near - r)), exponent


def exp_reduced(r: Real, low: Real) -> Real:
    """``exp(r + low)`` of a reduced argument in two parts."""
    total = fast_two_sum(r, low)
    r, low = total.high, total.low
    return 1.0 + (r + fma(r * r, polynomial(r, EXP), low))


def exp_pair(r: Pair) -> Pair:
    """``exp`` of a reduced argument, to some more bits."""
    tail = fma(r.high * r.high, polynomial(r.high, EXP), r.low)
    total = fast_two_sum(r.high.like(1.0), r.high)
    settled = fast_two_sum(total.high, tail)
    return Pair(settled.high, settled.low + total.low)


def _half_exp(x: Real) -> Pair:
    """Half of ``exp(x)`` of ``x`` that is not negative."""
    r, n = exp_argument(x)
    e = exp_pair(r)
    return Pair(scaled(e.high, n - 1), scaled(e.low, n - 1))
