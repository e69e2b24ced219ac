"""A matrix and its transpose, times a vector."""

import numpy as np

from pyc import Tensor, f64


def atax[M, N](a: Tensor[f64, M, N], x: Tensor[f64, N]) -> Tensor[f64, N]:
    return (a @ x) @ a


SIZES = {"test": (7, 5), "small": (400, 300), "medium": (1500, 1400)}


def arguments(m, n):
    rng = np.random.default_rng(0)
    return rng.random((m, n)), rng.random(n)
