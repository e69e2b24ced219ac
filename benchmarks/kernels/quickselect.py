"""The k-th smallest element."""

import numpy as np

from pyc import Tensor, f64


def quickselect[N](values: Tensor[f64, N], k: int) -> float:
    x = values.copy()
    low, high = 0, len(x) - 1
    while low < high:
        pivot = x[k]
        i, j = low, high
        while True:
            while x[i] < pivot:
                i += 1
            while pivot < x[j]:
                j -= 1
            if i <= j:
                x[i], x[j] = x[j], x[i]
                i += 1
                j -= 1
            if i > j:
                break
        if j < k:
            low = i
        if k < i:
            high = j
    return x[k]


SIZES = {"test": (17,), "small": (10_000,), "medium": (1_000_000,)}


def arguments(n):
    return np.random.default_rng(0).random(n), n // 2
