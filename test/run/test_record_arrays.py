"""Arrays of records, of structures and of separate fields; NumPy judges."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from records import Programs

ARRAYS = """
@pyc.record
class Vec:
    x: f64
    y: f64 = 0.5
    def norm(self) -> f64:
        return np.sqrt(self.x * self.x + self.y * self.y)
@pyc.record
class Body:
    flag: bool
    v: Vec
    mass: f32 = 1.0
    n: int = 3
    p: Tensor[f32, 3] = None
    t: tuple[i8, f64] = (i8(0), 0.0)
    def energy(self) -> f64:
        return self.mass * self.v.x * self.p[1]
def first(b: Tensor[Vec, N], i: int) -> f64:
    return b[i].x
def bump(b: Tensor[Vec, N], dt: f64) -> None:
    for i in range(len(b)):
        b[i].x += dt * b[i].y
def whole(b: Tensor[Vec, N], dt: f64) -> None:
    b["x"] += dt * b["y"]
    b["y"] = b["x"][::1]
def nested(b: Tensor[Body, N], dt: f64) -> f64:
    s = 0.0
    for i in range(b.shape[0]):
        b[i].v.x += dt
        b[i].p[1] = 2.0
        b[i].n += 1
        b[i].flag = b[i].n > 2
        s += b[i].energy() + b[i].v.norm()
    return s
def put(b: Tensor[Vec, N], i: int, x: f64) -> None:
    b[i] = Vec(x, 7.0)
    b[i]["y"] = x + 1.0
    b[-1]["x"] += b[i]["y"]
def put_inner(b: Tensor[Body, N], i: int, x: f64) -> None:
    b[i].v = Vec(x, 7.0)
    b[i - 1].v = b[i].v
def copy_element(b: Tensor[Body, N], i: int, j: int) -> None:
    b[i] = b[j]
def shift(b: Tensor[Body, N]) -> None:
    b[1:] = b[:-1]
def fill(b: Tensor[Vec, N], x: f64) -> None:
    b[::2] = Vec(x)
def element(b: Tensor[Body, N], i: int) -> Body:
    return b[i]
def view(b: Tensor[Vec, N], i: int) -> f64:
    c = b[i]
    b[i].x = 5.0
    c.y = 9.0
    return c.x
def declared_view(b: Tensor[Vec, N], i: int) -> f64:
    c: Vec = b[i]
    b[i].x = 5.0
    return c.x
def slices(b: Tensor[Body, N]) -> f64:
    part = b[1:]
    part[0].v.x = 4.0
    return part["v"]["x"].sum() + len(part) + b.size
def columns(b: Tensor[Vec, N]) -> Tensor[f64, N]:
    return b["x"] * b["y"]
def same(b: Tensor[Vec, N]) -> Tensor[Vec, N]:
    b[0].x = 3.0
    return b
def copied(b: Tensor[Body, N]) -> Tensor[Body, N]:
    c = b.copy()
    c[0].v.x = 3.0
    b[0].v.x = 2.0
    return c
def made(n: int) -> Tensor[Vec, n]:
    b = np.zeros(n, dtype=Vec)
    for i in range(n):
        b[i].x = i
        b[i] = Vec(b[i].x * 2.0, 1.0)
    return b
def made_bodies(n: int) -> tuple[Tensor[Body, n, 2], f64]:
    b = np.zeros((n, 2), dtype=Body.dtype)
    for i in range(n):
        b[i, 1].n = i
        b[i, 0].p[:] = 1.5
        b[i, 0].t = (i8(3), 0.5)
    return b, 1.5
def best(b: Tensor[Vec, N]) -> f64:
    found = b[0]
    for i in range(1, len(b)):
        if b[i].norm() > found.norm():
            found = b[i]
    return found.y
def _kick(b, dt):
    b.x += dt
def by_reference(b: Tensor[Vec, N], dt: f64) -> None:
    for i in range(len(b)):
        _kick(b[i], dt)
def two_dims(b: Tensor[Vec, N, M], i: int) -> f64:
    row = b[i]
    row[0].x = 2.0
    return row["x"].sum() + b[:, 0]["y"].sum() + b[i, -1].x
def loop_over(b: Tensor[Body, N]) -> f64:
    s = 0.0
    for e in b:
        e.v.x += 0.5
        e.n += 1
        s = s * 0.5 + e.energy()
        for k, (f, g) in enumerate(zip(reversed(b), b[::2])):
            f.n += k
            s += f.v.x - g.v.y
    return s
def rows(b: Tensor[Vec, N, M]) -> f64:
    s = 0.0
    for row in b[:, ::-1]:
        for e in row:
            s = s * 0.5 + e.norm()
            e.y = 2.0
            if s > 3.0:
                break
    return s
def pairs(b: Tensor[Vec, N]) -> f64:
    s = 0.0
    for i in range(len(b)):
        for j in range(i):
            dx = b[i].x - b[j].x
            s += np.abs(dx) * (b[i].y + b[j].y)
    return s
"""


@cache
def arrays() -> Programs:
    return Programs(ARRAYS)


def vectors(n: int):
    """Arrays of vectors: contiguous, strided, backwards, packed in more, of a plain structured type."""
    t = arrays().python["Vec"]
    a: Any = np.zeros(2 * n, t)
    a["x"], a["y"] = np.arange(2.0 * n) - 3, np.linspace(-1, 2, 2 * n)
    plain = np.zeros(n, [("x", "f8"), ("y", "f8")])
    plain["x"] = 2.5
    wide = np.zeros(n, np.dtype({"names": ["x", "y"], "formats": ["f8", "f8"], "offsets": [16, 0], "itemsize": 40}))
    wide["y"] = np.arange(n)
    yield from (a[:n], a[::2], a[::-2])
    yield from (p.view(np.dtype((t.dtype.type, p.dtype))) for p in (plain, wide))


def bodies(n: int):
    b: Any = np.zeros(2 * n, arrays().python["Body"])
    b["v"]["x"], b["mass"], b["p"], b["n"] = np.arange(2 * n), 2, 1.5, np.arange(2 * n)
    b["t"]["f0"] = 7
    yield from (b[:n], b[::-2])


def test_packed_records_say_how_they_are_aligned():
    t = arrays()
    packed: Any = np.zeros(4, [(n, t.python["Body"].dtype[n]) for n in t.python["Body"].dtype.names])
    packed["n"] = np.arange(4)
    with pytest.raises(ValueError, match=r"fields of b, .* are misaligned: pass `b\.astype\(Body\.dtype\)`"):
        t.compiled.copy_element(packed, 0, 3)
    mended = packed.astype(t.python["Body"].dtype)
    t.compiled.copy_element(mended, 0, 3)
    assert mended["n"].tolist() == [3, 1, 2, 3]


@pytest.mark.parametrize("n", [1, 2, 7])
def test_arrays_of_records(n):
    t = arrays()
    for v in vectors(n):
        for i in (0, -1, n - 1):
            t.agree("first", v, i)
            t.agree("put", v, i, 3.0)
            t.agree("view", v, i)
            t.agree("declared_view", v, i)
        for name in ("bump", "whole", "fill", "by_reference"):
            t.agree(name, v, 0.5)
        for name in ("columns", "best", "pairs", "same"):
            t.agree(name, v)
    for b in bodies(n):
        t.agree("nested", b, 0.25)
        t.agree("put_inner", b, n - 1, 0.25)
        t.agree("copy_element", b, 0, n - 1)
        t.agree("element", b, n - 1)
        t.agree("shift", b)
        t.agree("copied", b)
        t.agree("loop_over", b)
        if n > 1:
            t.agree("slices", b)
    t.agree("two_dims", np.zeros((n, 3), t.python["Vec"]), 0)
    table: Any = np.zeros((n, 3), t.python["Vec"])
    table["x"] = np.arange(3.0 * n).reshape(n, 3)
    t.agree("rows", table)


def test_empty_arrays_of_records():
    t = arrays()
    for v in vectors(0):
        t.agree("bump", v, 0.5)
        t.agree("whole", v, 0.5)
        t.agree("columns", v)
        t.agree("first", v, 0, message=False)
    for b in bodies(0):
        t.agree("nested", b, 0.5)
        t.agree("shift", b)
        t.agree("loop_over", b)


def test_elements_out_of_bounds():
    t = arrays()
    for v in vectors(3):
        for i in (3, -4):
            t.agree("first", v, i, message=False)
            t.agree("put", v, i, 1.0, message=False)
    for b in bodies(3):
        t.agree("copy_element", b, 0, 5, message=False)


def test_arrays_of_records_are_made_and_returned():
    t = arrays()
    for n in (0, 1, 5):
        t.agree("made", n)
        t.agree("made_bodies", n)
    made = t.compiled.made(3)
    assert made.dtype == t.python["Vec"].dtype
    assert isinstance(made[0], t.python["Vec"])
    assert made.x[1] == 2.0
    v = next(vectors(3))
    assert t.compiled.same(v) is v


def test_structured_arrays_that_do_not_fit():
    call = arrays().compiled.columns
    with pytest.raises(TypeError, match="b holds the fields x, z, and Vec has the fields x, y"):
        call(np.zeros(3, [("x", "f8"), ("z", "f8")]))
    with pytest.raises(TypeError, match=r"b\.y holds f32"):
        call(np.zeros(3, np.dtype([("x", "f8"), ("y", "f4")], align=True)))
    with pytest.raises(TypeError, match="b holds float64"):
        call(np.zeros(3))
    with pytest.raises(TypeError, match="b is a list"):
        call([1.0])
    over: Any = {"names": ["x", "y"], "formats": ["f8", "f8"], "offsets": [0, 4], "itemsize": 16}
    with pytest.raises(ValueError, match="the fields x and y of b share memory"):
        call(np.zeros(3, np.dtype(over)))
    with pytest.raises(ValueError, match="whose records take 17 bytes, are misaligned"):
        call(np.zeros(3, np.dtype([("x", "f8"), ("y", "f8"), ("z", "i1")]))[["x", "y"]])
    frozen = np.zeros(3, [("x", "f8"), ("y", "f8")])
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        arrays().compiled.bump(frozen, 1.0)


SOA = """
@pyc.record(layout="soa")
class Vec:
    x: f64
    y: f64 = 0.5
@pyc.record(layout="soa")
class Body:
    v: Vec
    mass: f32 = 1.0
    p: Tensor[f32, 3] = None
def bump(b: Tensor[Body, N], dt: f64) -> f64:
    for i in range(len(b)):
        b[i].v.x += dt * b[i].mass
        b[i].p[0] = 2.0
    b.v.y += 1.0
    return (b.v.x * b.mass).sum()
def put(b: Tensor[Vec, N], i: int) -> None:
    b[i] = Vec(1.0, 2.0)
    b[1:] = b[:-1]
def element(b: Tensor[Body, N], i: int) -> Vec:
    return b[i].v
"""


def test_separate_arrays_for_fields():
    t = Programs(SOA)
    body, vec = t.python["Body"], t.python["Vec"]
    for n in (1, 2, 5):
        b = body.zeros(n)
        b.mass = 2.0
        b.v.x = np.arange(n)
        t.agree("bump", b, 0.5)
        t.agree("bump", b[::-1], 0.5)
        t.agree("element", b, n - 1)
        t.agree("put", b.v, n - 1)
    x, y = np.arange(6.0)[::2], np.ones(3)
    t.compiled.put(vec.arrays(x=x, y=y), 0)
    assert (x[0], y[0]) == (1.0, 2.0)
    t.compiled.put({"x": x, "y": y}, 1)
    with pytest.raises(TypeError, match="without y"):
        t.compiled.put({"x": x}, 1)
    with pytest.raises(ValueError, match=r"N is 3 in b\.x and 4 in b\.y"):
        t.compiled.put({"x": x, "y": np.ones(4)}, 1)
    with pytest.raises(ValueError, match="overlap"):
        t.compiled.put({"x": y, "y": y}, 1)
