"""The edit distance of two words, a table of it."""

import numpy as np

from pyc import Tensor, u8


def levenshtein[N, M](a: Tensor[u8, N], b: Tensor[u8, M]) -> int:
    n, m = len(a), len(b)
    d = np.zeros((n + 1, m + 1), dtype=np.int64)
    for i in range(n + 1):
        d[i, 0] = i
    for j in range(m + 1):
        d[0, j] = j
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + cost)
    return int(d[n, m])


SIZES = {"test": (7, 9), "small": (200, 220), "medium": (2000, 2100)}


def arguments(n, m):
    rng = np.random.default_rng(0)
    return rng.integers(97, 101, n).astype(np.uint8), rng.integers(97, 101, m).astype(np.uint8)
