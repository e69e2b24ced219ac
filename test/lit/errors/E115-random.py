# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E115]: np.random.default_rng is not supported in compiled code
# CHECK: help: draw the numbers in a function that is not compiled, and pass them as an array
def f(x: Tensor[f64, N]) -> f64:
    rng = np.random.default_rng(1)
    return x[0] + rng.random()


# CHECK: error[E115]: np.linalg.svd is not supported in compiled code
# CHECK: error[E115]: np.add.reduce, a method of a ufunc, is not supported in compiled code
# CHECK: help: `np.sum`, `np.prod`, `np.max`, `np.min`, `np.any` and `np.all` reduce
def g(x: Tensor[f64, N, N]) -> f64:
    y = np.linalg.svd(x)
    z = np.add.reduce(x)
    return z[0]
