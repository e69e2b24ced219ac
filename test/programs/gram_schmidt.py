"""Gram-Schmidt orthogonalisation: Q and R of a matrix."""

import numpy as np

from pyc import Tensor, f64


def gram_schmidt[M, N](a: Tensor[f64, M, N]) -> tuple[Tensor[f64, M, N], Tensor[f64, N, N]]:
    q = np.zeros_like(a)
    r = np.zeros((a.shape[1], a.shape[1]), dtype=a.dtype)
    for k in range(a.shape[1]):
        norm = np.dot(a[:, k], a[:, k])
        r[k, k] = np.sqrt(norm)
        q[:, k] = a[:, k] / r[k, k]
        for j in range(k + 1, a.shape[1]):
            r[k, j] = np.dot(q[:, k], a[:, j])
            a[:, j] -= q[:, k] * r[k, j]
    return q, r


def cases():
    rng = np.random.default_rng(9)
    for m, n in ((3, 3), (8, 5)):
        yield "gram_schmidt", (rng.random((m, n)),)
