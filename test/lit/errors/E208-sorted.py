# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E208]: sorted takes items of one type, and these are an f32 and an int
# CHECK: = help: convert one of them
# CHECK: error[E203]: reverse of sorted is True or False
def f(x: Tensor[f32, N], k: int) -> f32:
    low, high = sorted((x[0], k))
    first, last = sorted((x[0], x[1]), reverse=k > 0)
    return low
