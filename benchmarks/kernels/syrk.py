"""A symmetric update of rank k."""

import numpy as np

from pyc import Tensor, f64


def syrk[M, N](alpha: float, beta: float, c: Tensor[f64, N, N], a: Tensor[f64, N, M]) -> None:
    for i in range(a.shape[0]):
        c[i, : i + 1] *= beta
        for k in range(a.shape[1]):
            c[i, : i + 1] += alpha * a[i, k] * a[: i + 1, k]


SIZES = {"test": (5, 7), "small": (50, 70), "medium": (150, 200)}


def arguments(m, n):
    rng = np.random.default_rng(0)
    return 1.5, 1.2, rng.random((n, n)), rng.random((n, m))
