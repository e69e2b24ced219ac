"""The most base pairs of an RNA sequence."""

import numpy as np

from pyc import Tensor, i32


def match(b1, b2):
    if b1 + b2 == 3:
        return 1
    else:
        return 0


def nussinov[N, K](n: int, seq: Tensor[i32, N]) -> Tensor[i32, K, K]:
    table = np.zeros((n, n), np.int32)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            if j - 1 >= 0:
                table[i, j] = max(table[i, j], table[i, j - 1])
            if i + 1 < n:
                table[i, j] = max(table[i, j], table[i + 1, j])
            if j - 1 >= 0 and i + 1 < n:
                if i < j - 1:
                    table[i, j] = max(table[i, j], table[i + 1, j - 1] + match(seq[i], seq[j]))
                else:
                    table[i, j] = max(table[i, j], table[i + 1, j - 1])
            for k in range(i + 1, j):
                table[i, j] = max(table[i, j], table[i, k] + table[k + 1, j])
    return table


SIZES = {"test": (9,), "small": (60,), "medium": (250,)}


def arguments(n):
    return n, np.random.default_rng(0).integers(0, 4, n).astype(np.int32)
