# RUN: pyc compile %s --remarks --emit=llvm -o %t 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: remark[E453]: an array of shape [?] is stored here for line 15: its elements are read in another order
# CHECK: a = np.exp(x)
def turned(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    a = np.exp(x)
    y[:] = a + a[::-1]


# CHECK: remark[E453]: an array of shape [?] is stored here for line 22: other elements are read than are computed at that time
# CHECK: a = np.exp(x)
def shifted(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    a = np.exp(x)
    y[1:] = a[1:] + a[:-1]


# CHECK: remark[E453]: an array of shape [?] is stored here for line 29: it has to be complete before it is read
# CHECK: s = np.sum(x, axis=0)
def columns(x: Tensor[f64, N, N], y: Tensor[f64, N, N]) -> None:
    s = np.sum(x, axis=0)
    y[:] = x / s
