# RUN: not pyc compile %s --target=onnx -o %t.onnx 2>&1 | filecheck %s
# REQUIRES: onnx
from __future__ import annotations

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E409]: 'y' holds arrays of several extents, depending on the way to this line
# CHECK: help: give all of them the same extents
def f(x: Tensor[f64, N], k: int) -> f64:
    y = x * 2
    if k > 0:
        y = y[1:] + 1
    return y.sum()
