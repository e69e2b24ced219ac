# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Tensor, f32


# CHECK: error[E224]: index 4 is out of bounds for axis 0 with size 4
def f(x: Tensor[f32, 4]) -> f32:
    return x[4]
