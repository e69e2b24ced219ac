"""A filter that keeps edges."""

import numpy as np

from pyc import Tensor, f64


def bilateral_filter[H, W](
    image: Tensor[f64, H, W], radius: int, sigma_space: float, sigma_range: float
) -> Tensor[f64, H, W]:
    h, w = image.shape
    out = np.empty_like(image)
    for y in range(h):
        for x in range(w):
            total = 0.0
            weight = 0.0
            for dy in range(max(-radius, -y), min(radius + 1, h - y)):
                for dx in range(max(-radius, -x), min(radius + 1, w - x)):
                    value = image[y + dy, x + dx]
                    g = np.exp(
                        -(dx * dx + dy * dy) / (2 * sigma_space**2) - (value - image[y, x]) ** 2 / (2 * sigma_range**2)
                    )
                    total += g * value
                    weight += g
            out[y, x] = total / weight
    return out


SIZES = {"test": (7, 8, 2), "small": (50, 60, 3), "medium": (250, 300, 4)}


def arguments(h, w, radius):
    return np.random.default_rng(0).random((h, w)), radius, 2.0, 0.3
