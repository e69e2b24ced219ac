"""A small convolution network: convolution, pooling, dense layers, and the class."""

from __future__ import annotations

import numpy as np

from pyc import Tensor, f32, i64


def conv[C, H, W, O, K](
    x: Tensor[f32, C, H, W], kernel: Tensor[f32, O, C, K, K], bias: Tensor[f32, O]
) -> Tensor[f32, O, H - K + 1, W - K + 1]:
    k = kernel.shape[2]
    h, w = x.shape[1] - k + 1, x.shape[2] - k + 1
    out = np.empty((kernel.shape[0], h, w), dtype=np.float32)
    for i in range(h):
        for j in range(w):
            out[:, i, j] = np.sum(x[None, :, i : i + k, j : j + k] * kernel, axis=(1, 2, 3)) + bias
    return out


def pool[C, H, W](x: Tensor[f32, C, 2 * H, 2 * W]) -> Tensor[f32, C, H, W]:
    c, h, w = x.shape
    return x.reshape(c, h // 2, 2, w // 2, 2).max(axis=(2, 4))


def classify[B](
    images: Tensor[f32, B, 1, 8, 8], kernel: Tensor[f32, 4, 1, 3, 3], bias: Tensor[f32, 4], dense: Tensor[f32, 36, 10]
) -> Tensor[i64, B]:
    found = np.zeros(len(images), dtype=np.int64)
    for b, image in enumerate(images):
        hidden = pool(np.maximum(conv(image, kernel, bias), np.float32(0)))
        found[b] = np.argmax(hidden.reshape(-1) @ dense)
    return found


def cases():
    rng = np.random.default_rng(27)

    def weights(*shape):
        return rng.standard_normal(shape).astype(np.float32)

    yield "conv", (weights(2, 6, 7), weights(3, 2, 3, 3), weights(3))
    yield "pool", (weights(3, 4, 6),)
    yield "classify", (weights(3, 1, 8, 8), weights(4, 1, 3, 3), weights(4), weights(36, 10))
