"""A product of matrices, in loops."""

import numpy as np

from pyc import Tensor, f64


def matmul_loops[I, J, K](a: Tensor[f64, I, K], b: Tensor[f64, K, J], c: Tensor[f64, I, J]) -> None:
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                c[i, j] += a[i, k] * b[k, j]


SIZES = {"test": (7, 5, 6), "small": (70, 80, 60), "medium": (250, 260, 270)}


def arguments(i, j, k):
    rng = np.random.default_rng(0)
    return rng.random((i, k)), rng.random((k, j)), np.zeros((i, j))
