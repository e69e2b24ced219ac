"""Cholesky decomposition by elements, and by blocks of columns."""

import math

import numpy as np

from pyc import Tensor, f64


def cholesky[N](a: Tensor[f64, N, N]) -> None:
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            s = a[i, j]
            for k in range(j):
                s -= a[i, k] * a[j, k]
            a[i, j] = s / a[j, j]
        d = a[i, i]
        for k in range(i):
            d -= a[i, k] ** 2
        a[i, i] = math.sqrt(d)


def lower[N](a: Tensor[f64, N, N]) -> Tensor[f64, N, N]:
    l = np.zeros_like(a)
    for j in range(len(a)):
        l[j, j] = np.sqrt(a[j, j] - np.sum(l[j, :j] ** 2))
        for i in range(j + 1, len(a)):
            l[i, j] = (a[i, j] - np.dot(l[i, :j], l[j, :j])) / l[j, j]
    return l


def cases():
    rng = np.random.default_rng(8)
    for n in (1, 3, 9):
        m = rng.random((n, n))
        yield "cholesky", (m @ m.T + n * np.eye(n),)
        yield "lower", (m @ m.T + n * np.eye(n),)
    yield "cholesky", (-np.eye(2),)
