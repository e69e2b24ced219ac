# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64, i64

N = Dim("N")
K = Dim("K")


# CHECK: error[E208]: k is an int before this comprehension, which makes it a float
# CHECK: = help: convert one of them, or use another name
def f(x: Tensor[f64, N]) -> Tensor[f64, N]:
    k = 0
    return np.array([k := k + float(v) for v in x])


# CHECK: error[E121]: `:=` in a condition, where what an inner `for` runs over depends on the outer ones
# CHECK: = help: fill an array in `for` loops
def g(n: int, x: Tensor[f64, N]) -> Tensor[i64, K]:
    return np.array([k for i in range(n) for j in range(i) if (k := i + j) > 1])
