# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E113]: f is not a constant of the file: it is bound 2 times
# CHECK: note: bound here
# CHECK: note: bound here
# CHECK: 1 error
def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x + 1


def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x + 2
