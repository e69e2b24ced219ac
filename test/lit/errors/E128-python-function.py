# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import pyc
from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E128]: size is marked @pyc.python: compiled code cannot call it
@pyc.python
def size(x: Tensor[f32, N]) -> int:
    return len(x)


def f(x: Tensor[f32, N]) -> int:
    return size(x)
