# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, cpu, cuda, f32

N = Dim("N")


# CHECK: error[E301]: this combines a value on cpu and one on cuda
# CHECK: help: `y.to(cpu)` moves it: transfers are always written
# CHECK: note: this is on cpu
# CHECK: note: this is on cuda
def f(x: Tensor[f32, N, cpu], y: Tensor[f32, N, cuda]) -> Tensor[f32, N, cpu]:
    return x + y
