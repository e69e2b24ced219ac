"""The mean of what a detector sees in rings, by two histograms."""

import numpy as np

from pyc import Tensor, f64


def azimuthal_histogram[N, K](data: Tensor[f64, N], radius: Tensor[f64, N], npt: int) -> Tensor[f64, K]:
    rmax = radius.max()
    count = np.zeros(npt)
    total = np.zeros(npt)
    for x, r in zip(data, radius):
        k = min(int(r / rmax * npt), npt - 1)
        count[k] += 1
        total[k] += x
    return total / count


SIZES = {"test": (60, 4), "small": (20_000, 100), "medium": (400_000, 1000)}


def arguments(n, npt):
    data, radius = np.random.default_rng(0).random((2, n))
    return data, radius, npt
