"""The class of each query by its nearest neighbours."""

import numpy as np

from pyc import Tensor, f64, i64


def knn[N, M, D](
    train: Tensor[f64, N, D], labels: Tensor[i64, N], queries: Tensor[f64, M, D], k: int
) -> Tensor[i64, M]:
    out = np.empty(len(queries), dtype=np.int64)
    for q in range(len(queries)):
        distances = np.sum((train - queries[q]) ** 2, axis=1)
        nearest = np.argsort(distances)[:k]
        out[q] = np.argmax(np.bincount(labels[nearest]))
    return out


SIZES = {"test": (23, 5, 2, 3), "small": (500, 20, 4, 5), "medium": (5000, 100, 8, 7)}


def arguments(n, m, d, k):
    rng = np.random.default_rng(0)
    return rng.random((n, d)), rng.integers(0, 4, n), rng.random((m, d)), k
