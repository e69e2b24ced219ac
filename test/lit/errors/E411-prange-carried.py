# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64, prange

N = Dim("N")
M = Dim("M")


# CHECK: error[E411]: a round of this loop over prange needs the 's' of the round before
# CHECK: s = s * 0.5 + x[i]
# CHECK: help: `s += ...` (or *=, min, max, and, or) alone is a reduction; `range` keeps the order
# CHECK: error[E411]: a round of this loop over prange needs the 'most' of the round before
# CHECK: error[E411]: a round of this loop over prange needs the 'previous' of the round before
# CHECK: error[E411]: a round of this loop over prange needs the 'total' of the round before
def f(x: Tensor[f64, N], y: Tensor[f64, N]) -> float:
    s = 0.0
    most = 0.0
    previous = 0.0
    total = np.zeros(3)
    for i in prange(len(x)):
        s = s * 0.5 + x[i]
        if x[i] > most:
            most = x[i]
        y[i] = x[i] - previous
        previous = x[i]
        total = total + x[i]
    return s + most + previous + total[0]


# CHECK: error[E411]: 't' is read after a loop over prange, each round of which has its own
# CHECK: error[E411]: 'i' is read after a loop over prange, each round of which has its own
def g(x: Tensor[f64, N]) -> float:
    t = 0.0
    i = 0
    for i in prange(len(x)):
        t = x[i] * 2.0
        x[i] = t
    return t + i


# CHECK: error[E411]: a round of this loop over prange needs the 's' of the round before
# CHECK: error[E411]: a round of this loop over prange needs the 'p' of the round before
# CHECK-NOT: error[
def both(x: Tensor[f64, N]) -> float:
    s = 0.0
    p = 1.0
    for i in prange(len(x)):
        s += x[i]
        p *= x[i]
        p += 1.0
        x[i] = s
    return s + p
