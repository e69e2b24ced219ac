"""Loops whose rounds may raise: the same results, the same exception, and the same writes before it, block by block."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from language import Twice

PROGRAM = """
def roots(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    for i in range(len(x)):
        y[i] = math.sqrt(x[i]) + 1.0
def quotients(x: Tensor[f64, N], y: Tensor[f64, N], z: Tensor[f64, N]) -> None:
    for i in range(len(x)):
        z[i] = float(x[i]) / float(y[i])
def several(x: Tensor[f64, N], y: Tensor[f64, N], z: Tensor[f64, N]) -> None:
    for i in range(len(x)):
        a = math.log(x[i])
        y[i] = a
        b = math.exp(a * a)
        if b > 2.0:
            b = 1.0 / b
        z[i] = b - math.sqrt(x[i] - 0.1)
def in_place(x: Tensor[f64, N]) -> None:
    for i in range(len(x)):
        x[i] = math.log(x[i]) * 0.5
def shifted(x: Tensor[f64, N]) -> None:
    for i in range(1, len(x)):
        x[i] = math.sqrt(x[i - 1]) + x[i]
def read_again(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    for i in range(len(x)):
        y[i] = math.sqrt(x[i])
        x[i] = y[i] + y[0]
def chosen(x: Tensor[f64, N], at: Tensor[i64, N], y: Tensor[f64, N]) -> None:
    for i in range(len(x)):
        y[i] = math.sqrt(x[at[i]])
def told(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    for i in range(len(x)):
        if not x[i] > 0.0:
            raise ValueError(f"{x[i]} at {i}")
        y[i] = math.log(x[i])
def asserted(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    for i in range(len(x)):
        assert x[i] > 0.0, f"not {x[i]}"
        y[i] = 1.0 / x[i]
def rows(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> None:
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            y[i, j] = math.sqrt(x[i, j]) * 2.0
def part(x: Tensor[f64, N], y: Tensor[f64, N], low: int, high: int) -> None:
    for i in range(low, high):
        y[i] = math.exp(x[i])
def caught(x: Tensor[f64, N], y: Tensor[f64, N]) -> int:
    n = 0
    try:
        for i in range(len(x)):
            y[i] = math.log(x[i])
            n += 1
    except ValueError:
        return -1
    return n
def until(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    try:
        for i in range(len(x)):
            y[i] = math.log(x[i])
    except ValueError:
        y[0] = 7.0
"""
NAMES = tuple(line.split("(")[0].removeprefix("def ") for line in PROGRAM.splitlines() if line.startswith("def "))
SIZES = (0, 1, 2, 63, 64, 65, 127, 128, 200, 1000)


@cache
def program() -> Twice:
    return Twice(PROGRAM, *NAMES)


def cases(n: int) -> list[np.ndarray]:
    """Numbers for which nothing is raised, and such as raise here and there."""
    x = np.random.default_rng(n).uniform(0.2, 3, n)
    found = [x, x[::-1], np.repeat(x, 2)[::2]]
    for at, bad in ((0, -1.0), (n - 1, 0.0), (n // 2, -1e300), (n // 3, np.nan), (n // 2, np.inf), (n // 4, 1e200)):
        if n:
            found.append(x.copy())
            found[-1][at] = bad
    return found


@pytest.mark.parametrize("n", SIZES)
def test_along_one_axis(n: int) -> None:
    for x in cases(n):
        for name in ("roots", "read_again", "caught", "until", "told", "asserted"):
            program().agree(name, x, np.zeros(n))
        program().agree("several", x, np.zeros(n), np.zeros(n))
        program().agree("in_place", x.copy())
        program().agree("shifted", x.copy())
        program().agree("quotients", x[::-1], np.where(x == 0, x, 1.0), np.zeros(n))
        program().agree("quotients", x, x, np.zeros(n))
        at = np.arange(n)[::-1].copy()
        program().agree("chosen", x, at, np.zeros(n))
        if n:
            at[n // 2] = n
            program().agree("chosen", x, at, np.zeros(n))
        for low, high in ((0, n), (1, n - 1), (0, n + 1), (-n, 0), (5, 3)):
            program().agree("part", x, np.zeros(n), low, high)
        program().agree("part", x * 400, np.zeros(n), 0, n)


def test_along_two_axes() -> None:
    for shape in ((0, 3), (3, 0), (2, 64), (5, 130), (130, 5)):
        x = np.random.default_rng(shape).uniform(0.2, 3, shape)
        program().agree("rows", x, np.zeros(shape))
        program().agree("rows", np.asfortranarray(x), np.zeros(shape))
        if x.size:
            x[-1, -1] = -1
            program().agree("rows", x, np.zeros(shape))
            x[shape[0] // 2, shape[1] // 2] = -1
            program().agree("rows", x, np.zeros(shape))
