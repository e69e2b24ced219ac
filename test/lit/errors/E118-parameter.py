# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E118]: the parameter *arrays is not supported in compiled code
def f(*arrays: Tensor[f32, N]) -> f32:
    return arrays[0][0]
