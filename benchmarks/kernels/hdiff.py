"""Horizontal diffusion of a weather model, with a limiter."""

import numpy as np

from pyc import Tensor, f64


def hdiff[I, J, K](
    in_field: Tensor[f64, I + 4, J + 4, K], out_field: Tensor[f64, I, J, K], coeff: Tensor[f64, I, J, K]
) -> None:
    i, j = out_field.shape[0], out_field.shape[1]
    lap_field = 4.0 * in_field[1 : i + 3, 1 : j + 3, :] - (
        in_field[2 : i + 4, 1 : j + 3, :]
        + in_field[0 : i + 2, 1 : j + 3, :]
        + in_field[1 : i + 3, 2 : j + 4, :]
        + in_field[1 : i + 3, 0 : j + 2, :]
    )
    res = lap_field[1:, 1 : j + 1, :] - lap_field[:-1, 1 : j + 1, :]
    flx_field = np.where((res * (in_field[2 : i + 3, 2 : j + 2, :] - in_field[1 : i + 2, 2 : j + 2, :])) > 0, 0, res)
    res = lap_field[1 : i + 1, 1:, :] - lap_field[1 : i + 1, :-1, :]
    fly_field = np.where((res * (in_field[2 : i + 2, 2 : j + 3, :] - in_field[2 : i + 2, 1 : j + 2, :])) > 0, 0, res)
    out_field[:, :, :] = in_field[2 : i + 2, 2 : j + 2, :] - coeff[:, :, :] * (
        flx_field[1:, :, :] - flx_field[:-1, :, :] + fly_field[:, 1:, :] - fly_field[:, :-1, :]
    )


SIZES = {"test": (5, 6, 3), "small": (64, 64, 20), "medium": (128, 128, 80)}


def arguments(i, j, k):
    rng = np.random.default_rng(0)
    return rng.random((i + 4, j + 4, k)), np.empty((i, j, k)), rng.random((i, j, k))
