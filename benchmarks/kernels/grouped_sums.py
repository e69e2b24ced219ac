"""Sums and counts by group."""

import numpy as np

from pyc import Tensor, f64, i64


def grouped_sums[N, K](values: Tensor[f64, N], labels: Tensor[i64, N], groups: int) -> Tensor[f64, K, 2]:
    out = np.zeros((groups, 2))
    for v, g in zip(values, labels):
        if v != v:
            continue
        out[g, 0] += v
        out[g, 1] += 1
    return out


SIZES = {"test": (31, 4), "small": (20_000, 16), "medium": (1_000_000, 1000)}


def arguments(n, groups):
    rng = np.random.default_rng(0)
    values = rng.random(n)
    values[::13] = np.nan
    return values, rng.integers(0, groups, n), groups
