# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E110]: the name scal is not defined
# CHECK: help: did you mean `scale`?
def f(x: Tensor[f32, N], scale: f32) -> Tensor[f32, N]:
    return x * scal
