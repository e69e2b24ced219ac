"""The rank of each page of a graph of links."""

import numpy as np

from pyc import Tensor, f64, i64


def pagerank[V, E](offsets: Tensor[i64, V], targets: Tensor[i64, E], damping: float, rounds: int) -> Tensor[f64, V - 1]:
    n = len(offsets) - 1
    rank = np.full(n, 1.0 / n)
    for _ in range(rounds):
        after = np.full(n, (1.0 - damping) / n)
        lost = 0.0
        for u in range(n):
            degree = offsets[u + 1] - offsets[u]
            if degree == 0:
                lost += rank[u]
                continue
            share = damping * rank[u] / degree
            for k in range(offsets[u], offsets[u + 1]):
                after[targets[k]] += share
        rank = after + damping * lost / n
    return rank


SIZES = {"test": (9, 20, 3), "small": (2000, 10_000, 10), "medium": (50_000, 400_000, 10)}


def arguments(n, m, rounds):
    rng = np.random.default_rng(0)
    source = np.sort(rng.integers(0, n, m))
    return np.searchsorted(source, np.arange(n + 1)), rng.integers(0, n, m), 0.85, rounds
