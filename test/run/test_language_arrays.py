"""Arrays: indices wrap, slices clamp, views see writes, and callers see what was written."""

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from language import CPU, HEADER, Twice

from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.source import Source

SOURCE = """
def element(u: Tensor[f64, N], i: int) -> f64:
    return u[i]
def branched_copy(u: Tensor[f64, N], i: int) -> Tensor[f64, N]:
    old = u.copy()
    if i > 0:
        old[0] = 1.0
        u[0] = old[0] + 1.0
    u[i] = old[1]
    return old
def element2(u: Tensor[f64, N, M], i: int, j: int) -> f64:
    return u[i, j]
def put(u: Tensor[f64, N], i: int, x: f64) -> None:
    u[i] = x
def put_two(u: Tensor[i32, N], i: int, j: int) -> None:
    u[i] = 7
    u[j] += 5
def total(u: Tensor[f64, N], a: int, b: int) -> f64:
    s = f64(0.0)
    for x in range(u[a:b].shape[0]):
        s += u[a:b][x]
    return s
def piece(u: Tensor[f64, N], a: int, b: int) -> int:
    return len(u[a:b])
def fill_slice(u: Tensor[f64, N], a: int, b: int, x: f64) -> None:
    u[a:b] = x
def stride3(u: Tensor[f64, N], a: int, b: int) -> None:
    u[a:b:3] = 0.5
def shift(u: Tensor[f64, N]) -> None:
    u[1:] = u[:-1]
def stencil(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> None:
    for _ in range(steps):
        v[1:-1] = u[:-2] * 0.25 + u[1:-1] * 0.5 + u[2:] * 0.25
        u[1:-1] = v[1:-1]
def through_view(u: Tensor[f64, N]) -> None:
    v = u[1:-1]
    w = v[::2]
    w[:] = 9.0
    v[0] = -1.0
    u[0] = v[0]
def row_view(u: Tensor[f64, N, M]) -> None:
    for i in range(u.shape[0]):
        row = u[i]
        for j in range(u.shape[1]):
            row[j] += i * 10.0 + j
def column(u: Tensor[f64, N, M], j: int) -> None:
    c = u[:, j]
    c *= 2.0
def transposed(u: Tensor[f64, N, M]) -> None:
    t = u.T
    t[0] = 5.0
    t[-1, 0] = 6.0
def new_axis(u: Tensor[f64, N]) -> Tensor[f64, N, N]:
    return u[:, None] * u[None, :]
def fresh(n: int) -> Tensor[f64, n]:
    a = np.zeros(n)
    for i in range(n):
        a[i] = i * 0.5
    return a
def rebound(u: Tensor[f64, N], steps: int) -> Tensor[f64, N]:
    x = u * 1.0
    for _ in range(steps):
        x = x * 2.0
        x[0] = 1.0
    return x
def alias(u: Tensor[f64, N]) -> f64:
    v = u
    v[0] = 3.0
    return u[0] + v[0]
def copied(u: Tensor[f64, N]) -> f64:
    v = u.copy()
    v[0] = 3.0
    return u[0] + v[0]
def itself(u: Tensor[f64, N]) -> Tensor[f64, N]:
    u[0] = 1.0
    return u
def double(u: Tensor[f64, N]) -> None:
    u *= 2.0
def calls(u: Tensor[f64, N, M]) -> None:
    double(u[0])
    double(u[:, 0])
    v = u[1:]
    double(v[0])
def sides(u: Tensor[f64, N], c: bool) -> f64:
    if c:
        u[0] = 1.0
        x = u[0]
    else:
        u[-1] = 2.0
        x = u[-1] + 1.0
    return x + u[0]
def either_value(u: Tensor[f64, N], c: bool) -> Tensor[f64, N]:
    x = u + 1.0 if c else u * 2.0
    x[0] = 0.0
    return x
def partial(u: Tensor[f64, N]) -> None:
    for i in range(10):
        u[i] = i * 1.0
def add(u: Tensor[f64, N], v: Tensor[f64, M]) -> Tensor[f64, N]:
    return u + v
def assign_mismatch(u: Tensor[f64, N], v: Tensor[f64, M]) -> None:
    u[:] = v
def static_inner() -> Tensor[f64, 8]:
    a = np.ones(10)
    return a[1:-1] * 2.0
def matrix(u: Tensor[f64, N, M], a: int, b: int) -> None:
    u[a:b, 1:] += u[a:b, :-1]
def wrap8(u: Tensor[i8, N]) -> None:
    u += 100
def exchange(u: Tensor[f64, N]) -> None:
    t = u[0]
    u[0] = u[-1]
    u[-1] = t
def pair(u: Tensor[f64, N]) -> tuple[Tensor[f64, N], f64]:
    v = u + 1.0
    return v, v[0]
"""
NAMES = [line.split("(")[0][4:] for line in SOURCE.splitlines() if line.startswith("def ")]
BOUNDS = st.one_of(st.integers(-12, 12), st.sampled_from([2**63 - 1, -(2**63)]))
SIZES = st.integers(0, 7)


@cache
def program() -> Twice:
    return Twice(SOURCE, *NAMES)


def ramp(*shape: int) -> np.ndarray:
    return np.arange(1, 1 + int(np.prod(shape)), dtype=np.float64).reshape(shape)


@settings(max_examples=60, deadline=None)
@given(n=SIZES, i=BOUNDS, j=BOUNDS)
@example(n=3, i=-3, j=2)
@example(n=3, i=-4, j=2)
@example(n=0, i=0, j=0)
def test_elements(n: int, i: int, j: int) -> None:
    # NumPy's message names the index and the size; the compiled one the axis and the array.
    program().agree("element", ramp(n), i, message=False)
    program().agree("put", ramp(n), i, 2.5, message=False)
    program().agree("put_two", np.arange(n, dtype=np.int32), i, j, message=False)
    program().agree("element2", ramp(n, 4), i, j, message=False)


@settings(max_examples=80, deadline=None)
@given(n=SIZES, a=BOUNDS, b=BOUNDS)
@example(n=5, a=-2, b=2**63 - 1)
@example(n=5, a=3, b=1)
@example(n=0, a=-1, b=1)
def test_slices(n: int, a: int, b: int) -> None:
    program().agree("piece", ramp(n), a, b)
    program().agree("total", ramp(n), a, b)
    program().agree("fill_slice", ramp(n), a, b, 0.25)
    program().agree("stride3", ramp(n), a, b)
    program().agree("matrix", ramp(n, 3), a, b)


ONE_AXIS = ("alias", "copied", "itself", "partial", "exchange", "through_view", "shift", "pair", "new_axis", "double")


@pytest.mark.parametrize("name", ONE_AXIS)
@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 10, 13])
def test_one_axis(name: str, size: int) -> None:
    program().agree(name, ramp(size), message=False)


@pytest.mark.parametrize("name", ["row_view", "transposed", "calls"])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (2, 3), (5, 4)])
def test_two_axes(name: str, shape: tuple[int, int]) -> None:
    program().agree(name, ramp(*shape), message=False)
    program().agree(name, np.asfortranarray(ramp(*shape)), message=False)


@pytest.mark.parametrize("j", [-4, -3, 0, 2, 3])
def test_column(j: int) -> None:
    program().agree("column", ramp(4, 3), j, message=False)


@pytest.mark.parametrize("steps", [0, 1, 5])
@pytest.mark.parametrize("size", [2, 3, 11])
def test_loops(size: int, steps: int) -> None:
    program().agree("stencil", ramp(size), ramp(size) * 0.5, steps)
    program().agree("rebound", ramp(size), steps)


@pytest.mark.parametrize("i", [0, 2, -1, 9])
def test_a_copy_is_an_array_of_its_own(i: int) -> None:
    """Also where a check fails between: what was written before stays."""
    program().agree("branched_copy", np.arange(4.0), i, message=False)


@pytest.mark.parametrize("c", [False, True])
def test_branches(c: bool) -> None:
    program().agree("sides", ramp(4), c)
    program().agree("either_value", ramp(4), c)


def test_strided_arguments() -> None:
    base = ramp(20)
    for view in (base[::2], base[::-1], base[3:13]):
        program().agree("shift", view)
        program().agree("stencil", view, view.copy(), 3)


def test_shapes_that_do_not_fit() -> None:
    program().agree("add", ramp(4), ramp(4))
    with pytest.raises(ValueError, match="could not be broadcast together"):
        program().compiled.add(ramp(4), ramp(5))
    program().agree("assign_mismatch", ramp(4), ramp(4))
    with pytest.raises(ValueError, match="could not broadcast"):
        program().compiled.assign_mismatch(ramp(4), ramp(5))


def test_creation() -> None:
    for n in (0, 1, 6):
        program().agree("fresh", n)
    with pytest.raises(ValueError, match="negative dimensions are not allowed"):
        program().compiled.fresh(-1)
    program().agree("static_inner")


def test_sized_integers_wrap() -> None:
    program().agree("wrap8", np.array([-128, 0, 27, 28, 127], np.int8))


def test_a_dimension_known_only_from_a_sum_or_a_multiple() -> None:
    text = """
def inner(u: Tensor[f64, N + 2]) -> Tensor[f64, N]:
    return u[1:-1] * N
def halves(u: Tensor[f64, 2 * N]) -> Tensor[f64, N]:
    return u[:N] + u[N:]
def sides(u: Tensor[f64, 2 * N + 1]) -> Tensor[f64, N]:
    return u[:N] + u[N + 1 :]
"""
    p = Twice(text, "inner", "halves", "sides").compiled
    np.testing.assert_array_equal(p.inner(ramp(5)), ramp(5)[1:-1] * 3)
    np.testing.assert_array_equal(p.halves(ramp(6)), ramp(6)[:3] + ramp(6)[3:])
    np.testing.assert_array_equal(p.sides(ramp(7)), ramp(7)[:3] + ramp(7)[4:])
    with pytest.raises(ValueError, match=r"axis 0 of u is 5, and 2\*N is 4"):
        p.halves(ramp(5))


def test_messages_name_what_the_user_named() -> None:
    text = """
def parts(a):
    return a[1:], a
def f(u: Tensor[f64, N]):
    p, q = parts(u * 2)
    p[0] = 1.0
    return q * 1
"""
    with pytest.raises(CompileError) as error:
        lower(Source("program.py", HEADER + text), Request(CPU, ("f",), memory=False))
    (d,) = error.value.diagnostics
    words = [d.message, *(n.message for n in d.notes)]
    assert d.code == "E401"
    assert not any("'." in w for w in words), words


def test_a_reduction_of_an_array_without_axes_is_a_number() -> None:
    text = """
def reductions(x: Tensor[f32], b: Tensor[bool]):
    return x.sum(), np.max(x), x.mean(), x.std(), np.sum(x, keepdims=True), b.sum(), b.mean()
def total(x: Tensor[f32]) -> f32:
    return x.sum()
"""
    p = Twice(text, "reductions", "total")
    p.agree("reductions", np.array(2.5, np.float32), np.array(True))
    p.agree("total", np.array(-1.5, np.float32))


def test_empty_slices_of_known_extents() -> None:
    text = """
def empty(x: Tensor[f64, 4]):
    return x[4:] * 1, x[9:] * 2, x[3:1] * 1, x[4::2] * 1, x[4:].sum(), x[9:][1:] * 1, len(x[4:])
def put(x: Tensor[f64, 4, 2]) -> None:
    x[4:] = 1.0
    x[1, 2:] += 1.0
    x[7:, 1:] *= 3.0
    x[3:, 1:] = 5.0
def from_the_end(x: Tensor[f64, 4]) -> int:
    n = 4
    return len(x[n : n + 2] * 2)
"""
    p = Twice(text, "empty", "put", "from_the_end")
    p.agree("from_the_end", ramp(4))
    p.agree("empty", ramp(4))
    p.agree("put", ramp(8).reshape(4, 2))


WRITTEN_TWICE = """
def whole(b: Tensor[f64, N], x: Tensor[f64, N], k: int) -> None:
    b[:] = x * 2
    if k > 2:
        raise ValueError("k")
    b[:] = x * 3

def row(b: Tensor[f64, N, M], x: Tensor[f64, N], k: int) -> f64:
    b[0] = 1
    y = x[k]
    b[0] = 2
    b[1:] = 3
    return y

def in_a_branch(b: Tensor[f64, N], x: Tensor[f64, N], k: int) -> f64:
    b[1:] = x[1:] + 1
    if k > 0:
        y = x[k]
        b[1:] = 5
        return y
    return x[0]

def around_a_loop(b: Tensor[f64, N], x: Tensor[f64, N], k: int) -> float:
    s = 0.0
    b[:] = 1
    for i in range(k):
        s += x[i]
    b[:] = s
    return s

def elsewhere(b: Tensor[f64, N], x: Tensor[f64, N], k: int) -> f64:
    b[:] = x + 1
    y = x[k]
    b[1:] = x[1:] * y
    return y
"""


def test_what_is_written_twice_is_there_when_an_error_comes_between() -> None:
    names = ("whole", "row", "in_a_branch", "around_a_loop", "elsewhere")
    twice = Twice(WRITTEN_TWICE, *names)
    for k in (0, 1, 3, 7, -1):
        for name in names:
            twice.agree(name, ramp(3, 2) if name == "row" else ramp(3), ramp(3) + 0.5, k)
