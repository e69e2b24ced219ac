"""Bodies that attract each other, as arrays: by pairs and by rows."""

import numpy as np

from pyc import Tensor, f64


def accelerations[N](p: Tensor[f64, N, 3], mass: Tensor[f64, N], soft: float) -> Tensor[f64, N, 3]:
    dx = p[:, 0][:, None] - p[:, 0]
    dy = p[:, 1][:, None] - p[:, 1]
    dz = p[:, 2][:, None] - p[:, 2]
    inverse = (dx**2 + dy**2 + dz**2 + soft**2) ** -1.5
    return np.stack([-(dx * inverse) @ mass, -(dy * inverse) @ mass, -(dz * inverse) @ mass], axis=1)


def advance[N](p: Tensor[f64, N, 3], v: Tensor[f64, N, 3], mass: Tensor[f64, N], dt: float, steps: int) -> float:
    n = len(mass)
    for _ in range(steps):
        for i in range(n):
            for j in range(i + 1, n):
                d = p[i] - p[j]
                distance = np.sqrt(d @ d)
                magnitude = dt / (distance * distance * distance)
                v[i] -= d * mass[j] * magnitude
                v[j] += d * mass[i] * magnitude
        p += dt * v
    energy = 0.0
    for i in range(n):
        energy += 0.5 * mass[i] * np.sum(v[i] ** 2)
        for j in range(i + 1, n):
            energy -= mass[i] * mass[j] / np.linalg.norm(p[i] - p[j])
    return energy


def cases():
    rng = np.random.default_rng(17)
    for n in (1, 2, 5):
        yield "accelerations", (rng.random((n, 3)), rng.random(n), 0.1)
        yield "advance", (rng.random((n, 3)), rng.random((n, 3)), rng.random(n), 0.01, 4)
