# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E205]: `@` needs equal inner extents: `x` of shape (4,) ends in 4, `w` of shape (8, 3) begins with 8
# CHECK: error[E205]: operands could not be broadcast together with shapes (4,) and (8, 3)
def f(x: Tensor[f32, 4], w: Tensor[f32, 8, 3]) -> f32:
    y = x @ w
    z = x + w
    return x[0]
