"""Bodies that attract each other, pair by pair."""

import numpy as np

from pyc import Tensor, f64


def nbody_loops[N](x: Tensor[f64, N, 3], v: Tensor[f64, N, 3], mass: Tensor[f64, N], dt: float, steps: int) -> None:
    n = len(mass)
    for _ in range(steps):
        for i in range(n):
            for j in range(i + 1, n):
                dx = x[i, 0] - x[j, 0]
                dy = x[i, 1] - x[j, 1]
                dz = x[i, 2] - x[j, 2]
                d2 = dx * dx + dy * dy + dz * dz
                mag = dt / (d2 * np.sqrt(d2))
                v[i, 0] -= dx * mass[j] * mag
                v[i, 1] -= dy * mass[j] * mag
                v[i, 2] -= dz * mass[j] * mag
                v[j, 0] += dx * mass[i] * mag
                v[j, 1] += dy * mass[i] * mag
                v[j, 2] += dz * mass[i] * mag
        for i in range(n):
            for k in range(3):
                x[i, k] += dt * v[i, k]


SIZES = {"test": (5, 3), "small": (5, 5000), "medium": (200, 100)}


def arguments(n, steps):
    rng = np.random.default_rng(0)
    return rng.random((n, 3)), rng.random((n, 3)), rng.random(n), 1e-6, steps
