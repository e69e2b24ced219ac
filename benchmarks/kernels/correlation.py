"""The correlation of the columns of a table."""

import numpy as np

from pyc import Tensor, f64


def correlation[M, N](float_n: float, data: Tensor[f64, N, M]) -> Tensor[f64, M, M]:
    mean = np.mean(data, axis=0)
    stddev = np.std(data, axis=0)
    stddev[stddev <= 0.1] = 1.0
    data -= mean
    data /= np.sqrt(float_n) * stddev
    m = data.shape[1]
    corr = np.eye(m, dtype=data.dtype)
    for i in range(m - 1):
        corr[i + 1 :, i] = corr[i, i + 1 :] = data[:, i] @ data[:, i + 1 :]
    return corr


SIZES = {"test": (5, 7), "small": (80, 100), "medium": (250, 300)}


def arguments(m, n):
    return float(n), np.random.default_rng(0).random((n, m))
