# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E213]: axis 1 is out of bounds for array of dimension 1
def f(x: Tensor[f32, N]) -> f32:
    return np.sum(x, axis=1)
