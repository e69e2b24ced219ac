# RUN: pyc compile %s --remarks --emit=llvm -o %t 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64

M = Dim("M")
N = Dim("N")


# CHECK: remark[E452]: computed in one loop with lines 16, 17 and 18
# CHECK: v[:] = b - a
def f(x: Tensor[f64, N], u: Tensor[f64, N], v: Tensor[f64, N]) -> None:
    # The array b has no place in memory.
    a = np.exp(x)
    b = a * 2.0 + np.sqrt(a)
    u[:] = b + 1.0
    v[:] = b - a


# CHECK: remark[E452]: computed in one loop with lines 26 and 27
# CHECK: out[:] = e / s
def softmax(x: Tensor[f64, M, N], out: Tensor[f64, M, N]) -> None:
    # A row at a time.
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    s = np.sum(e, axis=1, keepdims=True)
    out[:] = e / s
