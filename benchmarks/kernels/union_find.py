"""Connected components by a forest of parents."""

import numpy as np

from pyc import Tensor, i64


def find(parent, x):
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


def union_find[E](n: int, edges: Tensor[i64, E, 2]) -> int:
    parent = np.arange(n)
    size = np.ones(n, dtype=np.int64)
    components = n
    for a, b in edges:
        ra, rb = find(parent, a), find(parent, b)
        if ra == rb:
            continue
        if size[ra] < size[rb]:
            ra, rb = rb, ra
        parent[rb] = ra
        size[ra] += size[rb]
        components -= 1
    return components


SIZES = {"test": (17, 12), "small": (5000, 4000), "medium": (500_000, 400_000)}


def arguments(n, m):
    return n, np.random.default_rng(0).integers(0, n, (m, 2))
