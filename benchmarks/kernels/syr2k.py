"""A symmetric update of rank 2 k."""

import numpy as np

from pyc import Tensor, f64


def syr2k[M, N](alpha: float, beta: float, c: Tensor[f64, N, N], a: Tensor[f64, N, M], b: Tensor[f64, N, M]) -> None:
    for i in range(a.shape[0]):
        c[i, : i + 1] *= beta
        for k in range(a.shape[1]):
            c[i, : i + 1] += a[: i + 1, k] * alpha * b[i, k] + b[: i + 1, k] * alpha * a[i, k]


SIZES = {"test": (5, 7), "small": (35, 50), "medium": (150, 200)}


def arguments(m, n):
    rng = np.random.default_rng(0)
    return 1.5, 1.2, rng.random((n, n)), rng.random((n, m)), rng.random((n, m))
