# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E114]: the module nowhere.special is not known to the compiler
from nowhere.special import expit


def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return expit(x)
