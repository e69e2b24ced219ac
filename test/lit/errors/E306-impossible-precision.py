# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Mixed, Tensor, f16, f32

N = Dim("N")


# CHECK: error[E306]: Mixed[f32, f16] computes in less than it stores
def f(x: Tensor[Mixed[f32, f16], N]) -> Tensor[f32, N]:
    return x.to(f32)
