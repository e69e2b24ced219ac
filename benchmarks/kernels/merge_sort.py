"""Merge sort, from the bottom up."""

import numpy as np

from pyc import Tensor, f64


def merge(src, dst, low, mid, high):
    i, j = low, mid
    for k in range(low, high):
        if i < mid and (j >= high or src[i] <= src[j]):
            dst[k] = src[i]
            i += 1
        else:
            dst[k] = src[j]
            j += 1


def merge_sort[N](x: Tensor[f64, N]) -> Tensor[f64, N]:
    n = len(x)
    a, b = x.copy(), np.empty_like(x)
    width = 1
    while width < n:
        for low in range(0, n, 2 * width):
            merge(a, b, low, min(low + width, n), min(low + 2 * width, n))
        a, b = b, a
        width *= 2
    return a


SIZES = {"test": (17,), "small": (5000,), "medium": (300_000,)}


def arguments(n):
    return (np.random.default_rng(0).random(n),)
