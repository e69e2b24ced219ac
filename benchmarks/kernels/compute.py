"""Arithmetic on integer arrays, clipped."""

import numpy as np

from pyc import Tensor, i64


def compute[M, N](array_1: Tensor[i64, M, N], array_2: Tensor[i64, M, N], a: i64, b: i64, c: i64) -> Tensor[i64, M, N]:
    return np.clip(array_1, 2, 10) * a + array_2 * b + c


SIZES = {"test": (7, 5), "small": (200, 200), "medium": (1000, 1000)}


def arguments(m, n):
    rng = np.random.default_rng(0)
    return rng.integers(0, 1000, (m, n)), rng.integers(0, 1000, (m, n)), np.int64(4), np.int64(3), np.int64(9)
