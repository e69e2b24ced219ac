"""Histograms: by a loop, by NumPy, weighted, and the threshold of Otsu."""

from __future__ import annotations

import numpy as np

from pyc import Tensor, f64, i64, u8


def by_loop[N](x: Tensor[f64, N], bins: int, low: float, high: float) -> Tensor[i64, bins]:
    counts = np.zeros(bins, dtype=np.int64)
    width = (high - low) / bins
    for value in x:
        if low <= value < high:
            counts[int((value - low) / width)] += 1
    return counts


def cumulative[N](x: Tensor[u8, N]) -> Tensor[f64, 256]:
    counts = np.bincount(x, minlength=256)
    return np.cumsum(counts) / max(len(x), 1)


def otsu[H, W](image: Tensor[u8, H, W]) -> int:
    counts = np.zeros(256)
    for p in image.ravel():
        counts[p] += 1
    total = image.size
    everything = float(np.sum(np.arange(256) * counts))
    below = 0.0
    weight = 0.0
    best, threshold = -1.0, 0
    for t in range(256):
        weight += counts[t]
        if weight == 0:
            continue
        rest = total - weight
        if rest == 0:
            break
        below += t * counts[t]
        between = weight * rest * (below / weight - (everything - below) / rest) ** 2
        if between > best:
            best, threshold = between, t
    return threshold


def cases():
    rng = np.random.default_rng(15)
    for n in (0, 1, 101):
        yield "by_loop", (rng.random(n) * 12 - 1, 7, 0.0, 10.0)
        yield "cumulative", (rng.integers(0, 256, n, np.uint8),)
    yield (
        "otsu",
        (np.concatenate([rng.integers(10, 60, 50), rng.integers(150, 220, 50)]).astype(np.uint8).reshape(10, 10),),
    )
