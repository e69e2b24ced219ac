"""The functions of f32 that neural networks spend their time in, as polynomials in f32: exp and erf 1 ulp, log 0.8 ulp.

Source: Stephen L. Moshier, Cephes mathematical library, single precision; Norbert Juffa's erff.
"""

from __future__ import annotations

from .exponential import clamped
from .real import Pair, Real, Whole, contracted, fma, polynomial, where, where_whole

_LOG2_E = 1.44269504088896341
#: log 2 in two parts, the first so short that its product with an exponent is exact.
_LOG_2_HIGH, _LOG_2_LOW = 0.693359375, -2.12194440e-4
#: What is left of the argument of exp lies around this: exp(x) - 1, between -1/4 and 1/2, is most exact there.
_MIDDLE = 0.0585
#: Adding it to a small number rounds that to an integer, which then stands in the low bits.
_ROUNDER = 1.5 * 2.0**23
#: (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2.
EXP = (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
_LOG = (
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
    2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
_ERF_SMALL = (-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1)
_ERF_LARGE = (-1.06777877e-1, -6.34846687e-1, -1.28717512e-1)


def exp(x: Real) -> Real:
    # Beyond these bounds the result is 0 or infinite anyway.
    x = clamped(x, -104.0, 89.0)
    r, exponent = exp_reduction(x, _MIDDLE)
    value = expm1_reduced(r) + 1.0
    # In two steps, so that subnormal results and overflow come out right.
    half = exponent >> 1
    return value * power_of_2(half, x) * power_of_2(exponent - half, x)


def exp_reduction(x: Real, middle: float = 0.0) -> tuple[Real, Whole]:
    """``r`` and ``n`` with ``x = n log 2 + r`` and ``r`` at most log(2) / 2 from ``middle``."""
    n, exponent = _nearest(x - middle if middle else x)
    return contracted(n, -_LOG_2_LOW, contracted(n, -_LOG_2_HIGH, x)), exponent


def exp_reduction_in_pairs(x: Real) -> tuple[Pair, Whole]:
    """The same with what ``r`` is rounded by, where there are fused multiply-adds."""
    n, exponent = _nearest(x)
    near = fma(n, -_LOG_2_HIGH, x)
    r = fma(n, -_LOG_2_LOW, near)
    return Pair(r, fma(n, -_LOG_2_LOW, near - r)), exponent


def _nearest(x: Real) -> tuple[Real, Whole]:
    """The integer nearest to ``x / log 2``, as a float and as an integer."""
    offset = contracted(x, _LOG2_E, _ROUNDER)
    return offset - _ROUNDER, offset.bits() - offset.like(_ROUNDER).bits()


def expm1_reduced(r: Real) -> Real:
    """``exp(r) - 1`` of a reduced argument."""
    return contracted(polynomial(r, EXP, contracted), r * r, r)


def log(x: Real) -> Real:
    subnormal = x < 2.0**-126
    normal = where(subnormal, x * 2.0**23, x)
    # Subtracting the bits of sqrt(1/2) leaves the exponent of a mantissa in [sqrt(1/2), sqrt(2)).
    exponent = (normal.bits() - 0x3F3504F3) >> 23
    mantissa = (normal.bits() - (exponent << 23)).as_bits_of(x)
    e = (exponent - where_whole(subnormal, exponent.like(23), 0)).converted(x)
    y = mantissa - 1.0
    z = y * y
    value = contracted(e, _LOG_2_LOW, polynomial(y, _LOG, contracted) * y * z)
    value = contracted(e, _LOG_2_HIGH, y + contracted(z, -0.5, value))
    value = where(x >= 0.0, value, float("nan"))
    value = where(x.is_equal(0.0), -float("inf"), value)
    return where(x.is_equal(float("inf")), x, value)


def erf(x: Real) -> Real:
    s = x * x
    # Beyond 4 it is 1; the polynomial would grow without bound.
    t = clamped(abs(x), 0.0, 4.0)
    r = contracted(contracted(t, -1.72853470e-5, 3.83197126e-4), t * t, contracted(t, -3.88396438e-3, 2.42546219e-2))
    for c in _ERF_LARGE:
        r = contracted(r, t, c)
    large = (1.0 - exp(contracted(r, t, -t))).signed_as(x)
    small = contracted(polynomial(s, _ERF_SMALL, contracted), x, x)
    return where(t < 0.927734375, small, large)


def power_of_2(n: Whole, real: Real) -> Real:
    """``2^n``, a normal number."""
    return ((n + 127) << 23).as_bits_of(real)
