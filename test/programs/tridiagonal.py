"""Diffusion by the tridiagonal algorithm, alternating directions, and a cavity with pressure."""

import numpy as np

from pyc import Tensor, f64


def thomas[N](a: Tensor[f64, N], b: Tensor[f64, N], c: Tensor[f64, N], d: Tensor[f64, N]) -> Tensor[f64, N]:
    n = len(d)
    cp, dp, x = np.empty(n), np.empty(n), np.empty(n)
    cp[0], dp[0] = c[0] / b[0], d[0] / b[0]
    for i in range(1, n):
        m = b[i] - a[i] * cp[i - 1]
        cp[i] = c[i] / m
        dp[i] = (d[i] - a[i] * dp[i - 1]) / m
    x[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return x


def adi[N](u: Tensor[f64, N, N], steps: int) -> None:
    n = len(u)
    low, middle, high = np.full(n, -0.1), np.full(n, 1.2), np.full(n, -0.1)
    for _ in range(steps):
        for i in range(n):
            u[i] = thomas(low, middle, high, u[i])
        for j in range(n):
            u[:, j] = thomas(low, middle, high, u[:, j])


def pressure[N, M](p: Tensor[f64, N, M], b: Tensor[f64, N, M], rounds: int) -> Tensor[f64, N, M]:
    for _ in range(rounds):
        pn = p.copy()
        p[1:-1, 1:-1] = (pn[1:-1, 2:] + pn[1:-1, :-2] + pn[2:, 1:-1] + pn[:-2, 1:-1]) / 4 - b[1:-1, 1:-1]
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0
    return p


def cases():
    r = np.random.default_rng(41).random
    for n in (1, 2, 9):
        yield "thomas", (r(n), r(n) + 3, r(n), r(n))
        yield "adi", (r((n, n)), 2)
    yield "pressure", (r((6, 8)), r((6, 8)), 4)
