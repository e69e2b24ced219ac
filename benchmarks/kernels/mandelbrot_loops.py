"""The Mandelbrot set, each point until it escapes."""

import numpy as np

from pyc import Tensor, u8


def escape(x, y, limit):
    c = complex(x, y)
    z = 0.0j
    for i in range(limit):
        z = z * z + c
        if (z.real * z.real + z.imag * z.imag) >= 4:
            return i
    return limit


def mandelbrot_loops[H, W](
    min_x: float, max_x: float, min_y: float, max_y: float, image: Tensor[u8, H, W], limit: int
) -> None:
    height, width = image.shape
    pixel_x = (max_x - min_x) / width
    pixel_y = (max_y - min_y) / height
    for x in range(width):
        real = min_x + x * pixel_x
        for y in range(height):
            imag = min_y + y * pixel_y
            image[y, x] = escape(real, imag, limit)


SIZES = {"test": (7, 5, 9), "small": (150, 100, 20), "medium": (750, 500, 40)}


def arguments(w, h, limit):
    return -2.0, 1.0, -1.0, 1.0, np.zeros((h, w), np.uint8), limit
