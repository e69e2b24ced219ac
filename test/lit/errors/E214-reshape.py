# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Tensor, f32


# CHECK: error[E214]: cannot reshape array of shape (2, 3) into shape (5,): 6 elements are not 5
def f(x: Tensor[f32, 2, 3]) -> Tensor[f32, 5]:
    return x.reshape(5)
