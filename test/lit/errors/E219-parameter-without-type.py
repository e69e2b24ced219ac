# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E219]: the parameter s of scale has no type
def scale(x: Tensor[f32, N], s):
    return x * s
