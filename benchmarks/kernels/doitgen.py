"""Sums over the last axis of a tensor of three."""

import numpy as np

from pyc import Tensor, f64


def doitgen[R, Q, P](a: Tensor[f64, R, Q, P], c4: Tensor[f64, P, P]) -> None:
    for r in range(a.shape[0]):
        for q in range(a.shape[1]):
            a[r, q, :] = a[r, q, :] @ c4


SIZES = {"test": (3, 4, 5), "small": (20, 22, 30), "medium": (60, 60, 128)}


def arguments(r, q, p):
    rng = np.random.default_rng(0)
    return rng.random((r, q, p)), rng.random((p, p))
