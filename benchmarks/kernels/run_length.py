"""Runs of equal values, and their lengths."""

import numpy as np

from pyc import Tensor, i64, u8


def run_length[N, K](x: Tensor[u8, N]) -> tuple[Tensor[u8, K], Tensor[i64, K]]:
    if len(x) == 0:
        return x[:0].copy(), np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate((np.array([True]), x[1:] != x[:-1])))
    ends = np.concatenate((starts[1:], np.array([len(x)])))
    return x[starts], ends - starts


SIZES = {"test": (17,), "small": (10_000,), "medium": (1_000_000,)}


def arguments(n):
    return (np.repeat(np.random.default_rng(0).integers(0, 5, n // 3 + 1), 3)[:n].astype(np.uint8),)
