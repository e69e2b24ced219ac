"""Sequences that are unwrapped, repeated and packed, derivatives, and keywords of functions of NumPy."""

from typing import Any

import numpy as np
import pytest
from language import Twice
from surface import Surface, differences

import pyc

PARAMETERS = (
    "x: Tensor[f64, N], y: Tensor[f64, N], A: Tensor[f64, N, M], i: Tensor[i64, N], u: Tensor[u8, N],"
    " b: Tensor[bool, N], n: int, q: Tensor[f64, 3]"
)
CASES = [
    "np.packbits(u)", "np.unpackbits(u)", "np.packbits(b)", "np.packbits(A > 0, axis=1)",
    "np.packbits(b, bitorder='little')", "np.unpackbits(u, bitorder='little')", "np.bitwise_count(i)",
    "np.bitwise_count(u)", "np.bitwise_count(-i)", "np.gradient(x)", "np.gradient(x, 2.0)",
    "np.gradient(x, np.cumsum(y * y + 0.5))", "np.gradient(A)", "np.gradient(A, axis=0)", "np.gradient(A, 1.0, 2.0)",
    "np.gradient(x, edge_order=2)", "np.gradient(A, axis=(0, 1))", "np.gradient(A, axis=1, edge_order=2)",
    "np.interp(x, i, y, period=4.0)", "np.insert(x, [1, 2], 5.0)", "np.insert(x, [1, 2], [5.0, 6.0])",
    "np.insert(A, [0, 1], 0.0, axis=0)", "np.insert(x, [2, 0, -1], 1.0)", "np.delete(x, [0, 2])",
    "np.delete(A, [0], axis=0)", "np.delete(x, i > 2)", "np.linspace(0, 1, 5, retstep=True)", "np.linspace(x, y, 4)",
    "np.linspace(x, 1.0, 4, axis=-1)", "np.linspace(x, y, 4, axis=1)", "np.linspace(x, y, 3, endpoint=False)",
    "np.size(A, 0)", "np.size(A, axis=1)", "np.unwrap(x * 3)", "np.unwrap(A * 4, axis=0)",
    "np.unwrap(x, period=3.0)", "np.resize(x, (3, 2))", "np.resize(A, 7)", "np.trim_zeros(i)",
    "np.trim_zeros(i - 1, 'f')", "np.array_equiv(x, y)", "np.array_equiv(x, x)", "np.add.reduceat(x, [0, 2])",
    "np.maximum.reduceat(A, [0, 2, 1], axis=0)", "np.add.reduceat(x, i % 3)", "np.array(x, copy=True)",
    "np.array(x, ndmin=2)", "np.array([1, 2], ndmin=2)", "np.euler_gamma + n",
    "np.histogram2d(x, y, range=((-1, 1), (-1, 1)))", "np.histogram2d(x, y, bins=(3, 4))",
    "np.histogram2d(x, y, bins=3, range=[[-1, 1], [-1, 1]])", "np.quantile(x, (0.1, 0.5))",
    "np.quantile(A, [0.1, 0.5], axis=0)", "np.percentile(x, [10, 20])", "np.percentile(x, (10, 20))",
    "np.nanquantile(x, [0.1, 0.5])", "np.nanpercentile(A, (10, 20), axis=1)", "np.nanquantile(A, q, axis=0)",
    "np.percentile(A, q, axis=1, keepdims=True)", "(i % 2).choose((x, y))", "x.compress(b)", "A.compress(b, axis=0)",
    "A.flatten('F')", "A.flatten(order='F')", "A.ravel('F')", "A.ravel(order='C')",
]  # fmt: skip


def values(n: int, m: int) -> tuple[object, ...]:
    rng = np.random.default_rng(n * 7 + m)
    whole = (np.arange(n) * 3) % 5
    u = rng.integers(0, 255, n).astype(np.uint8)
    x = np.round(rng.normal(size=n) * 4) / 4
    return x, rng.normal(size=n), rng.normal(size=(n, m)), whole, u, rng.random(n) < 0.5, n, np.array([0.1, 0.5, 0.9])


@pytest.fixture(scope="module")
def program() -> Surface:
    return Surface(PARAMETERS, CASES)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("n", "m"), [(5, 3), (3, 4), (11, 7)])
def test_compiled(program: Surface, n: int, m: int) -> None:
    program.agree(*values(n, m), ulps=16)


@pytest.mark.filterwarnings("ignore")
def test_arrays_of_the_language() -> None:
    names: dict[str, Any] = dict(zip(("x", "y", "A", "i", "u", "b", "n", "q"), values(7, 4), strict=True))
    ours = {k: pyc.array(v) if isinstance(v, np.ndarray) else v for k, v in names.items()}
    wrong = []
    for e in CASES:
        expected, actual = (_plain(eval(e, {"np": np}, found)) for found in (names, ours))
        wrong += [f"{e}: {problem}" for problem in differences(actual, expected, 16)]
    assert not wrong, "\n".join(wrong)


def _plain(value: object) -> object:
    return tuple(map(_plain, value)) if isinstance(value, tuple | list) else np.asarray(value)


def test_complex_results_of_functions_that_stay_functions() -> None:
    functions = ["acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh"]
    text = "import cmath\n" + "".join(
        f"def f{i}(z: complex) -> complex:\n    return cmath.{f}(z)\n" for i, f in enumerate(functions)
    )
    program = Twice(text, *(f"f{i}" for i in range(len(functions))))
    for i in range(len(functions)):
        for z in (0.5 + 0.25j, -3 + 4j, 0j):
            program.agree(f"f{i}", z)
