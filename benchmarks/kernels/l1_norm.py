"""Rows of a matrix, each divided by the sum of its magnitudes."""

import numpy as np

from pyc import Tensor, f64


def l1_norm[N, M](x: Tensor[f64, N, M]) -> Tensor[f64, N, M]:
    return x / np.sum(np.abs(x), axis=1, keepdims=True)


SIZES = {"test": (7, 5), "small": (200, 100), "medium": (1000, 1000)}


def arguments(n, m):
    return (np.random.default_rng(0).random((n, m)) - 0.5,)
