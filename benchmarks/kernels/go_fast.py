"""A loop over the diagonal, and a sum of arrays."""

import numpy as np

from pyc import Tensor, f64


def go_fast[N](a: Tensor[f64, N, N]) -> Tensor[f64, N, N]:
    trace = 0.0
    for i in range(a.shape[0]):
        trace += np.tanh(a[i, i])
    return a + trace


SIZES = {"test": (7,), "small": (200,), "medium": (2000,)}


def arguments(n):
    return (np.random.default_rng(0).random((n, n)),)
