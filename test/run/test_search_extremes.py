"""Positions of largest and smallest elements: the first of equals and of NaN, over blocks, axes, types and strides."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from language import Twice

NUMPY = {"f64": "f8", "f32": "f4", "f16": "f2", "i64": "i8", "i32": "i4", "u8": "u1", "i8": "i1"}
TEXT = """\
from pyc import f16
def rows(x: Tensor[T, M, N]) -> tuple[Tensor[i64, M], Tensor[i64, M]]:
    return np.argmax(x, axis=1), np.argmin(x, axis=1)
def columns(x: Tensor[T, M, N]) -> tuple[Tensor[i64, N], Tensor[i64, N]]:
    return np.argmax(x, axis=0), np.argmin(x, axis=0)
def whole(x: Tensor[T, M, N]) -> tuple[int, int]:
    return int(np.argmax(x)), int(np.argmin(x))
def turned(x: Tensor[T, M, N]) -> tuple[Tensor[i64, N], Tensor[i64, N]]:
    return np.argmax(x.T, axis=1), np.argmin(x.T, axis=1)
def computed(x: Tensor[T, M, N], y: Tensor[T, N]) -> Tensor[i64, M]:
    return np.argmax(np.where(x > y, y, x) * y, axis=1)
"""
NAMES = ("rows", "columns", "whole", "turned")


@cache
def program(dtype: str) -> Twice:
    return Twice(TEXT.replace("Tensor[T,", f"Tensor[{dtype},"), *NAMES, "computed")


def arrays(shape: tuple[int, int]) -> list[np.ndarray]:
    """Arrays of a shape with equal elements, contiguous and not."""
    rng = np.random.default_rng(sum(shape))
    x = rng.integers(0, 40, (2 * shape[0], 2 * shape[1]))
    return [x[: shape[0], : shape[1]].copy(), x[::2, ::2], x[::-2, ::-2], x[: shape[0], : shape[1]].copy("F")]


@pytest.mark.parametrize("dtype", NUMPY)
def test_the_first_of_equals(dtype: str) -> None:
    for shape in [(1, 1), (3, 7), (5, 31), (2, 2048), (2, 2049), (1, 4099), (97, 2)]:
        for x in arrays(shape):
            for name in NAMES:
                program(dtype).agree(name, x.astype(NUMPY[dtype], order="K"))
            program(dtype).agree("computed", x.astype(NUMPY[dtype]), x[0].astype(NUMPY[dtype]))


@pytest.mark.parametrize("dtype", ["f64", "f32", "f16"])
def test_what_is_no_number(dtype: str) -> None:
    x = np.zeros((8, 4100), NUMPY[dtype])
    x[0, [7, 9]] = np.nan
    x[1, [4097, 3]] = np.nan, np.inf
    x[2] = -np.inf
    x[3] = np.inf
    x[4] = np.nan
    x[5, 5:] = -0.0
    x[6, [2048, 2047]] = 1, -1
    x[7, [0, 4099]] = -np.inf, np.nan
    for a in (x, x[:, ::-1], x[1:, 1:], x[::2], x[2:4], x[5:7]):
        for name in NAMES:
            program(dtype).agree(name, a)


@pytest.mark.parametrize("dtype", ["i64", "i8", "u8"])
def test_extremes_of_a_type(dtype: str) -> None:
    limits = np.iinfo(NUMPY[dtype])
    for value in (limits.min, limits.max):
        x = np.full((2, 2050), value, NUMPY[dtype])
        for name in NAMES:
            program(dtype).agree(name, x)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_nothing_to_search(shape: tuple[int, int]) -> None:
    twice, x = program("f32"), np.zeros(shape, np.float32)
    for name, extent in zip(NAMES, (shape[1], shape[0], shape[0] * shape[1], shape[0]), strict=True):
        if extent:
            twice.agree(name, x)
        else:
            with pytest.raises(ValueError, match="attempt to get argmax of an empty sequence"):
                getattr(twice.compiled, name)(x)
