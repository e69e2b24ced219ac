"""Running sums and the largest sum of neighbours."""

import numpy as np

from pyc import Tensor, i64


def prefix_sums[N](x: Tensor[i64, N]) -> tuple[Tensor[i64, N + 1], int]:
    sums = np.zeros(len(x) + 1, dtype=np.int64)
    for i in range(len(x)):
        sums[i + 1] = sums[i] + x[i]
    best = lowest = 0
    for s in sums[1:]:
        best = max(best, s - lowest)
        lowest = min(lowest, s)
    return sums, int(best)


SIZES = {"test": (17,), "small": (10_000,), "medium": (2_000_000,)}


def arguments(n):
    return (np.random.default_rng(0).integers(-100, 100, n),)
