"""Random typed programs, as Hypothesis strategies: what they do, CPython with NumPy decides.

A program is a file of several functions with the same parameters; every variable keeps one type, so that each program
is one that compiles. Values and indices lie near the edges: empty arrays, positions out of bounds, divisions by zero,
integers that leave 64 bits.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

Draw = st.DrawFn

HEADER = """\
from __future__ import annotations
import math
import numpy as np
from pyc import Dim, Tensor, f32, f64, i32, i64, u8

N = Dim("N")
M = Dim("M")


def halved(v: Tensor[f64, N], i: int) -> float:
    v[i] *= 0.5
    return float(v[i]) + i


def clamp(a: int, low: int = -9, high: int = 9) -> int:
    if a < low:
        return low
    return high if a > high else a


def shifted(v: Tensor[f64, N], by: float) -> Tensor[f64, N]:
    return v + by


def gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return abs(a)


def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def steps(n, k):
    if n <= 0:
        return k
    return steps(n // 2, k + n) if n % 2 else steps(n - 3, k) - 1


def folded(v: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    if n <= 0:
        return v
    w = folded(v, n - 1) * 0.5
    w[0] += v[n - 1]
    return w
"""

SIGNATURE = (
    "x: Tensor[f64, N], y: Tensor[f64, N], m: Tensor[i64, N, M], c: Tensor[i32, N], q: Tensor[u8, M], n: int, k: int, "
    "s: float, t: bool"
)
RESULT = "tuple[int, int, float, bool, Tensor[f64, N], Tensor[i64, N, M]]"

INTS, FLOATS, BOOLS = ("a", "b", "n", "k"), ("r", "s"), ("t", "o")
LITERALS = ("0", "1", "2", "3", "-1", "-2", "7", "10", "63", "4611686018427387904", "9223372036854775807")


@dataclass
class Names:
    """What a statement may use: names of loops' counters, how deep it stands, and whether a ``try`` guards it."""

    counters: tuple[str, ...] = ()
    depth: int = 0
    loop: bool = False
    guarded: bool = False
    made: list[int] = field(default_factory=lambda: [0])

    def fresh(self, stem: str) -> str:
        self.made[0] += 1
        return f"{stem}{self.made[0]}"

    def inside(self, *counters: str, loop: bool | None = None, guarded: bool = False) -> Names:
        found = (*self.counters, *counters)
        loop = self.loop if loop is None else loop
        return Names(found, self.depth + 1, loop, self.guarded or guarded, self.made)


def _of(draw: Draw, *options: str) -> str:
    return draw(st.sampled_from(options))


# --- expressions ------------------------------------------------------------------------------------------------------


def integer(draw: Draw, names: Names, depth: int = 0) -> str:
    kind = draw(st.integers(0, 22 if depth < 3 else 2))
    if kind < 3:
        return _of(draw, *INTS, *names.counters) if kind else _of(draw, *LITERALS)

    def sub() -> str:
        return integer(draw, names, depth + 1)

    match kind:
        case 3 | 4 | 5:
            return f"({sub()} {_of(draw, '+', '-', '*')} {sub()})"
        case 6:
            return f"({sub()} {_of(draw, '//', '%')} {_of(draw, '2', '3', '-5', 'a', 'k', 'n')})"
        case 7:
            return f"({sub()} {_of(draw, '&', '|', '^')} {sub()})"
        case 8:
            return f"({sub()} {_of(draw, '<<', '>>')} {_of(draw, '1', '2', '5', '63', 'k')})"
        case 9:
            return f"({sub()} if {boolean(draw, names, depth + 1)} else {sub()})"
        case 10:
            return f"{_of(draw, 'min', 'max')}({sub()}, {sub()})"
        case 11:
            return f"int({element(draw, names, 'int', depth + 1)})"
        case 12:
            return f"clamp({sub()}{_of(draw, '', ', 0', ', high=3', ', -1, 1')})"
        case 13:
            counts = ("np.sum(m)", "np.max(c)", "np.sum(c[1:])", "np.sum(q)", "m.size", "len(x)")
            return f"int({_of(draw, *counts)})"
        case 14:
            return f"({_of(draw, '-', '~', '+')}{sub()})"
        case 15:
            return f"{_of(draw, 'abs', 'int')}({sub()})"
        case 16:
            return f"({sub()} ** {_of(draw, '0', '1', '2', '3')})"
        case 17:
            return f"gcd({sub()}, {sub()})"
        case 18:
            return f"fib({sub()} % {_of(draw, '5', '8')})"
        case 20:
            return f"steps({sub()} % {_of(draw, '9', '40')}, {sub()})"
        case 21:
            key = _of(draw, "lambda p: p % 5", "abs", "lambda p: -p")
            return f"{_of(draw, 'max', 'min')}({sub()}, {sub()}, k, key={key})"
        case 19:
            return f"sum(g * {_of(draw, 'a', '2', 'g')} for g in range({sub()} % 5){_of(draw, '', ' if g != k')})"
        case _:
            return f"(lambda p: p {_of(draw, '+', '-', '*')} {sub()})({sub()})"


def position(draw: Draw, names: Names) -> str:
    near = ("0", "-1", "(k % max(len(x), 1))", "(a % max(len(x), 1))", "len(x) // 2")
    return _of(draw, *near, *near, "1", "-3", "a", *names.counters, "(b % 5 - 2)")


def real(draw: Draw, names: Names, depth: int = 0) -> str:
    kind = draw(st.integers(0, 9 if depth < 3 else 2))

    def sub() -> str:
        return real(draw, names, depth + 1)

    match kind:
        case 0 | 1:
            return _of(draw, *FLOATS)
        case 2:
            return _of(draw, "0.0", "1.5", "-2.25", "1e300", "0.1")
        case 3 | 4:
            return f"({sub()} {_of(draw, '+', '-', '*')} {sub()})"
        case 5:
            return f"({sub()} / {_of(draw, '2.0', 's', '(s + 1.0)')})"
        case 6:
            return f"({sub()} if {boolean(draw, names, depth + 1)} else {sub()})"
        case 7:
            return f"float({element(draw, names, 'float', depth + 1)})"
        case 8:
            return f"{_of(draw, 'abs', 'float', 'math.fabs')}({sub()})"
        case _:
            return f"float({integer(draw, names, depth + 1)})"


def boolean(draw: Draw, names: Names, depth: int = 0) -> str:
    kind = draw(st.integers(0, 6 if depth < 3 else 1))
    match kind:
        case 0:
            return _of(draw, *BOOLS)
        case 1 | 2:
            a, b = integer(draw, names, depth + 1), integer(draw, names, depth + 1)
            return f"{a} {_of(draw, '<', '<=', '==', '!=', '>', '>=')} {b}"
        case 3:
            return f"{real(draw, names, depth + 1)} {_of(draw, '<', '>=')} {real(draw, names, depth + 1)}"
        case 4:
            a, b = boolean(draw, names, depth + 1), boolean(draw, names, depth + 1)
            return f"({a} {_of(draw, 'and', 'or')} {b})"
        case 5:
            return f"(not {boolean(draw, names, depth + 1)})"
        case _:
            a, b, c = (integer(draw, names, depth + 1) for _ in range(3))
            return f"{a} < {b} <= {c}"


def element(draw: Draw, names: Names, kind: str, depth: int) -> str:
    i, j = position(draw, names), position(draw, names)
    if kind == "int":
        return _of(draw, f"m[{i}, {j}]", f"c[{i}]", f"q[{i}]", f"m[{i}][{j}]", f"m.T[{i}, {j}]")
    return _of(draw, f"x[{i}]", f"w[{i}]", f"z[{i}]", f"x[::-1][{i}]", f"y[{i}]", f"x[1:][{i}]")


def stretch(draw: Draw, names: Names) -> str:
    def bound() -> str:
        return _of(draw, "", "", "1", "-1", "2", "a", "k", *names.counters)

    step = _of(draw, "", "", "", ":2", ":-1", ":-2")
    return f"{bound()}:{bound()}{step}"


def vector(draw: Draw, names: Names, depth: int = 0) -> str:
    """An array of f64 with as many elements as ``x``."""
    kind = draw(st.integers(0, 12 if depth < 2 else 1))

    def sub() -> str:
        return vector(draw, names, depth + 1)

    match kind:
        case 0 | 1:
            return _of(draw, "x", "y", "z", "w")
        case 2 | 3:
            return f"({sub()} {_of(draw, '+', '-', '*')} {sub()})"
        case 4:
            return f"({sub()} {_of(draw, '+', '*', '-')} {real(draw, names, 2)})"
        case 5:
            return f"np.{_of(draw, 'minimum', 'maximum')}({sub()}, {sub()})"
        case 6:
            return f"np.where({sub()} {_of(draw, '<', '>')} {_of(draw, '0.5', 's', 'x')}, {sub()}, {sub()})"
        case 7:
            return f"np.abs({sub()})" if draw(st.booleans()) else f"shifted({sub()}, {real(draw, names, 2)})"
        case 8:
            return f"{sub()}[::-1]" if draw(st.booleans()) else f"(c * {sub()})"
        case 9:
            return _of(
                draw, "np.sort(x)", "y[np.argsort(x, kind='stable')]", "np.roll(z, k)", "np.flip(y)", "np.cumsum(x)"
            )
        case 11:
            return f"folded({sub()}, {_of(draw, 'k', '2', 'len(x)', '9')})"
        case 10:
            return (
                f"np.array([g {_of(draw, '+', '*')} {real(draw, names, 2)} for g in {_of(draw, 'x', 'z', 'y[::-1]')}])"
            )
        case _:
            return f"{_of(draw, 'x', 'y', 'z')}[{_of(draw, 'c % max(len(x), 1)', 'np.arange(len(x))[::-1]', '-c - 1')}]"


# --- statements -------------------------------------------------------------------------------------------------------


def block(draw: Draw, names: Names, indent: str) -> list[str]:
    count = draw(st.integers(1, 3 if names.depth else 5))
    return [indent + line for _ in range(count) for line in statement(draw, names)]


def statement(draw: Draw, names: Names) -> list[str]:
    kind = draw(st.integers(0, 26 if names.depth < 3 else 11))
    match kind:
        case 0 | 1:
            name = _of(draw, "a", "b")
            return [f"{name} {_of(draw, '=', '=', '+=', '-=', '*=')} {integer(draw, names)}"]
        case 2:
            return [f"r {_of(draw, '=', '+=', '*=')} {real(draw, names)}"]
        case 3:
            return [f"o = {boolean(draw, names)}"]
        case 4:
            target = _of(draw, "x", "y", "z", "w")
            return [f"{target}[{position(draw, names)}] {_of(draw, '=', '+=', '*=')} {real(draw, names, 1)}"]
        case 5:
            where = f"{position(draw, names)}, {position(draw, names)}"
            return [f"m[{where}] {_of(draw, '=', '+=')} clamp({integer(draw, names, 1)})"]
        case 6:
            target = _of(draw, "x", "y", "z", "w")
            return [f"{target}[{stretch(draw, names)}] {_of(draw, '=', '+=', '*=')} {real(draw, names, 1)}"]
        case 7:
            return [f"{_of(draw, 'x', 'y', 'z')}{_of(draw, '[:] =', ' +=', ' *=', '[::-1] =')} {vector(draw, names)}"]
        case 8 if names.guarded:
            return ["y += 1.0"]  # where an exception may come, names of arrays are not bound anew
        case 8:
            return [
                _of(draw, "x, y = y, x", "z = x", "w = y", "z, w = w, z", "z = z + 1.0", "w = x[::-1]", "w = z * s")
            ]
        case 9:
            a, b = integer(draw, names), integer(draw, names)
            return [f"a, b = {a}, {b}"]
        case 10:
            mask = _of(draw, "x > 0.5", "c > 0", "x < y", "np.abs(z) < 2.0", "c == k")
            return [f"{_of(draw, 'x', 'y', 'z')}[{mask}] {_of(draw, '=', '+=')} {real(draw, names, 2)}"]
        case 11:
            return [f"r += halved({_of(draw, 'x', 'y', 'z', 'w')}, {position(draw, names)})"]
        case 12 | 13:
            lines = [f"if {boolean(draw, names)}:", *block(draw, names.inside(), "    ")]
            if draw(st.booleans()):
                lines += [f"elif {boolean(draw, names)}:", *block(draw, names.inside(), "    ")]
            if draw(st.booleans()):
                lines += ["else:", *block(draw, names.inside(), "    ")]
            return lines
        case 14 | 15 | 16:
            i = names.fresh("i")
            span = _of(draw, "3", "len(x)", "1, len(x)", "len(x) - 1, -1, -1", "0, 7, 3", "k, 4", "len(m[0])")
            return _loop(draw, names, f"for {i} in range({span}):", i)
        case 17:
            i, v = names.fresh("i"), names.fresh("v")
            head = _of(draw, f"for {i}, {v} in enumerate(c):", f"for {i}, {v} in zip(range(4), q):")
            return [*_loop(draw, names, head, i), "a += 0 * clamp(int(m.shape[1]))"]
        case 18:
            v = names.fresh("v")
            lines = _loop(draw, names, f"for {v} in {_of(draw, 'x', 'z', 'x[1:]', 'y[::-1]')}:")
            return [lines[0], f"    r += float({v})", *lines[1:]]
        case 19:
            i = names.fresh("i")
            lines = _loop(draw, names, f"while {i} < {_of(draw, '3', '5', 'k')}:", i)
            return [f"{i} = 0", lines[0], f"    {i} += 1", *lines[1:]]
        case 20:
            kinds = _of(
                draw, "ZeroDivisionError", "IndexError", "OverflowError", "ArithmeticError", "(IndexError, ValueError)"
            )
            lines = [
                "try:",
                *block(draw, names.inside(guarded=True), "    "),
                f"except {kinds}:",
                *block(draw, names.inside(guarded=True), "    "),
            ]
            if draw(st.booleans()):
                lines += ["else:", *block(draw, names.inside(guarded=True), "    ")]
            if draw(st.booleans()):
                lines += ["finally:", *block(draw, names.inside(guarded=True), "    ")]
            return lines
        case 24:
            return _doubtful(draw, names)
        case 25:
            p = names.fresh("p")
            lines = _loop(draw, names, f"for {p} in range({_of(draw, '3', 'k', 'len(x) - 1', 'a')}):", p)
            return [*lines, f"b {_of(draw, '=', '+=')} {p}"]
        case 21:
            lines = [f"match {_of(draw, 'a % 3', 'k', 'n')}:"]
            for case in _of(draw, "0 _", "1|2 0 _", "0 e").split():
                pattern = {"1|2": "1 | 2", "e": f"{names.fresh('e')} if t"}.get(case, case)
                lines += [f"    case {pattern}:", *block(draw, names.inside(), "        ")]
            return lines
        case 22:
            if names.loop:
                return [f"if {boolean(draw, names)}:", f"    {_of(draw, 'break', 'continue')}"]
            return [f"if {boolean(draw, names)}:", "    return a, b, r, o, z.copy(), m + a"]
        case _:
            if draw(st.booleans()):
                return [f"if {boolean(draw, names)}:", f"    raise {_of(draw, 'ValueError', 'IndexError')}('no')"]
            return [f"assert {boolean(draw, names)}, 'must hold'"]


def _doubtful(draw: Draw, names: Names) -> list[str]:
    """A name that has a value on some ways only, and is read."""
    p, value = names.fresh("p"), integer(draw, names, 1)
    read = f"a {_of(draw, '=', '+=', '-=')} {p}"
    match draw(st.integers(0, 3)):
        case 0:
            return [f"if {boolean(draw, names)}:", f"    {p} = {value}", *block(draw, names.inside(), "    "), read]
        case 1:
            return [f"{p} = {value}", f"if {boolean(draw, names)}:", f"    del {p}", read]
        case 2:
            i = names.fresh("i")
            body = [f"if {i} > {_of(draw, '0', '1', 'k')}:", f"    {read}", f"{p} = {value}"]
            lines = _loop(draw, names, f"for {i} in range({_of(draw, '3', 'len(x)', 'k')}):", i)
            return [lines[0], *(f"    {line}" for line in body), *lines[1:], read]
        case _:
            kinds = _of(draw, "UnboundLocalError", "NameError", "Exception")
            body = ["try:", f"    if {boolean(draw, names)}:", f"        {p} = {value}", f"    {read}"]
            return [*body, f"except {kinds}:", *block(draw, names.inside(guarded=True), "    ")]


def _loop(draw: Draw, names: Names, head: str, *counters: str) -> list[str]:
    lines = [head, *block(draw, names.inside(*counters, loop=True), "    ")]
    if draw(st.integers(0, 5)) == 0:
        lines += ["else:", *block(draw, names.inside(), "    ")]
    return lines


@st.composite
def functions(draw: Draw, count: int = 8) -> list[str]:
    """Functions ``f0``, ``f1``, ..., at most ``count``, as text."""
    found = []
    for k in range(draw(st.integers(1, count))):
        lines = [f"def f{k}({SIGNATURE}) -> {RESULT}:"]
        lines += [
            "    a, b, r, o = n, 2, 0.5, False",
            "    z = x * 2.0",
            f"    w = {_of(draw, 'x', 'y[:]', 'x[::-1]', 'z', 'y + 1.0')}",
        ]
        lines += block(draw, Names(), "    ")
        lines += ["    return a, b, r, o, z.copy(), m + a"]
        found.append("\n".join(lines))
    return found
