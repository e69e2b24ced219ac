"""Programs drawn at random over arrays that share memory: views, writes, rebinding, exchange, calls, jumps.

Each runs in CPython with NumPy and compiled. Results, arguments afterwards, exceptions, and which results share memory
with which arguments must agree. ``PYC_TEST_EXAMPLES`` asks for more programs than the few of a normal run.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from language import Twice

from pyc.diagnostics import CompileError

VECTOR, MATRIX = "Tensor[f64, N]", "Tensor[f64, N, N]"
CALLEES = """
def put{n}(p: {t}, q: {t}) -> None:
    p += q
    p[0] = 0.5
def pick{n}(p: {t}, q: {t}, c: bool) -> {t}:
    if c:
        return p
    return q[::-1]
def fresh{n}(p: {t}) -> {t}:
    return p * 0.5
def swapped{n}(p: {t}, q: {t}) -> tuple[{t}, {t}]:
    q[::-1] = p
    return q, p
"""
ARRAYS = ("a", "b", "x", "y")
EXAMPLES = int(os.environ.get("PYC_TEST_EXAMPLES", "8"))
#: Which of them share memory, the compiler must know at every level; it says so to LLVM where that optimises.
LEVELS = st.sampled_from((1, 3))


@dataclass
class Writer:
    """Draws statements of one function. ``loops`` counts those that need a counter of their own."""

    draw: st.DrawFn
    matrix: bool
    loops: int = 0
    callees: str = field(init=False)

    def __post_init__(self) -> None:
        self.callees = "2" if self.matrix else "1"

    def of(self, *options: str) -> str:
        return self.draw(st.sampled_from(options))

    def number(self, high: int) -> int:
        return self.draw(st.integers(0, high - 1))

    def name(self) -> str:
        return self.of(*ARRAYS)

    def index(self) -> str:
        return self.of("0", "-1", "1", "n % 3", "-2")

    def element(self) -> str:
        return f"{self.name()}[{self.index()}{', ' + self.index() if self.matrix else ''}]"

    def condition(self) -> str:
        return self.of("n > 1", "n % 2 == 0", "c", f"{self.element()} > 3.0", f"s < {self.element()}")

    def view(self) -> str:
        """A view of a whole array, of its own type."""
        views = ("", "", "[:]", "[::-1]", *((".T", "[:, ::-1]", ".T[::-1]") if self.matrix else (".T",)))
        return self.name() + self.of(*views)

    def whole(self) -> str:
        """An array of the type of all: a view, a new one, or one of several."""
        kind = self.number(9)
        if kind < 4:
            return self.view()
        if kind == 4:
            return f"{self.view()} * 2.0"
        if kind == 5:
            return f"{self.view()} + {self.view()}"
        if kind == 6:
            return f"({self.view()} if {self.condition()} else {self.view()})"
        if kind == 7:
            return f"pick{self.callees}({self.view()}, {self.view()}, {self.condition()})"
        return self.of(f"{self.view()}.copy()", f"fresh{self.callees}({self.view()})")

    def write(self) -> str:
        """A statement that writes elements."""
        to, source = self.view(), self.view()
        kind = self.number(11)
        if kind == 0:
            return f"{self.element()} = {self.of('1.5', 's', self.element())}"
        if kind == 7:
            return f"{to}[{source} > {self.of('2.0', 's')}] {self.of('=', '+=')} {self.of('0.5', self.element())}"
        if kind == 8:
            return f"{to}.reshape(-1)[{self.of('1:', '::-1', ':2')}] {self.of('=', '*=')} {self.of('0.5', 's')}"
        if kind == 9:
            return f"{to}[[0, -1]] = {source}[[-1, 0]]"
        if kind == 10:
            return f"{to}.ravel()[1:] += {source}.ravel()[:-1]"
        if kind == 1:
            return f"{to}[1:] = {source}[:-1]{self.of('', ' + 1.0', ' * 0.5')}"
        if kind == 2:
            return f"{to}[:-1] {self.of('=', '+=', '-=')} {source}[1:]"
        if kind == 3:
            return f"{to}[::2] {self.of('=', '+=')} {self.of('2.0', 's', f'{source}[::2]', f'{source}[::-2]')}"
        if kind == 4:
            name = self.name()
            return f"{name} {self.of('+=', '-=', '*=')} {self.of('0.5', source)}"
        if kind == 5 and self.matrix:
            return f"{to}[0] = {source}[:, -1]"
        return f"put{self.callees}({to}, {source})"

    def statement(self, depth: int, loop: bool) -> list[str]:
        kind = self.number(16 if depth < 3 else 10)
        if kind < 4:
            return [self.write()]
        if kind < 6:
            return [f"{self.of('x', 'y', 'a', 'b')} = {self.whole()}"]
        if kind == 6:
            one, two = self.name(), self.name()
            return [f"{one}, {two} = {two}, {one}"]
        if kind == 7:
            return [f"x, y = swapped{self.callees}({self.view()}, {self.view()})"]
        if kind == 8:
            return [f"s += {self.element()}"]
        if kind == 9:
            jumps = ["return x, y, s"] + (["break", "continue"] if loop else [])
            return [f"if {self.condition()}:", f"    {self.of(*jumps)}"]
        if kind < 13:
            lines = [f"if {self.condition()}:", *self.block(depth + 1, loop)]
            return [*lines, "else:", *self.block(depth + 1, loop)] if self.number(2) else lines
        self.loops += 1
        counter = f"k{self.loops}"
        if kind == 13:
            return [f"{counter} = 0", f"while {counter} < 3:", f"    {counter} += 1", *self.block(depth + 1, True)]
        return [f"for {counter} in range({self.of('2', '3', 'n')}):", *self.block(depth + 1, True)]

    def block(self, depth: int, loop: bool) -> list[str]:
        lines = [line for _ in range(1 + self.number(3)) for line in self.statement(depth, loop)]
        return ["    " + line for line in lines]


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, bool]:
    """The text of a program, and whether its arrays have two axes."""
    matrix = draw(st.booleans())
    writer, t = Writer(draw, matrix), MATRIX if matrix else VECTOR
    lines = [line for _ in range(draw(st.integers(2, 5))) for line in writer.block(0, loop=False)]
    start = [f"    x, y, s = {writer.view().replace('x', 'a').replace('y', 'b')}, b, 1.0"]
    head = f"def f(a: {t}, b: {t}, n: int, c: bool) -> tuple[{t}, {t}, float]:"
    body = "\n".join([head, *start, *lines, "    return x, y, s"])
    return CALLEES.format(n="2" if matrix else "1", t=t) + body + "\n", matrix


def array(kind: int, n: int, matrix: bool, start: float) -> np.ndarray[Any, Any]:
    """An array in one of several layouts."""
    shape = (n, n) if matrix else (n,)
    size = int(np.prod(shape))
    x = np.arange(start, start + size).reshape(shape)
    if kind == 1:
        return np.repeat(x, 2, axis=-1)[..., ::2]
    if kind == 2:
        return x[::-1]
    return x.T if kind == 3 else x


def apart(first: int, second: int, n: int, matrix: bool) -> tuple[np.ndarray[Any, Any], ...]:
    """Two arrays of their own."""
    return array(first, n, matrix, 1.0), array(second, n, matrix, 50.0)


def overlapping(first: int, second: int, n: int, matrix: bool) -> tuple[np.ndarray[Any, Any], ...]:
    """Two views of one array, which overlap where they are not empty."""
    if matrix:
        base = np.arange(float((n + 1) * (n + 1))).reshape(n + 1, n + 1)
        parts = (base[:n, :n], base[1:, :n], base[:n, :n].T, base[n:0:-1, 1:])
    else:
        base = np.arange(float(n + 2))
        parts = (base[:n], base[1 : n + 1], base[2:], base[n:0:-1])
    return parts[first], parts[second]


@dataclass
class Ran:
    """What a call did: its exception's type, or its results and who shares memory; and its arguments afterwards."""

    error: str
    results: list[Any]
    sharing: list[bool]
    arguments: list[Any]


def run(function: Any, arrays: tuple[np.ndarray[Any, Any], ...], *more: object) -> Ran:
    results: tuple[Any, ...] = ()
    error = ""
    try:
        with np.errstate(all="ignore"):
            results = function(*arrays, *more)
    except IndexError as raised:
        error = type(raised).__name__
    given = [r for r in results if isinstance(r, np.ndarray)]
    sharing = [np.shares_memory(r, o) for r in given for o in (*arrays, *given)]
    return Ran(error, [np.asarray(r).tolist() for r in results], sharing, [a.tolist() for a in arrays])


def agree(text: str, matrix: bool, first: int, second: int, level: int, make: Any) -> None:
    try:
        p = Twice(text, "f", overlapping="also", level=level)
    except CompileError as refused:
        # Reshapes of new matrices: NumPy may give views of them or copies.
        if {d.code for d in refused.diagnostics} != {"E404"}:
            raise
        return
    for n in (0, 1, 2, 5):
        for rounds, c in ((0, True), (1, False), (2, True), (3, False)):
            actual = run(p.compiled.f, make(first, second, n, matrix), rounds, c)
            wanted = run(p.python["f"], make(first, second, n, matrix), rounds, c)
            assert repr(actual) == repr(wanted), (text, n, rounds, c)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
)
@given(programs(), st.integers(0, 3), st.integers(0, 3), LEVELS)
def test_programs(program: tuple[str, bool], first: int, second: int, level: int) -> None:
    agree(*program, first, second, level, apart)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
)
@given(programs(), st.integers(0, 3), st.integers(0, 3), LEVELS)
def test_programs_whose_arguments_overlap(program: tuple[str, bool], first: int, second: int, level: int) -> None:
    agree(*program, first, second, level, overlapping)
