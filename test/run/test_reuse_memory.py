"""Temporaries that are computed in the memory of what they become: NumPy's results, writes and exceptions stay."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from allocations import watched
from language import CPU, HEADER, Twice

from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend

#: Of whole numbers, sums are the same in any order.
VECTORS = """\
def scaled(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    e = x * x + y
    return e - np.sum(e)
def own(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> None:
    e = x * 2.0 + y
    x[:] = e - np.sum(e)
def old_value_read(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> f64:
    e = x * 2.0 + y
    s = np.sum(e)
    t = np.sum(y * x)
    y[:] = e - s
    return t
def shifted(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> None:
    if len(x) > 1:
        e = x[1:] * 2.0
        x[:-1] = e - np.sum(e)
def both(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> None:
    e = x * 2.0
    s = np.sum(e)
    x[:] = e - s
    y[:] = x * 3.0 + y
    y[:] = y - np.sum(y)
def turned(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> None:
    e = x * 2.0
    s = np.sum(e)
    y[::-1] = e + s
def exchanged(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> None:
    a = x + 1.0
    s = np.sum(a)
    b = y * 2.0
    t = np.sum(b)
    x[:] = b + s
    y[:] = a + t
def twice_read(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> None:
    old = x[1:] * 1.0
    x[1:] += y[1:]
    y[1:] -= old
def failing(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> None:
    e = x * 2.0
    s = np.sum(e)
    if x[k] > 3.0:
        raise ValueError("large")
    y[:] = e - s
def failing_new(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    e = x * 2.0
    s = np.sum(e) + y[k]
    return e - s
def caught(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> None:
    try:
        e = x * 2.0
        s = np.sum(e) + x[k]
        y[:] = e - s
    except IndexError:
        y[:] = y - 1.0
def caught_own(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    t = y * 1.0
    try:
        e = x * 2.0
        s = np.sum(e) + x[k]
        t[:] = e - s
    except IndexError:
        t -= 1.0
    return t
def stepped(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    v = x.copy()
    for i in range(3):
        e = v * 2.0 - y
        v = e - np.max(e, initial=-9.0)
    return v
def carried(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> None:
    t = np.zeros(len(x))
    for i in range(3):
        t += x
        y[:] = t * 2.0
def chosen(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    a = x * 2.0
    if k > 2:
        b = a + y
    else:
        b = a - y
    return b * 3.0
def joined(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> Tensor[f64, K]:
    return np.concatenate((x, y)) * 2.0 + 1.0
def summed_up(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    return np.cumsum(x * 2.0) + y
"""
MATRICES = """\
def borders(x: Tensor[f64, N, M], out: Tensor[f64, N, M]) -> None:
    out[0] = 0
    out[-1] = 0
    out[:, 0] = 1
    out[:, -1] = 1
def first(x: Tensor[f64, N, M], out: Tensor[f64, N, M]) -> None:
    e = x * 2.0 + 1.0
    out[:] = e - np.sum(e, axis=0)
def column(x: Tensor[f64, N, M], out: Tensor[f64, N, M]) -> None:
    e = x[:, 0] * 2.0
    out[:, 1] = e - np.sum(e)
def squares(x: Tensor[f64, N, M], out: Tensor[f64, N, M]) -> None:
    c = x - np.sum(x, axis=0)
    out[:] = c - np.sum(c * c, axis=0)
def between(x: Tensor[f64, N, M], out: Tensor[f64, N, M]) -> None:
    inside = (x > -3.0) & (x < 3.0) | (out > 0.0)
    out[:] = np.where(~inside, x, 2.0)
def transposed(x: Tensor[f64, N, M], out: Tensor[f64, N, M]) -> Tensor[f64, M, N]:
    e = x.T * 2.0
    return e - np.sum(e, axis=0)
def parts(x: Tensor[f64, N, M], out: Tensor[f64, N, M]) -> Tensor[f64, 2, M]:
    return np.stack((x[0] * 2.0, out[-1] + 1.0))
"""


def names_of(text: str) -> list[str]:
    return [line.split("(")[0].removeprefix("def ") for line in text.splitlines() if line.startswith("def ")]


@cache
def vectors() -> Twice:
    return Twice(VECTORS, *names_of(VECTORS), overlapping="also")


@cache
def matrices() -> Twice:
    return Twice(MATRICES, *names_of(MATRICES), overlapping="also")


@pytest.mark.parametrize("name", names_of(VECTORS))
@pytest.mark.parametrize("n", [0, 1, 2, 7, 31, 1009])
def test_vectors(name, n):
    rng = np.random.default_rng(n)
    x, y = (rng.integers(-3, 4, n) * 1.0 for _ in range(2))
    for k in (0, 3, 99):
        vectors().agree(name, x, y, k)
        vectors().agree(name, x[::-1], np.repeat(y, 2)[::2], k)
        vectors().agree(name, x + 3.0, y, k)
    if n > 1:
        vectors().agree(name, x[1:], x[:-1], 0, message=False)
        vectors().agree(name, x[:-1], x[1:], 0, message=False)
        vectors().agree(name, x, x, 0, message=False)


@pytest.mark.parametrize("name", names_of(MATRICES))
@pytest.mark.parametrize("shape", [(1, 2), (2, 7), (13, 2), (5, 31), (101, 17), (0, 3), (3, 0)])
def test_matrices(name, shape):
    x = np.random.default_rng(0).integers(-9, 9, shape) * 1.0
    out = np.ones(shape)
    matrices().agree(name, x, out)
    matrices().agree(name, np.ascontiguousarray(x.T).T, np.ones((*shape, 2))[::-1, :, 1])
    if shape[0] > 1:
        matrices().agree(name, x[1:], x[:-1], message=False)


NOTHING_BETWEEN = ("scaled", "own", "both", "stepped")


def test_no_arrays_in_between():
    module = lower(Source("between.py", HEADER + VECTORS), Request(CPU, NOTHING_BETWEEN)).module
    options = Options(name="program", emit="obj", pool=False)
    with module.context:
        backend("cpu").pipeline(CPU, options).run(module)
        bundle, books = watched(backend("cpu").emit(module, CPU, options))
    n = 500
    for name in NOTHING_BETWEEN:
        x, y = np.ones(n), np.ones(n)
        getattr(bundle, name)(x, y, 3)
        # Numbers of chunks are combined in order.
        assert books.peak <= 3 * 64 * 8, name
        books.clear()
