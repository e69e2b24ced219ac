"""Sorting by insertion, by heaps, by partition and by merging."""

import numpy as np

from pyc import Tensor, f64, i64


def insertion[N](x: Tensor[f64, N]) -> None:
    for i in range(1, len(x)):
        value = x[i]
        j = i - 1
        while j >= 0 and x[j] > value:
            x[j + 1] = x[j]
            j -= 1
        x[j + 1] = value


def sift[N](x: Tensor[i64, N], start: int, end: int) -> None:
    root = start
    while (child := 2 * root + 1) < end:
        if child + 1 < end and x[child] < x[child + 1]:
            child += 1
        if x[root] >= x[child]:
            return
        x[root], x[child] = x[child], x[root]
        root = child


def heap[N](x: Tensor[i64, N]) -> None:
    n = len(x)
    for start in range(n // 2 - 1, -1, -1):
        sift(x, start, n)
    for end in range(n - 1, 0, -1):
        x[0], x[end] = x[end], x[0]
        sift(x, 0, end)


def quick[N](x: Tensor[f64, N], low: int, high: int) -> None:
    if low >= high:
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
    quick(x, low, j)
    quick(x, i, high)


def merge[N](x: Tensor[i64, N]) -> Tensor[i64, N]:
    n = len(x)
    a = x.copy()
    b = np.empty_like(a)
    width = 1
    while width < n:
        for low in range(0, n, 2 * width):
            middle, high = min(low + width, n), min(low + 2 * width, n)
            i, j = low, middle
            for k in range(low, high):
                if i < middle and (j >= high or a[i] <= a[j]):
                    b[k] = a[i]
                    i += 1
                else:
                    b[k] = a[j]
                    j += 1
        a, b = b, a
        width *= 2
    return a


def cases():
    rng = np.random.default_rng(20)
    for n in (0, 1, 2, 17, 40):
        yield "insertion", (rng.random(n),)
        yield "heap", (rng.integers(-50, 50, n),)
        yield "quick", (rng.random(n), 0, n - 1)
        yield "merge", (rng.integers(-50, 50, n),)
