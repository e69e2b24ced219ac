"""LU decomposition in place, with and without pivoting, and the solution of a system."""

import numpy as np

from pyc import Tensor, f64, i64


def lu[N](a: Tensor[f64, N, N]) -> None:
    for i in range(a.shape[0]):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, a.shape[0]):
            a[i, j] -= a[i, :i] @ a[:i, j]


def factor[N](a: Tensor[f64, N, N]) -> Tensor[i64, N]:
    n = a.shape[0]
    order = np.arange(n)
    for k in range(n - 1):
        p = k + np.argmax(np.abs(a[k:, k]))
        if a[p, k] == 0.0:
            raise ValueError("the matrix is singular")
        if p != k:
            row = a[k].copy()
            a[k] = a[p]
            a[p] = row
            order[k], order[p] = order[p], order[k]
        a[k + 1 :, k] /= a[k, k]
        a[k + 1 :, k + 1 :] -= np.outer(a[k + 1 :, k], a[k, k + 1 :])
    return order


def solve[N](a: Tensor[f64, N, N], b: Tensor[f64, N]) -> Tensor[f64, N]:
    order = factor(a)
    x = b[order]
    n = len(x)
    for i in range(n):
        x[i] -= a[i, :i] @ x[:i]
    for i in reversed(range(n)):
        x[i] = (x[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x


def cases():
    rng = np.random.default_rng(7)
    for n in (1, 4, 11):
        a = rng.random((n, n)) + n * np.eye(n)
        yield "lu", (a,)
        yield "factor", (rng.random((n, n)),)
        yield "solve", (rng.random((n, n)), rng.random(n))
    yield "factor", (np.zeros((3, 3)),)
