"""Products of vectors and matrices, one after the other."""

import numpy as np

from pyc import Tensor, f64


def gemver[N](
    alpha: float,
    beta: float,
    a: Tensor[f64, N, N],
    u1: Tensor[f64, N],
    v1: Tensor[f64, N],
    u2: Tensor[f64, N],
    v2: Tensor[f64, N],
    w: Tensor[f64, N],
    x: Tensor[f64, N],
    y: Tensor[f64, N],
    z: Tensor[f64, N],
) -> None:
    a += np.outer(u1, v1) + np.outer(u2, v2)
    x += beta * y @ a + z
    w += alpha * a @ x


SIZES = {"test": (7,), "small": (300,), "medium": (1200,)}


def arguments(n):
    rng = np.random.default_rng(0)
    return 1.5, 1.2, rng.random((n, n)), *rng.random((8, n))
