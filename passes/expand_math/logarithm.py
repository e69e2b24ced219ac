"""log and what is made of it, of f64: polynomials of reduced arguments, without branches.

The methods are those of FreeBSD's msun (fdlibm): a mantissa near 1, and the last additions done in pairs. Coefficients
are minimax, found with Sollya.
"""

from __future__ import annotations

from .exponential import LOG_2_HIGH, LOG_2_LOW, clamped, exp_argument, exp_reduced, scaled
from .real import Pair, Real, fast_two_sum, fma, polynomial, two_product, two_sum, where, where_whole

_LOG2_E, _LOG2_E_LOW = 1.442695040888963387, 2.035527374093103311e-17
_LOG10_E, _LOG10_E_LOW = 0.43429448190325181667, 1.0983196502167650727e-17
_LOG10_2_HIGH, _LOG10_2_LOW = 0.30102999566588550806, -1.90431284671642741520e-12
#: log(3/4) and log(5/4) to twice the precision.
_LOG_3_4, _LOG_3_4_LOW = -0.28768207245178090137, -2.6071606164425639760e-17
_LOG_5_4, _LOG_5_4_LOW = 0.22314355131420976486, -9.0912705973247990487e-18
#: What the nearest number lacks of 2/3.
_TWO_THIRDS_LOW = 3.700743415417188e-17
_INFINITY, _NAN = float("inf"), float("nan")

#: 2 atanh(s) / s - 2 in z = s^2, divided by z, for m = (1 + s) / (1 - s) between sqrt(1/2) and sqrt(2).
_LOG = (
    0.14617371737082335, 0.15331644760485114, 0.1818289146443292, 0.22222211103745138, 0.28571428626134593,
    0.39999999999899416, 0.666666666666667,
)  # fmt: skip
#: The same without the term 2/3 z, divided by z once more.
_PRECISE_LOG = (
    0.12916008549396732, 0.1328573717048347, 0.1538558252636749, 0.18181808119130913, 0.22222222272117628,
    0.28571428571335183, 0.4000000000000003,
)  # fmt: skip


def log(x: Real) -> Real:
    e, f = _log_parts(x)
    half = 0.5 * f * f
    s, r = log_series(f)
    value = s * (half + r)
    value = fma(e, LOG_2_LOW, value)
    value = fma(e, LOG_2_HIGH, f - (half - value))
    return log_special(x, value)


def log2(x: Real) -> Real:
    e, f = _log_parts(x)
    p = _log_pair(f)
    high = two_product(p.high, x.like(_LOG2_E))
    low = fma(p.low, _LOG2_E, fma(p.high, _LOG2_E_LOW, high.low))
    total = two_sum(e, high.high)
    return log_special(x, total.high + (total.low + low))


def log10(x: Real) -> Real:
    e, f = _log_parts(x)
    p = _log_pair(f)
    high = two_product(p.high, x.like(_LOG10_E))
    low = fma(p.low, _LOG10_E, fma(p.high, _LOG10_E_LOW, high.low))
    low = fma(e, _LOG10_2_LOW, low)
    total = two_sum(e * _LOG10_2_HIGH, high.high)
    return log_special(x, total.high + (total.low + low))


def log1p(x: Real) -> Real:
    u = two_sum(x.like(1.0), x)
    e, f = _log_parts(u.high)
    half = 0.5 * f * f
    s, r = log_series(f)
    # What 1 + x lost is worth so much; of large numbers it is lost for good.
    lost = where(abs(u.low) < _INFINITY, u.low / u.high, 0.0)
    value = s * (half + r) + fma(e, LOG_2_LOW, lost)
    value = fma(e, LOG_2_HIGH, f - (half - value))
    value = where(x >= -1.0, where(x.is_equal(-1.0), -_INFINITY, value), _NAN)
    value = where(x.is_equal(_INFINITY), x, value)
    return where(abs(x) < 2.0**-54, x, value)


def pow(x: Real, y: Real) -> Real:
    magnitude = abs(x)
    e, f = _log_parts(magnitude)
    log_x = _precise_log(e, f)
    high = two_product(y, log_x.high)
    product = fast_two_sum(high.high, fma(y, log_x.low, high.low))
    # Beyond these bounds the result is 0 or infinite anyway.
    settled = abs(product.high) < 1000.0
    power = where(settled, product.high, clamped(y * log_x.high, -1000.0, 1000.0))
    r, n = exp_argument(power)
    value = scaled(exp_reduced(r.high, r.low + where(settled, product.low, 0.0)), n)
    return pow_special(x, y, value)


def pow_special(x: Real, y: Real, value: Real) -> Real:
    """``x ** y``, where ``value`` is the power of the magnitude of ``x`` if that has a finite logarithm."""
    magnitude = abs(x)
    # 0 to a positive power is 0, to a negative one infinite.
    grows = (magnitude > 1.0) ^ (y < 0.0)
    extreme = magnitude.is_equal(0.0) | magnitude.is_equal(_INFINITY) | abs(y).is_equal(_INFINITY)
    value = where(extreme, where(grows, x.like(_INFINITY), 0.0), value)
    # Numbers of 2^53 and more are even.
    whole = y.floor().is_equal(y)
    odd = whole & ~((y * 0.5).floor().is_equal(y * 0.5)) & (abs(y) < 2.0**53)
    negative = x.bits() < 0
    value = where(negative & odd, -value, value)
    undefined = (x < 0.0) & ~whole & (magnitude < _INFINITY)
    value = where(undefined | x.is_nan() | y.is_nan(), _NAN, value)
    value = where(magnitude.is_equal(1.0) & abs(y).is_equal(_INFINITY), 1.0, value)
    return where(y.is_equal(0.0) | x.is_equal(1.0), 1.0, value)


def _log_parts(x: Real) -> tuple[Real, Real]:
    """``e`` and ``f`` with ``x = 2^e (1 + f)`` and ``1 + f`` between sqrt(1/2) and sqrt(2)."""
    subnormal = x < 2.0**-1022
    normal = where(subnormal, x * 2.0**54, x)
    # Subtracting the bits of sqrt(1/2) leaves the exponent of such a mantissa.
    offset = normal.bits() - 0x3FE6A09E667F3BCD
    exponent = offset >> 52
    mantissa = (normal.bits() - (exponent << 52)).as_bits_of(x)
    exponent = exponent - where_whole(subnormal, exponent.like(54), 0)
    return exponent.converted(x), mantissa - 1.0


def log_series(f: Real) -> tuple[Real, Real]:
    """``s`` and ``R`` of fdlibm: ``log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R)``."""
    s = f / (2.0 + f)
    z = s * s
    return s, z * polynomial(z, _LOG)


def _log_pair(f: Real) -> Pair:
    """``log(1 + f)`` to some more bits."""
    square = two_product(f, f)
    half = Pair(0.5 * square.high, 0.5 * square.low)
    s, r = log_series(f)
    total = two_sum(f, -half.high)
    return fast_two_sum(total.high, total.low - half.low + s * (half.high + r))


def _precise_log(e: Real, f: Real) -> Pair:
    """``e log 2 + log(1 + f)`` to 64 bits or more: of the series in s, the first two terms are pairs.

    The mantissa is taken relative to 3/4, 1 or 5/4, which is nearest: s is small then.
    """
    below, above = f < 0.8660254037844386 - 1.0, f > 1.118033988749895 - 1.0

    def chosen(low: float, middle: float, high: float) -> Real:
        return where(below, low, where(above, high, f.like(middle)))

    difference = f - chosen(-0.25, 0.0, 0.25)
    under = two_sum(chosen(1.75, 2.0, 2.25), f)
    quotient = difference / under.high
    s = Pair(quotient, (fma(-quotient, under.high, difference) - quotient * under.low) / under.high)
    square = two_product(s.high, s.high)
    z = Pair(square.high, fma(s.high + s.high, s.low, square.low))
    product = two_product(s.high, z.high)
    cube = Pair(product.high, fma(s.high, z.low, fma(s.low, z.high, product.low)))
    third = two_product(cube.high, f.like(2.0 / 3.0))
    rest = fma(cube.high, _TWO_THIRDS_LOW, fma(cube.low, 2.0 / 3.0, third.low))
    tail = cube.high * z.high * polynomial(z.high, _PRECISE_LOG)
    near = fast_two_sum(s.high + s.high, third.high)
    near = fast_two_sum(near.high, near.low + (s.low + s.low + rest + tail))
    center = two_sum(e * LOG_2_HIGH, chosen(_LOG_3_4, 0.0, _LOG_5_4))
    far = two_sum(center.high, near.high)
    low = far.low + center.low + chosen(_LOG_3_4_LOW, 0.0, _LOG_5_4_LOW)
    return fast_two_sum(far.high, low + fma(e, LOG_2_LOW, near.low))


def log_special(x: Real, value: Real) -> Real:
    value = where(x >= 0.0, value, _NAN)
    value = where(x.is_equal(0.0), -_INFINITY, value)
    return where(x.is_equal(_INFINITY), x, value)
