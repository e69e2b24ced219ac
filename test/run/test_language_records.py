"""Records: made, read, passed, returned, carried through control flow, and in arrays; CPython and NumPy judge."""

import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest
from records import Programs

import pyc
from pyc.diagnostics import CompileError

SCALARS = '''
@pyc.record
class Vec:
    """A vector."""

    x: f64
    y: f64 = 0.5

    def __add__(self, o: "Vec") -> "Vec":
        return Vec(self.x + o.x, self.y + o.y)

    def __sub__(self, o):
        return Vec(self.x - o.x, self.y - o.y)

    def __mul__(self, s: f64) -> "Vec":
        return Vec(self.x * s, self.y * s)

    def __rmul__(self, s: f64):
        return self * s

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __abs__(self) -> f64:
        return np.sqrt(self.norm2)

    def __lt__(self, o: "Vec") -> bool:
        return self.norm2 < o.norm2

    def __len__(self) -> int:
        return 2

    def dot(self, o: "Vec") -> f64:
        return self.x * o.x + self.y * o.y

    @property
    def norm2(self) -> f64:
        return self.dot(self)

    @staticmethod
    def unit(k: int) -> "Vec":
        return Vec(1.0, 0.0) if k == 0 else Vec(0.0, 1.0)


@pyc.record
class Body:
    p: Vec
    v: Vec
    mass: f32 = 1.0
    n: int = 3
    alive: bool = True
    spin: tuple[f64, i16] = (0.25, i16(3))

    def energy(self) -> f64:
        return 0.5 * self.mass * self.v.norm2


ORIGIN = 2.5
class _NotARecord: ...
def make(x: f64, y: f64) -> Vec:
    return Vec(x, y)
def default(x: f64) -> Vec:
    return Vec(x)
def keyword(x: f64, y: f64) -> Vec:
    return Vec(y=y, x=x)
def out_of_order(n: int, x: f64) -> Body:
    return Body(v=Vec(x), n=10 // n, p=Vec(1 / n), alive=n > 3)
def constant() -> Vec:
    return Vec(ORIGIN, 1)
def ops(a: Vec, b: Vec, s: f64) -> Vec:
    return -(a + b) * s + s * a - b
def dot(a: Vec, b: Vec) -> f64:
    return a.dot(b) + a.norm2 + abs(b) + len(a)
def unit(k: int) -> Vec:
    return Vec.unit(0) + Vec(0.0, 0.0).unit(k)
def less(a: Vec, b: Vec) -> bool:
    return a < b or b > a
def step(b: Body, dt: f64) -> Body:
    return Body(b.p + b.v * dt, b.v, b.mass, b.n + 1, not b.alive, (b.spin[0] * dt, b.spin[1]))
def energy(b: Body) -> f64:
    return b.energy()
def loop(b: Body, dt: f64, n: int) -> Body:
    for i in range(n):
        b = step(b, dt)
        if b.p.x > 3.0:
            b = replace(b, p=Vec(0.0, b.p.y))
        elif i == 7:
            break
    return b
def waiting(v: Vec, limit: f64) -> tuple[Vec, int]:
    n = 0
    while abs(v) < limit:
        v = v + v
        n += 1
        if n > 50:
            return Vec(0.0, 0.0), -1
    return v, n
def local(x: f64) -> Vec:
    v = Vec(x, 1.0)
    v.x += 2.0
    v.y = v.x * x
    return v
def nested(x: f64) -> Body:
    b = Body(Vec(x), Vec(x, x))
    b.v.x = 7
    b.v += b.p
    b.n -= 1
    return b
def copies(x: f64) -> tuple[Vec, Vec]:
    a = Vec(x, x)
    b = Body(a, a)
    a.x = 1.0
    c = replace(a, y=9.0)
    c.x = 4.0
    return b.p + a, c
def branch(c: bool, x: f64) -> Vec:
    v = Vec(x)
    if c:
        v.x = 3.0
    else:
        v = Vec(2.0, 2.0)
    v.y += 1.0
    return v
def equal(a: Vec, b: Vec) -> bool:
    return a == b
def unequal(a: Body, b: Body) -> bool:
    return a != b
def pair(a: Vec, n: int) -> tuple[Vec, int]:
    return a, n
def tup(t: tuple[Vec, int], s: f64) -> tuple[tuple[Vec, Vec], int]:
    v, n = t
    return (v * s, v), n
def choose(c: bool, a: Vec, b: Vec) -> Vec:
    return a if c else b
def _helper(v, s):
    return v * s
def inferred(v: Vec) -> Vec:
    return _helper(v, 2.0)
def overflow(b: Body) -> int:
    return replace(b, n=b.n * 2**40).n
def half(x: f64) -> f32:
    return Body(Vec(x), Vec(x), f32(x)).mass * f32(0.5)
'''


@cache
def scalars() -> Programs:
    return Programs(SCALARS)


def vec(*values: float):
    return scalars().python["Vec"](*values)


def body(*values, **named):
    return scalars().python["Body"](*values, **named)


def test_records_are_made_from_their_fields():
    t = scalars()
    t.agree("make", 1.0, 2.0)
    t.agree("default", -0.0)
    t.agree("keyword", 1.0, 2.0)
    t.agree("constant")
    t.agree("out_of_order", 5, 1.5)
    t.agree("out_of_order", 0, 1.5)
    t.agree("half", 3.0)


def test_methods_and_operators():
    t = scalars()
    for a, b in [(vec(1.0, 2.0), vec(3.0, 4.0)), (vec(float("nan"), 1.0), vec(float("inf"), -0.0))]:
        t.agree("ops", a, b, 2.5)
        t.agree("dot", a, b)
        t.agree("less", a, b)
        t.agree("equal", a, b)
        t.agree("equal", a, a)
        t.agree("choose", True, a, b)
        t.agree("choose", False, a, b)
        t.agree("inferred", a)
    t.agree("unit", 0)
    t.agree("unit", 1)


def test_records_through_control_flow():
    t = scalars()
    b = body(vec(1.0, 2.0), vec(3.0, 4.0), 2.0)
    t.agree("energy", b)
    t.agree("step", b, 0.5)
    for n in (0, 1, 7, 20):
        t.agree("loop", b, 0.5, n)
        t.agree("loop", b, -0.01, n)
    t.agree("waiting", vec(1.0, 1.0), 100.0)
    t.agree("waiting", vec(0.0, 0.0), 1.0)
    t.agree("branch", True, 1.0)
    t.agree("branch", False, 1.0)
    t.agree("unequal", b, b)
    t.agree("unequal", b, body(vec(1.0, 2.0), vec(3.0, 4.0), 2.0, alive=False))
    t.agree("unequal", b, body(vec(1.0, 2.0), vec(3.0, 4.0), 2.0, spin=(0.5, np.int16(3))))


def test_fields_are_assigned_to_values():
    t = scalars()
    t.agree("local", 2.0)
    t.agree("nested", 3.0)
    t.agree("copies", 3.0)
    t.agree("overflow", body(vec(1.0), vec(1.0), n=5))


def test_exact_ints_in_records_overflow():
    with pytest.raises(OverflowError):
        scalars().compiled.overflow(body(vec(1.0), vec(1.0), n=2**40))


def test_records_in_tuples():
    t = scalars()
    t.agree("pair", vec(1.0), 3)
    t.agree("tup", (vec(1.0, 2.0), 3), 2.0)


def test_structured_scalars_are_records():
    t = scalars()
    plain = np.array((1.5, 2.5), [("x", "f8"), ("y", "f8")])
    assert t.compiled.equal(plain[()], vec(1.5, 2.5))
    assert t.compiled.equal(plain, vec(1.5, 2.5))
    assert isinstance(t.compiled.make(1.0, 2.0), t.python["Vec"])
    with pytest.raises(TypeError, match="a is a float, and a Vec is wanted"):
        t.compiled.equal(1.0, vec(1.0))
    with pytest.raises(TypeError, match=r"t has 1 items, and tuple\[Vec, int\] has 2"):
        t.compiled.tup((vec(1.0),), 2.0)
    with pytest.raises(TypeError, match="t is a list"):
        t.compiled.tup([vec(1.0), 2], 2.0)


GENERIC = """
T = TypeVar("T", bound=Float)
@pyc.record
class Pair:
    a: T
    b: T
    def total(self) -> T:
        return self.a + self.b
    def __add__(self, o):
        return Pair(self.a + o.a, self.b + o.b)
@pyc.record
class Two:
    p: Pair[f32]
    q: Pair[T]
def singles(x: f32) -> Pair[f32]:
    return Pair(x, x) + Pair[f32](1.0, 2.0)
def doubles(p: Pair[f64]) -> f64:
    return p.total() + Pair(1.0, p.a).b
def nested(t: Two[f64]) -> Two[f64]:
    return Two(t.p + t.p, Pair(t.q.b, t.q.a))
def _swap(p: Pair[T]) -> Pair[T]:
    return Pair(p.b, p.a)
def swapped(p: Pair[f32], q: Pair[f64]) -> tuple[Pair[f32], Pair[f64]]:
    return _swap(p), _swap(q)
"""


def test_generic_records():
    t = Programs(GENERIC)
    pair, two = t.python["Pair"], t.python["Two"]
    t.compiled.adopt({c.__name__: c for c in (*pair.instances(), *two.instances())})
    p, q = pair(np.float32(1.5), np.float32(2.5)), pair(1.0, 2.0)
    t.agree("singles", np.float32(1.5))
    t.agree("doubles", q)
    t.agree("swapped", p, q)
    t.agree("nested", two(p, q))


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
    with pytest.raises(ValueError, match="stride of 17 bytes"):
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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("def f(b: Body) -> Body:\n    b.x = 1.0\n    return b\n", "E410"),
        ("def f(x: f64) -> f64:\n    a = Body(x)\n    t = (a, 1)\n    a.x = 1.0\n    return t[0].x\n", "E410"),
        ("def f(x: f64) -> f64:\n    a = Body(x)\n    b = g(a)\n    b.x = 1.0\n    return a.x\n", "E410"),
        ("def f(x: f64) -> f64:\n    a = Body(x)\n    b = g(a)\n    a.x = 1.0\n    return b.x\n", "E410"),
        ("def f(x: f64) -> f64:\n    o = Outer(Body(x))\n    b = o.b\n    o.b.x = 1.0\n    return b.x\n", "E410"),
        (
            "def f(n: int) -> f64:\n    a = Body(1.0)\n    b = Body(2.0)\n    for i in range(n):\n        a.x = 2.0\n"
            "        b = a\n    return b.x\n",
            "E410",
        ),
        ("def f(b: Body) -> f64:\n    return b.y\n", "E217"),
        ("def f(b: Body) -> f64:\n    return b.jump()\n", "E217"),
        ("def f(b: Body) -> Body:\n    return b + 1.0\n", "E201"),
        ("def f(b: Body) -> Body:\n    return Body()\n", "E203"),
        ("def f(b: Body) -> Body:\n    return Body(b)\n", "E202"),
        ("def f(b: Body) -> Body:\n    return Body(1.0, z=2.0)\n", "E203"),
        ("def f(b: Body) -> Body:\n    return Outer(b)\n", "E204"),
        ("def f(b: Body) -> f64:\n    x, y = b\n    return x\n", "E210"),
        ("def f(b: Tensor[Body, N]) -> None:\n    b[0] = 1.0\n", "E212"),
        ("def f(b: Tensor[Body, N]) -> None:\n    b[0] = Outer(Body(1.0))\n", "E212"),
        ("def f(b: Body) -> f64:\n    return b[0]\n", "E209"),
        ("def f(b: Body) -> f64:\n    s = 0.0\n    for x in b:\n        s += x\n    return s\n", "E120"),
        ("def f(b: Tensor[Body, N]) -> f64:\n    s = 0.0\n    for x in b[0]:\n        s += x\n    return s\n", "E120"),
        ("def f(b: Body) -> None:\n    if b:\n        pass\n", "E218"),
        ("def f(x: f64) -> None:\n    Body(x).x = 1.0\n", "E120"),
    ],
)
def test_what_records_refuse(text, code):
    source = (
        "@pyc.record\nclass Body:\n    x: f64\n@pyc.record\nclass Outer:\n    b: Body\n"
        "def g(b: Body) -> Body:\n    return b\n"
    )
    with pytest.raises(CompileError) as caught:
        Programs(source + text, "f")
    assert [d.code for d in caught.value.diagnostics] == [code]


def test_numbers_of_numpy_leave_operators_to_records():
    v = vec(1.0, 2.0)
    assert np.float64(2.0) * v == vec(2.0, 4.0)
    with pytest.raises(TypeError):
        _ = v / 2.0
    with pytest.raises(TypeError):
        _ = np.float32(1.0) - v


FILE = """\
import numpy as np
import pyc
from pyc import Dim, Tensor, f64
N = Dim("N")
@pyc.record
class Vec:
    x: f64
    y: f64 = 0.5
def kick(v: Vec, dt: f64) -> Vec:
    return Vec(v.x + dt, v.y)
def doubled(b: Tensor[Vec, N]) -> Tensor[Vec, N]:
    c = b.copy()
    c["x"] *= 2.0
    return c
@pyc.jit
def called(v, t):
    return Vec(v.x, t[0])
if __name__ == "__main__":
    v = kick(Vec(1.0, 2.0), 0.5)
    assert isinstance(v, Vec) and v == Vec(1.5, 2.0), v
    b = Vec.zeros(3)
    b.x = 1.0
    assert doubled(b).x.sum() == 6.0
    assert called(v, (3.0, 1)) == Vec(1.5, 3.0)
"""


@pytest.mark.parametrize("options", [[], ["--interpret"]])
def test_records_in_files_that_are_run(tmp_path, options):
    (tmp_path / "program.py").write_text(FILE)
    command = [sys.executable, "-m", "pyc", "run", *options, "program.py"]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0


def test_records_in_bundles(tmp_path):
    (tmp_path / "program.py").write_text(FILE)
    command = [sys.executable, "-m", "pyc", "compile", "program.py", "-o", "made"]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
    made: Any = pyc.load(tmp_path / "made")
    v = made.kick(made.Vec(1.0, 2.0), 0.5)
    assert isinstance(v, made.Vec)
    assert v == made.Vec(1.5, 2.0)
    b = made.Vec.zeros(3)
    b.x = 1.0
    assert made.doubled(b).x.sum() == 6.0
    assert "kick(v: Vec, dt: f64) -> Vec" in made.kick.__doc__
    (header,) = (path.read_text() for path in (tmp_path / "made").glob("*.h"))
    assert "doubled(b: Tensor[Vec, N])" in header
