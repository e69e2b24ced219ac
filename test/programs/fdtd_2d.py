"""Maxwell's equations on a grid in two dimensions."""

import numpy as np

from pyc import Tensor, f64


def fdtd[N, M, T](ex: Tensor[f64, N, M], ey: Tensor[f64, N, M], hz: Tensor[f64, N, M], pulse: Tensor[f64, T]) -> None:
    for t in range(len(pulse)):
        ey[0, :] = pulse[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])


def cases():
    rng = np.random.default_rng(4)
    yield "fdtd", (rng.random((6, 9)), rng.random((6, 9)), rng.random((6, 9)), rng.random(5))
