"""Stencils of stencils: what slices are read of is computed again by who reads them, and is what NumPy computes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from allocations import watched
from language import CPU, HEADER, Twice

from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend

#: Each of these has no array between.
AGAIN = """\
def limited(x: Tensor[f64, N + 4, M + 4], y: Tensor[f64, N, M]) -> None:
    n, m = y.shape
    lap = 4.0 * x[1 : n + 3, 1 : m + 3] - (
        x[2 : n + 4, 1 : m + 3] + x[0 : n + 2, 1 : m + 3] + x[1 : n + 3, 2 : m + 4] + x[1 : n + 3, 0 : m + 2]
    )
    d = lap[1:, 1 : m + 1] - lap[:-1, 1 : m + 1]
    f = np.where(d * (x[2 : n + 3, 2 : m + 2] - x[1 : n + 2, 2 : m + 2]) > 0, 0, d)
    d = lap[1 : n + 1, 1:] - lap[1 : n + 1, :-1]
    g = np.where(d * (x[2 : n + 2, 2 : m + 3] - x[2 : n + 2, 1 : m + 2]) > 0, 0, d)
    y[:, :] = x[2 : n + 2, 2 : m + 2] - 0.25 * (f[1:] - f[:-1] + g[:, 1:] - g[:, :-1])
def three(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> None:
    a = x[1:] * 0.5 - x[:-1]
    b = np.maximum(a[:, 1:], 0.0) + a[:, :-1] * 2.0
    c = b[1:] - b[:-1]
    y[2:, 1:] = c * c + b[1:]
def small(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> None:
    d = x[1:] - x[:-1]
    y[1:-1] = d[1:] * d[:-1] + d[1:]
"""
#: What these compute between is stored: it is read as a whole as well, is written over, or what it reads is.
OTHERS = """\
def read_whole(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> None:
    a = x * 2.0 - 1.0 + x * x
    y[1:] = a[1:] - a[:-1]
    y[0] = a.sum(axis=0)
def in_place(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> None:
    d = x[1:] - x[:-1] * 0.5 + 1.0
    x[1:-1] = d[1:] - d[:-1]
    y[1:-1] = d[1:] * x[1:-1]
def between(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> None:
    d = (x[1:] - x[:-1]) * y[1:] - 1.0
    y[:] = y * 2.0
    y[1:-1] += d[1:] * d[:-1]
    d[0] = 3.0
    y[1:-1] -= d[1:] + d[:-1]
def sums(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> None:
    a = x * x - x + 1.0
    y[1:] = np.sum(a[1:], axis=0) - np.sum(a[:-1], axis=1)[:, None]
def anywhere(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> None:
    for i in range(1, len(x) - 1):
        a = x[i - 1 : i + 2] * 2.0 - y[i]
        b = a[1:] - a[:-1]
        y[i] = b[1] * b[0] - a[i % 3]
        y[i] += (a[:, ::-1][1:] - a[:-1])[0]
def whole_numbers(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> None:
    k = x.astype(np.int32)
    d = (k[1:] - k[:-1]) * 1000003 + 7
    y[1:-1] = (d[1:] ^ d[:-1]) + d[1:]
"""


def names_of(text: str) -> list[str]:
    return [line.split("(")[0].removeprefix("def ") for line in text.splitlines() if line.startswith("def ")]


@cache
def twice() -> Twice:
    return Twice(AGAIN + OTHERS, *names_of(AGAIN + OTHERS), overlapping="also")


@pytest.mark.parametrize("name", names_of(AGAIN + OTHERS))
@pytest.mark.parametrize("shape", [(3, 3), (5, 5), (6, 7), (13, 31), (40, 23)])
def test_stencils(name: str, shape: tuple[int, int]) -> None:
    x = np.random.default_rng(0).integers(-9, 9, shape) * 0.5
    x[0, 1], x[-1, -1] = np.inf, -0.0
    if name == "whole_numbers":
        x = np.nan_to_num(x, posinf=5.0)
    around = 4 if name == "limited" else 0
    if min(shape) <= around:
        return
    y = np.ones((shape[0] - around, shape[1] - around))
    twice().agree(name, x, y, message=False)
    twice().agree(name, np.ascontiguousarray(x.T).T, np.ones((*y.shape, 2))[::-1, :, 1], message=False)
    twice().agree(name, np.repeat(x, 2, 1)[::-1, ::-2], y, message=False)
    if not around:
        twice().agree(name, x[1:], x[:-1], message=False)


def test_nothing_between() -> None:
    module = lower(Source("between.py", HEADER + AGAIN), Request(CPU, tuple(names_of(AGAIN)))).module
    options = Options(name="program", emit="obj", pool=False)
    with module.context:
        backend("cpu").pipeline(CPU, options).run(module)
        bundle, books = watched(backend("cpu").emit(module, CPU, options))
    x, y = np.random.default_rng(0).random((2, 20, 30))
    for name in names_of(AGAIN):
        getattr(bundle, name)(x, y[4:, 4:].copy() if name == "limited" else y)
        assert books.allocations == 0, name
        books.clear()
