"""Slices that step over elements, in operations of one chunk and of several, of arrays that lie close and apart."""

from functools import cache

import numpy as np
import pytest
from language import Twice

PROGRAM = """
def second(x: Tensor[f32, N]) -> Tensor[f32, K]:
    return x[::2] * 2 + 1
def odd(x: Tensor[f64, N]) -> Tensor[f64, K]:
    return x[1::2] * 2
def third(x: Tensor[i32, N]) -> Tensor[i32, K]:
    return x[2::3] + 1
def late(x: Tensor[f64, N], i: int) -> Tensor[f64, K]:
    return x[i::2] - x[-1]
def pairs(x: Tensor[f32, N]) -> Tensor[f32, K]:
    y = np.zeros(len(x) // 2, np.float32)
    y[:] = x[: len(x) // 2 * 2 : 2] - x[1::2]
    return y
def backwards(x: Tensor[f64, N]) -> Tensor[f64, N]:
    return x[::-1] * 0.5 + x
def backwards_by_three(x: Tensor[f64, N]) -> Tensor[f64, K]:
    return x[::-3] + 1
def spread(x: Tensor[f64, N], y: Tensor[f64, K]) -> None:
    y[::2] = x * 3
def corners(x: Tensor[i64, N, M]) -> int:
    return int(np.sum(x[::2, 1::2]))
def four(x: Tensor[f64, N, M], y: Tensor[f64, K, K]) -> None:
    n, m = len(x) // 2 * 2, x.shape[1] // 2 * 2
    y[: n // 2, : m // 2] = (x[:n:2, :m:2] + x[1:n:2, :m:2]) + (x[:n:2, 1:m:2] + x[1:n:2, 1:m:2])
def in_order(x: Tensor[f64, N], i: int) -> Tensor[f64, K]:
    y = np.sort(x)
    return y[i::2] * 3
def in_order_from_one(x: Tensor[f64, N]) -> Tensor[f64, K]:
    y = np.sort(x)
    return y[1::2] * 3
def windows(x: Tensor[f64, N, M], y: Tensor[f64, K, K], n: int) -> None:
    padded = np.pad(x, ((1, 1), (1, 1)))
    for i in range(3):
        for j in range(3):
            y[:n, :n] += padded[i : i + (n - 1) * 2 + 1 : 2, j : j + (n - 1) * 2 + 1 : 2]
"""
NAMES = tuple(line.split("(")[0].removeprefix("def ") for line in PROGRAM.splitlines() if line.startswith("def "))


@cache
def program() -> Twice:
    return Twice(PROGRAM, *NAMES)


def kinds(x: np.ndarray) -> list[np.ndarray]:
    """An array as it is, backwards, and with gaps between its elements."""
    apart = np.repeat(x, 2, axis=-1)[..., ::2]
    return [x, x[..., ::-1], apart]


@pytest.mark.parametrize("n", [1, 2, 3, 5, 16, 31, 129, 13107, 40_001])
def test_along_one_axis(n: int) -> None:
    for x in kinds(np.random.default_rng(n).normal(size=n)):
        for name in ("second", "pairs"):
            program().agree(name, np.float32(x))
            program().agree(name, np.repeat(np.float32(x), 2)[::2])
        for name in ("odd", "backwards", "backwards_by_three"):
            program().agree(name, x)
        program().agree("third", np.arange(n, dtype=np.int32))
        program().agree("third", np.arange(2 * n, dtype=np.int32)[::-2])
        for start in (0, 1, 4, n - 1, n, n + 7, -2):
            program().agree("late", x, start)
        program().agree("spread", x, np.zeros(2 * n))
        program().agree("spread", x, np.zeros(4 * n)[::-2])


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (7, 8), (33, 1000), (300, 301), (1, 50_000)])
def test_along_two_axes(shape: tuple[int, int]) -> None:
    for x in kinds(np.random.default_rng(shape).integers(-99, 99, shape)):
        program().agree("corners", x)
        program().agree("corners", x.T)
        if max(shape) < 2000:
            program().agree("four", x.astype(np.float64), np.zeros((max(shape), max(shape))))


@pytest.mark.parametrize("n", [1, 2, 5, 129, 40_001])
def test_of_arrays_that_the_function_makes(n: int) -> None:
    x = np.random.default_rng(n).normal(size=n)
    program().agree("in_order_from_one", x)
    for start in (0, 1, n, -2):
        program().agree("in_order", x, start)
    size = min(n, 200)
    for shape in ((2 * size, 2 * size), (2 * size - 1, 2 * size + 3)):
        given = np.random.default_rng(n).normal(size=shape)
        program().agree("windows", given, np.zeros((size, size)), size)


def test_of_nothing() -> None:
    for name in ("second", "pairs", "odd", "backwards", "third"):
        kind = {"second": np.float32, "pairs": np.float32, "third": np.int32}.get(name, np.float64)
        program().agree(name, np.zeros(0, kind))
    program().agree("corners", np.zeros((0, 5), np.int64))
    program().agree("corners", np.zeros((5, 0), np.int64))
