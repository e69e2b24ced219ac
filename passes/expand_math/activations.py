"""sigmoid and gelu of f64, in pairs up to the last operation, and rsqrt: within 0.8 ulp. Coefficients: Sollya."""

from __future__ import annotations

from .exponential import exp_pair, exp_reduction, power_of_2, scaled
from .real import Pair, Real, Whole, fast_two_sum, fma, polynomial, two_product, two_sum, where, where_whole

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


def rsqrt(x: Real) -> Real:
    """``1 / sqrt(x)`` of f32 or f64, by one step of Newton's from what the two operations give."""
    near = 1.0 / x.sqrt()
    root = two_product(x, near)
    wrong = fma(-root.high, near, 1.0) - root.low * near
    value = fma(near * 0.5, wrong, near)
    # Of zeros and infinities, what is wrong is not a number.
    return where(value.is_nan(), near, value)


def sigmoid(x: Real) -> Real:
    value, n = _logistic(Pair(x, x.like(0.0)))
    return scaled(value.high + value.low, n)


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
    slope = polynomial(u.high, _TAIL)
    product = two_product(u.high, slope)
    total = fast_two_sum(x.like(_TAIL_1[0]), product.high)
    product, low = two_product(u.high, total.high), total.low + (product.low + _TAIL_1[1])
    p = two_sum(product.high, x.like(_TAIL_0[0]))
    low = fma(low, u.high, product.low) + (p.low + _TAIL_0[1]) + change
    # The tail: ten divided by t + 5, times that, times exp(-t^2 / 2).
    tail = two_product(p.high, part)
    low = fma(low, part, fma(p.high, rest, tail.low))
    square = two_product(t, t)
    r, n = exp_reduction(square.high * -0.5)
    e = exp_pair(fast_two_sum(r.high, fma(square.low, -0.5, r.low)))
    product = two_product(tail.high, e.high)
    low = fma(low, e.high, fma(tail.high, e.low, product.low))
    # Above 0 it is taken from 1.
    scale = power_of_2(where_whole(n < -1000, n.like(-1000), n), x)
    above = fast_two_sum(x.like(1.0), -product.high * scale)
    negative = x < 0.0
    chosen = where(negative, product.high, above.high)
    low = where(negative, low, fma(-low, scale, above.low))
    bounded = where(x < -39.0, -39.0, x)
    value = scaled(fma(bounded, chosen, bounded * low), where_whole(negative, n, n.like(0)))
    # Also the sign of zero.
    return where((x > 39.0) | x.is_equal(0.0), x, value)


def gelu_tanh(x: Real) -> Real:
    # Beyond it, the result is 0.
    x = where(x < -22.0, -22.0, x)
    square = two_product(x, x)
    curved = two_product(square.high, x.like(_CUBE[0]))
    low = fma(square.low, _CUBE[0], fma(square.high, _CUBE[1], curved.low))
    slope = two_sum(x.like(_SLOPE[0]), curved.high)
    low = low + (slope.low + _SLOPE[1])
    product = two_product(x, slope.high)
    value, n = _logistic(Pair(product.high, fma(x, low, product.low)))
    # Far out it is x: an infinite product is no number any more.
    return where(x > 22.0, x, scaled(fma(x, value.high, x * value.low), n))


def _logistic(x: Pair) -> tuple[Pair, Whole]:
    """``sigmoid(x)`` as a pair, which is to be scaled by a power of two."""
    negative = x.high < 0.0
    # Multiplied by a number below 23, what is beyond it is 0.
    magnitude = abs(x.high)
    r, n = exp_reduction(-where(magnitude > 752.0, 752.0, magnitude))
    low = where(negative, x.low, -x.low)
    e = exp_pair(fast_two_sum(r.high, r.low + low))
    # A power below the last place of 1 does not matter.
    scale = power_of_2(where_whole(n < -1000, n.like(-1000), n), x.high)
    under = fast_two_sum(x.high.like(1.0), e.high * scale)
    rest = fma(e.low, scale, under.low)
    quotient = 1.0 / under.high
    wrong = fma(-quotient, under.high, 1.0) - quotient * rest
    above = Pair(where(negative, e.high, 1.0), where(negative, e.low, 0.0))
    product = two_product(above.high, quotient)
    low = fma(above.high, quotient * wrong, fma(above.low, quotient, product.low))
    return Pair(product.high, low), where_whole(negative, n, n.like(0))
