"""Tuples indexed by numbers known only at run time: tables of constants, tuples of numbers and of tuples."""

from __future__ import annotations

from functools import cache

import pytest
from language import Twice

import pyc
from pyc.frontend import Request, lower
from pyc.source import Source

PROGRAM = """
from pyc import static, static_range

TABLE = (1, 2, 7)
LIST = [1.5, 2.5]
PAIRS = ((1, 2.5), (3, 4.5), (5, 6.5))
LONG = tuple((i * 2654435761) % 65536 for i in range(257))
STEPS = [(0, 1), (1, 0), (0, -1), (-1, 0)]

def table(i: int) -> int:
    return TABLE[i]

def listed(i: int) -> float:
    return LIST[i]

def pairs(i: int, j: int) -> float:
    a, b = PAIRS[i]
    return a * b + PAIRS[j][1]

def hashed(n: int) -> int:
    s = 0
    for i in range(n):
        s = s * 31 % 1000003 + LONG[(s + i) % 257]
    return s

def walk(n: int) -> tuple[int, int]:
    x, y = 0, 0
    for i in range(n):
        dx, dy = STEPS[i % 4]
        x += dx * i
        y += dy * i
    return x, y

def local(a: float, b: float, i: int) -> float:
    t = (a / b, b, a)
    return t[i]

def sized(i: i32, x: f32) -> f32:
    return (x, x * 2)[i]

def known(x: float) -> float:
    n = static(3 * 4)
    m = 5
    for i in static_range(1, n, 2):
        x += x * i
    for i in static_range(m):
        x += i
    return x
"""


@cache
def program() -> Twice:
    return Twice(PROGRAM, "table", "listed", "pairs", "hashed", "walk", "local", "sized", "known")


@pytest.mark.parametrize("i", [-(2**63), -4, -3, -2, -1, 0, 1, 2, 3, 10**10])
def test_tables(i):
    for name in ("table", "listed"):
        program().agree(name, i)
    program().agree("local", 3.0, 2.0, i)
    program().agree("pairs", i, 0)
    program().agree("pairs", 1, i)


def test_in_loops():
    for n in (0, 1, 257, 1000):
        program().agree("hashed", n)
        program().agree("walk", n)


def test_items_are_evaluated_whatever_the_index():
    program().agree("local", 1.0, 0.0, 2)
    program().agree("known", 1.5)


@pytest.mark.parametrize(
    ("body", "code"),
    [("(1, 2.0)[i]", "E210"), ("(x, x)[i]", "E210"), ("(1, 2)[5]", "E224"), ("(1, 2)[x[0]]", "E202")],
)
def test_what_cannot_be_chosen_from(body, code):
    text = f"from pyc import Tensor, f64\ndef f(x: Tensor[f64, 3], i: int):\n    return {body}\n"
    with pytest.raises(pyc.CompileError) as found:
        lower(Source("f.py", text), Request(functions=("f",)))
    assert [d.code for d in found.value.diagnostics] == [code]
