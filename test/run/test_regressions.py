"""Programs that once were compiled wrongly, or not at all: found at random, made small."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from language import Twice, outcome

TEXT = """\
def two_ways_out(x: Tensor[f64, N], n: int, t: bool) -> Tensor[f64, N]:
    z = x * 2.0
    if t:
        if n == 0:
            pass
        elif t:
            z[n] = 1.0
            return z.copy()
    return z.copy()
def rows(m: Tensor[i64, N, M]) -> int:
    k = 0
    for i in range(len(m[0])):
        k += i
    return k
def like_a_row(x: Tensor[f64, N], z: Tensor[f64, M], i: int) -> Tensor[f64, M]:
    return np.zeros_like(x[i] * z)
def size_of_a_row(m: Tensor[i64, N, M], i: int) -> int:
    return (m[i] * 2).size + len(m[i] + 1)
def conformed_in_try(z: Tensor[f64, N, M], k: int) -> None:
    h = np.random.default_rng(k).random((z.shape[0], z.shape[1]))
    try:
        z[k, 0] = 2.0
    except IndexError:
        z[:] = np.rint(h)
def like_a_part(x: Tensor[f64, N], n: int, k: int):
    return np.ones_like(x[: n // k])
"""


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, "two_ways_out", "rows", "like_a_row", "size_of_a_row", "like_a_part", "conformed_in_try")


@pytest.mark.parametrize(("n", "t"), [(0, True), (1, True), (1, False), (9, True)])
def test_two_values_may_become_the_result(twice, n, t):
    twice.agree("two_ways_out", np.arange(4.0), n, t, message=False)


@pytest.mark.parametrize("shape", [(0, 3), (1, 0), (2, 3)])
def test_the_length_of_a_row_asks_for_the_row(twice, shape):
    twice.agree("rows", np.zeros(shape, np.int64), message=False)


@pytest.mark.parametrize("i", [0, 1, -2, 5, -6])
def test_what_is_only_asked_for_its_extents_is_evaluated(twice, i):
    twice.agree("like_a_row", np.arange(3.0), np.ones(2), i)
    twice.agree("size_of_a_row", np.ones((2, 3), np.int64), i)
    for k in (0, 1, 2):
        twice.agree("like_a_part", np.arange(4.0), 4 * k, k)


@pytest.mark.parametrize("k", [0, 1, 7])
def test_arrays_of_extents_that_are_checked_in_try(twice, k):
    twice.agree("conformed_in_try", np.ones((2, 3)), k)


RECORDS = """
@pyc.record
class Inner:
    a: i32
    b: bool
    c: float
    d: int
@pyc.record
class Pair:
    x: float
    y: float = 1.0
    n: Inner = Inner(i32(3), True, 0.5, 7)
    def __getitem__(self, i: int) -> float:
        return self.x if i == 0 else self.y
    def __bool__(self) -> bool:
        return self.x > 0
    def __call__(self, k: float, *, up: int = 2) -> float:
        return self.x * k + self.y * up
    def scaled(self, k: float) -> float:
        return self.x * k
    @staticmethod
    def above(k: float) -> float:
        return k + 1
def _use(f, v):
    return f(v) * 2
def out_of_a_handler(x: Tensor[f64, N], p: Tensor[Inner, N], i: int) -> tuple[int, Tensor[f64, N], Pair]:
    b = 2
    d = Pair(0.5)
    try:
        b = int(p[i].d)
    except IndexError:
        return b + 100, x, d
    return b, x, d
def out_of_a_round(n: int) -> tuple[int, Pair]:
    for k in (3, 5.0, 7):
        if k > n:
            return n + 1, Pair(k)
    return n, Pair(0.0, 2.0)
def as_functions(x: float, n: int) -> float:
    v = Pair(x)
    z = 1.0 if v else 2.0
    while v and z < 5:
        z += 1
    return z + v(2.0, up=n) + _use(v, 1) + _use(v.scaled, n) + _use(v.above, x) + v[n] + v[0] + (not v) + bool(v)
def printed(x: float) -> float:
    p = Pair(x)
    a = np.zeros(2, Inner)
    a[1] = p.n
    print(p, f"{p} {p!r} {p.n!s}", (p.n, 1, "s", None), a[1])
    assert p.x > 5, ("p is", p, (None, "small"))
    return p.x
"""


@pytest.mark.parametrize("x", [2.5, -1.5, 6.0])
def test_records_called_indexed_tested_and_printed(x):
    from records import Programs

    programs = Programs(RECORDS)
    for n in (0, 3):
        programs.agree("as_functions", x, n)
    for i in (0, -2, 9):
        programs.agree("out_of_a_handler", np.arange(3.0), programs.python["Inner"].zeros(3), i)
    for n in (0, 3, 4, 6, 9):
        programs.agree("out_of_a_round", n)
    said = []
    for function in (programs.python["printed"], programs.compiled.printed):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            said.append((outcome(function, (x,)), out.getvalue()))
    assert said[0] == said[1]
    assert "Inner(a=" in said[0][1]


BUILT_IN = """
from pyc import static, static_range
TABLE = (1.0, 2.5, -4.0)
def extremes(x: Tensor[f64, N], n: int) -> tuple[float, float, int]:
    t = (n, n + 3, 2)
    return max(v * 2 for v in x), min(abs(v) for v in x if v != 1), max(t) - min(t) + max(i * (3 - i) for i in range(9))
def known(x: float) -> float:
    for i in static_range(len(TABLE)):
        if static(TABLE[i] > 0):
            x += TABLE[i] * x
        else:
            x -= i
    return x
"""


def test_extremes_of_generators_and_tuples_and_static_in_written_out_rounds():
    twice = Twice(BUILT_IN, "extremes", "known")
    nan = float("nan")
    for x in ([3.0, -1.0, 1.0], [nan, 2.0], [2.0, nan, 5.0, -7.0], [1.0], []):
        twice.agree("extremes", np.array(x), len(x))
    twice.agree("known", 1.5)


OWN = """\
def alike(x: Tensor[f64, N]) -> tuple[Tensor[f64, N], Tensor[f64, N], Tensor[f64, N]]:
    a = x + 1
    a[0] = 8
    b = x + 1
    c = x + 1
    c[1:] += a[:-1]
    return a, b, c
def copies(x: Tensor[f64, N], k: int) -> tuple[Tensor[f64, N], Tensor[f64, N]]:
    x += 1
    t, u = x.copy(), x.copy()
    for i in range(k):
        t[i] = u[i] * 2
        u[i] = 0
    return t, u
def put_twice(x: Tensor[f64, N], v: Tensor[f64, N], w: Tensor[f64, N]) -> None:
    v[:] = w[:] = x + 1
    w[0] = 7
def part(x: Tensor[f64, N], k: int):
    a = x + 1
    a[0] = 8
    b = x + 1
    return a, b[:k], b[x > 1]
def unchanged(x: Tensor[i64, N, M], y: Tensor[u8, K]):
    a, b, c, d, e = +x, np.floor(x), np.positive(x), abs(y), np.sum(x, axis=())
    a[0] = b[1] = c[:] = e[0] = 50
    d[0] = 7
    return a, b, c, d, e
def turned(x: Tensor[f64, N, M]):
    a, b, c = np.rot90(x), np.rot90(x, 2), np.rot90(x, -1)
    a[0] = -1
    b[0] = -2
    c[0] = -3
    return a, b, c, np.rot90(x, 0)
def row_major(x: Tensor[f64, N, M]):
    a = np.ascontiguousarray(x)
    a[0] = 1
    return x.sum(), a
"""


@pytest.fixture(scope="module")
def own() -> Twice:
    return Twice(OWN, "alike", "copies", "put_twice", "part", "unchanged", "turned", "row_major")


@pytest.mark.parametrize("k", [0, 1, 3])
def test_values_computed_alike_are_two_arrays(own, k):
    x = np.arange(4.0)
    own.agree("alike", x)
    own.agree("copies", x, k)
    own.agree("part", x, k)
    own.agree("put_twice", x, x * 0, x * 0)


@pytest.mark.parametrize("shape", [(3, 2), (1, 1)])
def test_what_changes_no_element_is_an_array_of_its_own(own, shape):
    own.agree("unchanged", np.arange(np.prod(shape)).reshape(shape), np.arange(5, dtype="u1"), message=False)


def test_views_of_the_library(own):
    x = np.arange(12.0).reshape(3, 4)
    for a in (x, x.T, x[::-1], np.asfortranarray(x), x[:, ::2]):
        # `agree` copies the arguments, in their order of memory.
        own.agree("turned", a)
        own.agree("row_major", a)


FEW = """\
def spread(x: Tensor[f64, N, M]):
    return x.var(ddof=2), x.std(axis=0, ddof=1), x.var(axis=1, ddof=2, keepdims=True)
def stretched(x: Tensor[f64, N], k: int):
    return np.broadcast_to(x, (2, 3)) + 1, np.broadcast_to(x, (k, 3)) * 2
"""


@pytest.fixture(scope="module")
def few() -> Twice:
    return Twice(FEW, "spread", "stretched")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("shape", [(0, 2), (1, 1), (1, 2), (2, 1), (2, 2)])
def test_a_variance_of_too_few_elements(few, shape):
    # Of ones and zeros, so that no sum is rounded.
    few.agree("spread", np.indices(shape)[0] * 1.0)


def test_an_array_is_broadcast_to_what_fits_at_run_time(few):
    few.agree("stretched", np.arange(3.0), 4)
    with pytest.raises(ValueError, match="operands could not be broadcast together"):
        few.compiled.stretched(np.arange(2.0), 4)


JOINED = """\
def swapped(p: Tensor[f64, N, N], q: Tensor[f64, N, N]) -> tuple[Tensor[f64, N, N], Tensor[f64, N, N]]:
    q[::-1] = p
    return q, p
def joined(a: Tensor[f64, N, N], b: Tensor[f64, N, N], n: int, c: bool) -> Tensor[f64, N, N]:
    x, y = swapped(b[:], b.T[::-1])
    if c:
        for i in range(n):
            if y[0, i] > 3.0:
                y[0, i] = x[0, 1]
            else:
                x, x = x, x
        a = x.T
    for i in range(n):
        x, y = y, x
    if c:
        a[::-1].reshape(-1)[:2] *= 2.0
    return x
"""


def test_an_array_that_only_one_way_knows_is_reshaped_after_the_join():
    twice, x = Twice(JOINED, "joined"), np.arange(9.0).reshape(3, 3)
    for n in range(3):
        for c in (True, False):
            twice.agree("joined", x, x * 2, n, c)


WINDOWS = """\
def windows(x):
    p = np.empty((x.shape[0], x.shape[1], 3, 2), dtype=np.float64)
    for i in range(3):
        p[:, :, i, :] = x[:, :, i : i + 2]
    return p
def gathered(x: Tensor[f64, N, M, K], out: Tensor[f64, N, M, 3, 2]) -> None:
    for n in range(len(x)):
        out[n] = windows(x[n : n + 1])[0]
def gathered_twice(x: Tensor[f64, N, M, K, K], out: Tensor[f64, N, M, 3, 3, 2, 3]) -> None:
    for n in range(len(x)):
        part = x[n : n + 1]
        p = np.empty((part.shape[0], part.shape[1], 3, 3, 2, 3))
        for i in range(3):
            for j in range(3):
                p[:, :, i, j, :, :] = part[:, :, i : i + 2, j : j + 3]
        out[n] = p[0]
"""


def test_axes_that_turn_out_to_have_one_element_are_not_taken_for_those_that_are_dropped():
    """MLIR learns that ``x[n : n + 1]`` has one row, and guessed that this is the axis that ``i`` drops."""
    twice = Twice(WINDOWS, "gathered", "gathered_twice")
    rng = np.random.default_rng(0)
    for n, m in ((2, 2), (1, 3), (3, 1), (2, 0)):
        twice.agree("gathered", rng.random((n, m, 5)), np.zeros((n, m, 3, 2)))
        twice.agree("gathered_twice", rng.random((n, m, 5, 5)), np.zeros((n, m, 3, 3, 2, 3)))
