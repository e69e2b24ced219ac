# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E120]: a `for` loop in compiled code runs over range
# CHECK: help: `for i in range(len(x)):` and index
# CHECK: error[E120]: `with` is not supported in compiled code
def f(x: Tensor[f32, N]) -> f32:
    s = 0
    for v in x:
        s += v
    with open("log") as log:
        pass
    return s
