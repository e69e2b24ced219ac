# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

# CHECK: error[E117]: 'None' cannot be a name: it means something else
N = Dim("None")
# CHECK: error[E117]: 'max' cannot be a name: it means something else
M = Dim("max")


def f(x: Tensor[f32, N]) -> f32:
    return x.sum()


def g(x: Tensor[f32, M]) -> f32:
    return x.sum()
