"""Shortest paths between all nodes of a graph, by rows and by elements."""

import numpy as np

from pyc import Tensor, f64, i32


def by_rows[N](paths: Tensor[f64, N, N]) -> None:
    for k in range(paths.shape[0]):
        paths[:] = np.minimum(paths, paths[:, k, np.newaxis] + paths[np.newaxis, k, :])


def by_elements[N](d: Tensor[i32, N, N]) -> None:
    n = len(d)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if d[i, k] + d[k, j] < d[i, j]:
                    d[i, j] = d[i, k] + d[k, j]


def cases():
    rng = np.random.default_rng(6)
    for n in (1, 5, 13):
        yield "by_rows", (rng.random((n, n)) * 10,)
        yield "by_elements", (rng.integers(0, 100, (n, n), np.int32),)
