# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E210]: indexing with a boolean mask is not supported yet
# CHECK: error[E210]: a negative slice step is not supported yet
def f(x: Tensor[f32, N]) -> f32:
    y = x[x > 0]
    z = x[::-1]
    return x[0]
