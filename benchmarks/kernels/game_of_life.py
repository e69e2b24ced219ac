"""Conway's game of life, with sums of slices."""

import numpy as np

from pyc import Tensor, i32


def game_of_life[N](z: Tensor[i32, N, N], steps: int) -> None:
    for _ in range(steps):
        n = (
            z[0:-2, 0:-2] + z[0:-2, 1:-1] + z[0:-2, 2:]
            + z[1:-1, 0:-2] + z[1:-1, 2:]
            + z[2:, 0:-2] + z[2:, 1:-1] + z[2:, 2:]
        )  # fmt: skip
        birth = (n == 3) & (z[1:-1, 1:-1] == 0)
        survive = ((n == 2) | (n == 3)) & (z[1:-1, 1:-1] == 1)
        z[...] = 0
        z[1:-1, 1:-1][birth | survive] = 1


SIZES = {"test": (9, 4), "small": (100, 20), "medium": (600, 30)}


def arguments(n, steps):
    return np.random.default_rng(0).integers(0, 2, (n, n)).astype(np.int32), steps
