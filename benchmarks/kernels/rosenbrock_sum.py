"""Rosenbrock's function of many variables, with NumPy's sum."""

import numpy as np

from pyc import Tensor, f64


def rosenbrock_sum[N](x: Tensor[f64, N]) -> f64:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0)


SIZES = {"test": (17,), "small": (10_000,), "medium": (1_000_000,)}


def arguments(n):
    return (np.random.default_rng(0).random(n),)
