"""A discrete convolution, in full."""

import numpy as np

from pyc import Tensor, f32


def convolution_1d[N, M](x: Tensor[f32, N], h: Tensor[f32, M]) -> Tensor[f32, N + M - 1]:
    y = np.zeros(len(x) + len(h) - 1, dtype=np.float32)
    for i in range(len(h)):
        y[i : i + len(x)] += h[i] * x
    return y


SIZES = {"test": (17, 4), "small": (2000, 32), "medium": (200_000, 64)}


def arguments(n, m):
    rng = np.random.default_rng(0)
    return rng.random(n, np.float32), rng.random(m, np.float32)
