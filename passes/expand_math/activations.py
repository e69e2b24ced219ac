"""sigmoid and gelu of f64, in pairs up to the last operation, and rsqrt: within 0.8 ulp. Coefficients: Sollya."""

from __future__ import annotations

from . import single
from .exponential import EXP, clamped, exp_pair, exp_reduction, power_of_2
from .real import Pair, Real, Whole, fast_two_sum, fma, polynomial, two_product, two_sum, where

#: (t + 5) exp(t^2 / 2) erfc(t / sqrt(2)) / 20 in u = (t - 5) / (t + 5), for t from 0 to 39: the factors of u^2, and to
#: twice the precision that of u and what is left.
_TAIL = (
    -3.776722414812882e-11, -1.1463443071485734e-10, 2.2247223797776026e-10, 1.0756096035338285e-09,
    -8.591174908547467e-10, -7.009442769283292e-09, 4.023742179495917e-09, 4.362643075380275e-08,
    -3.3462404105376644e-08, -2.770712235738934e-07, 3.979830087230463e-07, 1.66816392093353e-06,
    -4.976246407826189e-06, -5.937580782711624e-06, 5.448989943158207e-05, -7.978693891509216e-05,
    -0.0002993376762054197, 0.002079506679924163, -0.006911863870686587, 0.016502036617040826, -0.03135331566712878,
    0.049530561596997605,
)  # fmt: skip
_TAIL_1 = (-0.06653825028900569, 2.7825912323492983e-18)
_TAIL_0 = (0.07691930497500629, 4.137425662522133e-18)
#: What that changes by with u, roughly.
_TAIL_CHANGE = (0.09832777068334307, -0.11942455726991471, 0.08844335095065332, -0.06409926150263591)
#: 2 sqrt(2 / pi) to twice the precision, and 0.044715 times that.
_SLOPE = (1.5957691216057308, -9.96930880911092e-17)
_CUBE = (0.07135481627260025, -6.175149918155315e-19)
#: The power of two that what is multiplied by tiny numbers has more.
_OFFSET = 100


def rsqrt(x: Real) -> Real:
    """``1 / sqrt(x)`` of f32 or f64, by one step of Newton's from what the two operations give."""
    near = 1.0 / x.sqrt()
    root = two_product(x, near)
    wrong = fma(-root.high, near, 1.0) - root.low * near
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
    e = _expm1_reduced(r)
    inverse, wrong = _logistic(e.high, e.low, n, -66)
    return fma(inverse, wrong, inverse) * 2.0**-66


def gelu(x: Real) -> Real:
    t = abs(x)
    t = where(t > 39.0, 39.0, t)
    # Ten divided by t + 5, and that from 1, which is u.
    under = fast_two_sum(t.like(5.0), t)
    part = 10.0 / under.high
    wrong = fma(-part, under.high, 10.0) - part * under.low
    rest = part * wrong * 0.1
    u = fast_two_sum(t.like(1.0), -part)
    change = (u.low - rest) * polynomial(u.high, _TAIL_CHANGE)
    p = _step(u.high, Pair(polynomial(u.high, _TAIL[:-1]), x.like(0.0)), (_TAIL[-1], 0.0))
    p = _step(u.high, p, _TAIL_1)
    product = two_product(u.high, p.high)
    total = two_sum(product.high, x.like(_TAIL_0[0]))
    p = Pair(total.high, fma(p.low, u.high, product.low) + (total.low + _TAIL_0[1]) + change)
    # The tail: ten divided by t + 5, times that, times exp(-t^2 / 2).
    tail = two_product(p.high, part)
    low = fma(p.low, part, fma(p.high, rest, tail.low))
    square = two_product(t, t)
    r, n = exp_reduction(square.high * -0.5)
    e = exp_pair(fast_two_sum(r.high, fma(square.low, -0.5, r.low)))
    product = two_product(tail.high, e.high)
    low = fma(low, e.high, fma(tail.high, e.low, product.low))
    # Above 0 it is taken from 1. All is multiplied by a power of two, so that none of it is tiny.
    power = power_of_2(n + _OFFSET, x)
    high, low = product.high * power, low * power
    above = fast_two_sum(x.like(2.0**_OFFSET), -high)
    negative = x < 0.0
    high, low = where(negative, high, above.high), where(negative, low, above.low - low)
    bounded = where(x < -39.0, -39.0, x)
    # Also the sign of zero.
    return where((x > 39.0) | x.is_equal(0.0), x, fma(bounded, high, bounded * low) * 2.0**-_OFFSET)


def gelu_tanh(x: Real) -> Real:
    # Below, the result is 0; above, it is x.
    bounded = clamped(x, -21.6, 9.0)
    square = two_product(bounded, bounded)
    curved = two_product(square.high, x.like(_CUBE[0]))
    low = fma(square.low, _CUBE[0], fma(square.high, _CUBE[1], curved.low))
    slope = two_sum(x.like(_SLOPE[0]), curved.high)
    low = low + (slope.low + _SLOPE[1])
    product = two_product(bounded, -slope.high)
    r, n = exp_reduction(product.high)
    r = fast_two_sum(r.high, r.low + fma(bounded, -low, product.low))
    e = _expm1_reduced(r)
    inverse, wrong = _logistic(e.high, e.low, n, -_OFFSET)
    return where(x > 9.0, x, fma(bounded, inverse, bounded * inverse * wrong) * 2.0**-_OFFSET)


def _step(x: Real, value: Pair, constant: tuple[float, float]) -> Pair:
    """``x * value + constant``, to nearly twice the precision where the constant is not the smaller one."""
    product = two_product(x, value.high)
    total = fast_two_sum(x.like(constant[0]), product.high)
    return Pair(total.high, total.low + (fma(x, value.low, product.low) + constant[1]))


def _expm1_reduced(r: Pair) -> Pair:
    """``exp(r) - 1`` of a reduced argument."""
    return fast_two_sum(r.high, fma(r.high * r.high, polynomial(r.high, EXP), r.low))


def _logistic(e: Real, low: Real | None, n: Whole, offset: int) -> tuple[Real, Real]:
    """``q`` and ``w`` with ``2^offset (q + q w) = 1 / (1 + 2^n (1 + e + low))``.

    With the ``offset`` neither ``q`` is tiny, nor what it is one divided by.
    """
    power = single.power_of_2(n + offset, e) if e.is_single() else power_of_2(n + offset, e)
    one = e.like(2.0**offset)
    # What this sum is rounded by counts only where the power is the larger one, or just below.
    total = power + one
    rest = one - (total - power)
    under = fma(power, e, total)
    rest = fma(power, e, total - under) + (rest if low is None else fma(power, low, rest))
    inverse = 1.0 / under
    return inverse, fma(-inverse, rest, fma(-inverse, under, 1.0))
