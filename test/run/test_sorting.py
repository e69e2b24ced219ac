"""Sorting by digits: numbers of all widths, with much in common and nothing, in orders of all kinds."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from language import Twice
from numpy.typing import NDArray

DTYPES = {"f64": "f8", "f32": "f4", "i64": "i8", "u64": "u8", "i32": "i4", "u16": "u2", "i8": "i1"}


SORTED = ("f32", "f64", "u16")


@cache
def compiled() -> Any:
    text = "from pyc import i16, u16, u64\n"
    for dtype in DTYPES:
        text += f"def order_{dtype}(x: Tensor[{dtype}, N]):\n    return np.argsort(x)\n"
    for dtype in SORTED:
        text += f"def sort_{dtype}(x: Tensor[{dtype}, N]):\n    return np.sort(x)\n"
    names = (*(f"order_{d}" for d in DTYPES), *(f"sort_{d}" for d in SORTED))
    return Twice(text, *names, level=1).compiled


def numbers(dtype: np.dtype[Any], n: int) -> Iterator[NDArray[Any]]:
    """Arrays that are put in order in one round of digits, in several, by insertions, and that are too much alike."""
    rng = np.random.default_rng(n)
    if dtype.kind == "f":
        few = rng.integers(-3, 4, n).astype(dtype)
        yield np.where(few == 0, np.copysign(few, rng.random(n) - 0.5), few).astype(dtype)
        yield rng.standard_normal(n).astype(dtype)
        yield (1 + rng.random(n) * 2.0**-20).astype(dtype)
        yield np.concatenate(([1e30], 1 + rng.random(n - 1) * 2.0**-40)).astype(dtype)
        special = np.array([np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, np.finfo(dtype).tiny / 4, 1.0], dtype)
        yield rng.choice(special, n)
        return
    info = np.iinfo(dtype)
    yield rng.integers(info.min, info.max, n, dtype, endpoint=True)
    yield rng.integers(0, 5, n).astype(dtype)
    yield np.where(rng.random(n) < 0.01, info.max, rng.integers(0, 100, n).astype(dtype))
    yield np.arange(n).astype(dtype)[::-1]
    yield np.full(n, info.min, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_orders(dtype: str) -> None:
    for n in (1, 2, 79, 80, 81, 1000, 20_011):
        for x in numbers(np.dtype(DTYPES[dtype]), n):
            expected = np.argsort(x, kind="stable")
            assert np.array_equal(getattr(compiled(), f"order_{dtype}")(x), expected)
            if dtype in SORTED:
                assert getattr(compiled(), f"sort_{dtype}")(x).tobytes() == x[expected].tobytes()
