"""A function as an argument: one Runge-Kutta method, compiled for each equation that it is called with.

python examples/ode.py
pyc run examples/ode.py
pyc compile examples/ode.py
"""

from __future__ import annotations

import numpy as np

import pyc
from pyc import Dim, Tensor, f64

N = Dim("N")


def rk4(f, t, y, h):
    """The state after a step of length h. No annotations: the types are those of the call."""
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def lorenz(t, y):
    return np.array([10.0 * (y[1] - y[0]), y[0] * (28.0 - y[2]) - y[1], y[0] * y[1] - 8.0 / 3.0 * y[2]])


@pyc.jit
def attractor(start: Tensor[f64, 3], steps: int, h: float) -> Tensor[f64, 3]:
    y = start.copy()
    for k in range(steps):
        y = rk4(lorenz, k * h, y, h)
    return y


@pyc.jit
def decay(start: Tensor[f64, N], rate: float, steps: int, h: float) -> Tensor[f64, N]:
    """A lambda sees the names around it."""
    y = start.copy()
    for k in range(steps):
        y = rk4(lambda t, z: -rate * z, k * h, y, h)
    return y


def main() -> None:
    y = attractor(np.array([1.0, 1.0, 1.0]), 200, 0.01)
    print(f"Lorenz after 2 s: {np.round(y, 6)}")
    start = np.array([1.0, 2.0, 4.0])
    y = decay(start, 0.5, 100, 0.02)
    print(f"decay after 2 s: {y}, furthest from exact {np.abs(y - start * np.exp(-1.0)).max():.1e}")
    np.testing.assert_allclose(y, start * np.exp(-1.0), rtol=1e-8)


if __name__ == "__main__":
    main()
