"""A stencil with in-place update: heat spreads over a plate, between two arrays that are written in turn.

pyc run examples/heat.py
pyc compile examples/heat.py --remarks       no copy of an array is reported: none is made
"""

import numpy as np

import pyc
from pyc import Tensor, f64


@pyc.jit
def spread[H, W](u: Tensor[f64, H, W], v: Tensor[f64, H, W], steps: int) -> None:
    """Let heat flow for ``2 * steps`` steps; the border stays as it is. The result is in ``u``."""
    for _ in range(steps):
        v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
        u[1:-1, 1:-1] = 0.25 * (v[:-2, 1:-1] + v[2:, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:])


def main() -> None:
    u = np.zeros((64, 96))
    u[0, :] = 100.0
    v = u.copy()
    expected, other = u.copy(), u.copy()
    spread(u, v, 200)
    for _ in range(200):
        other[1:-1, 1:-1] = 0.25 * (expected[:-2, 1:-1] + expected[2:, 1:-1] + expected[1:-1, :-2] + expected[1:-1, 2:])
        expected[1:-1, 1:-1] = 0.25 * (other[:-2, 1:-1] + other[2:, 1:-1] + other[1:-1, :-2] + other[1:-1, 2:])
    print(f"mean temperature {u.mean():.6f}, furthest from NumPy {np.abs(u - expected).max():.1e}")
    np.testing.assert_array_equal(u, expected)


if __name__ == "__main__":
    main()
