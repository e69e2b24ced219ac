"""The largest eigenvalue of a matrix."""

import numpy as np

from pyc import Tensor, f64


def power_iteration[N](a: Tensor[f64, N, N], steps: int) -> tuple[float, Tensor[f64, N]]:
    b = np.ones(a.shape[0]) / np.sqrt(a.shape[0])
    for _ in range(steps):
        b = a @ b
        b /= np.linalg.norm(b)
    return float(b @ (a @ b)), b


SIZES = {"test": (7, 5), "small": (100, 50), "medium": (800, 40)}


def arguments(n, steps):
    a = np.random.default_rng(0).random((n, n))
    return a + a.T, steps
