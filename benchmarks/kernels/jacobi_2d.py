"""Jacobi relaxation of a plate with a five-point stencil."""

import numpy as np

from pyc import Tensor, f64


def jacobi_2d[N](steps: int, a: Tensor[f64, N, N], b: Tensor[f64, N, N]) -> None:
    for _ in range(1, steps):
        b[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
        a[1:-1, 1:-1] = 0.2 * (b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1])


SIZES = {"test": (4, 9), "small": (50, 150), "medium": (40, 700)}


def arguments(steps, n):
    i = np.arange(n, dtype=np.float64)
    return steps, i[:, None] * (i + 2) / n, i[:, None] * (i + 3) / n
