"""Conjugate gradients for a symmetric positive definite system."""

import numpy as np

from pyc import Tensor, f64


def solve[N](a: Tensor[f64, N, N], b: Tensor[f64, N], tolerance: float) -> tuple[Tensor[f64, N], int]:
    x = np.zeros_like(b)
    r = b - a @ x
    p = r
    rs = r @ r
    for k in range(2 * len(b)):
        if np.sqrt(rs) < tolerance:
            break
        ap = a @ p
        alpha = rs / (p @ ap)
        x = x + alpha * p
        r = r - alpha * ap
        new = r @ r
        p = r + (new / rs) * p
        rs = new
    else:
        k = -1
    return x, k


def cases():
    rng = np.random.default_rng(11)
    for n in (1, 6, 12):
        m = rng.random((n, n))
        yield "solve", (m @ m.T + 10 * n * np.eye(n), rng.random(n), 1e-6)
