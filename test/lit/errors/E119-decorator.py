# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E119]: the decorator cached is not supported on compiled functions
def cached(f):
    return f


@cached
def f(x: Tensor[f32, N]) -> f32:
    return x[0]
