# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E121]: a list is not supported in compiled code
# CHECK: error[E121]: a dict is not supported in compiled code
def f(x: Tensor[f32, N]) -> f32:
    squares = [x[i] * x[i] for i in range(len(x))]
    double = {1: 2}
    return squares[double[1]]
