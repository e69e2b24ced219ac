"""Evenly spaced numbers, filters, interpolation, histograms and polynomials, against NumPy."""

import numpy as np
import pytest
from surface import Surface

SPACED = [
    "np.linspace(a, b, n)", "np.linspace(0, 1, 5)", "np.linspace(a, b, n, endpoint=False)",
    "np.linspace(0, b, n, dtype=f32)",
    "np.linspace(0, 10, n, dtype=i32)", "np.logspace(a, b, n)", "np.logspace(0, 2, 3, base=2.0)", "np.arange(n)",
    "np.geomspace(1, 1000, n)", "np.geomspace(-1.0, -8.0, 4)", "np.arange(0.0, 1.0, 0.1)", "np.arange(a, b, 0.3)",
    "np.arange(b)", "np.arange(1, n, 2, dtype=f32)", "np.linspace(f32(0.5), f32(2), n)",
]  # fmt: skip


def test_evenly_spaced_numbers() -> None:
    program = Surface("a: float, b: float, n: int", SPACED)
    for a, b, n in [(0.0, 2.0, 7), (1.5, -2.5, 1), (0.1, 0.7, 2), (-1.0, 3.0, 0)]:
        program.agree(a, b, n, ulps=8)


LINES = [
    "np.convolve(x, w)", "np.convolve(x, w, 'same')", "np.convolve(x, w, mode='valid')", "np.correlate(x, w)",
    "np.correlate(x, w, 'full')", "np.correlate(x, w, 'same')", "np.interp(w, np.cumsum(np.fabs(x)), x)",
    "np.interp(0.7, np.cumsum(np.fabs(x)), x, left=-1.0, right=9.0)", "np.digitize(x, np.sort(w))",
    "np.digitize(x, np.sort(w), right=True)", "np.digitize(x, -np.sort(-w))", "np.digitize(x, -np.sort(-w), True)",
    "np.histogram(x, 5)", "np.histogram(x, bins=3, range=(-1, 1))", "np.histogram(x, np.sort(w))",
    "np.histogram(x, 4, density=True)", "np.histogram(x, 4, weights=x)", "np.gradient(x)", "np.gradient(x, 0.5)",
    "np.polyval(w, x)", "np.polyval(w, 2.0)", "np.convolve(i, i)", "np.bincount(i)", "np.bincount(i, minlength=12)",
    "np.bincount(i, weights=x)", "np.gradient(np.outer(x, w), axis=1)", "np.gradient(i)",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def test_sequences() -> None:
    program = Surface("x: Tensor[f64, N], w: Tensor[f64, M], i: Tensor[i64, N]", LINES)
    rng = np.random.default_rng(4)
    for n, m in [(11, 4), (17, 5), (5, 5), (2, 2), (7, 3)]:
        program.agree(rng.standard_normal(n), rng.standard_normal(m), rng.integers(0, 9, n), ulps=32)
    program.agree(np.array([1.0, 0.5]), np.array([0.5, 1.0]), np.array([1, -1]))


def test_short_sequences() -> None:
    names = ["np.convolve(x, w)", "np.correlate(x, w)", "np.correlate(x, w, 'full')", "np.correlate(x, w, 'same')"]
    program = Surface("x: Tensor[f64, N], w: Tensor[f64, M]", names)
    for n, m in [(1, 1), (1, 3), (2, 5), (3, 4)]:
        program.agree(np.arange(1.0, n + 1), np.arange(2.0, m + 2), ulps=8)
    Surface("x: Tensor[f64, N], w: Tensor[f64, M]", ["np.convolve(x, w)"]).agree(np.ones(0), np.ones(2), messages=True)
