"""The mean of what a detector sees in rings, with a mask a ring."""

import numpy as np

from pyc import Tensor, f64


def azimuthal_naive[N, K](data: Tensor[f64, N], radius: Tensor[f64, N], npt: int) -> Tensor[f64, K]:
    rmax = radius.max()
    res = np.zeros(npt, dtype=np.float64)
    for i in range(npt):
        r1 = rmax * i / npt
        r2 = rmax * (i + 1) / npt
        mask_r12 = np.logical_and((r1 <= radius), (radius < r2))
        values_r12 = data[mask_r12]
        res[i] = values_r12.mean()
    return res


SIZES = {"test": (40, 4), "small": (20_000, 50), "medium": (400_000, 100)}


def arguments(n, npt):
    data, radius = np.random.default_rng(0).random((2, n))
    return data, radius, npt
