"""A convolution of an image, in loops."""

import numpy as np

from pyc import Tensor, f64


def conv2d_loops[H, W, R, S](image: Tensor[f64, H, W], taps: Tensor[f64, R, S], out: Tensor[f64, H, W]) -> None:
    h, w = image.shape
    r, s = taps.shape
    for y in range(h - r + 1):
        for x in range(w - s + 1):
            total = 0.0
            for i in range(r):
                for j in range(s):
                    total += image[y + i, x + j] * taps[i, j]
            out[y, x] = total


SIZES = {"test": (8, 9, 3, 2), "small": (100, 100, 5, 5), "medium": (500, 500, 7, 7)}


def arguments(h, w, r, s):
    rng = np.random.default_rng(0)
    return rng.random((h, w)), rng.random((r, s)), np.zeros((h, w))
