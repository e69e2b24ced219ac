"""What functions that call themselves return: found where it is not declared, and arrays, new or of an argument."""

from functools import cache

import numpy as np
import pytest
from allocations import watched
from language import CPU, HEADER, Twice, outcome

from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend

INFERRED = """
from pyc import jit, record
def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)
def fib(n: int) -> int:
    return fibonacci(n) + fibonacci(12)
def halved(n, x):
    return x if n == 0 else halved(n - 1, x * 0.5) + 1
def half(n: int, x: float) -> float:
    return halved(n, x)
def is_even(n):
    return n == 0 or is_odd(n - 1)
def is_odd(n):
    return n != 0 and is_even(n - 1)
def even(n: int) -> bool:
    return is_even(n)
def factorial(n):
    r = 1
    if n > 1:
        r = n * factorial(n - 1)
    return r
def fact(n: int) -> int:
    return factorial(n)
def literal(n, x):
    if n == 0:
        return 0
    return literal(n - 1, x) * 0.5 + x
def literals(n: int, x: float) -> float:
    return literal(n, x) + 1
def pairs(n):
    if n == 0:
        return 0, 1
    a, b = pairs(n - 1)
    return b, a + b
def pair(n: int) -> int:
    return pairs(n)[0]
def visited(x, i):
    if i < len(x):
        x[i] += i
        visited(x, i + 1)
def visit(x: Tensor[f64, N]) -> None:
    visited(x, 0)
def place(cols, row, n):
    if row == n:
        return 1
    count = 0
    for c in range(n):
        ok = True
        for r in range(row):
            if cols[r] == c or abs(cols[r] - c) == row - r:
                ok = False
                break
        if ok:
            cols[row] = c
            count += place(cols, row + 1, n)
    return count
def queens(n: int) -> int:
    return place(np.zeros(n, dtype=np.int64), 0, n)
def one(n: int) -> float:
    return 1.0 if n == 0 else other(n - 1) * 2
def other(n):
    return one(n - 1) + 1 if n > 0 else 5.0
def both(n: int) -> float:
    return one(n) + other(n)
def summed(n):
    return 0 if n == 0 else n + summed(n - 1)
def constant(n: int) -> int:
    return summed(500) + n
@record
class P:
    x: float
    n: int
def moved(n, p):
    if n == 0:
        return p
    return moved(n - 1, P(p.x * 0.5, p.n + 1))
def record_of(n: int, x: float) -> float:
    q = moved(n, P(x, 0))
    return q.x + q.n
def guarded(n):
    try:
        if n == 0:
            raise ValueError
        return guarded(n - 1) + 1
    except ZeroDivisionError:
        return 7
    finally:
        n += 1
def caught(n: int) -> int:
    try:
        return guarded(n)
    except ValueError:
        return -1
"""
ARRAYS = """
def quick(x: Tensor[f64, N]) -> Tensor[f64, N]:
    if len(x) < 2:
        return x
    p = x[0]
    rest = x[1:]
    return np.concatenate((quick(rest[rest < p]), np.array([p]), quick(rest[rest >= p])))
def merged(x: Tensor[f64, N]) -> Tensor[f64, N]:
    n = len(x)
    if n < 2:
        return x.copy()
    a = merged(x[: n // 2])
    b = merged(x[n // 2 :])
    out = np.empty(n)
    i = j = 0
    for k in range(n):
        if j >= len(b) or (i < len(a) and a[i] <= b[j]):
            out[k] = a[i]
            i += 1
        else:
            out[k] = b[j]
            j += 1
    return out
def part(x: Tensor[f64, N], n: int) -> Tensor[f64, M]:
    return x if n == 0 else part(x[1:], n - 1)
def writes(x: Tensor[f64, N], n: int) -> float:
    y = part(x, n)
    y[0] = 100.0
    y += 1.0
    return y.sum() + x[0]
def maybe_new(x, n):
    if n == 0:
        return x
    return maybe_new(x, n - 1) if n % 2 else maybe_new(x * 2.0, n - 2)
def writes_maybe(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    y = maybe_new(x, n)
    y[0] = -1.0
    return y
def several(x: Tensor[i64, N], n: int) -> tuple[Tensor[i64, N], int, Tensor[i64, N]]:
    if n == 0:
        return x, 0, x + 1
    a, s, b = several(x // 2, n - 1)
    return b, s + n, a + x
def failing(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    y = x * 2.0
    if n == 0:
        y[7] = 1.0
        return y
    return failing(y, n - 1) + y
def caught(x: Tensor[f64, N], n: int) -> float:
    s = 0.0
    for i in range(3):
        try:
            s += failing(x, n).sum()
        except IndexError:
            s += 1000.0
        x = np.concatenate((x, x))
    return s
def power(a, n):
    if n == 0:
        return np.eye(len(a))
    h = power(a, n // 2)
    h = h @ h
    return h @ a if n % 2 else h
def powers(a: Tensor[f64, N, N], n: int) -> Tensor[f64, N, N]:
    return power(a, n)
def up(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    return x if n == 0 else down(x + 1.0, n - 1)
def down(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    return x if n == 0 else up(x * 0.5, n - 1)
def deep(x: Tensor[f64, N], n: int) -> float:
    try:
        return up(x, n).sum()
    except RecursionError:
        return -1.0
"""
X = np.array([3.0, 1.0, 2.0, 9.0, -4.0, 7.0, 0.5])
SIX = np.arange(6.0)
INFERRED_CASES = [
    ("fib", 9), ("half", 9, 2.0), ("even", 8), ("even", 7), ("fact", 10), ("literals", 3, 1.5), ("pair", 50),
    ("visit", np.ones(4)), ("visit", np.ones(0)), ("queens", 6), ("both", 8), ("constant", 1), ("record_of", 8, 2.0),
    ("caught", 8),
]  # fmt: skip
ARRAY_CASES = [
    ("quick", X), ("quick", X[:0]), ("quick", X[::-2]), ("merged", X), ("merged", X[:1]), ("writes", SIX, 3),
    ("writes", SIX, 0), ("writes_maybe", SIX, 3), ("writes_maybe", SIX, 1), ("writes_maybe", SIX, 0),
    ("several", np.arange(6) * 10, 3), ("several", np.arange(6) * 10, 0), ("failing", X, 2), ("failing", SIX, 2),
    ("caught", np.ones(2), 3), ("powers", np.array([[1.0, 1.0], [1.0, 0.0]]), 13), ("up", SIX, 4), ("up", SIX, 0),
    ("deep", SIX, 100), ("deep", SIX, 100000),
]  # fmt: skip


@cache
def program(text: str) -> Twice:
    cases = INFERRED_CASES if text == INFERRED else ARRAY_CASES
    return Twice(text, *dict.fromkeys(name for name, *_ in cases))


@pytest.mark.parametrize("case", INFERRED_CASES, ids=lambda case: case[0])
def test_what_is_not_declared(case):
    name, *arguments = case
    program(INFERRED).agree(name, *arguments)


@pytest.mark.parametrize("case", ARRAY_CASES, ids=lambda case: case[0])
def test_arrays(case):
    name, *arguments = case
    program(ARRAYS).agree(name, *arguments, message=name != "failing")


def test_no_array_is_lost():
    names = dict.fromkeys(name for name, *_ in ARRAY_CASES)
    module = lower(Source("<recursion>", HEADER + ARRAYS), Request(CPU, tuple(names))).module
    cpu, options = backend("cpu"), Options(name="program", emit="obj", source_path="<recursion>")
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        compiled, books = watched(cpu.emit(module, CPU, options))
    for name, *arguments in ARRAY_CASES:
        outcome(getattr(compiled, name), tuple(arguments))
        books.clear()
    for limit in range(12):
        for name, *arguments in (("merged", X), ("several", np.arange(6), 3), ("caught", np.ones(2), 1)):
            books.limit = limit
            error = outcome(getattr(compiled, name), tuple(arguments)).error
            assert error is None or error[0] == "MemoryError"
            books.clear()
