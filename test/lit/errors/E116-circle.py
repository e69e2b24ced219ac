# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E116]: A is defined in terms of itself
A = B + 1
B = A + 1


def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x * A
