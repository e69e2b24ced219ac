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
# CHECK: help: it is no function: `np.mgrid[...]`
# CHECK: error[E115]: np.histogramdd is not supported in compiled code
# CHECK: help: `np.histogram2d`
def g(x: Tensor[f32, N]) -> f32:
    y = np.trapz(x)
    z = np.mgrid(0, 3)
    h = np.histogramdd(x)
    return y + z[0] + h[0]
