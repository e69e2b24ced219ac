"""The distances between all pairs of points."""

import numpy as np

from pyc import Tensor, f64


def pairwise_distance[N, D](x: Tensor[f64, N, D]) -> Tensor[f64, N, N]:
    n, dims = x.shape
    out = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            d = 0.0
            for k in range(dims):
                tmp = x[i, k] - x[j, k]
                d += tmp * tmp
            out[i, j] = np.sqrt(d)
    return out


SIZES = {"test": (7, 3), "small": (150, 3), "medium": (1000, 3)}


def arguments(n, d):
    return (np.random.default_rng(0).random((n, d)),)
