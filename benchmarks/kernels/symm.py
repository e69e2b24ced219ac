"""A symmetric matrix times a matrix."""

import numpy as np

from pyc import Tensor, f64


def symm[M, N](alpha: float, beta: float, c: Tensor[f64, M, N], a: Tensor[f64, M, M], b: Tensor[f64, M, N]) -> None:
    temp2 = np.empty((c.shape[1],), dtype=c.dtype)
    c *= beta
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            c[:i, j] += alpha * b[i, j] * a[i, :i]
            temp2[j] = b[:i, j] @ a[i, :i]
        c[i, :] += alpha * b[i, :] * a[i, i] + alpha * temp2


SIZES = {"test": (5, 7), "small": (40, 50), "medium": (150, 200)}


def arguments(m, n):
    rng = np.random.default_rng(0)
    return 1.5, 1.2, rng.random((m, n)), rng.random((m, m)), rng.random((m, n))
