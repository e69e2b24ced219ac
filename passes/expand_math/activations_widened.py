"""sigmoid and gelu of f32, computed in f64 and rounded: within 0.52 ulp. Coefficients are minimax, found with Sollya.

Nothing here needs a fused multiply-add.
"""

from __future__ import annotations

import math

from .exponential import ROUNDER, clamped, power_of_2, rounded
from .real import Real, contracted, polynomial, where

#: (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2.
_EXP = (
    0.00019907584157986737, 0.001393365007733614, 0.008333286007390351, 0.04166646491790546, 0.16666666756460008,
    0.5000000013467879,
)  # fmt: skip
#: (t + 3) exp(t^2 / 2) erfc(t / sqrt(2)) / 2 in (t - 3) / (t + 3), for t from 0 to 14.6.
_TAIL = (
    5.446342621022565e-05, 0.00013127264211378552, -0.00024474853613640737, -0.0010325365441645417,
    0.0010247766557357097, 0.00696930442630028, -0.01046251853251029, -0.047262687688725206, 0.2300176998256085,
    -0.5093319914082847, 0.7290836903708484,
)  # fmt: skip
#: 2 sqrt(2 / pi), and 0.044715 times that.
_SLOPE, _CUBE = 1.5957691216057308, 0.07135481627260025


def sigmoid(x: Real) -> Real:
    return 1.0 / (1.0 + _exp(clamped(-x, -40.0, 110.0)))


def gelu(x: Real) -> Real:
    t = clamped(abs(x), 0.0, 14.6)
    inverse = 1.0 / (t + 3.0)
    tail = _exp(t * t * -0.5) * (inverse * polynomial(contracted(inverse, -6.0, 1.0), _TAIL, contracted))
    beyond = t * tail
    return where(x < 0.0, -beyond, x - beyond)


def gelu_tanh(x: Real) -> Real:
    # Below, the result is 0.
    x = where(x < -12.0, -12.0, x)
    doubled = x * contracted(x * x, _CUBE, _SLOPE)
    return x / (1.0 + _exp(clamped(-doubled, -40.0, 120.0)))


def _exp(x: Real) -> Real:
    n, exponent = rounded(contracted(x, 1 / math.log(2), ROUNDER))
    r = contracted(n, -math.log(2), x)
    return contracted(r * r, polynomial(r, _EXP, contracted), r + 1.0) * power_of_2(exponent, x)
