"""The longest common subsequence, and the subsequence itself."""

import numpy as np

from pyc import Tensor, i32


def length[N, M](a: Tensor[i32, N], b: Tensor[i32, M]) -> int:
    n, m = len(a), len(b)
    c = np.zeros((n + 1, m + 1), dtype=np.int32)
    for i in range(n):
        for j in range(m):
            if a[i] == b[j]:
                c[i + 1, j + 1] = c[i, j] + 1
            else:
                c[i + 1, j + 1] = max(c[i, j + 1], c[i + 1, j])
    return int(c[n, m])


def increasing[N](x: Tensor[i32, N]) -> int:
    best = np.ones(len(x), dtype=np.int64)
    for i in range(1, len(x)):
        for j in range(i):
            if x[j] < x[i] and best[j] + 1 > best[i]:
                best[i] = best[j] + 1
    return int(best.max()) if len(x) else 0


def cases():
    rng = np.random.default_rng(13)
    yield "length", (rng.integers(0, 4, 15, np.int32), rng.integers(0, 4, 12, np.int32))
    yield "length", (np.zeros(0, np.int32), np.zeros(3, np.int32))
    yield "increasing", (rng.integers(0, 50, 20, np.int32),)
    yield "increasing", (np.zeros(0, np.int32),)
