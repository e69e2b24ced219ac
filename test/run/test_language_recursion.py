"""Functions that call themselves: as CPython, and RecursionError where they never end."""

from functools import cache

import numpy as np
import pytest
from language import Twice, outcome

NUMBERS = """
def fib(n: int) -> int:
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
def even(n: int) -> bool:
    return n == 0 or odd(n - 1)
def odd(n: int) -> bool:
    return n != 0 and even(n - 1)
def ack(m: int, n: int) -> int:
    if m == 0:
        return n + 1
    if n == 0:
        return ack(m - 1, 1)
    return ack(m - 1, ack(m, n - 1))
def fact(n: int) -> int:
    if n < 0:
        raise ValueError(f"{n} is negative")
    return 1 if n == 0 else n * fact(n - 1)
def pair(n: int, x: float) -> tuple[int, float]:
    if n == 0:
        return 0, x
    a, b = pair(n - 1, x * 0.5)
    return a + n, b / (n - 5)
def endless(n: int) -> int:
    return endless(n + 1) + 1
def sums(n: int) -> float:
    t = np.arange(n) * 1.5
    if n < 1:
        return 0.0
    return sums(n - 1) + t.sum() / (n - 7)
def uses(n: int) -> float:
    s = 0.0
    for i in range(n):
        s += fact(i) * 0.5
    return s
"""
ARRAYS = """
def quicksort(a: Tensor[f64, N], lo: int, hi: int) -> None:
    if hi - lo < 2:
        return
    p = a[(lo + hi) // 2]
    i = lo
    j = hi - 1
    while i <= j:
        while a[i] < p:
            i += 1
        while a[j] > p:
            j -= 1
        if i <= j:
            a[i], a[j] = a[j], a[i]
            i += 1
            j -= 1
    quicksort(a, lo, j + 1)
    quicksort(a, i, hi)
def slices(a: Tensor[f64, N]) -> None:
    if len(a) < 2:
        return
    m = len(a) // 2
    slices(a[:m])
    slices(a[m:])
    b = a.copy()
    i, j = 0, m
    for k in range(len(a)):
        if j >= len(b) or (i < m and b[i] <= b[j]):
            a[k] = b[i]
            i += 1
        else:
            a[k] = b[j]
            j += 1
def search(a: Tensor[f64, N], x: float, lo: int, hi: int) -> int:
    if lo >= hi:
        return -1
    m = (lo + hi) // 2
    if a[m] == x:
        return m
    return search(a, x, lo, m) if a[m] > x else search(a, x, m + 1, hi)
def flood(g: Tensor[i32, N, M], i: int, j: int) -> int:
    if i < 0 or j < 0 or i >= g.shape[0] or j >= g.shape[1] or g[i, j] != 0:
        return 0
    g[i, j] = 2
    return 1 + flood(g, i + 1, j) + flood(g, i - 1, j) + flood(g, i, j + 1) + flood(g, i, j - 1)
def fails(a: Tensor[f64, N], k: int) -> float:
    t = a * 2
    a[k] = k
    return fails(a, k + 1) + t[0]
def total(x: Tensor[f64, N]) -> float:
    y = x.copy()
    quicksort(y, 0, len(y))
    return y[0] + search(y, y[-1], 0, len(y))
def left(a: Tensor[f64, N], k: int) -> None:
    if k > 0:
        a[k] += 1
        right(a, k - 1)
def right(a: Tensor[f64, N], k: int) -> None:
    a[k] *= 2
    if k > 1:
        left(a[1:], k - 2)
def permutations(a: Tensor[i64, N], k: int, out: Tensor[i64, M, N], row: int) -> int:
    if k == len(a):
        out[row] = a
        return row + 1
    for i in range(k, len(a)):
        a[k], a[i] = a[i], a[k]
        row = permutations(a, k + 1, out, row)
        a[k], a[i] = a[i], a[k]
    return row
"""


@cache
def program(text: str) -> Twice:
    return Twice(text, *(line[4 : line.index("(")] for line in text.splitlines() if line.startswith("def ")))


def test_numbers():
    p = program(NUMBERS)
    for n in range(-1, 20):
        p.agree("fib", n)
        p.agree("fact", n)
        p.agree("pair", max(n, 0), 3.0)
        p.agree("sums", n)
        p.agree("uses", n)
        p.agree("even", max(n, 0))
        p.agree("odd", max(n, 0))
    p.agree("ack", 2, 3)


def test_an_error_inside_reaches_the_outermost_caller():
    p = program(NUMBERS)
    assert outcome(p.compiled.fact, (40,)).error == (
        "OverflowError",
        "int does not fit in 64 bits",
        "return 1 if n == 0 else n * fact(n - 1)",
    )
    p.agree("fact", -3)
    p.agree("pair", 9, 3.0)
    p.agree("sums", 12)


def test_endless_recursion():
    p = program(NUMBERS)
    for _ in range(3):
        error = outcome(p.compiled.endless, (0,)).error
        assert error is not None
        assert error[:2] == ("RecursionError", "maximum recursion depth exceeded")
    # As deep as the documentation says.
    assert p.compiled.even(2990) is True
    assert outcome(p.compiled.even, (3 * 2990,)).error is not None


@pytest.mark.parametrize("n", [0, 1, 2, 7, 100])
def test_arrays(n):
    p, random = program(ARRAYS), np.random.default_rng(n)
    p.agree("quicksort", random.normal(size=n), 0, n)
    p.agree("slices", random.normal(size=n))
    p.agree("slices", random.normal(size=2 * n)[::-2])
    for x in (-1.0, 0.0, 3.0, n - 1.0):
        p.agree("search", np.arange(float(n)), x, 0, n)
    if n:
        p.agree("total", random.normal(size=n))
        p.agree("left", random.normal(size=n), n - 1)
        p.agree("right", random.normal(size=n), n - 1)


def test_arrays_of_two_axes():
    p = program(ARRAYS)
    for share in (0.0, 0.3, 0.9):
        grid = (np.random.default_rng(3).random((9, 11)) < share).astype(np.int32)
        p.agree("flood", grid, 4, 4)
        p.agree("flood", np.asfortranarray(grid)[::-1], 0, 0)
    p.agree("permutations", np.arange(4), 0, np.zeros((24, 4), np.int64), 0)


def test_writes_before_an_error_stay():
    p = program(ARRAYS)
    found = p.agree("fails", np.zeros(3), 0, message=False)
    assert found.error is not None
    assert found.error[0] == "IndexError"
    assert found.arguments[0].tolist() == [0.0, 1.0, 2.0]  # type: ignore[attr-defined]


def test_arrays_that_are_read_only_may_be_read():
    p = program(ARRAYS)
    x = np.arange(9.0)
    x.flags.writeable = False
    assert p.compiled.search(x, 4.0, 0, 9) == 4
