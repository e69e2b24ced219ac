"""Conway's game of life on a torus."""

import numpy as np

from pyc import Tensor, u8


def step[N, M](cells: Tensor[u8, N, M]) -> Tensor[u8, N, M]:
    around = np.zeros_like(cells)
    for di in (-1, 0, 1):
        for dj in (-1, 0, 1):
            if di != 0 or dj != 0:
                around += np.roll(np.roll(cells, di, axis=0), dj, axis=1)
    born = (cells == 0) & (around == 3)
    stays = (cells == 1) & ((around == 2) | (around == 3))
    return (born | stays).astype(np.uint8)


def generations[N, M](cells: Tensor[u8, N, M], count: int) -> Tensor[u8, N, M]:
    for _ in range(count):
        cells = step(cells)
    return cells


def cases():
    rng = np.random.default_rng(5)
    yield "step", (rng.integers(0, 2, (5, 7), np.uint8),)
    yield "generations", (rng.integers(0, 2, (12, 12), np.uint8), 6)
