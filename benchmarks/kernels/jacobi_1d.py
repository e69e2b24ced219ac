"""Jacobi relaxation of a rod, two arrays written in turns."""

import numpy as np

from pyc import Tensor, f64


def jacobi_1d[N](steps: int, a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    for _ in range(1, steps):
        b[1:-1] = 0.33333 * (a[:-2] + a[1:-1] + a[2:])
        a[1:-1] = 0.33333 * (b[:-2] + b[1:-1] + b[2:])


SIZES = {"test": (5, 17), "small": (400, 3200), "medium": (500, 60_000)}


def arguments(steps, n):
    i = np.arange(n, dtype=np.float64)
    return steps, (i + 2) / n, (i + 3) / n
