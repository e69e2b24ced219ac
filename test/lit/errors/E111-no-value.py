# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E111]: the variable v may have no value here
# CHECK: note: it gets a value here
# CHECK: note: but not on every path through this
def last(x: Tensor[f32, N]) -> f32:
    for i in range(len(x)):
        v = x[i]
    return v
