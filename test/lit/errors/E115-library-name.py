# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E115]: np.summ is not supported in compiled code
# CHECK: help: did you mean `sum`
def f(x: Tensor[f32, N]) -> f32:
    return np.summ(x)
