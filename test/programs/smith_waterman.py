"""Local alignment of two sequences."""

import numpy as np

from pyc import Tensor, i8


def align[N, M](a: Tensor[i8, N], b: Tensor[i8, M], match: int, mismatch: int, gap: int) -> tuple[int, int, int]:
    h = np.zeros((a.shape[0] + 1, b.shape[0] + 1), np.int32)
    best, at_i, at_j = 0, 0, 0
    for i in range(1, h.shape[0]):
        for j in range(1, h.shape[1]):
            diagonal = h[i - 1, j - 1] + (match if a[i - 1] == b[j - 1] else mismatch)
            score = max(0, diagonal, h[i - 1, j] + gap, h[i, j - 1] + gap)
            h[i, j] = score
            if score > best:
                best, at_i, at_j = int(score), i, j
    return best, at_i, at_j


def cases():
    rng = np.random.default_rng(14)
    for n, m in ((0, 4), (1, 1), (21, 17)):
        yield "align", (rng.integers(0, 4, n, np.int8), rng.integers(0, 4, m, np.int8), 3, -3, -2)
