# RUN: not pyc compile %s --target=cpu --function f -o %t 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, cuda, f32

N = Dim("N")


# CHECK: error[E304]: f runs on cuda, not on cpu
# CHECK: help: `--target=cuda`
def f(x: Tensor[f32, N, cuda]) -> Tensor[f32, N, cuda]:
    return x * 2
