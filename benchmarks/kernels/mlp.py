"""A network of three layers."""

import numpy as np

from pyc import Tensor, f32


def relu(x):
    return np.maximum(x, 0)


def softmax(x):
    tmp_max = np.max(x, axis=-1, keepdims=True)
    tmp_out = np.exp(x - tmp_max)
    tmp_sum = np.sum(tmp_out, axis=-1, keepdims=True)
    return tmp_out / tmp_sum


def mlp[B, I, S0, S1, S2](
    x: Tensor[f32, B, I],
    w1: Tensor[f32, I, S0],
    b1: Tensor[f32, S0],
    w2: Tensor[f32, S0, S1],
    b2: Tensor[f32, S1],
    w3: Tensor[f32, S1, S2],
    b3: Tensor[f32, S2],
) -> Tensor[f32, B, S2]:
    x = relu(x @ w1 + b1)
    x = relu(x @ w2 + b2)
    return softmax(x @ w3 + b3)


SIZES = {"test": (3, 4, 5, 6, 3), "small": (8, 3, 64, 64, 10), "medium": (32, 64, 512, 256, 10)}


def arguments(b, i, s0, s1, s2):
    rng = np.random.default_rng(0)
    shapes = (b, i), (i, s0), (s0,), (s0, s1), (s1,), (s1, s2), (s2,)
    return tuple(rng.random(s, np.float32) - np.float32(0.5) for s in shapes)
