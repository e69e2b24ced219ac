"""Graphs: breadth first on a grid, Bellman-Ford, Dijkstra by scanning, and components by union and find."""

import numpy as np

from pyc import Tensor, f64, i64, u8


def breadth_first[H, W](walls: Tensor[u8, H, W], si: int, sj: int) -> Tensor[i64, H, W]:
    h, w = walls.shape
    distance = np.full((h, w), -1)
    queue = np.empty((h * w, 2), dtype=np.int64)
    queue[0] = (si, sj)
    distance[si, sj] = 0
    head, tail = 0, 1
    while head < tail:
        i, j = queue[head]
        head += 1
        for di, dj in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            a, b = i + di, j + dj
            if 0 <= a < h and 0 <= b < w and not walls[a, b] and distance[a, b] < 0:
                distance[a, b] = distance[i, j] + 1
                queue[tail, 0], queue[tail, 1] = a, b
                tail += 1
    return distance


def bellman_ford[E, N](edges: Tensor[i64, E, 2], cost: Tensor[f64, E], distance: Tensor[f64, N]) -> bool:
    distance[:] = np.inf
    distance[0] = 0.0
    for _ in range(len(distance)):
        changed = False
        for (a, b), c in zip(edges, cost):
            if distance[a] + c < distance[b]:
                distance[b] = distance[a] + c
                changed = True
        if not changed:
            return True
    return False


def dijkstra[N](cost: Tensor[f64, N, N], start: int) -> Tensor[f64, N]:
    n = len(cost)
    distance = np.full(n, np.inf)
    done = np.zeros(n, dtype=bool)
    distance[start] = 0.0
    for _ in range(n):
        u = int(np.argmin(np.where(done, np.inf, distance)))
        done[u] = True
        for v in range(n):
            if not done[v]:
                distance[v] = min(distance[v], distance[u] + cost[u, v])
    return distance


def find[N](parent: Tensor[i64, N], x: int) -> int:
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = int(parent[x])
    return x


def components[N, E](parent: Tensor[i64, N], edges: Tensor[i64, E, 2]) -> int:
    parent[:] = np.arange(len(parent))
    count = len(parent)
    for a, b in edges:
        ra, rb = find(parent, int(a)), find(parent, int(b))
        if ra != rb:
            parent[ra] = rb
            count -= 1
    return count


def cases():
    rng = np.random.default_rng(32)
    walls = (rng.random((7, 9)) < 0.25).astype(np.uint8)
    walls[0, 0] = 0
    yield "breadth_first", (walls, 0, 0)
    edges = rng.integers(0, 8, (25, 2))
    yield "bellman_ford", (edges, rng.random(25), np.zeros(8))
    yield "bellman_ford", (edges, rng.random(25) - 0.9, np.zeros(8))
    yield "dijkstra", (rng.random((8, 8)), 2)
    yield "components", (np.zeros(12, np.int64), rng.integers(0, 12, (7, 2)))
    yield "components", (np.zeros(0, np.int64), np.zeros((0, 2), np.int64))
