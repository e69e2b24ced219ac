"""Differential equations: Runge-Kutta with the function as an argument, and the three-body kind of chaos."""

import numpy as np

from pyc import Tensor, f64


def lorenz(t, s):
    return np.array([10.0 * (s[1] - s[0]), s[0] * (28.0 - s[2]) - s[1], s[0] * s[1] - 8.0 / 3.0 * s[2]])


def oscillator(t, s):
    return np.array([s[1], -s[0] - 0.1 * s[1] + np.sin(t), 0.0])


def rk4(f, s, t, h):
    k1 = f(t, s)
    k2 = f(t + h / 2, s + h / 2 * k1)
    k3 = f(t + h / 2, s + h / 2 * k2)
    k4 = f(t + h, s + h * k3)
    return s + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def integrate(start: Tensor[f64, 3], steps: int, h: float) -> Tensor[f64, 3]:
    s = start.copy()
    for k in range(steps):
        s = rk4(lorenz, s, k * h, h)
    return s


def swing(start: Tensor[f64, 3], steps: int, h: float) -> Tensor[f64, 3]:
    s = start
    for k in range(steps):
        s = rk4(oscillator, s, k * h, h)
    return s


def cases():
    yield "integrate", (np.array([1.0, 1.0, 1.0]), 20, 0.01)
    yield "swing", (np.array([1.0, 0.0, 0.0]), 20, 0.05)
    yield "swing", (np.array([1.0, 0.0, 0.0]), 0, 0.05)
