"""Running sums, differences and integrals, against NumPy."""

from functools import cache

import numpy as np
import pytest
from surface import Surface

CUBE = [
    *(f"np.{f}(x{a})" for f in ("cumsum", "cumprod") for a in ("", ", 0", ", 1", ", axis=-1", ", 1, f32")),
    "x.cumsum()", "x.cumprod(axis=2)",
    *(f"np.diff(x{a})" for a in ("", ", 2", ", 1, 0", ", n=3, axis=1", ", 0")),
]  # fmt: skip
SHAPES = [(2, 3, 4), (1, 1, 1), (7, 5, 3), (0, 3, 2), (2, 0, 3), (2, 3, 0), (3, 1, 2)]


@cache
def cube(dtype: str) -> Surface:
    return Surface(f"x: Tensor[{dtype}, N, M, K]", CUBE, level=3)


@pytest.mark.parametrize("dtype", ["f64", "f32", "i8", "i64"])
def test_running_sums_and_differences(dtype: str) -> None:
    rng = np.random.default_rng(0)
    names = {"f64": "f8", "f32": "f4", "i8": "i1", "i64": "i8"}
    for shape in SHAPES:
        cube(dtype).agree((rng.standard_normal(shape) * 9).astype(names[dtype]), ulps=16)
    x = np.arange(120.0).astype(names[dtype]).reshape(4, 5, 6)
    cube(dtype).agree(x[::-2, ::2, 1:].transpose(2, 0, 1), ulps=16)


def test_differences_of_truth_values() -> None:
    program = Surface(
        "x: Tensor[bool, N, M]", ["np.diff(x)", "np.diff(x, axis=0)", "np.cumsum(x, 0)", "x.cumprod()"], level=3
    )
    for shape in [(3, 5), (0, 2), (1, 1)]:
        program.agree(np.random.default_rng(1).random(shape) > 0.5)


def test_differences_of_a_negative_order() -> None:
    Surface("x: Tensor[f64, N]", ["np.diff(x, -1)"], level=3).agree(np.ones(3))


def test_integrals() -> None:
    program = Surface(
        "x: Tensor[f64, N, M], y: Tensor[f64, M]",
        ["np.trapezoid(x)", "np.trapezoid(x, y)", "np.trapezoid(y, dx=0.5)", "np.trapezoid(x, x, axis=0)"],
        level=3,
    )
    rng = np.random.default_rng(2)
    for n, m in [(3, 5), (1, 1), (4, 2), (2, 0)]:
        program.agree(rng.random((n, m)), rng.random(m), ulps=16)
