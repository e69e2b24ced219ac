"""Results whose size the data decides: runs, peaks, unique values, and what passes a test."""

import numpy as np

from pyc import Tensor, f64, i64


def positive[N, K](x: Tensor[f64, N]) -> Tensor[f64, K]:
    return x[x > 0]


def runs[N, K](x: Tensor[i64, N]) -> tuple[Tensor[i64, K], Tensor[i64, K]]:
    values = np.empty_like(x)
    lengths = np.zeros_like(x)
    count = 0
    for i in range(len(x)):
        if i == 0 or x[i] != x[i - 1]:
            values[count] = x[i]
            count += 1
        lengths[count - 1] += 1
    return values[:count].copy(), lengths[:count].copy()


def peaks[N, K](x: Tensor[f64, N]) -> Tensor[i64, K]:
    return np.flatnonzero((x[1:-1] > x[:-2]) & (x[1:-1] > x[2:])) + 1


def distinct[N, K](x: Tensor[i64, N]) -> Tensor[i64, K]:
    return np.unique(x)


def cases():
    rng = np.random.default_rng(33)
    for n in (0, 1, 2, 30):
        yield "positive", (rng.standard_normal(n),)
        yield "runs", (rng.integers(0, 3, n),)
        yield "distinct", (rng.integers(0, 9, n),)
        if n > 1:
            yield "peaks", (rng.random(n),)
