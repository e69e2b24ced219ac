# RUN: not pyc compile %s --target=cuda -o %t 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E321]: a loop is not compiled for CUDA
# CHECK: for _ in range(n):
# CHECK: 1 error
def f(x: Tensor[f32, N], n: int) -> Tensor[f32, N]:
    y = x * 1.0
    for _ in range(n):
        y = y * 0.5 + x
    return y
