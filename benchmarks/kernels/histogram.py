"""A histogram by a loop over the data."""

import numpy as np

from pyc import Tensor, f64, i64


def histogram[N, K](a: Tensor[f64, N], bins: int) -> tuple[Tensor[i64, K], Tensor[f64, K + 1]]:
    hist = np.zeros(bins, dtype=np.int64)
    a_min, a_max = a.min(), a.max()
    edges = np.linspace(a_min, a_max, bins + 1)
    for x in a:
        if x == a_max:
            k = bins - 1
        else:
            k = int(bins * (x - a_min) / (a_max - a_min))
        if 0 <= k < bins:
            hist[k] += 1
    return hist, edges


SIZES = {"test": (40, 5), "small": (10_000, 10), "medium": (1_000_000, 100)}


def arguments(n, bins):
    return np.random.default_rng(0).standard_normal(n), bins
