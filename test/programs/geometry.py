"""Distances on a sphere, integration over an angle, areas and hulls of polygons."""

import numpy as np

from pyc import Tensor, f64, i64


def arc_distance[N](a: Tensor[f64, N, 2], b: Tensor[f64, N, 2]) -> Tensor[f64, N]:
    dtheta = b[:, 0] - a[:, 0]
    dphi = b[:, 1] - a[:, 1]
    t = np.sin(dtheta / 2) ** 2 + np.cos(a[:, 0]) * np.cos(b[:, 0]) * np.sin(dphi / 2) ** 2
    return 2 * np.arctan2(np.sqrt(t), np.sqrt(1 - t))


def azimuthal[N](radius: Tensor[f64, N], weight: Tensor[f64, N], bins: int) -> tuple[float, float]:
    highest = radius.max()
    sums, means = 0.0, 0.0
    for k in range(bins):
        low, high = highest * k / bins, highest * (k + 1) / bins
        inside = (radius >= low) & (radius < high)
        chosen = weight[inside]
        if chosen.size > 0:
            sums += float(chosen.sum())
            means += float(chosen.mean())
    return sums, means


def area[N](p: Tensor[f64, N, 2]) -> float:
    x, y = p[:, 0], p[:, 1]
    return float(0.5 * np.abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))))


def turn(p, a: int, b: int, c: int):
    return (p[b, 0] - p[a, 0]) * (p[c, 1] - p[a, 1]) - (p[b, 1] - p[a, 1]) * (p[c, 0] - p[a, 0])


def hull[N](p: Tensor[f64, N, 2], out: Tensor[i64, N]) -> int:
    n = len(p)
    order = np.lexsort((p[:, 1], p[:, 0]))
    k = 0
    for i in range(n):
        while k >= 2 and turn(p, out[k - 2], out[k - 1], order[i]) <= 0:
            k -= 1
        out[k] = order[i]
        k += 1
    return k


def inside[N](p: Tensor[f64, N, 2], x: float, y: float) -> bool:
    found = False
    j = len(p) - 1
    for i in range(len(p)):
        if (p[i, 1] > y) != (p[j, 1] > y) and x < (p[j, 0] - p[i, 0]) * (y - p[i, 1]) / (p[j, 1] - p[i, 1]) + p[i, 0]:
            found = not found
        j = i
    return found


def cases():
    rng = np.random.default_rng(30)
    for n in (1, 3, 12):
        yield "arc_distance", (rng.random((n, 2)), rng.random((n, 2)))
        yield "azimuthal", (rng.random(n), rng.random(n), 4)
        yield "area", (rng.random((n, 2)),)
        yield "hull", (rng.random((n, 2)), np.zeros(n, np.int64))
        yield "inside", (rng.random((n, 2)), 0.5, 0.5)
