"""A small transformer block: attention of several heads, layer norms, and a feed-forward network."""

from __future__ import annotations

import math

import numpy as np

from pyc import Tensor, f32


def layer_norm(x, gain, bias):
    mean = x.mean(axis=-1, keepdims=True)
    variance = x.var(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + np.float32(1e-5)) * gain + bias


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def attention[T, D](x: Tensor[f32, T, D], w: Tensor[f32, D, 3 * D], heads: int) -> Tensor[f32, T, D]:
    t, d = x.shape
    qkv = x @ w
    size = d // heads
    out = np.empty_like(x)
    mask = np.triu(np.full((t, t), -1e9, dtype=np.float32), k=1)
    for h in range(heads):
        q = qkv[:, h * size : (h + 1) * size]
        k = qkv[:, d + h * size : d + (h + 1) * size]
        v = qkv[:, 2 * d + h * size : 2 * d + (h + 1) * size]
        scores = q @ k.T / np.float32(math.sqrt(size)) + mask
        out[:, h * size : (h + 1) * size] = softmax(scores) @ v
    return out


def block[T, D, H](
    x: Tensor[f32, T, D], wa: Tensor[f32, D, 3 * D], wo: Tensor[f32, D, D],
    up: Tensor[f32, D, H], down: Tensor[f32, H, D], gain: Tensor[f32, D], bias: Tensor[f32, D], heads: int,
) -> Tensor[f32, T, D]:  # fmt: skip
    x = x + attention(layer_norm(x, gain, bias), wa, heads) @ wo
    hidden = np.maximum(layer_norm(x, gain, bias) @ up, np.float32(0))
    return x + hidden @ down


def cases():
    rng = np.random.default_rng(26)
    t, d, h = 5, 8, 12

    def weights(*shape):
        return (rng.standard_normal(shape) * 0.3).astype(np.float32)

    yield "attention", (weights(t, d), weights(d, 3 * d), 2)
    yield (
        "block",
        (weights(t, d), weights(d, 3 * d), weights(d, d), weights(d, h), weights(h, d), weights(d), weights(d), 4),
    )
