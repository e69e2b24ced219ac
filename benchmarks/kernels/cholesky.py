"""Cholesky decomposition in place."""

import numpy as np

from pyc import Tensor, f64


def cholesky[N](a: Tensor[f64, N, N]) -> None:
    a[0, 0] = np.sqrt(a[0, 0])
    for i in range(1, a.shape[0]):
        for j in range(i):
            a[i, j] -= np.dot(a[i, :j], a[j, :j])
            a[i, j] /= a[j, j]
        a[i, i] -= np.dot(a[i, :i], a[i, :i])
        a[i, i] = np.sqrt(a[i, i])


SIZES = {"test": (7,), "small": (100,), "medium": (400,)}


def arguments(n):
    return (np.random.default_rng(0).random((n, n)) + n * np.eye(n),)
