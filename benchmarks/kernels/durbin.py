"""Yule-Walker equations by Durbin's recursion."""

import numpy as np

from pyc import Tensor, f64


def durbin[N](r: Tensor[f64, N]) -> Tensor[f64, N]:
    y = np.empty_like(r)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, r.shape[0]):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta
        y[:k] += alpha * np.flip(y[:k])
        y[k] = alpha
    return y


SIZES = {"test": (7,), "small": (400,), "medium": (4000,)}


def arguments(n):
    return (np.random.default_rng(0).random(n) / n,)
