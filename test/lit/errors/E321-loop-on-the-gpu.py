# RUN: not pyc compile %s --target=cuda -o %t 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E321]: a loop with array operations or checks that depends on a value only the GPU knows is not compiled
# CHECK: while y.max() > 1.0:
# CHECK: 1 error
def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    y = x * 1.0
    while y.max() > 1.0:
        y = y * 0.5 + x
    return y
