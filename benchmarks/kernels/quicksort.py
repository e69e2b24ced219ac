"""Quicksort, by recursion."""

import numpy as np

from pyc import Tensor, f64


def quicksort[N](x: Tensor[f64, N], low: int, high: int) -> None:
    if high - low < 1:
        return
    pivot = x[(low + high) // 2]
    i, j = low, high
    while i <= j:
        while x[i] < pivot:
            i += 1
        while x[j] > pivot:
            j -= 1
        if i <= j:
            x[i], x[j] = x[j], x[i]
            i += 1
            j -= 1
    quicksort(x, low, j)
    quicksort(x, i, high)


SIZES = {"test": (17,), "small": (5000,), "medium": (300_000,)}


def arguments(n):
    return np.random.default_rng(0).random(n), 0, n - 1
