"""Records: made, read, passed, returned, and carried through control flow; CPython and NumPy judge."""

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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("def f(b: Body) -> Body:\n    b.x = 1.0\n    return b\n", "E410"),
        ("def f(x: f64) -> f64:\n    a = Body(x)\n    t = (a, 1)\n    a.x = 1.0\n    return t[0].x\n", "E410"),
        ("def f(x: f64) -> f64:\n    a = Body(x)\n    b = g(a)\n    b.x = 1.0\n    return a.x\n", "E410"),
        ("def f(x: f64) -> f64:\n    a = Body(x)\n    b = g(a)\n    a.x = 1.0\n    return b.x\n", "E410"),
        (
            "def f(x: f64) -> f64:\n    a = Body(x)\n    b = Body(2 * x)\n    try:\n        x = x / 0.0\n"
            "    except ZeroDivisionError:\n        b = a\n    b.x = 1.0\n    return a.x\n",
            "E410",
        ),
        (
            "def f(x: f64) -> f64:\n    a = Body(x)\n    b = Body(x)\n    for c in (b, a):\n        b = c\n"
            "    b.x = 1.0\n    return a.x\n",
            "E410",
        ),
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
        ("def f(x: f64) -> None:\n    Body(x).x = 1.0\n", "E120"),
        ("def f(c: Tensor[Body, N]) -> f64:\n    b = g(c[0])\n    c[0].x = 5.0\n    return b.x\n", "E410"),
        (
            "def f(k: int) -> f64:\n    b = Body(1.0)\n    c = np.zeros(3, dtype=Body)\n    for i in range(k):\n"
            "        for j in range(2):\n            b = c[j]\n    return b.x\n",
            "E208",
        ),
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
