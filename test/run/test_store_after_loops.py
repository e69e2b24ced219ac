"""Writes to one place in branches of loops: what is there afterwards, also where the loop reads it, ends or fails."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from language import Twice

PROGRAM = """
def least(x: Tensor[f64, N, M], at: Tensor[i64, N], y: Tensor[f64, N]) -> None:
    for i in range(x.shape[0]):
        best = np.inf
        for j in range(x.shape[1]):
            if x[i, j] < best:
                best = x[i, j]
                at[i] = j
                y[i] = x[i, j] * 2.0
def least_of_all(x: Tensor[f64, N, M], at: Tensor[i64, N], y: Tensor[f64, N]) -> None:
    best = np.inf
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] < best:
                best = x[i, j]
                at[0] = i
                at[-1] += j
                y[0] = best
def branches(x: Tensor[f64, N, M], at: Tensor[i64, N], y: Tensor[f64, N]) -> i64:
    n = i64(0)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] < 0.0:
                if x[i, j] < -1.0:
                    at[i] = j
                    n += 1
                else:
                    y[i] = x[i, j]
            elif x[i, j] > 1.0:
                at[i] = -j
            else:
                n -= 1
    return n
def read(x: Tensor[f64, N, M], at: Tensor[i64, N], y: Tensor[f64, N]) -> None:
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] < y[i]:
                y[i] = x[i, j]
                at[i] = j
            if at[i] == j:
                x[i, 0] = -9.0
def seen(x: Tensor[f64, N, M], at: Tensor[i64, N], y: Tensor[f64, N]) -> None:
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] < 0.5:
                at[i] = j
            if x[i, j] == 2.0:
                raise ValueError("two")
            y[int(x[i, j])] = 1.0
def caught(x: Tensor[f64, N, M], at: Tensor[i64, N], y: Tensor[f64, N]) -> None:
    for i in range(x.shape[0]):
        try:
            for j in range(x.shape[1]):
                if x[i, j] < 0.5:
                    at[i] = j
                y[i] = 1.0 / x[i, j]
        except ZeroDivisionError:
            y[i] = 7.0
def ended(x: Tensor[f64, N, M], at: Tensor[i64, N], y: Tensor[f64, N]) -> None:
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] < 0.5:
                at[i] = j
                if x[i, j] < -1.0:
                    break
        j = 0
        while j < x.shape[1]:
            if x[i, j] > 1.0:
                y[i] = x[i, j]
            j += 1
def row(x: Tensor[f64, N, M], at: Tensor[i64, N], y: Tensor[f64, N]) -> None:
    for i in range(x.shape[0]):
        part = x[i]
        for j in range(x.shape[1]):
            if part[j] > 1.0:
                y[i - 1] = part[j]
                x[i, 0] = 0.25
"""
KINDS = """
def of_kind(x: Tensor[KIND, N], y: Tensor[KIND, N]) -> None:
    for k in range(3):
        for i in range(len(x)):
            if x[i] != x[k]:
                y[k] = x[i]
"""
NAMES = tuple(line.split("(")[0].removeprefix("def ") for line in PROGRAM.splitlines() if line.startswith("def "))
TYPES = ("bool", "i32", "u8", "f32")


@cache
def program() -> Twice:
    kinds = "".join(KINDS.replace("of_kind", f"of_{t}").replace("KIND", t) for t in TYPES)
    return Twice(PROGRAM + kinds, *NAMES, *(f"of_{t}" for t in TYPES), overlapping="also")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (5, 31), (3, 0), (0, 3)])
def test_writes(name: str, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape)
    n = shape[0]
    for numbers in (rng.normal(size=shape), rng.integers(-2, 3, shape) * 1.0, np.full(shape, np.nan), np.zeros(shape)):
        program().agree(name, numbers, np.full(n, 99), np.full(n, 0.75))
        program().agree(name, numbers[:, ::-1], np.full(2 * n, 99)[::2], np.full(n, 0.75)[::-1])
        if shape[1]:
            program().agree(name, numbers, np.full(n, 99), numbers[:, shape[1] // 2], message=False)


@pytest.mark.parametrize("name", TYPES)
def test_types(name: str) -> None:
    dtype = {"bool": bool, "i32": np.int32, "u8": np.uint8, "f32": np.float32}[name]
    for n in (0, 1, 3, 17):
        x = np.random.default_rng(n).integers(0, 3, n).astype(dtype)
        program().agree(f"of_{name}", x, np.ones(n, dtype), message=False)
