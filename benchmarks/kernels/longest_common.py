"""The longest common subsequence, and the subsequence itself."""

import numpy as np

from pyc import Tensor, u8


def longest_common[N, M, K](a: Tensor[u8, N], b: Tensor[u8, M]) -> Tensor[u8, K]:
    n, m = len(a), len(b)
    table = np.zeros((n + 1, m + 1), np.int32)
    for i in range(n):
        for j in range(m):
            if a[i] == b[j]:
                table[i + 1, j + 1] = table[i, j] + 1
            else:
                table[i + 1, j + 1] = max(table[i, j + 1], table[i + 1, j])
    out = np.empty(table[n, m], np.uint8)
    i, j, k = n, m, table[n, m]
    while k > 0:
        if table[i, j] == table[i - 1, j]:
            i -= 1
        elif table[i, j] == table[i, j - 1]:
            j -= 1
        else:
            i, j, k = i - 1, j - 1, k - 1
            out[k] = a[i]
    return out


SIZES = {"test": (9, 11), "small": (200, 220), "medium": (2000, 2100)}


def arguments(n, m):
    rng = np.random.default_rng(0)
    return rng.integers(97, 101, n).astype(np.uint8), rng.integers(97, 101, m).astype(np.uint8)
