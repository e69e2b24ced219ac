"""LU decomposition in place, without pivots."""

import numpy as np

from pyc import Tensor, f64


def lu[N](a: Tensor[f64, N, N]) -> None:
    for i in range(a.shape[0]):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, a.shape[0]):
            a[i, j] -= a[i, :i] @ a[:i, j]


SIZES = {"test": (7,), "small": (60,), "medium": (300,)}


def arguments(n):
    return (np.random.default_rng(0).random((n, n)) + n * np.eye(n),)
