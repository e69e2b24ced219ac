"""Shortest paths between all pairs of a graph, element by element."""

import numpy as np

from pyc import Tensor, f64


def floyd_loops[N](d: Tensor[f64, N, N]) -> None:
    n = d.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                through = d[i, k] + d[k, j]
                if through < d[i, j]:
                    d[i, j] = through


SIZES = {"test": (9,), "small": (100,), "medium": (300,)}


def arguments(n):
    return (np.random.default_rng(0).random((n, n)) * 100,)
