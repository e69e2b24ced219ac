"""Jacobi relaxation of a plate until the change is small."""

import numpy as np

from pyc import Tensor, f64


def relax[N, M](a: Tensor[f64, N, M], tolerance: float, limit: int) -> tuple[int, float]:
    b = a.copy()
    change = 1.0
    rounds = 0
    while change > tolerance and rounds < limit:
        b[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[:-2, 1:-1] + a[2:, 1:-1])
        change = float(np.max(np.abs(a - b)))
        a[:] = b
        rounds += 1
    return rounds, change


def cases():
    rng = np.random.default_rng(1)
    for n, m in ((3, 3), (9, 14)):
        yield "relax", (rng.random((n, m)), 1e-3, 50)
