"""Rosenbrock's function of many variables."""

import numpy as np

from pyc import Tensor, f64


def rosenbrock[N](x: Tensor[f64, N]) -> float:
    return float(sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))


SIZES = {"test": (17,), "small": (10_000,), "medium": (1_000_000,)}


def arguments(n):
    return (np.random.default_rng(0).random(n),)
