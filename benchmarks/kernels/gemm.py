"""A product of matrices, scaled and added."""

import numpy as np

from pyc import Tensor, f64


def gemm[I, J, K](alpha: float, beta: float, c: Tensor[f64, I, J], a: Tensor[f64, I, K], b: Tensor[f64, K, J]) -> None:
    c[:] = alpha * a @ b + beta * c


SIZES = {"test": (7, 5, 6), "small": (70, 80, 60), "medium": (400, 420, 440)}


def arguments(i, j, k):
    rng = np.random.default_rng(0)
    return 1.5, 1.2, rng.random((i, j)), rng.random((i, k)), rng.random((k, j))
