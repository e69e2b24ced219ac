"""Tracebacks of exceptions from compiled code: the chain of the user's lines, as CPython shows it."""

from __future__ import annotations

import traceback
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from language import HEADER, Twice

import pyc
from pyc.tools.driver import Job, compile_file

TEXT = """
def inner(x: Tensor[f64, N], k: int) -> float:
    return x[k] * 2.0
def middle(x: Tensor[f64, N], k: int) -> float:
    a = inner(x, k)
    return a + 1.0
def outer(x: Tensor[f64, N], k: int) -> float:
    s = inner(x, 0)
    for i in range(3):
        if i < 2:
            s += middle(x, k - i)
        else:
            s -= middle(x, k)
    return s
def put(x: Tensor[f64, N], k: int) -> None:
    x[k] = 3.0
def shift(x: Tensor[f64, N], k: int) -> None:
    put(x, k); put(x, k + 1)
def swaps(u: Tensor[f64, N], v: Tensor[f64, N], k: int) -> float:
    for i in range(3):
        u, v = v, u
        shift(u, k)
        shift(v, k - 1)
    return inner(u, k + 1)
def positive(n: int) -> int:
    if n < 3:
        raise ValueError(f"{n} is less than {3}")
    return n
def tells(n: int) -> int:
    return positive(n) + positive(n - 1)
def told(n: int) -> int:
    print("now", n)
    return tells(n) if n > 0 else positive(n)
def caught(n: int) -> int:
    try:
        return tells(n)
    except ValueError:
        return tells(n + 1)
def passed_on(n: int) -> int:
    try:
        n = tells(n)
    finally:
        n += 1
    return n
def ratio(a: int, b: int) -> int:
    return a // b
def ratios(a: int, b: int) -> int:
    return ratio(a, b) + (ratio(a, b - 1) if b != 0 else 0) + ratio(a, b - 2)
def never(n: int) -> int:
    assert n < 0, "must be negative"
    return n
def asserts(n: int) -> int:
    half = lambda k: never(k) // 2
    return half(n)
"""
NAMES = ["middle", "outer", "shift", "swaps", "tells", "told", "caught", "passed_on", "ratios", "asserts"]


@cache
def program() -> Twice:
    return Twice(TEXT, *NAMES)


def places(function: Any, arguments: tuple[Any, ...]) -> list[tuple[str, str]]:
    """The function and the line of each frame in the user's file, outermost first."""
    try:
        function(*[a.copy() if isinstance(a, np.ndarray) else a for a in arguments])
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        return [(f.name, f.line or "") for f in frames if f.filename.startswith("<language")]
    return []


X = np.arange(5.0)
CASES: list[tuple[str, tuple[Any, ...]]] = [
    *(("middle", (X, k)) for k in (0, 5, -6)),
    *(("outer", (X, k)) for k in (0, 5, -6, -5, 6)),
    *(("outer", (X[:0], k)) for k in (0, 1)),
    *(("shift", (X, k)) for k in (0, 4, 5)),
    *(("swaps", (X, X + 1, k)) for k in (0, 3, 4, 5, -5, -6, -7)),
    *(("tells", (n,)) for n in (2, 3, 4)),
    *(("told", (n,)) for n in (0, 2, 3, 4)),
    *(("caught", (n,)) for n in (1, 2, 3, 4)),
    *(("passed_on", (n,)) for n in (2, 3, 4)),
    *(("ratios", (7, b)) for b in (0, 1, 2, 3)),
    *(("asserts", (n,)) for n in (-2, 1)),
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_frames_are_those_of_cpython(name: str, arguments: tuple[Any, ...]) -> None:
    p = program()
    assert places(getattr(p.compiled, name), arguments) == places(p.python[name], arguments)


KEPT = """
def fact(n: int, k: int) -> int:
    if n == k:
        return 1 // (n - k)
    return n * fact(n - 1, k)
def even(n: int) -> int:
    if n == 0:
        raise ValueError(f"even {n}")
    return odd(n - 1)
def odd(n: int) -> int:
    if n == 0:
        raise KeyError("odd")
    return 1 + even(n - 1)
def inner(n: int) -> int:
    return even(n) + 1
def both(n: int) -> int:
    a = inner(n)
    return a
def catches(n: int) -> int:
    try:
        a = inner(n)
    except ValueError:
        a = inner(n + 1)
    return a
def swallows(n: int) -> int:
    total = 0
    for i in range(n):
        try:
            total += fact(i, i)
        except ZeroDivisionError:
            total += 1
    return total + fact(n, 0)
def deep(n: int) -> int:
    try:
        return inner(n)
    except KeyError:
        raise
def deep_finally(n: int) -> int:
    try:
        n = inner(n)
    finally:
        n += 1
    return n
def in_arrays(x: Tensor[f64, N], n: int) -> float:
    if n < 0:
        return x[n + 100]
    x[0] += 1.0
    return in_arrays(x, n - 1) + x[n]
def far(n: int) -> int:
    if n > 0:
        return far(n - 1) + 1
    return n // n
"""
KEPT_CASES: list[tuple[str, tuple[Any, ...]]] = [
    *(("fact", a) for a in ((5, 2), (3, 3))),
    *(("both", (n,)) for n in (0, 3, 4)),
    *(("catches", (n,)) for n in (2, 3)),
    *(("swallows", (n,)) for n in (0, 4)),
    *(("deep", (n,)) for n in (3, 4)),
    *(("deep_finally", (n,)) for n in (3, 4)),
    *(("in_arrays", (X, n)) for n in (2, 7)),
    *(("even", (n,)) for n in (0, 3)),
    ("far", (40,)),
]


@cache
def kept() -> Twice:
    return Twice(KEPT, *dict.fromkeys(name for name, _ in KEPT_CASES))


@pytest.mark.parametrize(("name", "arguments"), KEPT_CASES)
def test_frames_of_functions_that_call_themselves(name: str, arguments: tuple[Any, ...]) -> None:
    p = kept()
    assert places(getattr(p.compiled, name), arguments) == places(p.python[name], arguments)
    p.agree(name, *arguments)


def test_the_innermost_frames_of_a_deep_recursion() -> None:
    found = places(kept().compiled.far, (500,))
    assert found == [("far", "return far(n - 1) + 1")] * 100 + [("far", "return n // n")]


def test_messages_keep_their_values() -> None:
    for name, n in (("tells", 3), ("tells", 2), ("told", 3), ("caught", 1), ("passed_on", 3)):
        program().agree(name, n)


def test_frames_of_sibling_files(tmp_path: Path) -> None:
    (tmp_path / "below.py").write_text(HEADER + "def element(x: Tensor[f64, N], k: int) -> float:\n    return x[k]\n")
    top = tmp_path / "top.py"
    top.write_text(
        HEADER + "from below import element\ndef f(x: Tensor[f64, N], k: int) -> float:\n    return element(x, k)\n"
    )
    compile_file(Job(str(top), output=str(tmp_path / "top.bundle")))
    compiled = pyc.load(tmp_path / "top.bundle")
    with pytest.raises(IndexError) as raised:
        compiled.f(X, 9)
    frames = [(Path(f.filename).name, f.name, f.line) for f in traceback.extract_tb(raised.value.__traceback__)][-2:]
    assert frames == [("top.py", "f", "return element(x, k)"), ("below.py", "element", "return x[k]")]
