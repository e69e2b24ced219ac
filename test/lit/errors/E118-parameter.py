# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import pyc
from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E118]: the parameter *arrays is for functions that compiled code calls, and f is exported
# CHECK: = help: write the parameters out, or leave pyc's types and decorators out: calls compile it then
@pyc.jit
def f(*arrays: Tensor[f32, N]) -> f32:
    return arrays[0][0]


# CHECK: error[E118]: the parameter **options is not supported in compiled code
# CHECK: = help: write the parameters out
def g(x: Tensor[f32, N], **options) -> f32:
    return x[0]


def chosen(*kinds: str):
    return len(kinds)


# CHECK: error[E118]: the parameter *kinds is a str, which is known at compile time
def h(x: Tensor[f32, N]) -> f32:
    return x[0] * chosen("a", "b")
