"""The distances between all pairs of points, by broadcasting."""

import numpy as np

from pyc import Tensor, f64


def pairwise_arrays[N, D](x: Tensor[f64, N, D]) -> Tensor[f64, N, N]:
    return np.sqrt(((x[:, None, :] - x[None, :, :]) ** 2).sum(axis=2))


SIZES = {"test": (7, 3), "small": (150, 3), "medium": (1000, 3)}


def arguments(n, d):
    return (np.random.default_rng(0).random((n, d)),)
