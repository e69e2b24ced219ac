# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64, prange

N = Dim("N")
M = Dim("M")


# CHECK: error[E412]: all rounds of this loop over prange write the same elements of 'total'
# CHECK: help: write elements that the loop's variable selects, or add up numbers: `s += ...`
def whole(x: Tensor[f64, N, M], total: Tensor[f64, M]) -> None:
    for i in prange(len(x)):
        total += x[i]


# CHECK: error[E412]: all rounds of this loop over prange write the same elements of 'total'
def row(x: Tensor[f64, N, M], total: Tensor[f64, M], k: int) -> None:
    for i in prange(len(x)):
        last = k + 1
        for j in range(M):
            total[j] += x[i, j]


# CHECK: error[E412]: rounds of this loop over prange write elements of 'x' that others read: x[i - 1]
# CHECK: help: write to another array than is read, or use `range`
def before(x: Tensor[f64, N]) -> None:
    for i in prange(1, len(x)):
        x[i] = x[i - 1] * 2


# CHECK: error[E412]: rounds of this loop over prange write elements of 'x' that others write: x[i + 2, :] = 0.0
def twice(x: Tensor[f64, N, M]) -> None:
    for i in prange(0, len(x), 2):
        x[i] = 1.0
        x[i + 2, :] = 0.0


# What cannot be decided is the user's to know.
# CHECK-NOT: error[
def apart(x: Tensor[f64, N, M], y: Tensor[f64, N], k: int) -> None:
    for i in prange(1, len(x)):
        x[i, 0] = x[i - 1, 1]
        if i == k:
            y[0] = 1.0
        y[int(x[i, 2])] += 1.0
    for i in prange(0, len(x), 2):
        x[i] = 1.0
        x[i + 1] = 2.0
