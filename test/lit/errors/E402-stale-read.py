# RUN: not pyc check --target=cuda:sm_90a %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E402]: 'v' may share memory with parameter 'u', which has been written since
# CHECK: help: make 'v' an array of its own where it gets its value: `.copy()`
# CHECK: note: 'v' gets its value here
# CHECK: note: parameter 'u' is written here
def f(u: Tensor[f64, N], c: bool) -> float:
    v = u if c else u * 2.0
    u[0] = 1.0
    return v[0]
