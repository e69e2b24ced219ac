"""The modified Gram-Schmidt process."""

import numpy as np

from pyc import Tensor, f64


def gramschmidt[M, N](a: Tensor[f64, M, N]) -> tuple[Tensor[f64, M, N], Tensor[f64, N, N]]:
    q = np.zeros_like(a)
    r = np.zeros((a.shape[1], a.shape[1]), dtype=a.dtype)
    for k in range(a.shape[1]):
        nrm = np.dot(a[:, k], a[:, k])
        r[k, k] = np.sqrt(nrm)
        q[:, k] = a[:, k] / r[k, k]
        for j in range(k + 1, a.shape[1]):
            r[k, j] = np.dot(q[:, k], a[:, j])
            a[:, j] -= q[:, k] * r[k, j]
    return q, r


SIZES = {"test": (7, 5), "small": (70, 60), "medium": (240, 200)}


def arguments(m, n):
    return (np.random.default_rng(0).random((m, n)),)
