# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E112]: `open("scale.txt")` is not evaluated at compile time
# CHECK: note: used by compiled code here
SCALE = open("scale.txt")


def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x * SCALE
