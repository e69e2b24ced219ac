# RUN: not pyc compile %s --target=cuda -o %t 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E320]: a check of a value that only the GPU knows cannot be made there
# CHECK: assert x[0] > 0.0
# CHECK: 1 error
def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    assert x[0] > 0.0
    return x * 2.0
