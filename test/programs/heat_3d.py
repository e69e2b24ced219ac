"""Heat in a block."""

import numpy as np

from pyc import Tensor, f64


def heat[N](steps: int, a: Tensor[f64, N, N, N], b: Tensor[f64, N, N, N]) -> None:
    for _ in range(steps):
        b[1:-1, 1:-1, 1:-1] = (
            0.125 * (a[2:, 1:-1, 1:-1] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[:-2, 1:-1, 1:-1])
            + 0.125 * (a[1:-1, 2:, 1:-1] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[1:-1, :-2, 1:-1])
            + 0.125 * (a[1:-1, 1:-1, 2:] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[1:-1, 1:-1, :-2])
            + a[1:-1, 1:-1, 1:-1]
        )
        a, b = b, a


def cases():
    rng = np.random.default_rng(2)
    for n, steps in ((3, 2), (8, 3)):
        yield "heat", (steps, rng.random((n, n, n)), rng.random((n, n, n)))
