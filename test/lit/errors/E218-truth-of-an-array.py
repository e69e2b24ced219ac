# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E218]: the truth value of an array with several elements is ambiguous
# CHECK: help: `.any()` or `.all()` gives one truth value
def f(x: Tensor[f32, N]) -> f32:
    if x > 0:
        return 1
    return 0
