# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E115]: np.random.default_rng without a seed is not supported in compiled code
# CHECK: help: make the seed a parameter, and pass a number of your choice
# CHECK: error[E115]: np.random.rand is not supported in compiled code
# CHECK: help: make a generator, `rng = np.random.default_rng(seed)`, and draw from it: `rng.random(n)`
# CHECK: error[E115]: np.random.seed is not supported in compiled code
# CHECK: help: make a generator, `rng = np.random.default_rng(seed)`
# CHECK: error[E115]: np.random.randint is not supported in compiled code
# CHECK: help: make a generator, `rng = np.random.default_rng(seed)`, and draw from it: `rng.integers(low, high, n)`
# CHECK: error[E115]: np.random.Generator takes np.random.PCG64 of a seed in compiled code
def f(x: Tensor[f64, N]) -> None:
    rng = np.random.default_rng()
    x[0] = np.random.rand()
    np.random.seed(3)
    y = np.random.randint(0, 9, 4)
    other = np.random.Generator(np.random.MT19937(1))


# CHECK: error[E115]: the method zipf of generators is not supported in compiled code
# CHECK: error[E202]: integers draws whole numbers, not f32
# CHECK: help: convert: `.astype(...)`
# CHECK: error[E201]: expected a number or an array, found a generator
# CHECK: error[E202]: random draws numbers of f64 or f32, not i32
# CHECK: error[E209]: a Generator cannot be indexed
# CHECK: error[E202]: a seed is an int in compiled code, and this is a float
def g(x: Tensor[f64, N]) -> None:
    rng = np.random.default_rng(1)
    a = rng.zipf(3.0)
    b = rng.integers(9, dtype=np.float32)
    c = x + rng
    f = rng.random(3, np.int32)
    d = rng[0]
    e = np.random.default_rng(1.5)


# CHECK: error[E115]: np.linalg.sdv is not supported in compiled code
# CHECK: error[E115]: np.sin.reduceat, a method of a ufunc, is not supported in compiled code
# CHECK: help: a function of two arrays has it: `np.add.reduceat(x, i)`
def h(x: Tensor[f64, N, N]) -> f64:
    y = np.linalg.sdv(x)
    z = np.sin.reduceat(x, [0])
    return z[0]
