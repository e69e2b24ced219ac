# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E203]: np.sum takes no argument axes in compiled code
# CHECK: help: did you mean `axis`?
def f(x: Tensor[f32, N]) -> f32:
    return np.sum(x, axes=0)
