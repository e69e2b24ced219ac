# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64, prange

N = Dim("N")
M = Dim("M")


# CHECK: error[E133]: prange stands alone in a `for` loop
# CHECK: help: `for i in prange(n):`, or `range` here
# CHECK: error[E133]: prange stands alone in a `for` loop
# CHECK: error[E133]: prange stands alone in a `for` loop
# CHECK: error[E115]: pyc.prange is not supported in compiled code
# CHECK-NOT: error[
def f(x: Tensor[f64, N]) -> None:
    for k, i in enumerate(prange(len(x))):
        x[i] = k
    for i in reversed(prange(len(x))):
        x[i] = i
    y = np.array([float(i) for i in prange(4)])
    r = prange(4)
