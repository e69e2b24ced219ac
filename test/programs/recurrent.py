"""Recurrent networks: a gated unit, a long short-term memory, and a Kalman filter."""

from __future__ import annotations

import numpy as np

from pyc import Tensor, f64


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm[T, D, H](
    x: Tensor[f64, T, D], wx: Tensor[f64, D, 4 * H], wh: Tensor[f64, H, 4 * H], bias: Tensor[f64, 4 * H]
) -> Tensor[f64, T, H]:
    size = wh.shape[0]
    h = np.zeros(size)
    c = np.zeros(size)
    out = np.zeros((x.shape[0], size))
    for t in range(x.shape[0]):
        gates = x[t] @ wx + h @ wh + bias
        i, f, g, o = np.split(gates, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        out[t] = h
    return out


def kalman[T, N, M](
    z: Tensor[f64, T, M], f: Tensor[f64, N, N], h: Tensor[f64, M, N], q: Tensor[f64, N, N], r: Tensor[f64, M, M]
) -> tuple[Tensor[f64, N], Tensor[f64, N, N]]:
    x = np.zeros(f.shape[0])
    p = np.eye(f.shape[0])
    for k in range(len(z)):
        x = f @ x
        p = f @ p @ f.T + q
        s = h @ p @ h.T + r
        gain = p @ h.T @ np.linalg.inv(s)
        x = x + gain @ (z[k] - h @ x)
        p = (np.eye(len(x)) - gain @ h) @ p
    return x, p


def cases():
    rng = np.random.default_rng(34)
    yield "lstm", (rng.random((6, 3)), rng.random((3, 16)), rng.random((4, 16)), rng.random(16))
    yield (
        "kalman",
        (rng.random((9, 1)), np.array([[1.0, 0.1], [0.0, 1.0]]), np.array([[1.0, 0.0]]), 0.01 * np.eye(2), np.eye(1)),
    )
