"""The most value that fits into a knapsack."""

import numpy as np

from pyc import Tensor, i64


def knapsack[N](values: Tensor[i64, N], weights: Tensor[i64, N], capacity: int) -> int:
    best = np.zeros(capacity + 1, dtype=np.int64)
    for i in range(len(values)):
        for w in range(capacity, weights[i] - 1, -1):
            best[w] = max(best[w], best[w - weights[i]] + values[i])
    return int(best[capacity])


SIZES = {"test": (7, 20), "small": (50, 1000), "medium": (200, 20_000)}


def arguments(n, capacity):
    rng = np.random.default_rng(0)
    return rng.integers(1, 100, n), rng.integers(1, capacity // 4, n), capacity
