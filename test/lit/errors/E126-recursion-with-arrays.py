# RUN: not pyc compile %s --target=onnx -o %t 2>&1 | filecheck %s
# RUN: not pyc check %s --target=cuda:sm_90a 2>&1 | filecheck %s
# RUN: pyc compile %s --target=cpu --emit=llvm -o %t
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E126]: 'fill' needs arrays in memory: 'fill' is called: it calls itself and works on arrays
# CHECK: help: `--target=cpu` compiles it
def fill(x: Tensor[f32, N], low: int, high: int) -> None:
    if low < high:
        x[low] = x[high]
        fill(x, low + 1, high)


# CHECK: error[E126]: 'start' needs arrays in memory: 'fill' is called: it calls itself and works on arrays
# CHECK: 2 errors
def start(x: Tensor[f32, N]) -> None:
    fill(x, 0, 3)
