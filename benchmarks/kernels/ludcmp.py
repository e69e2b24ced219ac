"""A system of equations by LU decomposition."""

import numpy as np

from pyc import Tensor, f64


def ludcmp[N](a: Tensor[f64, N, N], b: Tensor[f64, N]) -> tuple[Tensor[f64, N], Tensor[f64, N]]:
    x = np.zeros_like(b)
    y = np.zeros_like(b)
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, n):
            a[i, j] -= a[i, :i] @ a[:i, j]
    for i in range(n):
        y[i] = b[i] - a[i, :i] @ y[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (y[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x, y


SIZES = {"test": (7,), "small": (60,), "medium": (300,)}


def arguments(n):
    rng = np.random.default_rng(0)
    return rng.random((n, n)) + n * np.eye(n), rng.random(n)
