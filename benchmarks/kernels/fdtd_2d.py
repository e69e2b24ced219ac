"""Electromagnetic fields in two dimensions."""

import numpy as np

from pyc import Tensor, f64


def fdtd_2d[T, N, M](
    ex: Tensor[f64, N, M], ey: Tensor[f64, N, M], hz: Tensor[f64, N, M], _fict_: Tensor[f64, T]
) -> None:
    for t in range(_fict_.shape[0]):
        ey[0, :] = _fict_[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])


SIZES = {"test": (3, 7, 5), "small": (20, 200, 220), "medium": (30, 500, 600)}


def arguments(t, n, m):
    rng = np.random.default_rng(0)
    return *rng.random((3, n, m)), np.arange(t, dtype=np.float64)
