# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E210]: an index is an integer, and this is a Tensor[f32, N]
# CHECK: error[E210]: an index is an integer, and this is a truth value
# CHECK: error[E210]: slice step cannot be zero
# CHECK: error[E210]: an index can only have a single ellipsis
def f(x: Tensor[f32, N]) -> f32:
    y = x[x]
    z = x[x[0] > 0]
    w = x[::0]
    v = x[..., ...]
    return x[0]
