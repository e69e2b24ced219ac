# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E207]: np.ndarray says neither element type nor shape
# CHECK: help: `Tensor[f64, N]` says both
# CHECK: error[E207]: f32 is an element type where a dimension is expected
def f(x: np.ndarray, y: Tensor[f32, N]) -> f32:
    return y[0]


def g(x: Tensor[f32, f32]) -> f32:
    return x[0]
