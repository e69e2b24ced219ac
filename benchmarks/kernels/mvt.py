"""Two vectors, to which products with a matrix are added."""

import numpy as np

from pyc import Tensor, f64


def mvt[N](
    x1: Tensor[f64, N], x2: Tensor[f64, N], y1: Tensor[f64, N], y2: Tensor[f64, N], a: Tensor[f64, N, N]
) -> None:
    x1 += a @ y1
    x2 += y2 @ a


SIZES = {"test": (7,), "small": (400,), "medium": (1500,)}


def arguments(n):
    rng = np.random.default_rng(0)
    return *rng.random((4, n)), rng.random((n, n))
