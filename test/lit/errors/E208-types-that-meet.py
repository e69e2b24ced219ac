# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E208]: v is an int on one path to this line and an f32 on another
# CHECK: note: an int here
# CHECK: note: an f32 here
def f(x: Tensor[f32, N], n: int) -> f32:
    if n > 3:
        v = n
    else:
        v = x[0]
    return v
