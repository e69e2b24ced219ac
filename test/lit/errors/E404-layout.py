# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E404]: whether this reshape is a view depends on how NumPy lays out 'v', and one of the two is written
# CHECK: help: make the array row-major first, or the reshape a copy: `.copy()`
# CHECK: note: 'v' gets its value here
def f(u: Tensor[f64, N, N]) -> Tensor[f64, N, N]:
    v = u * 2.0
    flat = v.reshape(-1)
    flat[0] = 1.0
    return v


# CHECK: error[E404]: writes to 'v', which is what np.broadcast_to gives of parameter 'u': NumPy makes that read-only
def g(u: Tensor[f64, 4], c: bool) -> None:
    v = np.broadcast_to(u, (3, 4))
    v[0, 0] = 1.0


# Behind a join, too.
# CHECK: error[E404]: writes to an array, which is what np.broadcast_to gives of parameter 'u': NumPy makes that read-only
def h(u: Tensor[f64, 4], w: Tensor[f64, 3, 4], c: bool) -> None:
    v = np.broadcast_to(u, (3, 4)) if c else w
    v[0, 0] = 1.0


# CHECK: error[E404]: writes to 'd', which is what np.diagonal gives of parameter 'u': NumPy makes that read-only
def i(u: Tensor[f64, N, N]) -> None:
    d = np.diag(u)
    d[0] = 1.0


# CHECK: error[E404]: writes to 'z', which is what `.imag` of real numbers gives: NumPy makes that read-only
def j(u: Tensor[f64, N]) -> None:
    z = u.imag
    z += 1.0


# CHECK: 5 errors
