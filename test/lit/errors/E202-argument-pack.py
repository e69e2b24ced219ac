# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32
from pyc.nn import mse_loss

N = Dim("N")
M = Dim("M")


# A pack has as many axes as the first argument gives it.
# CHECK: error[E202]: the argument target is a Tensor[f32, N, M], and this is a Tensor[f32, M]
# CHECK: mse_loss(x, b)
def f(x: Tensor[f32, N, M], b: Tensor[f32, M]) -> f32:
    return mse_loss(x, b)
