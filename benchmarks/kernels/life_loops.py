"""Conway's game of life on a torus, cell by cell."""

import numpy as np

from pyc import Tensor, u8


def life_loops[H, W](world: Tensor[u8, H, W], steps: int) -> Tensor[u8, H, W]:
    h, w = world.shape
    now = world.copy()
    after = np.zeros_like(now)
    for _ in range(steps):
        for i in range(h):
            for j in range(w):
                alive = 0
                for di in (-1, 0, 1):
                    for dj in (-1, 0, 1):
                        if di != 0 or dj != 0:
                            alive += now[(i + di) % h, (j + dj) % w]
                after[i, j] = 1 if alive == 3 or (alive == 2 and now[i, j]) else 0
        now, after = after, now
    return now


SIZES = {"test": (7, 9, 4), "small": (64, 64, 10), "medium": (300, 300, 20)}


def arguments(h, w, steps):
    return np.random.default_rng(0).integers(0, 2, (h, w)).astype(np.uint8), steps
