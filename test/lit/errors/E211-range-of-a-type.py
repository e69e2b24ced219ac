# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, u8

N = Dim("N")


# CHECK: error[E211]: 256 does not fit u8, which holds 0 to 255
def f(x: Tensor[u8, N]) -> Tensor[u8, N]:
    return x + 256
