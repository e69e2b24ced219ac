"""A triangular system, forwards and backwards."""

import numpy as np

from pyc import Tensor, f64


def forwards[N](l: Tensor[f64, N, N], b: Tensor[f64, N]) -> Tensor[f64, N]:
    x = np.empty_like(b)
    for i in range(x.shape[0]):
        x[i] = (b[i] - l[i, :i] @ x[:i]) / l[i, i]
    return x


def backwards[N](u: Tensor[f64, N, N], b: Tensor[f64, N]) -> Tensor[f64, N]:
    x = b.copy()
    for i in range(len(b) - 1, -1, -1):
        for j in range(i + 1, len(b)):
            x[i] -= u[i, j] * x[j]
        x[i] /= u[i, i]
    return x


def cases():
    rng = np.random.default_rng(10)
    for n in (1, 7):
        a = rng.random((n, n)) + np.eye(n)
        yield "forwards", (np.tril(a), rng.random(n))
        yield "backwards", (np.triu(a), rng.random(n))
