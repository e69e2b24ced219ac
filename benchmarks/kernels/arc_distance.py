"""Distances on a sphere between pairs of points."""

import numpy as np

from pyc import Tensor, f64


def arc_distance[N](
    theta_1: Tensor[f64, N], phi_1: Tensor[f64, N], theta_2: Tensor[f64, N], phi_2: Tensor[f64, N]
) -> Tensor[f64, N]:
    temp = np.sin((theta_2 - theta_1) / 2) ** 2 + np.cos(theta_1) * np.cos(theta_2) * np.sin((phi_2 - phi_1) / 2) ** 2
    return 2 * np.arctan2(np.sqrt(temp), np.sqrt(1 - temp))


SIZES = {"test": (17,), "small": (20_000,), "medium": (500_000,)}


def arguments(n):
    return tuple(np.random.default_rng(0).random((4, n)))
