"""Dynamic programming: knapsack, coins, and the order of a chain of matrices."""

import numpy as np

from pyc import Tensor, i64


def knapsack[N](weight: Tensor[i64, N], value: Tensor[i64, N], capacity: int) -> int:
    best = np.zeros(capacity + 1, dtype=np.int64)
    for w, v in zip(weight, value):
        for c in range(capacity, int(w) - 1, -1):
            best[c] = max(best[c], best[c - w] + v)
    return int(best[capacity])


def coins[N](values: Tensor[i64, N], total: int) -> int:
    ways = np.zeros(total + 1, dtype=np.int64)
    ways[0] = 1
    for v in values:
        for t in range(v, total + 1):
            ways[t] += ways[t - v]
    return int(ways[-1])


def chain[N](p: Tensor[i64, N]) -> int:
    n = len(p) - 1
    m = np.zeros((n, n), dtype=np.int64)
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            m[i, j] = np.iinfo(np.int64).max
            for k in range(i, j):
                cost = m[i, k] + m[k + 1, j] + p[i] * p[k + 1] * p[j + 1]
                if cost < m[i, j]:
                    m[i, j] = cost
    return int(m[0, n - 1])


def cases():
    yield "knapsack", (np.array([12, 2, 1, 4, 1]), np.array([4, 2, 1, 10, 2]), 15)
    yield "coins", (np.array([1, 2, 5, 10, 25]), 100)
    yield "chain", (np.array([40, 20, 30, 10, 30]),)
