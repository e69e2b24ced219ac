# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E115]: np.summ is not supported in compiled code
# CHECK: help: did you mean `sum`
def f(x: Tensor[f32, N]) -> f32:
    return np.summ(x)


# CHECK: error[E115]: np.trapz is not supported in compiled code
# CHECK: help: `np.trapezoid`
# CHECK: error[E115]: np.mgrid is not supported in compiled code
# CHECK: help: `np.indices((n, m))`, or `np.meshgrid(x, y, indexing='ij')`
def g(x: Tensor[f32, N]) -> f32:
    y = np.trapz(x)
    z = np.mgrid[0:3, 0:4]
    return y + z[0, 0, 0]
