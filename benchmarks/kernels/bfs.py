"""Distances in a graph, breadth first."""

import numpy as np

from pyc import Tensor, i32, i64


def bfs[V, E](offsets: Tensor[i64, V], targets: Tensor[i32, E], source: int) -> Tensor[i32, V - 1]:
    n = len(offsets) - 1
    distance = np.full(n, -1, dtype=np.int32)
    queue = np.empty(n, dtype=np.int32)
    distance[source] = 0
    queue[0] = source
    head, tail = 0, 1
    while head < tail:
        u = queue[head]
        head += 1
        for v in targets[offsets[u] : offsets[u + 1]]:
            if distance[v] < 0:
                distance[v] = distance[u] + 1
                queue[tail] = v
                tail += 1
    return distance


SIZES = {"test": (9, 20), "small": (2000, 10_000), "medium": (100_000, 800_000)}


def arguments(n, m):
    rng = np.random.default_rng(0)
    source = np.sort(rng.integers(0, n, m))
    return np.searchsorted(source, np.arange(n + 1)), rng.integers(0, n, m).astype(np.int32), 0
