# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E120]: a `for` loop in compiled code does not run over an int
# CHECK: help: `for i in range(n):`
# CHECK: error[E120]: `with` is not supported in compiled code
def f(x: Tensor[f32, N], n: int) -> f32:
    s = x[0]
    for v in n:
        s += v
    with open("log") as log:
        pass
    return s
