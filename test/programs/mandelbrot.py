"""The Mandelbrot set by numbers, and a Julia set by arrays."""

import numpy as np

from pyc import Tensor, c128, f64, i64


def escape(cr: float, ci: float, limit: int) -> int:
    zr = zi = 0.0
    for k in range(limit):
        zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
        if zr * zr + zi * zi > 4.0:
            return k
    return limit


def mandelbrot[H, W](out: Tensor[i64, H, W], x0: float, x1: float, y0: float, y1: float, limit: int) -> None:
    h, w = out.shape
    for i in range(h):
        for j in range(w):
            out[i, j] = escape(x0 + (x1 - x0) * j / w, y0 + (y1 - y0) * i / h, limit)


def julia[N](z: Tensor[c128, N], c: complex, limit: int) -> Tensor[i64, N]:
    counts = np.zeros(z.shape, dtype=np.int64)
    for _ in range(limit):
        inside = np.abs(z) <= 2.0
        z = np.where(inside, z * z + c, z)
        counts += inside
    return counts


def grid[H, W](x: Tensor[f64, W], y: Tensor[f64, H]) -> Tensor[c128, H, W]:
    return x[None, :] + 1j * y[:, None]


def cases():
    yield "mandelbrot", (np.zeros((9, 13), np.int64), -2.0, 0.5, -1.2, 1.2, 40)
    rng = np.random.default_rng(22)
    yield "julia", (rng.random(30) * 3 - 1.5 + 1j * (rng.random(30) * 3 - 1.5), -0.4 + 0.6j, 20)
    yield "grid", (np.linspace(-2, 1, 5), np.linspace(-1, 1, 3))
