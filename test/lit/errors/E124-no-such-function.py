# RUN: not pyc compile %s --function axpi -o %t 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E124]
# CHECK: help: did you mean `axpy`?
def axpy(a: f32, x: Tensor[f32, N], y: Tensor[f32, N]) -> Tensor[f32, N]:
    return a * x + y
