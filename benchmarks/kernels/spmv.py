"""A sparse matrix in compressed rows times a vector."""

import numpy as np

from pyc import Tensor, f64, i32


def spmv[M, R, N](
    rows: Tensor[i32, R], columns: Tensor[i32, M], values: Tensor[f64, M], x: Tensor[f64, N]
) -> Tensor[f64, R - 1]:
    y = np.empty(rows.size - 1, dtype=values.dtype)
    for i in range(rows.size - 1):
        total = 0.0
        for k in range(rows[i], rows[i + 1]):
            total += values[k] * x[columns[k]]
        y[i] = total
    return y


SIZES = {"test": (9, 3), "small": (4000, 8), "medium": (100_000, 16)}


def arguments(n, each):
    rng = np.random.default_rng(0)
    rows = np.concatenate([[0], np.cumsum(rng.integers(0, 2 * each, n))]).astype(np.int32)
    return rows, rng.integers(0, n, rows[-1]).astype(np.int32), rng.random(rows[-1]), rng.random(n)
