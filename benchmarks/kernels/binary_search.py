"""Where each of many keys belongs in a sorted array."""

import numpy as np

from pyc import Tensor, f64, i64


def search(a, key):
    low, high = 0, len(a)
    while low < high:
        mid = (low + high) // 2
        if a[mid] < key:
            low = mid + 1
        else:
            high = mid
    return low


def binary_search[N, M](a: Tensor[f64, N], keys: Tensor[f64, M]) -> Tensor[i64, M]:
    out = np.empty(len(keys), dtype=np.int64)
    for i, key in enumerate(keys):
        out[i] = search(a, key)
    return out


SIZES = {"test": (17, 9), "small": (1000, 2000), "medium": (100_000, 200_000)}


def arguments(n, m):
    rng = np.random.default_rng(0)
    return np.sort(rng.random(n)), rng.random(m)
