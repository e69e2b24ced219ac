"""Heap sort in place."""

import numpy as np

from pyc import Tensor, i64


def sift_down(x, start, end):
    root = start
    while 2 * root + 1 < end:
        child = 2 * root + 1
        if child + 1 < end and x[child] < x[child + 1]:
            child += 1
        if x[root] >= x[child]:
            break
        x[root], x[child] = x[child], x[root]
        root = child


def heap_sort[N](x: Tensor[i64, N]) -> None:
    n = len(x)
    for start in range(n // 2 - 1, -1, -1):
        sift_down(x, start, n)
    for end in range(n - 1, 0, -1):
        x[end], x[0] = x[0], x[end]
        sift_down(x, 0, end)


SIZES = {"test": (17,), "small": (5000,), "medium": (300_000,)}


def arguments(n):
    return (np.random.default_rng(0).integers(-(10**6), 10**6, n),)
