"""Shortest paths between all pairs of a graph, row by row."""

import numpy as np

from pyc import Tensor, i32


def floyd_warshall[N](path: Tensor[i32, N, N]) -> None:
    for k in range(path.shape[0]):
        path[:] = np.minimum(path[:], path[:, k][:, None] + path[k, :])


SIZES = {"test": (9,), "small": (120,), "medium": (400,)}


def arguments(n):
    i = np.arange(n)
    path = (i[:, None] * i % 7 + 1).astype(np.int32)
    far = (i[:, None] + i) % 13 == 0
    path[far | ((i[:, None] + i) % 7 == 0) | ((i[:, None] + i) % 11 == 0)] = 999
    return (path,)
