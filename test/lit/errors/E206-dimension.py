# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

K = Dim("K")


# CHECK: error[E206]: K is 4 in x and 8 in y
# CHECK: note: K is 4 here
def dot(x: Tensor[f32, K], y: Tensor[f32, K]) -> f32:
    return x @ y


def f(a: Tensor[f32, 4], b: Tensor[f32, 8]) -> f32:
    return dot(a, b)
