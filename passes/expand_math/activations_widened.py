"""sigmoid and gelu of f32, computed in f64 and rounded: within 0.75 ulp. Coefficients are minimax, found with Sollya.

Nothing here needs a fused multiply-add.
"""

from __future__ import annotations

import math

from .exponential import ROUNDER, clamped
from .real import Real, contracted, polynomial, where

#: (2^f - 1) / f for |f| <= 1/2.
_EXP2 = (
    0.00015403512779583168, 0.001339073547872634, 0.009618237493656709, 0.05550357433633904, 0.24022649794967221,
    0.6931471879266917,
)  # fmt: skip
#: (t + 4) exp(t^2 / 2) erfc(t / sqrt(2)) / 2 in 1 / (t + 4), for t from 0 to 14.6.
_TAIL = (
    17774.910945797966, -17004.199483752847, 3714.1441562104322, 352.59465305230523, 76.47728260035622,
    85.33033461390602, 18.739197138403654, 6.095744452844403, 1.5924277263976277, 0.3989841774742915,
)  # fmt: skip
_LOG2_E = 1 / math.log(2)
#: 2 sqrt(2 / pi), and 0.044715 times that.
_SLOPE, _CUBE = 1.5957691216057308, 0.07135481627260025


def sigmoid(x: Real) -> Real:
    return 1.0 / (1.0 + _exp2(clamped(x, -110.0, 40.0) * -_LOG2_E))


def gelu(x: Real) -> Real:
    t = abs(x)
    t = where(t > 14.6, 14.6, t)
    inverse = 1.0 / (t + 4.0)
    tail = inverse * polynomial(inverse, _TAIL, contracted) * _exp2(t * t * (-0.5 * _LOG2_E))
    return contracted(-t, tail, where(x < 0.0, 0.0, x))


def gelu_tanh(x: Real) -> Real:
    # Below, the result is 0.
    x = where(x < -12.0, -12.0, x)
    doubled = x * contracted(x * x, _CUBE * -_LOG2_E, _SLOPE * -_LOG2_E)
    return x / (1.0 + _exp2(where(doubled < -60.0, -60.0, doubled)))


def _exp2(x: Real) -> Real:
    """``2^x``, between -1000 and 1000."""
    offset = x + ROUNDER
    f = x - (offset - ROUNDER)
    # The nearest integer stands in the low bits: it is added to the exponent.
    value = contracted(f, polynomial(f, _EXP2, contracted), 1.0)
    return (value.bits() + (offset.bits() << 52)).as_bits_of(x)
