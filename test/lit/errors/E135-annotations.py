# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from typing import Annotated

import pyc
from pyc import Tensor, f32


def f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:
    # CHECK: error[E135]: the annotation role is {{.*}}f32
    # CHECK: help: annotations are bool, int, float, str, lists and records of them, known at compile time
    a = pyc.annotate(x, role=f32)
    # CHECK: error[E135]: this annotates with nothing
    a = pyc.annotate(x)
    # CHECK: error[E135]: pyc.annotate takes one value, and 0 are given
    pyc.annotate(role=1)
    # CHECK: error[E135]: 'a-b' cannot be the name of an annotation
    a = pyc.annotate(x, **{"a-b": 1})
    # CHECK: error[E135]: the annotation bits: {{[0-9]+}} does not fit in 64 bits
    a = pyc.annotate(x, bits=2**70)
    # CHECK: error[E135]: the annotation length is N, which is known only when the program runs
    a = pyc.annotate(x, length=N)
    # CHECK: error[E135]: annotations are of numbers and arrays, and this is a tuple[Tensor[f32, N], Tensor[f32, N]]
    pyc.annotate((x, x), role=1)
    # CHECK: error[E135]: pyc.annotate of a value is an expression, and annotates no block, function or type
    with pyc.annotate(x, stage=1):
        b = x + 1
    # CHECK: error[E135]: this annotates with nothing
    with pyc.annotate():
        b = x + 1
    # CHECK: error[E112]
    a = pyc.annotate(x, top=x.max())
    # CHECK: error[E135]: annotations of types stand on parameters, results and weights
    y: Annotated[Tensor[f32, N], pyc.annotate(role=1)] = x
    return x


# CHECK: error[E135]: this annotates with nothing
@pyc.annotate
def g(x: f32) -> f32:
    return x


# CHECK: error[E135]: the name of an annotation is a string, not the constant 1
@pyc.annotate(record={"a": {1: 2}})
def h(x: f32) -> f32:
    return x


# CHECK: error[E135]: annotations are of numbers and arrays, and this is a tuple
def pair(x: Annotated[tuple[f32, f32], pyc.annotate(role="pair")]) -> f32:
    return x[0]


# CHECK: error[E135]: annotations are a dictionary that is written out
class Net(pyc.Module, annotations=dict(kind="mlp")):
    w: Tensor[f32, 4]

    def __call__(self, x: Tensor[f32, 4]) -> Tensor[f32, 4]:
        return x * self.w


class Inner(pyc.Module):
    w: Tensor[f32, 4]

    def __call__(self, x: Tensor[f32, 4]) -> Tensor[f32, 4]:
        return x * self.w


# CHECK: error[E135]: annotations of types are of weights, and inner is a module
class Outer(pyc.Module):
    inner: Annotated[Inner, pyc.annotate(kind="inner")]

    def __call__(self, x: Tensor[f32, 4]) -> Tensor[f32, 4]:
        return self.inner(x)
