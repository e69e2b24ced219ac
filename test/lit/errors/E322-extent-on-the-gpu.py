# RUN: not pyc compile %s --target=cuda -o %t 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E322]: an extent or offset depends on a value that only the GPU knows
# CHECK: x[: x.argmax()]
# CHECK: 1 error
def f(x: Tensor[f32, N]) -> f32:
    return x[: x.argmax()].sum()
