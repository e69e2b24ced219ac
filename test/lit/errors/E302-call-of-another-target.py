# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, cpu, cuda, f32

N = Dim("N")


# CHECK: error[E302]: g runs on cuda, and is called from a function on cpu
# CHECK: note: g is declared here
def g(x: Tensor[f32, N, cuda]) -> Tensor[f32, N, cuda]:
    return x * 2


def f(x: Tensor[f32, N, cpu]) -> Tensor[f32, N, cpu]:
    return g(x.to(cuda)).to(cpu)
