"""Which copies of arrays compiled functions make, by line, as ``--remarks`` tells; and that the results are NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from allocations import Books, watched
from language import CPU, HEADER, Twice

from pyc.dialects import remarks
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend

#: A program, the lines of its copies (1 is that of ``def``), and how many arrays a call with 10 steps allocates.
PROGRAMS = {
    "exchanged": (
        """\
def f(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> None:
    for _ in range(steps):
        v[1:-1] = (u[:-2] + u[2:]) * 0.5
        u, v = v, u
""",
        [],
        0,
    ),
    "exchanged element by element": (
        """\
def f(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> float:
    k = 0
    while k < steps:
        for i in range(1, u.shape[0] - 1):
            v[i] = u[i - 1] + u[i + 1]
        u, v = v, u
        k += 1
    return u[0] + v[0]
""",
        [],
        0,
    ),
    "new in each step": (
        """\
def f(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> Tensor[f64, N]:
    for _ in range(steps):
        u, v = v, u * 0.5 + v
    return u
""",
        [],
        10,
    ),
    "three in a circle": (
        """\
def f(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> Tensor[f64, N]:
    w = np.zeros(u.shape[0])
    for _ in range(steps):
        w[:] = u - v
        u, v, w = v, w, u
    return w
""",
        [],
        1,
    ),
    "onto itself": (
        """\
def f(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> None:
    for _ in range(steps):
        u[1:] = u[:-1] + v[1:]
        u, v = v, u
""",
        [3],
        10,
    ),
    "in place": (
        """\
def f(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> None:
    for _ in range(steps):
        u[1:] = u[1:] * 0.5 + v[:-1]
        u[0] += 1.0
        u, v = v, u
""",
        [],
        0,
    ),
    "an old value": (
        """\
def f(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> float:
    old = u.copy()
    for _ in range(steps):
        u[1:] = v[:-1]
        u, v = v, u
    return np.sum(old - u)
""",
        [],
        1,
    ),
    "in a loop of which there are two": (
        """\
def f(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> Tensor[f64, N]:
    out = np.empty_like(u)
    for i in range(len(u)):
        out[i] = u[max(0, i - steps)] + v[min(len(v), i + steps + 1) - 1] * (min(len(v), i + steps + 1) - i)
    return out
""",
        [],
        0,
    ),
    "in either branch": (
        """\
def f(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> Tensor[f64, N]:
    if steps % 2 == 0:
        w = u * 2.0
        w[1:] -= v[:-1]
    else:
        w = np.where(u > v, u, v + 1.0)
    return w
""",
        [],
        0,
    ),
    "one of two": (
        """\
def f(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> None:
    w = u if steps % 2 == 0 else v
    w[:] = w * 2.0
""",
        [],
        0,
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_copies(name: str) -> None:
    text, lines, allocated = PROGRAMS[name]
    module = lower(Source("<copies>", HEADER + text), Request(CPU)).module
    cpu, options = backend("cpu"), Options(name="program", emit="obj")
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        found = {r.line - HEADER.count("\n") for r in remarks.read(module) if r.code == "E450"}
        code, books = watched(cpu.emit(module, CPU, options))
    assert sorted(found) == lines
    assert _allocated(code, books) == allocated
    twice = Twice(text, "f")
    for n in (2, 3, 7):
        for steps in range(4):
            twice.agree("f", np.arange(float(n)) ** 2, np.arange(float(n)), steps)


def _allocated(code: Any, books: Books) -> int:
    result = code.f(np.ones(100), np.ones(100), 10)
    del result
    count = books.allocations
    books.clear()
    return count
