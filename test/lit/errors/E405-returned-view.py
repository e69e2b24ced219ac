# RUN: not pyc check --target=cuda:sm_90a %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E405]: 'f' returns a view of 'u', and its caller would get a copy
# CHECK: help: say so: return `.copy()` of the view
# CHECK: note: 'u' comes from here
def f(u: Tensor[f64, N]) -> Tensor[f64, N - 1]:
    return u[1:]
