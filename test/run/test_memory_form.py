"""Functions in memory form: arrays that share memory as in NumPy, results that are memory of arguments too."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from language import Twice

SOURCE = """
from pyc import f16
def exchange(u: Tensor[f64, N], v: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    for _ in range(n):
        v[1:] = u[:-1] * 0.5
        u, v = v, u
    return u
def exchange_of_own(u: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    a = u * 1.0
    b = u * 2.0
    for i in range(n):
        b[i % len(b)] = a[0] + i
        a, b = b, a
    return a
def three(u: Tensor[f64, N], v: Tensor[f64, N], w: Tensor[f64, N], n: int) -> float:
    i = 0
    while i < n:
        u += v * 2.0
        u, v, w = v, w, u
        i += 1
    return u[0] - w[-1]
def either(a: Tensor[f64, N], b: Tensor[f64, N], c: bool) -> None:
    d = a if c else b
    d[0] = 1.0
    d[1:] = a[:-1] + b[1:]
def either_or_fresh(a: Tensor[f64, N], c: bool) -> tuple[Tensor[f64, N], float]:
    if c:
        d = a
    else:
        d = a * 2.0
    d[-1] = 9.0
    a[0] = 4.0
    return d, d[0]
def flat(u: Tensor[f64, M, N]) -> None:
    v = u.reshape(-1)
    v[::2] = 5.0
    u[0, 0] = v[-1]
def raveled(u: Tensor[f64, M, N]) -> float:
    v = np.ravel(u.T)
    v += 1.0
    return v[0] + u[-1, -1]
def turned(u: Tensor[f64, N, N]) -> None:
    u += u.T
    t = u.T
    t[0] = u[:, -1]
    t[1:, 0] *= 2.0
def shifted(x: Tensor[f64, N], k: int) -> None:
    x[1:] = x[:-1]
    x[:-1] = x[1:] * 2.0
    x[::-1] = x
    x[k:] += x[:len(x) - k]
def backwards(x: Tensor[f64, N]) -> Tensor[f64, N]:
    y = x[::-1]
    y[0] = 7.0
    return y
def every_other(x: Tensor[f64, N]):
    return x[::2]
def transposed(x: Tensor[f64, M, N]) -> Tensor[f64, N, M]:
    return x.T
def row_or_column(x: Tensor[f64, N, N], c: bool, k: int) -> Tensor[f64, N]:
    if c:
        return x[k]
    return x[:, k]
def itself_or_double(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    while n > 0:
        x = x * 2.0
        n -= 1
    return x
def twice(x: Tensor[f64, N], c: bool) -> tuple[Tensor[f64, N], Tensor[f64, N], Tensor[f64, N]]:
    y = x if c else x + 1.0
    z = y[::-1]
    z[0] = 3.0
    return y, z, y
def pairs(a: Tensor[f64, N], b: Tensor[f64, N], n: int) -> tuple[Tensor[f64, N], Tensor[f64, N]]:
    p = (a, b)
    for i in range(n):
        p = (p[1], p[0])
        p[0][i % len(a)] += 1.0
    return p
def found(x: Tensor[f64, M, N], limit: float) -> Tensor[f64, N]:
    best = x[0]
    for i in range(x.shape[0]):
        row = x[i]
        for j in range(len(row)):
            if row[j] > limit:
                return row
            if row[j] < 0.0:
                break
            row[j] += 1.0
        else:
            continue
        best = row
    return best
def halves(x: Tensor[f64, N], n: int) -> None:
    u = x[:4]
    v = x[-4:]
    for i in range(n):
        if i == 3:
            continue
        u[i % 4] = v[0] + i
        u, v = v, u
def scale(a: Tensor[f64, N], s: float) -> Tensor[f64, N]:
    if s < 0.0:
        return a
    a *= s
    return a
def add(a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    for i in range(len(a)):
        a[i] += b[i]
def called(x: Tensor[f64, N], s: float) -> float:
    add(x[1:], x[:-1])
    add(x, x)
    y = scale(x[::-1], s)
    y[0] = 100.0
    return x[-1] + x[0]
def in_order(x: Tensor[f64, N]) -> Tensor[f64, N]:
    return x + sum_after(x)
def sum_after(x: Tensor[f64, N]) -> float:
    x += 1.0
    return x.sum()
def unknown_step(x: Tensor[f64, N], k: int, n: int):
    y = x[::k]
    for _ in range(n):
        y[:] = y[::-1] + 1.0
    return y
def raises(x: Tensor[f64, N], i: int, c: bool) -> Tensor[f64, N]:
    y = x if c else x[::-1]
    y[0] = 1.0
    if i > 10:
        raise ValueError("large")
    y[i] = 2.0
    return y
def new_axes(x: Tensor[f64, N]) -> None:
    y = x[:, None]
    z = y.T
    z[0, ::2] = y[::-2, 0][:z[0, ::2].shape[0]]
def nothing(x: Tensor[f64, N], n: int) -> None:
    y, z = x[:0], x[::-1][:0]
    for _ in range(n):
        y[:] = 1.0
        y, z = z, y
def small(x: Tensor[i8, N], y: Tensor[i8, N], n: int) -> Tensor[i8, N]:
    for _ in range(n):
        x += y
        x, y = y, x
    return x
def at(x: Tensor[f64, N], i: int) -> int:
    x[i] = 50.0
    return i
def index_that_writes(x: Tensor[f64, N], y: Tensor[f64, N], n: int) -> float:
    x[at(x, n):] = x[at(y, 0):len(x) - n]
    y[:][at(y, n)] = y[0] + at(y, 0)
    y[at(x, 0)::2] = x[::2]
    return (x + float(at(x, n)))[n]
def in_one_row(x: Tensor[f64, N], y: Tensor[f64, M, N]):
    a, b = x.ravel(), x.reshape(-1)
    a[::2] = 50.0
    b[1::2] = 60.0
    c, d = np.ravel(y), y.reshape(-1)
    c[:1] = 70.0
    d[1:2] = 80.0
    return a, b, c, d
def parts_of_one(a: Tensor[f64, N]):
    x = a * 2.0
    return x[1:], x[:-1], x[::-1]
def flat_of_new(x: Tensor[f64, M, N]):
    y = (x * 2.0).copy()
    r = y.reshape(-1)
    r[::2] = 99.0
    z = np.zeros((len(x), 3))
    z.ravel()[1::2] = 5.0
    return y, r, z
def choose(x: Tensor[f64, N], y: Tensor[f64, N], n: int):
    for _ in range(n):
        x[x > 2.0] = y[0]
        x, y = y, x
    return x
def products(a: Tensor[f64, N, N], b: Tensor[f64, N, N], n: int) -> Tensor[f64, N, N]:
    for _ in range(n):
        a, b = b, a @ b
    return a
def best(x: Tensor[f64, N], n: int):
    found = x
    for k in range(n):
        y = x * k
        if y[0] > found[0]:
            found = y
    return found
def wide(x: Tensor[f64, N], c: bool):
    y = np.broadcast_to(x, (3, len(x)))
    x[0] = 5.0
    return y, y.copy()
def rows(x: Tensor[f64, N], y: Tensor[f64, N]) -> Tensor[f64, 4, N]:
    out = np.zeros((4, len(x)))
    for i in range(4):
        out[i] = x
        x, y = y, x
        x += 1.0
    return out
def half(u: Tensor[f16, N], v: Tensor[f16, N], n: int) -> Tensor[f16, N]:
    for _ in range(n):
        v[1:] = u[:-1] * f16(0.5) + v[1:]
        u, v = v, u
    return u
def flags(x: Tensor[bool, N], y: Tensor[bool, N], n: int) -> Tensor[bool, N]:
    for _ in range(n):
        x[1:] = y[:-1] & x[1:]
        x, y = y, x
    return x
"""


@cache
def programs() -> Twice:
    import re

    return Twice(SOURCE, *re.findall(r"def (\w+)", SOURCE))


def sharing(name: str, *arguments: Any) -> None:
    """Calls that agree, also on which results share memory with which arguments, and with each other."""
    p = programs()
    p.agree(name, *arguments, message=False)
    assert shared(getattr(p.compiled, name), arguments) == shared(p.python[name], arguments)


def shared(function: Any, arguments: tuple[Any, ...]) -> list[bool]:
    import copy

    arguments = copy.deepcopy(arguments)
    try:
        result = function(*arguments)
    except Exception:
        return []
    results = [r for r in (result if isinstance(result, tuple) else (result,)) if isinstance(r, np.ndarray)]
    arrays = [*(a for a in arguments if isinstance(a, np.ndarray)), *results]
    return [np.shares_memory(r, a) for r in results for a in arrays]


def vector(n: int, start: float = 0.0) -> np.ndarray[Any, Any]:
    return np.arange(start, start + n)


def matrix(m: int, n: int) -> np.ndarray[Any, Any]:
    return np.arange(float(m * n)).reshape(m, n)


SIZES = [0, 1, 2, 3, 8]


@pytest.mark.parametrize("n", SIZES)
def test_vectors(n: int) -> None:
    for rounds in (0, 1, 2, 5):
        sharing("exchange", vector(n), vector(n, 10.0), rounds)
        sharing("exchange_of_own", vector(n), rounds)
        sharing("three", vector(n), vector(n, 3.0), vector(n, 7.0), rounds)
        sharing("itself_or_double", vector(n), rounds)
        sharing("pairs", vector(n), vector(n, 5.0), rounds)
        sharing("nothing", vector(n), rounds)
        sharing("small", np.arange(n, dtype=np.int8), np.arange(n, dtype=np.int8) * 19, rounds)
        sharing("flags", vector(n) % 2 == 0, vector(n) % 3 == 0, rounds)
        sharing("halves", vector(n), rounds)
        for step in (1, 2, -1, -3):
            sharing("unknown_step", vector(n), step, rounds)
    for c in (True, False):
        sharing("either", vector(n), vector(n, 9.0), c)
        sharing("either_or_fresh", vector(n), c)
        sharing("twice", vector(n), c)
        for i in (-1, 0, 2, 11, 99):
            sharing("raises", vector(n), i, c)
    sharing("shifted", vector(n), min(n, 1))
    sharing("backwards", vector(n))
    sharing("every_other", vector(n))
    sharing("new_axes", vector(n))
    for s in (-1.0, 2.0):
        sharing("called", vector(n), s)
    sharing("in_order", vector(n))
    for rounds in (0, 1, 4):
        sharing("choose", vector(n), vector(n, 2.0), rounds)
        sharing("best", vector(n, 1.0), rounds)
        sharing("best", -vector(n, 1.0), rounds)
        sharing("half", vector(n).astype(np.float16), vector(n, 5.0).astype(np.float16), rounds)
    sharing("parts_of_one", vector(n))
    sharing("index_that_writes", vector(n), vector(n, 5.0), 1)
    sharing("wide", vector(n), True)
    sharing("rows", vector(n), vector(n, 5.0))


@pytest.mark.parametrize("n", SIZES)
def test_strided_vectors(n: int) -> None:
    for x in (vector(2 * n)[::2], vector(n)[::-1], matrix(n, 3)[:, 1]):
        sharing("exchange", x, vector(n, 10.0)[::-1], 3)
        sharing("shifted", x, 0)
        sharing("backwards", x)
        sharing("every_other", x)
        sharing("called", x, 2.0)
        sharing("twice", x, True)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (3, 3), (0, 2), (2, 0), (4, 1)])
def test_matrices(shape: tuple[int, int]) -> None:
    m, n = shape
    for x in (matrix(m, n), matrix(n, m).T, matrix(m, 2 * n)[:, ::2], matrix(m, n)[::-1]):
        sharing("flat", x)
        sharing("raveled", x)
        sharing("flat_of_new", x)
        sharing("in_one_row", vector(n), x)
        sharing("in_one_row", vector(2 * n)[::2], x)
        sharing("in_one_row", vector(n)[::-1], x)
        sharing("transposed", x)
        for limit in (-5.0, 4.0, 100.0):
            sharing("found", x, limit)
            sharing("found", -x, limit)
        if m == n:
            sharing("products", x, x + 1.0, 3)
            sharing("turned", x)
            for k in (-1, 0, 1, 5):
                sharing("row_or_column", x, True, k)
                sharing("row_or_column", x, False, k)


def test_an_error_names_the_function_that_it_is_in() -> None:
    text = """
def put(a: Tensor[f64, N], i: int) -> None:
    a[0] = 1.0
    a[i] = 2.0
def f(u: Tensor[f64, N], v: Tensor[f64, N], i: int) -> None:
    for _ in range(2):
        put(u[1:], i)
        u, v = v, u
"""
    p = Twice(text, "f")
    p.agree("f", vector(4), vector(4), 1)
    p.agree("f", vector(4), vector(4), 3, message=False)
    with pytest.raises(IndexError) as raised:
        p.compiled.f(vector(4), vector(4), 3)
    last = raised.traceback[-1]
    assert (last.name, str(last.statement).strip()) == ("put", "a[i] = 2.0")
