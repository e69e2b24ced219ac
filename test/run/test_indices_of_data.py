"""Indices that data decides, in loops: from either end, next to both bounds and far beyond, and what is refused."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from language import Twice

SOURCE = """\
def chased(x: Tensor[i64, N], to: Tensor[i64, N], start: i64) -> i64:
    steps = 0
    while x[start] != to[start] and steps < 20:
        x[start] = to[x[start]]
        start = x[start]
        steps += 1
    return start
def gathered(x: Tensor[i64, N], to: Tensor[i64, N], start: i64) -> i64:
    total = i64(0)
    for i in range(len(to)):
        total += x[to[i]] - x[to[i] + start]
    return total
def scattered(x: Tensor[i64, N], to: Tensor[i64, N], start: i64) -> None:
    for i in to:
        x[i] += 1
        x[i + start] -= x[i]
def narrow(x: Tensor[i32, N], to: Tensor[i8, N], start: i64) -> int:
    total = 0
    for i in to:
        if i != 3:
            x[i] = x[x[i]] + i
            total += int(x[i])
    return total
def two_axes(x: Tensor[i64, N, M], to: Tensor[i64, N], start: i64) -> i64:
    total = i64(0)
    for i in to:
        j = x[i, start]
        while total < 100 and x[j, i] > 0:
            total += x[j, i]
            x[i, j] = -x[j, start]
            j = x[i, j]
    return total
def two_arrays(x: Tensor[i64, N], to: Tensor[i64, M], start: i64) -> i64:
    total = i64(0)
    for i in range(len(x)):
        k = x[i]
        if to[k] > 0:
            total += x[k]
            x[k] = to[k]
        total += to[k]
    return total
def caught(x: Tensor[i64, N], to: Tensor[i64, N], start: i64) -> i64:
    total = i64(0)
    for i in to:
        try:
            total += x[i]
            x[x[i]] = total
        except IndexError:
            total -= 1
    return total
"""
#: Arrays of narrow indices: what is taken, and what is said of the first that is out of bounds.
ARRAYS = """\
def products(x: Tensor[f64, N], at: Tensor[i32, M], y: Tensor[f64, M], bounds: Tensor[i32, K]) -> Tensor[f64, K - 1]:
    sums = np.zeros(len(bounds) - 1)
    for i in range(len(bounds) - 1):
        part = at[bounds[i] : bounds[i + 1]]
        sums[i] = y[bounds[i] : bounds[i + 1]] @ x[part] + len(part)
    return sums
def written_since(x: Tensor[f64, N], at: Tensor[i32, M], y: Tensor[f64, M], bounds: Tensor[i32, K]) -> f64:
    wide = at.astype(np.int64)
    at[:] = 0
    s = 0.0
    for i in range(len(wide)):
        s += x[wide[i]]
        bounds[0] += at[i]
    return s + np.sum(x[wide])
def squares(x: Tensor[f64, N], at: Tensor[i32, M], y: Tensor[f64, M], bounds: Tensor[i32, K]) -> i64:
    wide = at.astype(np.int64)
    s = i64(0)
    for i in range(len(wide)):
        for j in range(len(wide)):
            s += wide[i] * wide[j]
    return s + wide[0] + wide[-1] + np.max(wide)
"""
NAMES = tuple(line.split("(")[0].removeprefix("def ") for line in SOURCE.splitlines() if line.startswith("def "))
OF_ARRAYS = tuple(line.split("(")[0].removeprefix("def ") for line in ARRAYS.splitlines() if line.startswith("def "))
EDGE = 2**63


@cache
def twice() -> Twice:
    return Twice(SOURCE + ARRAYS, *NAMES, *OF_ARRAYS, overlapping="also")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_indices(name: str, n: int) -> None:
    rng = np.random.default_rng(n)
    kinds = (np.int32, np.int8) if name == "narrow" else (np.int64, np.int64)
    far = (-100, 127) if name == "narrow" else (-EDGE, EDGE - 1, EDGE - n - 1, -EDGE + n)
    for start in (0, -1, n, -n):
        for wrong in (None, -n - 1, n, *far):
            x, to = (rng.integers(-n, max(n, 1), n).astype(kind) for kind in kinds)
            if wrong is not None and n:
                (x if rng.random() < 0.4 and name != "narrow" else to)[n // 2] = wrong
            if name == "two_axes":
                x = np.stack([x] * n) if n else np.zeros((0, 0), np.int64)
            given = to[:-1] if name == "two_arrays" else to
            twice().agree(name, x, given, np.int64(start), message=False)
            twice().agree(name, np.repeat(x, 2, 0)[::-2], given[::-1], np.int64(start), message=False)


@pytest.mark.parametrize("wrong", [5, -6, EDGE - 1, -EDGE])
def test_messages(wrong: int) -> None:
    x, to = np.arange(5), np.array([1, -5, wrong, 2, 0])
    for name in ("gathered", "scattered", "chased"):
        twice().agree(name, x, to, np.int64(0) if name != "chased" else np.int64(2))


@pytest.mark.parametrize("name", OF_ARRAYS)
@pytest.mark.parametrize("n", [1, 2, 5, 31])
def test_arrays_of_narrow_indices(name: str, n: int) -> None:
    rng = np.random.default_rng(n)
    x, y = rng.integers(-9, 9, (2, n)) * 1.0
    bounds = np.array([0, n // 2, n // 2, n, n + 3, -1], np.int32)
    for wrong in (None, n, -n - 1, -n, 2**31 - 1, -(2**31)):
        at = rng.integers(-n, n, n).astype(np.int32)
        if wrong is not None:
            at[rng.integers(n, size=2)] = wrong
        twice().agree(name, x, at, y, bounds)
        twice().agree(name, x[::-1], np.repeat(at, 2)[::-2], y, bounds[::-1])
