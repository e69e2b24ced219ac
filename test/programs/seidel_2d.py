"""Gauss-Seidel: each element uses those that have been updated before it."""

import numpy as np

from pyc import Tensor, f64


def seidel[N, M](steps: int, a: Tensor[f64, N, M]) -> None:
    n, m = a.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                a[i, j] = (
                    a[i - 1, j - 1] + a[i - 1, j] + a[i - 1, j + 1] + a[i, j - 1] + a[i, j]
                    + a[i, j + 1] + a[i + 1, j - 1] + a[i + 1, j] + a[i + 1, j + 1]
                ) / 9.0  # fmt: skip


def cases():
    rng = np.random.default_rng(3)
    for n, m in ((1, 1), (3, 4), (11, 7)):
        yield "seidel", (3, rng.random((n, m)))
