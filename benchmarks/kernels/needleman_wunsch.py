"""The best alignment of two sequences over their whole length."""

import numpy as np

from pyc import Tensor, i32, i64


def needleman_wunsch[N, M](
    a: Tensor[i64, N], b: Tensor[i64, M], blosum: Tensor[i32, 4, 4], gap: int
) -> Tensor[i32, N + 1, M + 1]:
    n, m = len(a), len(b)
    score = np.zeros((n + 1, m + 1), dtype=np.int32)
    score[:, 0] = -gap * np.arange(n + 1, dtype=np.int32)
    score[0, :] = -gap * np.arange(m + 1, dtype=np.int32)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            match = score[i - 1, j - 1] + blosum[a[i - 1], b[j - 1]]
            delete = score[i - 1, j] - gap
            insert = score[i, j - 1] - gap
            score[i, j] = max(match, delete, insert)
    return score


SIZES = {"test": (7, 9), "small": (200, 220), "medium": (1500, 1600)}


def arguments(n, m):
    rng = np.random.default_rng(0)
    return rng.integers(0, 4, n), rng.integers(0, 4, m), rng.integers(-4, 6, (4, 4)).astype(np.int32), 2
