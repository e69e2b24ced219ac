"""Monte Carlo with a generator of one's own: pi, a random walk, and the Ising model."""

import math

import numpy as np

from pyc import Tensor, f64, i8, u64


def pi(samples: int, seed: u64) -> float:
    state = seed
    inside = 0
    for _ in range(samples):
        state = state * u64(6364136223846793005) + u64(1442695040888963407)
        x = float(state >> u64(11)) / 9007199254740992.0
        state = state * u64(6364136223846793005) + u64(1442695040888963407)
        y = float(state >> u64(11)) / 9007199254740992.0
        if x * x + y * y <= 1.0:
            inside += 1
    return 4.0 * inside / samples


def walk[N](steps: Tensor[f64, N]) -> tuple[float, float, int]:
    position = 0.0
    highest = lowest = 0.0
    crossings = 0
    for s in steps:
        before = position
        position += 1.0 if s < 0.5 else -1.0
        highest = max(highest, position)
        lowest = min(lowest, position)
        crossings += before * position < 0
    return highest, lowest, crossings


def ising[N, T](spins: Tensor[i8, N, N], beta: float, draws: Tensor[f64, T, 3]) -> int:
    n = len(spins)
    accepted = 0
    for i0, j0, u in draws:
        i, j = int(i0 * n), int(j0 * n)
        s = int(spins[i, j])
        around = int(spins[(i + 1) % n, j]) + int(spins[i - 1, j]) + int(spins[i, (j + 1) % n]) + int(spins[i, j - 1])
        cost = 2 * s * around
        if cost < 0 or u < math.exp(-beta * cost):
            spins[i, j] = -s
            accepted += 1
    return accepted


def cases():
    rng = np.random.default_rng(21)
    yield "pi", (500, np.uint64(42))
    for n in (0, 1, 200):
        yield "walk", (rng.random(n),)
    yield "ising", ((rng.integers(0, 2, (6, 6)) * 2 - 1).astype(np.int8), 0.4, rng.random((150, 3)))
