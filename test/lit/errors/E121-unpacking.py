# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")
OPTIONS = {"scale": 2.0}


def total(*xs):
    return sum(xs)


def scaled(x, scale):
    return x * scale


# CHECK: error[E121]: `*` unpacks tuples, and arrays whose type says how long they are; this is a Tensor[f32, N]
# CHECK: = help: write the items out: `x[0], x[1]`
def f(x: Tensor[f32, N]) -> f32:
    return total(*x)


# CHECK: error[E121]: unpacking with `**` is not supported in compiled code
# CHECK: = help: write the arguments out
def g(x: Tensor[f32, N]) -> f32:
    return scaled(x[0], **OPTIONS)


# CHECK: error[E203]: total has no parameter xs
def h(x: Tensor[f32, N]) -> f32:
    return total(xs=x[0])
