"""Signals: convolution, filters, wavelets and resampling."""

from __future__ import annotations

import numpy as np

from pyc import Tensor, f32, f64


def convolve[N, K](x: Tensor[f64, N], kernel: Tensor[f64, K]) -> Tensor[f64, N + K - 1]:
    out = np.zeros(len(x) + len(kernel) - 1)
    for k in range(len(kernel)):
        out[k : k + len(x)] += kernel[k] * x
    return out


def biquad[N](x: Tensor[f32, N], b: Tensor[f32, 3], a: Tensor[f32, 2]) -> None:
    x1, x2, y1, y2 = f32(0), f32(0), f32(0), f32(0)
    for i in range(len(x)):
        y = b[0] * x[i] + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2
        x2, x1 = x1, x[i]
        y2, y1 = y1, y
        x[i] = y


def haar[N](x: Tensor[f64, N]) -> None:
    n = len(x)
    while n > 1:
        even, odd = x[0:n:2].copy(), x[1:n:2].copy()
        n //= 2
        x[:n] = (even + odd) / np.sqrt(2.0)
        x[n : 2 * n] = (even - odd) / np.sqrt(2.0)


def resample[N](x: Tensor[f64, N], n: int) -> Tensor[f64, n]:
    out = np.empty(n)
    for i in range(n):
        t = i * (len(x) - 1) / max(n - 1, 1)
        k = min(int(t), len(x) - 2)
        out[i] = x[k] + (t - k) * (x[k + 1] - x[k])
    return out


def reversed_pairs[N](x: Tensor[f64, 2 * N]) -> Tensor[f64, 2 * N]:
    return x.reshape(-1, 2)[:, ::-1].reshape(-1)


def cases():
    rng = np.random.default_rng(36)
    yield "convolve", (rng.random(9), rng.random(4))
    yield "biquad", (rng.random(20).astype(np.float32), np.float32([0.2, 0.3, 0.2]), np.float32([-0.5, 0.1]))
    for n in (1, 2, 16):
        yield "haar", (rng.random(n),)
    yield "resample", (rng.random(7), 12)
    yield "reversed_pairs", (rng.random(8),)
