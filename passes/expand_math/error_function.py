"""erf and erfc of f64: polynomials, without branches. Coefficients are minimax, found with Sollya."""

from __future__ import annotations

from .exponential import clamped, exp_argument, exp_pair, scaled
from .real import Real, fast_two_sum, fma, polynomial, two_product, two_sum, where

#: erf(x) / x - 1 in x^2, for |x| <= 1.
ERF = (
    -3.538145284358096e-11, 2.97334443651494e-10, -1.8471139377955165e-09, 1.5900284295665428e-08,
    -1.6491065926921991e-07, 1.6471870255665493e-06, -1.4926177682672624e-05, 0.00012055352777056031,
    -0.0008548327531698304, 0.005223977634073006, -0.02686617064604515, 0.11283791670960576, -0.37612638903183904,
    0.1283791670955126,
)  # fmt: skip
#: exp(x^2) erfc(x) (1 + 2 x) in (x - 4) / (x + 4), for x from 1/2 to 28.
ERFC = (
    -8.596640575619e-09, 7.416381958914393e-08, 5.690138170139899e-08, -7.818856902959556e-07, 3.1156472956399977e-07,
    5.679233983134962e-06, -1.1232620510881233e-05, -2.4385933192687497e-05, 0.0001506256311918949,
    -0.00019926037417760775, -0.0007577742226293127, 0.0050319706198996665, -0.016197733921271357,
    0.03716751546995404, -0.06633036582389644, 0.09373283500226413, -0.1010390660357805, 0.0680970542545884,
    0.015379652102609857, -0.1396211168405617, 1.2329951186255526,
)  # fmt: skip


def erf(x: Real) -> Real:
    """Within 1 unit in the last place."""
    magnitude = abs(x)
    near = fma(x, polynomial(x * x, ERF), x)
    far = 1.0 - _complement(magnitude)
    return where(magnitude < 1.0, near, far.signed_as(x))


def erfc(x: Real) -> Real:
    """Within 2 units in the last place."""
    magnitude = abs(x)
    near = 1.0 - fma(x, polynomial(x * x, ERF), x)
    far = _complement(magnitude)
    return where(magnitude < 0.5, near, where(x > 0.0, far, where(x.is_nan(), x, 2.0 - far)))


def _complement(x: Real) -> Real:
    """``erfc(x)`` of ``x`` of 1/2 and more."""
    x = clamped(x, 0.5, 28.0)
    square = two_product(x, x)
    r, n = exp_argument(-square.high)
    e = exp_pair(fast_two_sum(r.high, r.low - square.low))
    p = polynomial((x - 4.0) / (x + 4.0), ERFC)
    under = two_sum(x + x, x.like(1.0))
    quotient = p / under.high
    rest = (fma(-quotient, under.high, p) - quotient * under.low) / under.high
    product = two_product(e.high, quotient)
    return scaled(product.high + fma(e.high, rest, fma(e.low, quotient, product.low)), n)
