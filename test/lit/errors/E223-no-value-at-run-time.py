# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E223]: the function np.sin is not a value at run time
def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    t = np.sin
    return x * t
