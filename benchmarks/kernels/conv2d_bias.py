"""A convolution layer, written with slices of windows."""

import numpy as np

from pyc import Tensor, f32


def conv2d_bias[B, H, W, C, K, O, P, Q](
    image: Tensor[f32, B, H, W, C], weights: Tensor[f32, K, K, C, O], bias: Tensor[f32, O]
) -> Tensor[f32, B, P, Q, O]:
    k = weights.shape[0]
    n = image.shape[0]
    h_out = image.shape[1] - k + 1
    w_out = image.shape[2] - k + 1
    output = np.empty((n, h_out, w_out, weights.shape[3]), dtype=np.float32)
    for i in range(h_out):
        for j in range(w_out):
            output[:, i, j, :] = np.sum(
                image[:, i : i + k, j : j + k, :, np.newaxis] * weights[np.newaxis, :, :, :], axis=(1, 2, 3)
            )
    return output + bias


SIZES = {"test": (2, 6, 5, 3, 2, 4), "small": (2, 16, 16, 3, 5, 8), "medium": (8, 32, 32, 3, 5, 16)}


def arguments(b, h, w, c, k, o):
    rng = np.random.default_rng(0)
    return (
        rng.random((b, h, w, c), np.float32),
        rng.random((k, k, c, o), np.float32),
        rng.random(o, np.float32),
    )
