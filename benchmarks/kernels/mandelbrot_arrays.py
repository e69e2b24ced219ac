"""The Mandelbrot set on whole arrays of complex numbers."""

import numpy as np

from pyc import Tensor, c128, f64, i64


def mandelbrot_arrays[H, W](
    x: Tensor[f64, W], y: Tensor[f64, H], limit: int, horizon: float
) -> tuple[Tensor[c128, H, W], Tensor[i64, H, W]]:
    c = x + y[:, None] * 1j
    n = np.zeros(c.shape, dtype=np.int64)
    z = np.zeros(c.shape, dtype=np.complex128)
    for step in range(limit):
        inside = np.less(abs(z), horizon)
        n[inside] = step
        z[inside] = z[inside] ** 2 + c[inside]
    n[n == limit - 1] = 0
    return z, n


SIZES = {"test": (7, 5, 9), "small": (125, 100, 20), "medium": (500, 400, 40)}


def arguments(w, h, limit):
    return np.linspace(-2.25, 0.75, w), np.linspace(-1.25, 1.25, h), limit, 2.0
