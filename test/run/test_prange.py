"""Loops over ``prange``: as the same loops over ``range`` in Python."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language import Twice, interpreted

LOOPS = """
from pyc import prange
def mapped(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    for i in prange(len(x)):
        t = x[i] * 2.0
        y[i] = t + i
def rows(x: Tensor[f64, N, M], out: Tensor[f64, N]) -> None:
    for i in prange(len(x)):
        row = x[i]
        if len(row) > 1:
            row[1] = 2.0
        row *= 0.5
        out[i] = row.sum()
def sums(x: Tensor[i64, N], a: int, b: int, step: int) -> tuple[int, int, int]:
    s, p, q = 7, 1, 0
    for i in prange(a, b, step):
        if i % 3 == 0:
            continue
        s += int(x[i % len(x)]) + i
        p *= i % 5 - 2
        q -= i
    return s, p, q
def extremes(x: Tensor[f64, N], y: Tensor[i32, N]) -> tuple[float, float, i32, f64]:
    low, high, least, most = 1e300, -1e300, y[0], x[0]
    for i in prange(len(x)):
        low = min(low, float(x[i]))
        high = max(float(x[i]), high)
        least = min(y[i], least)
        most = np.maximum(most, x[i])
    return low, high, least, most
def logic(x: Tensor[i64, N]) -> tuple[bool, bool, int, int, int, bool]:
    every, some, low, all, odd, flag = True, False, 0, -1, 0, True
    for v in prange(len(x)):
        every = every and bool(x[v] > 0)
        some = bool(x[v] > 5) or some
        low |= int(x[v])
        all &= int(x[v])
        odd ^= int(x[v])
        flag &= bool(x[v] != 3)
    return every, some, low, all, odd, flag
def sized(x: Tensor[u8, N]) -> tuple[u8, i32, f32]:
    a, b, c = x[0], i32(3), f32(0)
    for i in prange(len(x)):
        a += x[i]
        b *= i32(3)
        c += f32(1)
    return a, b, c
def nested(x: Tensor[f64, N, M], out: Tensor[f64, N, M]) -> float:
    s = 0.0
    for i in prange(len(x)):
        for j in prange(len(x[0])):
            out[i, j] = x[i, j] + 1.0
            s += 1.0
    for k in prange(3):
        for i in range(len(x)):
            s += 2.0
    else:
        s += 1.0
    return s
def doubled(x: Tensor[f64, N]) -> float:
    s = 0.0
    for i in prange(len(x)):
        x[i] *= 2.0
        s += 1.0
    return s
def called(x: Tensor[f64, N], n: int) -> float:
    s = 0.0
    for _ in range(n):
        s += doubled(x)
    return s
def tensors(x: Tensor[f64, N, M], y: Tensor[f64, N, M]) -> None:
    for i in prange(len(x)):
        y[i] = np.exp(x[i] * 0.0) + x[i, ::-1] * 3.0
def exchanged(u: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    v = u.copy()
    for _ in range(n):
        for i in prange(1, len(u) - 1):
            v[i] = (u[i - 1] + u[i] + u[i + 1]) * 0.25
        u, v = v, u
    return u.copy()
def failing(x: Tensor[i64, N], y: Tensor[i64, N], at: int) -> int:
    s = 0
    for i in prange(len(y)):
        s += 100 // int(x[i])
        if i == at:
            raise ValueError("here")
    return s
def caught(x: Tensor[i64, N], y: Tensor[i64, N]) -> int:
    s = 0
    for i in prange(len(x)):
        try:
            y[i] = 100 // int(x[i])
        except ZeroDivisionError:
            y[i] = -1
            s += 1
    return s
def caught_outside(x: Tensor[i64, N]) -> int:
    s = 0
    try:
        for i in prange(len(x)):
            s += 100 // int(x[i])
    except ZeroDivisionError:
        return -5
    return s
def says(n: int, k: int) -> int:
    best = 2
    for i in prange(n):
        if i == k:
            raise ValueError(f"round {i}")
        best = max(best, i * 3 % 97)
    return best
def shares_a_check(x: Tensor[i32, N], y: Tensor[f64, N, M], n: int, k: int) -> int:
    n += int(x[k])
    try:
        for i in prange(x.shape[0]):
            y[i] += x[k]
    except ArithmeticError:
        n += 1
    return n
"""
NAMES = (
    "mapped", "rows", "sums", "extremes", "logic", "sized", "nested", "called", "tensors", "exchanged", "failing",
    "caught", "caught_outside", "says", "shares_a_check",
)  # fmt: skip
SIZES = (0, 1, 2, 7, 255, 256, 257, 1000)


@cache
def loops() -> Twice:
    return Twice(LOOPS, *NAMES)


@pytest.mark.parametrize("n", SIZES)
def test_each_round_has_its_own_elements_and_names(n: int) -> None:
    x = np.arange(n) * 0.5
    loops().agree("mapped", x, np.zeros(n))
    loops().agree("mapped", np.arange(2.0 * n)[::-2], np.zeros(3 * n)[::3])
    loops().agree("called", x, 3)
    loops().agree("exchanged", x, 4)
    for m in (1, 5):
        grid = np.arange(n * m).reshape(n, m) * 1.0
        loops().agree("rows", grid, np.zeros(n))
        loops().agree("rows", np.asfortranarray(grid), np.zeros(n))
        loops().agree("tensors", grid, np.zeros((n, m)))
        loops().agree("tensors", grid[::-1], np.zeros((n, m)).T.copy().T)
        if n:
            loops().agree("nested", grid, np.zeros((n, m)))


@pytest.mark.parametrize("n", SIZES[1:])
def test_reductions(n: int) -> None:
    r = np.random.default_rng(n)
    x, y = r.normal(size=n), r.integers(-100, 100, n)
    loops().agree("extremes", x, y.astype(np.int32))
    loops().agree("logic", y)
    loops().agree("logic", np.abs(y) + 1)
    loops().agree("sized", r.integers(0, 256, n).astype(np.uint8))


@settings(max_examples=100, deadline=None)
@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.sampled_from([1, 2, 3, 7, 300, -1, -2, -7, -300, 0]))
def test_ranges(a: int, b: int, step: int) -> None:
    x = np.arange(17)
    p = 1
    for i in range(a, b, step or 1):
        p *= i % 5 - 2 if i % 3 else 1
    if abs(p) < 2**63:
        loops().agree("sums", x, a, b, step)


def test_interpreted() -> None:
    interpreted(loops(), "mapped", (np.arange(5.0), np.zeros(5)))
    interpreted(loops(), "sums", (np.arange(5), 0, 20, 3))


@pytest.mark.parametrize("n", [1, 5, 300, 5000])
def test_the_error_of_the_first_round_is_raised(n: int) -> None:
    y = np.zeros(n, int)
    for zeros in ((), (0,), (n - 1,), (n // 2, n - 1), (n // 3, n // 2)):
        for at in (-1, 0, n // 2, n - 1):
            x = np.full(n, 3)
            x[list(zeros)] = 0
            loops().agree("failing", x, y, at)
            loops().agree("caught", x, y)
            loops().agree("caught_outside", x)


def test_rounds_that_say_something_are_in_order():
    for n, k in ((0, 0), (5, 9), (1000, 9999), (1000, 700), (3, 0)):
        loops().agree("says", n, k)


def test_a_check_before_the_loop_and_in_it():
    for n in (1, 4, 300):
        for k in (0, -1, n, -n - 1):
            loops().agree("shares_a_check", np.ones(n, np.int32), np.zeros((n, 2)), 3, k, message=False)
