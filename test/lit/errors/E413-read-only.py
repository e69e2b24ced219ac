# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E413]: NumPy makes this result read-only on some ways through the function, and not on others
# CHECK: help: return a copy: `.copy()`
# CHECK: note: the array that np.diagonal gives is read-only
# CHECK: note: this one is not
def f(u: Tensor[f64, N, N], c: bool):
    if c:
        return u.diagonal()
    return u[0]


# CHECK: error[E413]
def g(u: Tensor[f64, N, N], n: int):
    d = u[0].copy()
    for _ in range(n):
        d = np.diag(u)[::-1]
    return d


# Of a new array it is not known whether a reshape is a copy.
# CHECK: error[E413]
def h(u: Tensor[f64, 2, N, N]):
    return (u * 2).diagonal(0, 1, 2).reshape(-1)


# Where all ways give what is read-only, or it is seen when the function has run, there is no doubt.
# CHECK-NOT: error[
def i(u: Tensor[f64, N, N], c: bool):
    d = u.diagonal()
    if c:
        d = d[::-1].reshape(-1, 1)[:, 0]
    return d, np.broadcast_to(u, (2, N, N)).reshape(-1)


# CHECK: 3 errors
