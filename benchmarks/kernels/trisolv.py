"""Forward substitution."""

import numpy as np

from pyc import Tensor, f64


def trisolv[N](l: Tensor[f64, N, N], x: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    for i in range(x.shape[0]):
        x[i] = (b[i] - l[i, :i] @ x[:i]) / l[i, i]


SIZES = {"test": (7,), "small": (400,), "medium": (2000,)}


def arguments(n):
    rng = np.random.default_rng(0)
    return np.tril(rng.random((n, n))) + n * np.eye(n), np.zeros(n), rng.random(n)
