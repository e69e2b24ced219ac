"""A residual block: three convolutions with batch norm, and the way around them."""

import numpy as np

from pyc import Tensor, f32


def relu(x):
    return np.maximum(x, 0)


def conv2d(image, weights):
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
    return output


def batchnorm2d(x, eps=1e-5):
    mean = np.mean(x, axis=0, keepdims=True)
    std = np.std(x, axis=0, keepdims=True)
    return (x - mean) / np.sqrt(std + eps)


def resnet_block[B, H, W, C1, C2](
    image: Tensor[f32, B, H, W, C1],
    conv1: Tensor[f32, 1, 1, C1, C2],
    conv2: Tensor[f32, 3, 3, C2, C2],
    conv3: Tensor[f32, 1, 1, C2, C1],
) -> Tensor[f32, B, H, W, C1]:
    padded = np.zeros((image.shape[0], image.shape[1] + 2, image.shape[2] + 2, conv1.shape[3]), dtype=np.float32)
    padded[:, 1:-1, 1:-1, :] = conv2d(image, conv1)
    x = batchnorm2d(padded)
    x = relu(x)
    x = conv2d(x, conv2)
    x = batchnorm2d(x)
    x = relu(x)
    x = conv2d(x, conv3)
    x = batchnorm2d(x)
    return relu(x + image)


SIZES = {"test": (2, 4, 5, 3, 2), "small": (4, 14, 14, 16, 8), "medium": (8, 28, 28, 32, 8)}


def arguments(b, h, w, c1, c2):
    rng = np.random.default_rng(0)
    shapes = (b, h, w, c1), (1, 1, c1, c2), (3, 3, c2, c2), (1, 1, c2, c1)
    return tuple(rng.random(s, np.float32) for s in shapes)
