# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

# CHECK: error[E115]: pyc.nn has no name conv3d
# CHECK: help: pyc.nn has lines and images, no volumes
import pyc.nn as F
from pyc import Dim, Tensor, f32, nn
from pyc.nn import conv3d

N = Dim("N")


# CHECK: error[E115]: pyc.nn has no name hardshrnk
# CHECK: help: did you mean `hardshrink`
def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return nn.hardshrnk(x)


# CHECK: error[E115]: pyc.nn has no name scaled_dot_product_attention
# CHECK: help: `nn.attention`
def g(x: Tensor[f32, N, N]) -> Tensor[f32, N, N]:
    return F.scaled_dot_product_attention(x, x, x) + conv3d(x)


# CHECK: error[E115]: pyc.nn has no name relu_
# CHECK: help: write the result to the array: `x[:] = nn.relu(x)`
def h(x: Tensor[f32, N]) -> None:
    nn.relu_(x)
