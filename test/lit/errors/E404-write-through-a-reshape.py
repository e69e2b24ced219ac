# RUN: not pyc check --target=cuda:sm_90a %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E404]: writes through a reshape of parameter 'u'
# CHECK: help: write to the array itself
# CHECK: note: the reshape is made here
def f(u: Tensor[f64, 4, 4]) -> None:
    v = u.reshape(16)
    v[0] = 1.0
