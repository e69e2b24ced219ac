"""Clusters by k-means, and classification by the nearest neighbours."""

import numpy as np

from pyc import Tensor, f64, i64


def kmeans[N, D, K](x: Tensor[f64, N, D], centres: Tensor[f64, K, D], rounds: int) -> Tensor[i64, N]:
    labels = np.zeros(len(x), dtype=np.int64)
    for _ in range(rounds):
        distances = ((x[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        labels = np.argmin(distances, axis=1)
        for k in range(len(centres)):
            members = x[labels == k]
            if len(members) > 0:
                centres[k] = members.mean(axis=0)
    return labels


def nearest[N, M, D](
    x: Tensor[f64, N, D], labels: Tensor[i64, N], queries: Tensor[f64, M, D], k: int, classes: int
) -> Tensor[i64, M]:
    found = np.empty(len(queries), dtype=np.int64)
    for i, q in enumerate(queries):
        order = np.argsort(np.sum((x - q) ** 2, axis=1), kind="stable")
        votes = np.zeros(classes, dtype=np.int64)
        for j in order[:k]:
            votes[labels[j]] += 1
        found[i] = np.argmax(votes)
    return found


def cases():
    rng = np.random.default_rng(24)
    x = rng.random((30, 3))
    yield "kmeans", (x, x[:4].copy(), 5)
    yield "nearest", (x, rng.integers(0, 3, 30), rng.random((7, 3)), 5, 3)
