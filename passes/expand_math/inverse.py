"""The angles of sines, cosines and tangents, of f64: polynomials of reduced arguments, without branches.

Coefficients are minimax, found with Sollya; the last additions are done in pairs.
"""

from __future__ import annotations

from .exponential import clamped
from .real import Pair, Real, fast_two_sum, fma, polynomial, remainder, two_sum, where

_PI_2, _PI_2_LOW = 1.57079632679489655800, 6.12323399573676603587e-17
_INFINITY, _NAN = float("inf"), float("nan")

#: (atan(t) / t - 1) / t^2 in t^2, for |t| <= tan(pi / 8).
_ATAN = (
    0.015487470163580229, -0.03378138377210299, 0.04517665404940026, -0.052221381954911106, 0.05877648774616942,
    -0.06666296351069616, 0.0769228791299459, -0.09090908395581203, 0.11111111095901642, -0.14285714285526818,
    0.19999999999998921, -0.3333333333333333,
)  # fmt: skip
#: (asin(x) / x - 1) / x^2 in x^2, for |x| <= 1/2.
_ASIN = (
    0.02905848379957824, -0.015306036812851961, 0.017701448831463004, 0.005343025054619192, 0.010350533428319457,
    0.011474729573936554, 0.013971691376003332, 0.01735235860151994, 0.022372174502858035, 0.03038194409553674,
    0.04464285714699303, 0.07499999999998022, 0.16666666666666669,
)  # fmt: skip


def asin(x: Real) -> Real:
    magnitude = abs(x)
    z = x * x
    small = fma(x * z, polynomial(z, _ASIN), x)
    root, rest = _asin_near_1(magnitude)
    angle = two_sum(x.like(_PI_2), -2.0 * root)
    large = angle.high + fma(x.like(-2.0), rest, angle.low + _PI_2_LOW)
    return where(magnitude <= 0.5, small, large.signed_as(x))


def acos(x: Real) -> Real:
    z = x * x
    angle = two_sum(x.like(_PI_2), -x)
    middle = angle.high + (angle.low + _PI_2_LOW - x * z * polynomial(z, _ASIN))
    root, rest = _asin_near_1(abs(x))
    near = 2.0 * (root + rest)
    angle = two_sum(x.like(2.0 * _PI_2), -2.0 * root)
    far = angle.high + fma(x.like(-2.0), rest, angle.low + 2.0 * _PI_2_LOW)
    return where(abs(x) <= 0.5, middle, where(x > 0.0, near, far))


def atan(x: Real) -> Real:
    # Beyond it is a right angle to the last place.
    magnitude = clamped(abs(x), 0.0, 2.0**200)
    angle = _angle(magnitude, x.like(1.0))
    return angle.high.signed_as(x)


def _angle(y: Real, x: Real) -> Pair:
    """``atan(y / x)`` of positive numbers whose sum does not overflow, rounded and what it is rounded by."""
    steep, middle = y > 2.414213562373095 * x, y > 0.4142135623730950 * x
    total, difference = two_sum(y, x), two_sum(y, -x)
    high = where(steep, -x, where(middle, difference.high, y))
    low = where(steep, 0.0, where(middle, difference.low, x.like(0.0)))
    under = where(steep, y, where(middle, total.high, x))
    under_low = where(steep, 0.0, where(middle, total.low, x.like(0.0)))
    t = high / under
    rest = (remainder(high, t, under) + fma(-t, under_low, low)) * (1.0 / under)
    z = t * t
    base = where(steep, _PI_2, where(middle, 0.5 * _PI_2, x.like(0.0)))
    base_low = where(steep, _PI_2_LOW, where(middle, 0.5 * _PI_2_LOW, x.like(0.0)))
    total = fast_two_sum(base, t)
    total = Pair(where(middle, total.high, t), where(middle, total.low, 0.0))
    return fast_two_sum(total.high, total.low + (base_low + fma(t * z, polynomial(z, _ATAN), rest)))


def atan2(y: Real, x: Real) -> Real:
    up, right = abs(y), abs(x)
    endless = up.is_equal(_INFINITY) & right.is_equal(_INFINITY)
    up = where(endless, 1.0, where(right.is_equal(_INFINITY), 0.0, up))
    right = where(endless, 1.0, right)
    most = where(up > right, up, right)
    # The sum of both must not overflow, nor be lost among the subnormal numbers.
    scale = where(most > 2.0**1000, 2.0**-200, where(most < 2.0**-800, 2.0**200, x.like(1.0)))
    up, right = clamped(up * scale, 0.0, 2.0**1000), clamped(right * scale, 0.0, 2.0**1000)
    angle = _angle(up, where(most.is_equal(0.0), 1.0, right))
    left = x.bits() < 0
    turned = fast_two_sum(x.like(2.0 * _PI_2), -angle.high)
    turned = turned.high + (turned.low - angle.low + 2.0 * _PI_2_LOW)
    angle = where(left, turned, angle.high)
    angle = where(x.is_nan() | y.is_nan(), _NAN, angle)
    return angle.signed_as(y)


def _asin_near_1(magnitude: Real) -> tuple[Real, Real]:
    """``asin(sqrt((1 - x) / 2))`` as the root and what is to be added to it."""
    z = 0.5 * (1.0 - magnitude)
    root = z.sqrt()
    # What the root lacks; of 0 it lacks nothing.
    lost = where(z > 0.0, remainder(z, root, root) / (root + root), 0.0)
    return root, fma(root * z, polynomial(z, _ASIN), lost)
