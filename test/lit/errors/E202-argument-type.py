# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E202]: the argument x is a Tensor[f32, N], and this is an f32
# CHECK: note: x is declared here
def g(x: Tensor[f32, N]) -> f32:
    return x[0]


def f(x: Tensor[f32, N]) -> f32:
    return g(x[0])
