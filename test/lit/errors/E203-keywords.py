# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f32, f64

N = Dim("N")


# CHECK: error[E203]: np.add with where and without out leaves elements unset
# CHECK: help: `np.where(condition, np.add(...), 0)`, or give out
# CHECK: error[E203]: np.max with where takes initial: what there is where nothing is chosen
# CHECK: error[E203]: np.add takes no argument casting in compiled code
# CHECK: error[E202]: out of np.add is an array, and this is a float
# CHECK: error[E202]: np.less of f64 gives no f64
# CHECK: error[E201]: np.add does not convert Tensor[f64, N] to i64
# CHECK: error[E212]
# CHECK: error[E115]: np.arctan2.reduce is not supported in compiled code
# CHECK: error[E202]: np.add.at takes one array of positions, or two of them, in compiled code
def f(x: Tensor[f64, N], g: Tensor[f32, N], s: float) -> None:
    a = np.add(x, x, where=x > 0)
    b = np.max(x, where=x > 0)
    c = np.add(x, x, casting="unsafe")
    d = np.add(x, x, out=s)
    e = np.less(x, x, dtype=np.float64)
    h = np.add(x, x, dtype=np.int64)
    np.add(x, x, out=g)
    i = np.arctan2.reduce(x)
    np.add.at(x, x > 0, 1.0)
