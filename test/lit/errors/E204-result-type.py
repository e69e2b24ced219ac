# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E204]: the result is an f32, and this is a Tensor[f32, N]
# CHECK: note: the result is declared here
def f(x: Tensor[f32, N]) -> f32:
    return x * 2
