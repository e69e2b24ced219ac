# RUN: not pyc compile %s --target=cuda -o %t 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E320]: a run-time check of a value on the GPU is not compiled yet
# CHECK: assert x[0] > 0.0
# CHECK: 1 error
def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    assert x[0] > 0.0
    return x * 2.0
