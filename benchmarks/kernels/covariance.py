"""The covariance of the columns of a table."""

import numpy as np

from pyc import Tensor, f64


def covariance[M, N](float_n: float, data: Tensor[f64, N, M]) -> Tensor[f64, M, M]:
    mean = np.mean(data, axis=0)
    data -= mean
    m = data.shape[1]
    cov = np.zeros((m, m), dtype=data.dtype)
    for i in range(m):
        cov[i:, i] = cov[i, i:] = data[:, i] @ data[:, i:] / (float_n - 1.0)
    return cov


SIZES = {"test": (5, 7), "small": (80, 100), "medium": (250, 300)}


def arguments(m, n):
    return float(n), np.random.default_rng(0).random((n, m))
