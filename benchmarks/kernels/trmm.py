"""A triangular matrix times a matrix, in place."""

import numpy as np

from pyc import Tensor, f64


def trmm[M, N](alpha: float, a: Tensor[f64, M, M], b: Tensor[f64, M, N]) -> None:
    for i in range(b.shape[0]):
        for j in range(b.shape[1]):
            b[i, j] += np.dot(a[i + 1 :, i], b[i + 1 :, j])
    b *= alpha


SIZES = {"test": (7, 5), "small": (65, 80), "medium": (200, 250)}


def arguments(m, n):
    rng = np.random.default_rng(0)
    return 1.5, np.tril(rng.random((m, m))), rng.random((m, n))
