# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E113]: STEPS is not a constant of the file: it is bound 2 times
# CHECK: note: bound here
# CHECK: note: bound here
STEPS = 10
STEPS = 20


def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x * STEPS
