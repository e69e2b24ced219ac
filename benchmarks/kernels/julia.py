"""A Julia set."""

import numpy as np

from pyc import Tensor, i32


def kernel(zr, zi, cr, ci, lim, cutoff):
    count = 0
    while ((zr * zr + zi * zi) < (lim * lim)) and count < cutoff:
        zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
        count += 1
    return count


def julia[N](cr: float, ci: float, out: Tensor[i32, N, N], bound: float, lim: float, cutoff: int) -> None:
    n = out.shape[0]
    step = 2 * bound / n
    for i in range(n):
        for j in range(n):
            out[i, j] = kernel(i * step - bound, j * step - bound, cr, ci, lim, cutoff)


SIZES = {"test": (9, 20), "small": (100, 100), "medium": (400, 500)}


def arguments(n, cutoff):
    return 0.285, 0.01, np.zeros((n, n), np.int32), 1.5, 1000.0, cutoff
