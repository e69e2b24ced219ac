"""What loops run over, patterns of ``match``, assignment expressions and unpacking: as CPython."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language import Twice

LOOPS = """
def elements(x: Tensor[f64, N]) -> float:
    s = 0.0
    for v in x:
        s = s * 1.5 + v
    return s
def while_written(x: Tensor[i64, N]) -> int:
    s = 0
    for i, v in enumerate(x):
        if i + 1 < len(x):
            x[i + 1] += v
        s += int(v)
    return s
def rows(x: Tensor[f64, N, M]) -> Tensor[f64, N]:
    out = np.zeros(len(x))
    for i, row in enumerate(x):
        if len(row) > 1:
            row[1] = 2.0
        row *= 0.5
        out[i] = row.sum()
    return out
def columns(x: Tensor[f32, N, M]) -> f32:
    s = f32(0.0)
    for column in x.T:
        for v in column[::2]:
            s = s * 0.5 + v
    return s
def rebound(x: Tensor[f64, N]) -> float:
    s = 0.0
    for v in x:
        x = np.zeros(3)
        s += v + x[0]
    return s
def zipped(x: Tensor[f64, N], y: Tensor[f64, M], start: int) -> float:
    s = 0.0
    for i, (p, q) in enumerate(zip(x, y), start):
        if p < 0:
            continue
        if q < -1:
            break
        s += p * q * i
    else:
        s += 100
    return s
def three(x: Tensor[f64, N], y: Tensor[i32, M], n: int) -> float:
    s = 0.0
    for (i, v), k, w in zip(enumerate(x, start=2), range(n, -n, -2), reversed(y)):
        s = s * 0.7 + v * k + i * w
    return s
def strict(x: Tensor[f64, N], y: Tensor[f64, M], n: int) -> float:
    s = 0.0
    for v, w, k in zip(x, y, range(n), strict=True):
        s += v * w + k
    else:
        s += 1
    return s
def strictly_two(x: Tensor[f64, N], y: Tensor[f64, M]) -> float:
    s = 0.0
    for v, w in zip(x, y, strict=True):
        if v > 2:
            break
        s += v * w
    return s
def backwards(x: Tensor[f64, N], a: int, b: int, c: int) -> float:
    s = 0.0
    for v in reversed(x):
        s = s * 0.9 + v
    for i in reversed(range(len(x))):
        s = s * 0.9 + x[i] * i
    for i in reversed(range(a, b)):
        s = s * 0.9 + i
    for i in reversed(range(a, b, c)):
        s = s * 0.9 + i
    for i in reversed(range(-2, 9, 4)):
        s = s * 0.9 + i
    return s
def tuples(n: int) -> float:
    total = 0.0
    for k in (1, 2.5, True, n):
        if k == 2:
            continue
        total += k
        if total > 9:
            break
    else:
        total = total * 2
    for k in (2, 3):
        total += np.ones((k, 2)).sum(axis=k - 2)[0]
    for k, scale in [(1, 2.0), (n, 3.0)]:
        total += k * scale
    return total
def nested(n: int) -> int:
    total = 0
    for k in (1, 2, 3):
        if k == n:
            continue
        for j in range(n):
            if j > 5:
                break
            total += j * k
        else:
            continue
        match total % 3:
            case 0:
                break
            case 1:
                continue
            case _:
                pass
        total += 1
        if total > 100:
            return -total
    else:
        total += 1000
    return total
def beside(x: Tensor[f64, N]) -> float:
    s = 0.0
    for v, w in zip(x, (1, 2.5, 3)):
        if v > 1:
            continue
        s += v * w
    for i, (w, v) in enumerate(zip((1, 2), x)):
        s += i * v * w
        if s > 4:
            return s
    return s
def literal_in_rounds(n: int) -> float:
    s = 0
    for k in (1, 2):
        if n == k:
            s = 0.5
            break
    return s
def kept_in_rounds(n: int) -> float:
    size = 5
    for k in (2, 3):
        size = k
        if n == k:
            break
    return np.ones(size).sum()
def arrays_in_tuple(x: Tensor[f64, N], y: Tensor[f64, M]) -> float:
    s = 0.0
    for a in (x, y):
        for v in a:
            s = s * 0.5 + v
        a[:] = s
    return s
def found(x: Tensor[f64, N], y: Tensor[f64, M]) -> tuple[int, int]:
    for i, v in enumerate(x):
        for j, w in enumerate(y):
            if v == w:
                return i, j
    else:
        return -1, len(x)
def zero_step(n: int) -> int:
    s = 0
    for i, k in enumerate(range(0, 5, n)):
        s += i * k
    return s
"""


@cache
def loops() -> Twice:
    names = [line[4 : line.index("(")] for line in LOOPS.splitlines() if line.startswith("def ")]
    return Twice(LOOPS, *names)


def arrays(n: int) -> np.ndarray:
    return np.random.default_rng(n).uniform(-1.5, 3, n)


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_loops_over_one_array(n):
    for name in ("elements", "rebound", "beside"):
        loops().agree(name, arrays(n))
        loops().agree(name, arrays(2 * n)[::-2])
    loops().agree("while_written", np.arange(n))
    for m in (0, 1, 3):
        grid = np.random.default_rng(n).normal(size=(n, m))
        loops().agree("rows", grid)
        loops().agree("rows", np.asfortranarray(grid)[::-1])
        loops().agree("columns", grid.astype(np.float32))


@pytest.mark.parametrize("n", [0, 1, 4])
@pytest.mark.parametrize("m", [0, 1, 3, 4])
def test_loops_over_several(n, m):
    x, y = arrays(n), arrays(m)
    for k in (-2, 0, 1, 3, 4, 5):
        loops().agree("zipped", x, y, k)
        loops().agree("three", x, y.astype(np.int32), k)
        loops().agree("strict", x, y, k)
    loops().agree("strictly_two", x, y)
    loops().agree("arrays_in_tuple", x, y)
    loops().agree("found", np.round(x), np.round(y))


@settings(max_examples=60, deadline=None)
@given(st.integers(-9, 9), st.integers(-9, 9), st.integers(-4, 4).filter(bool))
def test_ranges_backwards(a, b, step):
    loops().agree("backwards", arrays(3), a, b, step)


def test_loops_that_are_written_out():
    for n in range(-1, 9):
        loops().agree("tuples", n)
        loops().agree("nested", n)
        loops().agree("kept_in_rounds", n)
        loops().agree("zero_step", n)
    assert loops().compiled.literal_in_rounds(2) == 0.5
    assert loops().compiled.literal_in_rounds(5) == 0.0


NAMES = """
def walrus(n: int) -> int:
    if n > 3 and (y := n * 2) > 10:
        return y
    while (k := n - 3) > 0 and (z := k * 2) != 4:
        n -= 1
        if z > 100:
            break
    else:
        return k
    return z + k
def in_order(x: float) -> float:
    s = (y := x + 1) * y + (y := y * 2)
    if not (n := int(x)) or (m := n - 1) > 5:
        return s + y + n
    return s + m + (y if (y := x - 1) > 3 else -y)
def until(u: Tensor[f64, N], n: int) -> float:
    i = 0
    while i < len(u) and (v := u[i]) < 1.0:
        i += 1
        if i == n:
            continue
        u[i - 1] = v * 2
    return u.sum() + i
def rebinding(n: int) -> float:
    x = 3
    if n > 0 and (x := n + 1) > 2:
        n += x
    for _ in range((k := n) % 5):
        n += (x := x + 1) + k
    assert (q := n + x) != 7, "seven"
    return q * 0.5 + (x if x > 3 else (x := 9)) + x
def chained(a: int, b: int) -> int:
    if a < (m := b + 1) < 10:
        return m
    return m * 100
def passed(u: Tensor[f64, N]) -> float:
    return (t := u * 2)[0] + t.sum() + (len(s) if (s := t[1:]).sum() > 0 else -1)
def several(a: int, b: int, c: int) -> tuple[int, int, int, int]:
    t = (a, b, c)
    x, *y = t
    *p, q = (*t, a + b)
    u = v = a * 2
    u, v = v + 1, u
    i, (j, *k) = a, (b, c, a)
    del j
    j = k[1]
    [m, n], *rest = (a, b), c
    return x + y[1] + m, p[0] + q + len(p), u - v + n, i + j + rest[0]
def element_targets(u: Tensor[f64, N], i: int) -> None:
    u[0], u[i] = u[i], u[0]
    u[i] = u[1] = 4.5
    for u[2] in range(i):
        u[0] += u[2]
def choice(a: int, b: int, x: float) -> tuple[int, float, bool, float]:
    return (a or b), (x and 2.0 or x), (not a or x > 1), (b and a or -b) + 0.5
def matched(a: int, b: float) -> float:
    match a, b:
        case 0, y:
            return y
        case (1 | 2) as k, z if z > 2.0:
            return z * k
        case k, 1.0 | 3.0:
            return k + 0.5
        case -1, _:
            r = 7.0
        case int(q), float():
            r = float(q)
    return r * 2
def kinds(a: int, b: bool, x: f32) -> int:
    r = 0
    match x:
        case float():
            r += 1
        case 1:
            r += 2
        case v if v > 3:
            r += 4 + int(v)
    match b:
        case True:
            r += 10
        case None:
            r += 20
        case False:
            r += 30
    match a:
        case bool():
            r += 100
        case 0x10 | -3:
            r += 200
        case "name":
            r += 300
        case n if n > 5 and (m := n - 5) < 20:
            r += 400 + m
    return r
def sequences(a: int, b: int, c: int) -> int:
    match (a, (b, c)):
        case (_, 1, 2):
            return -1
        case (1, (x, 2)) | (2, (2, x)):
            return x
        case (0, (0, *rest)):
            return rest[0] * 10
        case (first, *others) if first > 5:
            match others:
                case [(p, q)]:
                    return p * q
        case (_, whole):
            return whole[0] - whole[1]
    return 99
def guarded(n: int) -> int:
    count = 0
    for i in range(n):
        match i % 4:
            case 0 if i > 4:
                continue
            case 1:
                count += 1
            case 2 | 3 as k if k == 3 and i > 8:
                break
            case other:
                count += other
    return count
def fallen(n: int) -> int:
    match n:
        case k if k > 10:
            return k
        case k if (d := k * 2) == 6:
            pass
    return k + d
"""


@cache
def names() -> Twice:
    return Twice(NAMES, *(line[4 : line.index("(")] for line in NAMES.splitlines() if line.startswith("def ")))


def test_assignment_expressions():
    for n in (*range(-3, 30), 55, 56, 57, 200):
        names().agree("walrus", n)
        names().agree("rebinding", n)
        names().agree("chained", n, 4)
        names().agree("chained", 2, n)
    for x in (-1.5, 0.2, 1.7, 3.0, 8.0):
        names().agree("in_order", x)
    for n in (0, 1, 5):
        for k in range(3):
            names().agree("until", np.arange(n) * 0.5, k)
    for u in ([1.0, -3.0, 1.0], [2.0], [0.5, 4.0]):
        names().agree("passed", np.array(u))


def test_unpacking():
    names().agree("several", 1, 2, 3)
    for i in (-1, 0, 2):
        names().agree("element_targets", np.arange(4.0), i)
    for a in (0, 3):
        for b in (0, -2):
            for x in (0.0, 1.5, float("nan")):
                names().agree("choice", a, b, x)


def test_match():
    for a in (-3, -1, 0, 1, 2, 3, 6, 16, 30):
        for b in (0.0, 1.0, 2.5, 3.0):
            names().agree("matched", a, b)
            names().agree("kinds", a, b > 2, np.float32(b * 2))
        for b in (0, 1, 2):
            for c in (0, 1, 2, 7):
                names().agree("sequences", a, b, c)
    for n in (0, 5, 9, 14):
        names().agree("guarded", n)
    for n in (3, 11):
        names().agree("fallen", n)


MET = """\
def paths(x: Tensor[f64, N]) -> float:
    acc = 0.0
    for i in range(len(x)):
        if x[i] > 1:
            acc += x[i]
        elif x[i] > 0:
            acc *= x[i]
        else:
            acc -= 1
        acc = acc * 2
    return acc
def nested(x: Tensor[f32, N, M]) -> f32:
    acc = 0
    best = 0.0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] > 0.5:
                acc += x[i, j]
                best = max(best, x[i, j])
            elif j % 2:
                acc = acc + 1
            else:
                continue
            acc = acc * 2
        while acc > 100:
            if best > 1:
                acc = acc / 2
            else:
                acc = acc / 4
    return acc + best
def signs(x: Tensor[f64, N]) -> float:
    product = 1.0
    below = 0
    for v in x:
        if v < 0:
            product = -product
            below += 1
        else:
            product = product * v
    return product * below
"""


def test_a_literal_that_one_path_of_a_round_makes_an_element() -> None:
    met, r = Twice(MET, "paths", "nested", "signs"), np.random.default_rng(7)
    for n in (1, 2, 5, 13):
        x = 2 * r.normal(size=n)
        met.agree("paths", x)
        met.agree("signs", x)
        met.agree("nested", (2 * r.random((n, 5))).astype(np.float32))
    met.agree("paths", np.zeros(0))
