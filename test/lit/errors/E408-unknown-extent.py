# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E408]: the extent of axis 0 of the result of 'f' is known only after the call
# CHECK: help: declare the result with an extent that follows from the arguments
def f(u: Tensor[f64, N], a: float):
    k = int(a)
    return u[:k] * 2.0
