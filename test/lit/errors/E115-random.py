# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E115]: np.random.default_rng without a seed is not supported in compiled code
# CHECK: help: make the seed a parameter, and pass a number of your choice
# CHECK: error[E115]: np.random.rand is not supported in compiled code
# CHECK: help: make a generator, `rng = np.random.default_rng(seed)`, and draw from it: `rng.random(n)`
# CHECK: error[E115]: np.random.Generator takes np.random.PCG64 of a seed in compiled code
def f(x: Tensor[f64, N]) -> None:
    rng = np.random.default_rng()
    x[0] = np.random.rand()
    other = np.random.Generator(np.random.MT19937(1))


# CHECK: error[E115]: the method poisson of generators is not supported in compiled code
# CHECK: error[E115]: integers draws its own element type in compiled code
# CHECK: help: convert what it gives: `.astype(...)`
# CHECK: error[E201]: expected a number or an array, found a generator
# CHECK: error[E115]: uniform between the elements of arrays is not supported in compiled code
# CHECK: error[E209]: a Generator cannot be indexed
# CHECK: error[E202]: a seed is an int in compiled code, and this is a float
def g(x: Tensor[f64, N]) -> None:
    rng = np.random.default_rng(1)
    a = rng.poisson(3.0)
    b = rng.integers(9, dtype=np.uint8)
    c = x + rng
    f = rng.uniform(x, 1.0)
    d = rng[0]
    e = np.random.default_rng(1.5)


# CHECK: error[E115]: np.linalg.sdv is not supported in compiled code
# CHECK: error[E115]: np.add.reduce, a method of a ufunc, is not supported in compiled code
# CHECK: help: `np.sum`, `np.prod`, `np.max`, `np.min`, `np.any` and `np.all` reduce
def h(x: Tensor[f64, N, N]) -> f64:
    y = np.linalg.sdv(x)
    z = np.add.reduce(x)
    return z[0]
