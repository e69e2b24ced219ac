# RUN: pyc compile %s --remarks --emit=llvm -o %t 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: remark[E450]: an array of shape [?] is copied here
# CHECK: u[1:] = u[:-1] + u[1:]
def f(u: Tensor[f64, N]) -> None:
    u[1:] = u[:-1] + u[1:]
