# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E217]: arrays have no method summ in compiled code
# CHECK: help: did you mean `sum`
def f(x: Tensor[f32, N]) -> f32:
    return x.summ()
