# RUN: not pyc check %s --target=cuda 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E220]: the result is a Tensor[f32, ?], and one of its extents is known only once it has been computed
# CHECK: help: declare the result with the dimensions of parameters
def f(x: Tensor[f32, N], n: int):
    return x[:n] * 2
