# RUN: not pyc check --target=cuda:sm_90a %s 2>&1 | filecheck %s
# RUN: not pyc check --target=onnx %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E403]: the loop exchanges arrays: after each round 'a' is what 'b' was, and one of them is written
# CHECK: help: copy the elements (`a[:] = b`), or write two rounds in the body, one in each direction
# CHECK: note: 'b' is written here
def f(u: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    a = u * 1.0
    b = u * 2.0
    for _ in range(n):
        b[0] = 1.0
        a, b = b, a
    return a
