"""Searching: by halves, by patterns, and the nearest in sorted arrays."""

from __future__ import annotations

import numpy as np

from pyc import Tensor, f64, i64, u8


def halves[N](x: Tensor[f64, N], value: float) -> int:
    low, high = 0, len(x)
    while low < high:
        middle = (low + high) // 2
        if x[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


def pattern[N, M](text: Tensor[u8, N], word: Tensor[u8, M]) -> int:
    for i in range(len(text) - len(word) + 1):
        for j in range(len(word)):
            if text[i + j] != word[j]:
                break
        else:
            return i
    return -1


def prefixes[M](word: Tensor[u8, M]) -> Tensor[i64, M]:
    table = np.zeros(len(word), dtype=np.int64)
    k = 0
    for i in range(1, len(word)):
        while k > 0 and word[k] != word[i]:
            k = int(table[k - 1])
        if word[k] == word[i]:
            k += 1
        table[i] = k
    return table


def closest[N, M](x: Tensor[f64, N], queries: Tensor[f64, M]) -> Tensor[i64, M]:
    at = np.clip(np.searchsorted(x, queries), 1, len(x) - 1)
    left = queries - x[at - 1] < x[at] - queries
    return at - left


def spiral[N, M](a: Tensor[i64, N, M], out: Tensor[i64, N * M]) -> None:
    top, bottom, left, right = 0, a.shape[0], 0, a.shape[1]
    k = 0
    while top < bottom and left < right:
        for j in range(left, right):
            out[k] = a[top, j]
            k += 1
        for i in range(top + 1, bottom):
            out[k] = a[i, right - 1]
            k += 1
        if bottom - top > 1:
            for j in range(right - 2, left - 1, -1):
                out[k] = a[bottom - 1, j]
                k += 1
        if right - left > 1:
            for i in range(bottom - 2, top, -1):
                out[k] = a[i, left]
                k += 1
        top, bottom, left, right = top + 1, bottom - 1, left + 1, right - 1


def cases():
    rng = np.random.default_rng(38)
    for n in (0, 1, 20):
        yield "halves", (np.sort(rng.random(n)), 0.5)
    text = np.frombuffer(b"abcabcabd", np.uint8).copy()
    for word in (b"abd", b"", b"xyz", b"abcabcabdd"):
        yield "pattern", (text, np.frombuffer(word, np.uint8).copy())
    yield "prefixes", (text,)
    yield "closest", (np.sort(rng.random(9)), rng.random(6))
    for n, m in ((1, 1), (3, 4), (5, 2), (1, 4)):
        yield "spiral", (np.arange(n * m).reshape(n, m), np.zeros(n * m, np.int64))
