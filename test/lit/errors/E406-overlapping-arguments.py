# RUN: not pyc check --target=cuda:sm_90a %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E406]: arguments 'a' and 'b' may overlap, and 'g' writes 'a'
# CHECK: help: pass a copy: `u.copy()`
# CHECK: note: the other argument
def g(a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    a[:] = b * 2.0


def f(u: Tensor[f64, N]) -> None:
    g(u, u)
