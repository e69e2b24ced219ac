"""Records in control flow: loops over arrays of them, patterns of their classes, functions that call themselves."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from records import Programs

from pyc.diagnostics import CompileError
from pyc.targets.interpreter import typed

TEXT = """
@pyc.record
class Vec:
    x: f64
    y: f64 = 0.5
    def norm2(self) -> f64:
        return self.x * self.x + self.y * self.y
@pyc.record
class Body:
    v: Vec
    mass: f64 = 1.0
    n: int = 3
    alive: bool = True
@pyc.record
class Other:
    x: f64
@pyc.record(layout="soa")
class Point:
    x: f64
    n: int = 2
def total(bodies: Tensor[Body, N]) -> f64:
    s = 0.0
    for b in bodies:
        if not b.alive:
            continue
        s += b.v.norm2() * b.mass
        if s > 100.0:
            break
    else:
        s += 0.25
    return s
def moved(bodies: Tensor[Body, N], dt: f64) -> None:
    for i, b in enumerate(bodies):
        b.mass += dt * i
        b.n = b.n + i
        b.v.x = b.mass
        b.alive = b.n % 2 == 0
def pairs(bodies: Tensor[Body, N]) -> f64:
    s = 0.0
    for a in bodies:
        for b, k in zip(reversed(bodies), range(3)):
            s += a.mass * b.v.y - k
    return s
def last(bodies: Tensor[Body, N], n: int) -> f64:
    for i in range(n):
        for b in bodies[::2]:
            b.mass *= 2.0
    found = 0.0
    for b in bodies[1:]:
        found = b.mass
    return found
def rows(grid: Tensor[Vec, N, M]) -> f64:
    s = 0.0
    for row in grid:
        for v in row:
            s += v.x
            v.y = s
        row[0].x += 1.0
    return s
def points(ps: Tensor[Point, N]) -> f64:
    s = 0.0
    for i, p in enumerate(ps):
        p.x += i
        s += p.x * p.n
    return s
def returns(bodies: Tensor[Body, N], n: int) -> f64:
    for b in bodies:
        if b.n > n:
            return b.mass
    return -1.0
def columns(vs: Tensor[Vec, N]) -> Tensor[f64, N]:
    return np.array([v.x * v.y for v in vs])
def matched(b: Body, k: int) -> f64:
    match b:
        case Other(x=x):
            return x
        case (x, y, z, w):
            return 5.0
        case Body(Vec(0.0, y), m, alive=True):
            return y + m
        case Body(v=Vec(x=x), n=3 | 4) if x > 3.0 and k != 2:
            return x
        case Body(n=n) as whole if n == k:
            return whole.mass
        case Body(alive=False):
            return -2.0
        case Body():
            return -3.0
def matched_element(bodies: Tensor[Body, N], i: int) -> f64:
    match bodies[i], i:
        case Body(mass=1.0), 0:
            return 10.0
        case Body(v=v, mass=m), 1 | 2:
            return v.x + m
        case _:
            return 0.0
def in_loop(bodies: Tensor[Body, N]) -> tuple[int, f64]:
    count, s = 0, 0.0
    for b in bodies:
        match b:
            case Body(alive=True, mass=m):
                s += m
            case Body(v=Vec(x, y)):
                b.mass = x + y
                count += 1
    return count, s
def scaled(v: Vec, n: int) -> f64:
    if n == 0:
        return v.x + v.y
    return scaled(Vec(v.y, v.x * 2.0), n - 1)
def orbit(b: Body, n: int) -> Body:
    if n <= 0:
        return b
    return orbit(Body(Vec(b.v.y, -b.v.x), b.mass + n, b.n, not b.alive), n - 1)
def sweep(bodies: Tensor[Body, N], i: int) -> f64:
    if i == len(bodies):
        return 0.0
    bodies[i].mass += i
    return bodies[i].mass + sweep(bodies, i + 1)
"""


@cache
def program() -> Programs:
    return Programs(TEXT)


def body(x: float, y: float, mass: float, n: int, alive: bool) -> Any:
    p = program().python
    return p["Body"](p["Vec"](x, y), mass, n, alive)


def bodies(n: int) -> Any:
    found = program().python["Body"].zeros(n)
    for i in range(n):
        found[i] = body(i * 0.5, 1.0 - i, i + 1.0, i * 3 % 5, i % 3 != 1)
    return found


@pytest.mark.parametrize("n", [0, 1, 2, 5, 13])
def test_loops_over_arrays_of_records(n: int) -> None:
    p = program()
    for name in ("total", "pairs", "in_loop"):
        p.agree(name, bodies(n))
        p.agree(name, bodies(2 * n)[::-2])
    p.agree("moved", bodies(n), 0.25)
    for k in (0, 2):
        p.agree("last", bodies(n), k)
        p.agree("returns", bodies(n), k)
    v = p.python["Vec"].zeros((n, 3))
    v["x"] = np.arange(3.0 * n).reshape(n, 3)
    p.agree("rows", v)
    p.agree("columns", v[:, 1])
    points = p.python["Point"].zeros(n)
    points.x[:] = np.arange(n)
    points.n[:] = 3
    p.agree("points", points)


def test_patterns_of_records() -> None:
    p = program()
    for x in (0.0, 4.0, -1.0):
        for n in (2, 3, 4):
            for alive in (True, False):
                for k in (2, 3, 7):
                    p.agree("matched", body(x, 2.0, 1.5, n, alive), k)
    for i in range(4):
        p.agree("matched_element", bodies(4), i)


def test_elements_of_plain_structured_arrays_match_too() -> None:
    p = program()
    own = np.dtype([("v", [("x", "f8"), ("y", "f8")]), ("mass", "f8"), ("n", "i8"), ("alive", "?")], align=True)
    layout: Any = {**_layout(own), "offsets": [8, 32, 40, 64], "itemsize": 72}
    for dtype in (own, np.dtype(layout)):
        for count in (0, 1, 5):
            given = np.zeros(2 * count, dtype)
            given["v"]["x"], given["mass"], given["alive"] = np.arange(2.0 * count), 1.0, np.arange(2 * count) % 3 == 0
            for step in (1, -2):
                found = []
                for function in (typed(p.python["in_loop"]), p.compiled.in_loop):
                    array = given.copy()
                    found.append((function(array[::step]), array.tolist()))
                assert found[0] == found[1]
                assert found[0][0][0] == np.count_nonzero(~given["alive"][::step])
    assert (
        typed(p.python["matched_element"])(np.ones(2, own), 0) == p.compiled.matched_element(np.ones(2, own), 0) == 10
    )


def _layout(dtype: np.dtype[Any]) -> dict[str, Any]:
    assert dtype.fields is not None
    return {"names": list(dtype.fields), "formats": [f[0] for f in dtype.fields.values()]}


@pytest.mark.parametrize("n", [0, 1, 5])
def test_functions_that_call_themselves(n: int) -> None:
    p = program()
    p.agree("scaled", p.python["Vec"](1.5, -2.0), n)
    p.agree("orbit", body(1.0, 2.0, 3.0, 4, True), n)
    p.agree("sweep", bodies(n), 0)


def test_a_pattern_names_fields_that_there_are() -> None:
    head = "@pyc.record\nclass V:\n    x: f64\n    yaw: f64\ndef f(v: V) -> f64:\n    match v:\n        case "
    for pattern, code in (("V(z=1.0)", "E217"), ("V(1.0, x=2.0)", "E101"), ("V(a, b, d)", "E120"), ("W()", "E110")):
        with pytest.raises(CompileError) as refused:
            Programs(head + pattern + ":\n            return 1.0\n    return 2.0\n")
        assert [d.code for d in refused.value.diagnostics] == [code], pattern


def test_generic_classes_in_patterns_and_beside_defaults() -> None:
    text = """
T = TypeVar("T", f32, f64)
@pyc.record
class Pair:
    a: T
    b: T
@pyc.record
class Other:
    a: f32
def matched(p: Pair[f32]):
    match p:
        case Other():
            return f32(5)
        case Pair(a=1.0, b=y):
            return y
        case Pair(x, y) if x > y:
            return x
        case _:
            return f32(0)
def defaults(p: Pair[f32], s: f32 = 2.0, n: int = 4, u: float = 1.5, *, yes: bool = True):
    return p.a * float(s), p.b * n, p.a * u, yes
"""
    p = Programs(text, level=0)
    for a, b in ((1, 2), (3, 2), (2, 3)):
        pair = p.python["Pair"](np.float32(a), np.float32(b))
        p.agree("matched", pair)
        p.agree("defaults", pair)
        p.agree("defaults", pair, np.float32(3), 2)
