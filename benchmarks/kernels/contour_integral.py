"""Two moments of a matrix function along a contour."""

import numpy as np

from pyc import Tensor, c128


def contour_integral[N, S, Q](
    slab: int, ham: Tensor[c128, S, N, N], int_pts: Tensor[c128, Q], y: Tensor[c128, N, N]
) -> tuple[Tensor[c128, N, N], Tensor[c128, N, N]]:
    p0 = np.zeros_like(y)
    p1 = np.zeros_like(y)
    for z in int_pts:
        tz = np.zeros_like(y)
        for n in range(slab):
            tz += np.power(z, slab / 2 - n) * ham[n]
        x = np.linalg.inv(tz) @ y
        if abs(z) < 1.0:
            x = -x
        p0 += x
        p1 += z * x
    return p0, p1


SIZES = {"test": (3, 2, 4), "small": (20, 2, 32), "medium": (60, 3, 32)}


def arguments(n, s, q):
    rng = np.random.default_rng(0)

    def numbers(*shape):
        return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)

    return s, numbers(s, n, n) + 4 * n * np.eye(n), numbers(q), numbers(n, n)
