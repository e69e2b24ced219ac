"""Means of boxes, by a table of sums."""

import numpy as np

from pyc import Tensor, f64


def integral_image[H, W](image: Tensor[f64, H, W], r: int) -> Tensor[f64, H, W]:
    h, w = image.shape
    table = np.zeros((h + 1, w + 1))
    table[1:, 1:] = np.cumsum(np.cumsum(image, axis=0), axis=1)
    out = np.empty_like(image)
    for y in range(h):
        top, bottom = max(0, y - r), min(h, y + r + 1)
        for x in range(w):
            left, right = max(0, x - r), min(w, x + r + 1)
            box = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
            out[y, x] = box / ((bottom - top) * (right - left))
    return out


SIZES = {"test": (7, 8, 2), "small": (128, 128, 3), "medium": (1000, 1000, 8)}


def arguments(h, w, r):
    return np.random.default_rng(0).random((h, w)), r
