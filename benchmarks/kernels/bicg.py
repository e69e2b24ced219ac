"""The two products of a biconjugate gradient step."""

import numpy as np

from pyc import Tensor, f64


def bicg[M, N](a: Tensor[f64, N, M], p: Tensor[f64, M], r: Tensor[f64, N]) -> tuple[Tensor[f64, M], Tensor[f64, N]]:
    return r @ a, a @ p


SIZES = {"test": (7, 5), "small": (400, 300), "medium": (1500, 1400)}


def arguments(m, n):
    rng = np.random.default_rng(0)
    return rng.random((n, m)), rng.random(m), rng.random(n)
