"""Gauss-Seidel relaxation, in place: each element reads the ones just written."""

import numpy as np

from pyc import Tensor, f64


def seidel_2d[N](steps: int, a: Tensor[f64, N, N]) -> None:
    n = a.shape[0]
    for _ in range(steps - 1):
        for i in range(1, n - 1):
            a[i, 1:-1] += (
                a[i - 1, :-2] + a[i - 1, 1:-1] + a[i - 1, 2:] + a[i, 2:] + a[i + 1, :-2] + a[i + 1, 1:-1] + a[i + 1, 2:]
            )
            for j in range(1, n - 1):
                a[i, j] += a[i, j - 1]
                a[i, j] /= 9.0


SIZES = {"test": (3, 9), "small": (8, 100), "medium": (20, 400)}


def arguments(steps, n):
    i = np.arange(n, dtype=np.float64)
    return steps, (i[:, None] * (i + 2) + 2) / n
