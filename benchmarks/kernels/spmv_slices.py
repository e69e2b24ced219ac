"""A sparse matrix in compressed rows times a vector, a row at a time with arrays of indices."""

import numpy as np

from pyc import Tensor, f64, i32


def spmv_slices[M, R, N](
    a_row: Tensor[i32, R], a_col: Tensor[i32, M], a_val: Tensor[f64, M], x: Tensor[f64, N]
) -> Tensor[f64, R - 1]:
    y = np.empty(a_row.size - 1, dtype=a_val.dtype)
    for i in range(a_row.size - 1):
        cols = a_col[a_row[i] : a_row[i + 1]]
        vals = a_val[a_row[i] : a_row[i + 1]]
        y[i] = vals @ x[cols]
    return y


SIZES = {"test": (9, 3), "small": (4000, 8), "medium": (100_000, 16)}


def arguments(n, each):
    rng = np.random.default_rng(0)
    rows = np.concatenate([[0], np.cumsum(rng.integers(0, 2 * each, n))]).astype(np.int32)
    return rows, rng.integers(0, n, rows[-1]).astype(np.int32), rng.random(rows[-1]), rng.random(n)
