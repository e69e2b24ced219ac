"""Moments, correlations and moving averages."""

from __future__ import annotations

import numpy as np

from pyc import Tensor, f64


def correlation[M, N](data: Tensor[f64, M, N]) -> Tensor[f64, N, N]:
    mean = np.mean(data, axis=0)
    deviation = np.std(data, axis=0)
    deviation[deviation <= 0.1] = 1.0
    scaled = (data - mean) / (np.sqrt(data.shape[0]) * deviation)
    corr = np.eye(data.shape[1])
    for i in range(data.shape[1] - 1):
        corr[i + 1 :, i] = corr[i, i + 1 :] = scaled[:, i] @ scaled[:, i + 1 :]
    return corr


def online[N](x: Tensor[f64, N]) -> tuple[int, float, float]:
    count, mean, m2 = 0, 0.0, 0.0
    for value in x:
        count += 1
        delta = value - mean
        mean += delta / count
        m2 += delta * (value - mean)
    return count, mean, m2 / count if count else 0.0


def moving[N](x: Tensor[f64, N], width: int) -> Tensor[f64, N - width + 1]:
    total = np.cumsum(x)
    total[width:] = total[width:] - total[:-width]
    return total[width - 1 :] / width


def exponential[N](x: Tensor[f64, N], alpha: float) -> None:
    for i in range(1, len(x)):
        x[i] = alpha * x[i] + (1 - alpha) * x[i - 1]


def outliers[N](x: Tensor[f64, N]) -> tuple[float, int]:
    middle = np.median(x)
    spread = np.median(np.abs(x - middle))
    return float(middle), int(np.sum(np.abs(x - middle) > 3 * spread))


def cases():
    rng = np.random.default_rng(31)
    yield "correlation", (rng.random((12, 5)),)
    for n in (0, 1, 25):
        yield "online", (rng.random(n),)
        yield "exponential", (rng.random(n), 0.3)
    yield "moving", (rng.random(25), 4)
    yield "outliers", (rng.standard_normal(40),)
