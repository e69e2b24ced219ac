"""Bodies that attract each other, leapfrog steps on whole arrays, energies written down."""

import numpy as np

from pyc import Tensor, f64


def get_acc(pos, mass, g, softening):
    x = pos[:, 0:1]
    y = pos[:, 1:2]
    z = pos[:, 2:3]
    dx = x.T - x
    dy = y.T - y
    dz = z.T - z
    inv_r3 = dx**2 + dy**2 + dz**2 + softening**2
    inv_r3 = np.where(inv_r3 > 0, inv_r3 ** (-1.5), inv_r3)
    ax = g * (dx * inv_r3) @ mass
    ay = g * (dy * inv_r3) @ mass
    az = g * (dz * inv_r3) @ mass
    return np.hstack((ax, ay, az))


def get_energy(pos, vel, mass, g):
    ke = 0.5 * np.sum(np.sum(mass * vel**2))
    x = pos[:, 0:1]
    y = pos[:, 1:2]
    z = pos[:, 2:3]
    dx = x.T - x
    dy = y.T - y
    dz = z.T - z
    inv_r = np.sqrt(dx**2 + dy**2 + dz**2)
    inv_r = np.where(inv_r > 0, 1.0 / inv_r, inv_r)
    pe = g * np.sum(np.sum(np.triu(-(mass * mass.T) * inv_r, 1)))
    return ke, pe


def nbody_arrays[N, K](
    mass: Tensor[f64, N, 1],
    pos: Tensor[f64, N, 3],
    vel: Tensor[f64, N, 3],
    steps: int,
    dt: float,
    g: float,
    softening: float,
) -> tuple[Tensor[f64, K], Tensor[f64, K]]:
    vel -= np.mean(mass * vel, axis=0) / np.mean(mass)
    acc = get_acc(pos, mass, g, softening)
    ke = np.ndarray(steps + 1, dtype=np.float64)
    pe = np.ndarray(steps + 1, dtype=np.float64)
    ke[0], pe[0] = get_energy(pos, vel, mass, g)
    for i in range(steps):
        vel += acc * dt / 2.0
        pos += vel * dt
        acc = get_acc(pos, mass, g, softening)
        vel += acc * dt / 2.0
        ke[i + 1], pe[i + 1] = get_energy(pos, vel, mass, g)
    return ke, pe


SIZES = {"test": (5, 3), "small": (25, 50), "medium": (200, 20)}


def arguments(n, steps):
    rng = np.random.default_rng(0)
    return 20.0 * np.ones((n, 1)) / n, rng.random((n, 3)), rng.random((n, 3)), steps, 0.01, 1.0, 0.1
