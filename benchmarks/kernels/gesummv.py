"""The sum of two products of a matrix and a vector."""

import numpy as np

from pyc import Tensor, f64


def gesummv[N](
    alpha: float, beta: float, a: Tensor[f64, N, N], b: Tensor[f64, N, N], x: Tensor[f64, N]
) -> Tensor[f64, N]:
    return alpha * a @ x + beta * b @ x


SIZES = {"test": (7,), "small": (300,), "medium": (1200,)}


def arguments(n):
    rng = np.random.default_rng(0)
    return 1.5, 1.2, rng.random((n, n)), rng.random((n, n)), rng.random(n)
