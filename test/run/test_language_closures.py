"""Functions inside functions: what they rebind, what they return, how they call themselves; as CPython."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from language import CPU, HEADER, Twice, interpreted

from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.source import Source

SOURCE = """
def adds(n: int) -> int:
    total = 0
    def add(k: int):
        nonlocal total
        total += k
    for i in range(n):
        add(i)
    return total
def best(x: Tensor[f64, N]) -> float:
    best = 0.0
    def see(v):
        nonlocal best
        if v > best:
            best = v
        return best
    s = 0.0
    for v in x:
        s += see(v)
    return s + best * see(100.0) + best
def siblings(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    y = x * 2
    k = 0
    def step() -> int:
        nonlocal k, y
        k += 1
        y = y + k
        return k
    def twice():
        step()
        if step() > 5 and step() > 1:
            return
        step()
    while step() < n:
        twice()
    z = k + step() * 10 + k
    return y * z
def deep(n: int) -> int:
    a = 1
    def g(m: int) -> int:
        b = 0
        def h(v: int):
            nonlocal a, b
            a += v
            b += a
        h(m)
        h(1)
        return b
    return g(n) * 100 + g(3) * 10 + a
def counted(n: int) -> int:
    calls = 0
    def fib(k: int) -> int:
        nonlocal calls
        calls += 1
        if k < 2:
            return k
        return fib(k - 1) + fib(k - 2)
    r = fib(n)
    return r * 1000 + calls
def down(n: int, m: int) -> int:
    def down(k):
        if k == 0:
            return m
        return down(k - 1) + m
    return down(n)
def fills(n: int) -> Tensor[i64, N]:
    out = np.zeros(n, dtype=np.int64)
    depth = 0
    def fill(lo: int, hi: int, scale=2):
        nonlocal depth
        depth += 1
        if hi - lo == 1:
            out[lo] = depth * scale
            return
        mid = (lo + hi) // 2
        fill(lo, mid)
        fill(mid, hi, scale=3)
    fill(0, n)
    return out
def steps(k: int, d: int) -> int:
    a = (k := k + 1, k * 10, k // d)[1]
    b = (k, k := 7, k)[0] + (k := k + 1, k := k * 2, k)[-1]
    t = (k, k := k + 1, k)[::2]
    return a + b * 1000 + t[0] * t[1]
def quantified(x: Tensor[i64, N], i: int) -> bool:
    return any((i == 0, x[i] > 0)) and all((i < 5, 10 // i > 1)) or i in (1, 4, 8 // (i - 3))
def make(a: float, b=2.0):
    return lambda x: x * a + b
def compose(f, g):
    def h(x):
        return f(g(x))
    return h
def inc(x):
    return x + 1
def choose(name):
    if name == "double":
        return lambda v: v * 2
    def power(v, n=3):
        return 1 if n == 0 else v * power(v, n - 1)
    return power
TRIPLE = make(3.0, b=0.0)
CUBE = choose("cube")
def made(x: float, k: float) -> float:
    g = make(k)
    s = g(x) + make(2.0)(x) + make(b=x, a=3.0)(k) + TRIPLE(x) + CUBE(x)
    both = compose(compose(inc, g), lambda v: v * k)
    ops = (make(1.0), choose("double"), choose("cube"))
    for op in ops:
        s += op(x)
    return s + both(x) + ops[1](k)
def mapped(x: Tensor[f64, N], w: Tensor[f64, N]) -> Tensor[f64, N]:
    scale = make(w)
    return scale(x) + compose(np.sqrt, np.abs)(x)
"""
CALLS = {
    "made": [(1.5, 2.0)],
    "mapped": [(np.array([1.0, -5.0]), np.array([3.0, 4.0]))],
    "adds": [(0,), (5,)],
    "best": [(np.array([1.0, 5.0, 2.0]),), (np.zeros(0),)],
    "siblings": [(np.array([1.0, 5.0]), 2), (np.array([1.0, 5.0, 2.0]), 12)],
    "deep": [(2,), (-4,)],
    "counted": [(0,), (7,)],
    "down": [(0, 5), (6, 7)],
    "fills": [(1,), (5,), (8,)],
    "steps": [(3, 2), (3, 0)],
    "quantified": [(np.array([0, 1, 2]), 0), (np.array([0, 1, 2]), 2), (np.array([0, 1, 2]), 3), (np.arange(9), 4)],
}


@cache
def program() -> Twice:
    return Twice(SOURCE, *CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_as_python(name):
    for arguments in CALLS[name]:
        program().agree(name, *arguments)
        interpreted(program(), name, arguments)


COUNTER = """
def f(n: int) -> int:
    c = 0
    def g(k):
        nonlocal c
        c += k
        {result}
    {body}
    return c
"""


@pytest.mark.parametrize(
    ("result", "body", "code", "words"),
    [
        ("return c", "h = g", "E120", "g rebinds `c` of the function around it, and can be called by this name only"),
        ("return c", "h = lambda: g(3)", "E120", "cannot be used in a lambda"),
        ("return c", "s = sum(g(v) for v in range(n))", "E120", "cannot be used in a comprehension"),
        ("return c", "try:\n        g(n)\n    finally:\n        n = 1", "E120", "cannot be called in `try`"),
        ("pass", "n = g(n)", "E120", "returns nothing"),
        ("nonlocal d", "g(n)", "E101", "no binding for nonlocal 'd' found"),
    ],
)
def test_what_does_not_come_back_is_refused(result, body, code, words):
    text = HEADER + COUNTER.format(result=result, body=body)
    with pytest.raises(CompileError) as error:
        lower(Source("counter.py", text), Request(CPU, ("f",)))
    assert [d.code for d in error.value.diagnostics] == [code]
    assert words in error.value.diagnostics[0].message
