"""A small network of convolutions for images of digits."""

import numpy as np

from pyc import Tensor, f32


def relu(x):
    return np.maximum(x, 0)


def conv2d(image, weights):
    k = weights.shape[0]
    h_out = image.shape[1] - k + 1
    w_out = image.shape[2] - k + 1
    output = np.empty((image.shape[0], h_out, w_out, weights.shape[3]), dtype=np.float32)
    for i in range(h_out):
        for j in range(w_out):
            output[:, i, j, :] = np.sum(
                image[:, i : i + k, j : j + k, :, np.newaxis] * weights[np.newaxis, :, :, :], axis=(1, 2, 3)
            )
    return output


def maxpool2d(x):
    output = np.empty((x.shape[0], x.shape[1] // 2, x.shape[2] // 2, x.shape[3]), dtype=x.dtype)
    for i in range(x.shape[1] // 2):
        for j in range(x.shape[2] // 2):
            output[:, i, j, :] = np.max(x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, :], axis=(1, 2))
    return output


def lenet[B, H, W, F, K](
    image: Tensor[f32, B, H, W, 1],
    conv1: Tensor[f32, 5, 5, 1, 6],
    conv1bias: Tensor[f32, 6],
    conv2: Tensor[f32, 5, 5, 6, 16],
    conv2bias: Tensor[f32, 16],
    fc1w: Tensor[f32, F, 120],
    fc1b: Tensor[f32, 120],
    fc2w: Tensor[f32, 120, 84],
    fc2b: Tensor[f32, 84],
    fc3w: Tensor[f32, 84, 10],
    fc3b: Tensor[f32, 10],
    n: int,
    before_fc1: int,
) -> Tensor[f32, K, 10]:
    x = relu(conv2d(image, conv1) + conv1bias)
    x = maxpool2d(x)
    x = relu(conv2d(x, conv2) + conv2bias)
    x = maxpool2d(x)
    x = np.reshape(x, (n, before_fc1))
    x = relu(x @ fc1w + fc1b)
    x = relu(x @ fc2w + fc2b)
    return x @ fc3w + fc3b


SIZES = {"test": (1, 16, 16), "small": (2, 20, 20), "medium": (8, 28, 28)}


def arguments(n, h, w):
    rng = np.random.default_rng(0)
    before = (((h - 4) // 2 - 4) // 2) * (((w - 4) // 2 - 4) // 2) * 16
    shapes = (
        (n, h, w, 1),
        (5, 5, 1, 6),
        (6,),
        (5, 5, 6, 16),
        (16,),
        (before, 120),
        (120,),
        (120, 84),
        (84,),
        (84, 10),
        (10,),
    )
    return *(rng.random(s, np.float32) - np.float32(0.5) for s in shapes), n, before
