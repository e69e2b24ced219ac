# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E221]: s is an int, and this is an f32
def f(x: Tensor[f32, N]) -> int:
    s: int = x[0]
    return s
