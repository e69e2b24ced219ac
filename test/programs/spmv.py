"""Sparse matrices in compressed rows: products, and the ranks of pages."""

from __future__ import annotations

import numpy as np

from pyc import Tensor, f64, i64


def product[R, Z, N](
    rows: Tensor[i64, R], columns: Tensor[i64, Z], values: Tensor[f64, Z], x: Tensor[f64, N]
) -> Tensor[f64, R - 1]:
    y = np.empty(len(rows) - 1)
    for i in range(len(rows) - 1):
        where = columns[rows[i] : rows[i + 1]]
        y[i] = values[rows[i] : rows[i + 1]] @ x[where]
    return y


def page_rank[N, E](
    sources: Tensor[i64, E], targets: Tensor[i64, E], start: Tensor[f64, N], rounds: int
) -> Tensor[f64, N]:
    n = len(start)
    degree = np.bincount(sources, minlength=n)
    rank = start.copy()
    for _ in range(rounds):
        new = np.full(n, 0.15 / n)
        for s, t in zip(sources, targets):
            new[t] += 0.85 * rank[s] / degree[s]
        rank = new
    return rank


def cases():
    rng = np.random.default_rng(28)
    dense = rng.random((6, 5)) * (rng.random((6, 5)) < 0.4)
    where = np.nonzero(dense)
    rows = np.concatenate([[0], np.cumsum((dense != 0).sum(axis=1))])
    yield "product", (rows, where[1], dense[where], rng.random(5))
    yield "page_rank", (rng.integers(0, 7, 20), rng.integers(0, 7, 20), np.full(7, 1 / 7), 8)
