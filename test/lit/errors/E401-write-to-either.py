# RUN: not pyc check --target=cuda:sm_90a %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E401]: writes to 'v', which may share memory with parameter 'u' here
# CHECK: help: make 'v' an array of its own first: `v = v.copy()`
# CHECK: note: 'v' gets its value here
# CHECK: note: parameter 'u' comes from here
def f(u: Tensor[f64, N], c: bool) -> None:
    v = u if c else u * 2.0
    v[0] = 1.0
