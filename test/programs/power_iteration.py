"""The largest eigenvalue and its vector; principal components by deflation."""

import numpy as np

from pyc import Tensor, f64


def largest[N](a: Tensor[f64, N, N], rounds: int) -> tuple[float, Tensor[f64, N]]:
    v = np.ones(a.shape[0])
    value = 0.0
    for _ in range(rounds):
        w = a @ v
        value = float(np.linalg.norm(w))
        v = w / value
    return value, v


def components[M, N](x: Tensor[f64, M, N], count: int) -> Tensor[f64, N]:
    centred = x - x.mean(axis=0)
    c = centred.T @ centred / (len(x) - 1)
    values = np.zeros(x.shape[1])
    for k in range(count):
        value, v = largest(c, 60)
        values[k] = value
        c = c - value * np.outer(v, v)
    return values


def cases():
    rng = np.random.default_rng(12)
    m = rng.random((6, 6))
    yield "largest", (m @ m.T, 30)
    yield "components", (rng.random((20, 4)) * np.array([9.0, 4.0, 1.0, 0.2]), 2)
