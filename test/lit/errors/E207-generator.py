# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

import pyc
from pyc import Dim, Tensor, f64

N = Dim("N")


# A function that takes a generator is compiled where it is called.
def drawn(x: Tensor[f64, N], rng: np.random.Generator) -> float:
    return x[0] + rng.random()


# CHECK: error[E202]: the argument rng is a Generator, and this is a Tensor[f64, N]
def f(x: Tensor[f64, N]) -> float:
    return drawn(x, x)


# CHECK: error[E207]: g returns a generator, which only compiled functions pass on
# CHECK: help: return what it draws
@pyc.jit
def g(seed: int):
    return np.random.default_rng(seed)
