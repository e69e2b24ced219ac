"""The Euclidean lengths of the rows of a matrix."""

import numpy as np

from pyc import Tensor, f64


def l2_norm[N, M](x: Tensor[f64, N, M]) -> Tensor[f64, N]:
    return np.sqrt(np.sum(np.abs(x) ** 2, 1))


SIZES = {"test": (7, 5), "small": (200, 100), "medium": (1000, 1000)}


def arguments(n, m):
    return (np.random.default_rng(0).random((n, m)),)
