"""Clusters by Lloyd's iterations."""

import numpy as np

from pyc import Tensor, f64, i64


def kmeans[N, D, K](x: Tensor[f64, N, D], centroids: Tensor[f64, K, D], rounds: int) -> Tensor[i64, N]:
    n, dims = x.shape
    k = len(centroids)
    labels = np.zeros(n, dtype=np.int64)
    for _ in range(rounds):
        for i in range(n):
            best = np.inf
            for c in range(k):
                dist = 0.0
                for d in range(dims):
                    dist += (x[i, d] - centroids[c, d]) ** 2
                if dist < best:
                    best = dist
                    labels[i] = c
        for c in range(k):
            chosen = labels == c
            if chosen.any():
                centroids[c] = x[chosen].mean(axis=0)
    return labels


SIZES = {"test": (23, 2, 3, 3), "small": (2000, 2, 8, 5), "medium": (20_000, 4, 16, 10)}


def arguments(n, d, k, rounds):
    rng = np.random.default_rng(0)
    x = rng.random((n, d))
    return x, x[:k].copy(), rounds
