# RUN: not pyc compile %s --target=cpu --function f -o %t 2>&1 | filecheck %s
# RUN: not pyc compile %s --target=cuda --function g -o %t 2>&1 | filecheck %s --check-prefix=CUDA
# RUN: pyc compile %s --target=cpu --function f --emit=pyc -o %t
from __future__ import annotations

from pyc import Dim, Tensor, cpu, cuda, f32

N = Dim("N")


# CHECK: error[E305]: a move from cpu to cuda is not compiled for cpu
# CHECK: return (x.to(cuda) * 2).to(cpu)
# CHECK: help: one function for each target
# CHECK: error[E305]: a move from cuda to cpu is not compiled for cpu
# CHECK: 2 errors
def f(x: Tensor[f32, N, cpu]) -> Tensor[f32, N, cpu]:
    return (x.to(cuda) * 2).to(cpu)


# CUDA: error[E305]: a move from cpu to cuda is not compiled for cuda
# CUDA: 1 error
def g(x: Tensor[f32, N, cpu], y: Tensor[f32, N, cuda]) -> Tensor[f32, N, cuda]:
    return x.to(cuda) + y
