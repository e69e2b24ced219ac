# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E122]: the built-in sorted is not supported in compiled code
def f(x: Tensor[f32, N]) -> f32:
    sorted(x)
    return x[0]
