"""Least squares by the normal equations, and logistic regression by descent."""

import numpy as np

from pyc import Tensor, f64


def least_squares[N, D](x: Tensor[f64, N, D], y: Tensor[f64, N]) -> Tensor[f64, D]:
    return np.linalg.solve(x.T @ x, x.T @ y)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def logistic[N, D](x: Tensor[f64, N, D], y: Tensor[f64, N], rate: float, rounds: int) -> tuple[Tensor[f64, D], float]:
    w = np.zeros(x.shape[1])
    loss = 0.0
    for _ in range(rounds):
        p = sigmoid(x @ w)
        w -= rate * (x.T @ (p - y)) / len(y)
        loss = float(-np.mean(y * np.log(p) + (1.0 - y) * np.log(1.0 - p)))
    return w, loss


def polynomial[N](x: Tensor[f64, N], degree: int) -> float:
    powers = np.empty((len(x), degree + 1))
    for k in range(degree + 1):
        powers[:, k] = x**k
    return float(np.linalg.norm(powers))


def cases():
    rng = np.random.default_rng(25)
    x = rng.random((20, 3))
    y = (x.sum(axis=1) > 1.5).astype(float)
    yield "least_squares", (x, y)
    yield "logistic", (x, y, 0.5, 20)
    yield "polynomial", (rng.random(6), 4)
