# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E201]: `&` does not take Tensor[f32, N] and int
# CHECK: help: bitwise operators take integers and booleans
def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x & 1
