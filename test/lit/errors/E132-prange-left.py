# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64, prange

N = Dim("N")
M = Dim("M")


# CHECK: error[E132]: 'return' leaves a loop over prange, whose rounds may run at once
# CHECK: help: `range` makes a loop that can be left
# CHECK: error[E132]: 'break' leaves a loop over prange, whose rounds may run at once
# CHECK-NOT: error[
def first(x: Tensor[f64, N, M]) -> int:
    for i in prange(len(x)):
        for j in range(M):
            if x[i, j] == 0.0:
                break
            if x[i, j] < -1.0:
                return i
        if x[i, 0] < 0.0:
            break
    return -1
