"""Arrays that ``try`` binds anew: what names refer to where an error has landed, as CPython, and what is freed."""

import re
from functools import cache

import numpy as np
import pytest
from allocations import Books, watched
from language import CPU, HEADER, Twice, outcome

from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.runtime import Bundle

SOURCE = """
L = Dim("L")
def between(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    y = x
    try:
        y = np.sqrt(x)
        z = y[k]
        y = y * z
    except IndexError:
        y = y + 1
    return y
def views(x: Tensor[f64, N], k: int, i: int) -> Tensor[f64, K]:
    y = x
    try:
        y = x[1:]
        y[0] = 50.0
        y = y[k:][::-1]
        y[i] = 7.0
    except IndexError:
        y[0] = -1.0
    return y
def same_object(x: Tensor[f64, N], k: int) -> float:
    y = x
    try:
        if k > 1:
            y = x * 2
        y[k] = 3.0
        y = x
        y[k - 2] += 1
    except IndexError:
        y[0] = 9.0
    return x[0] + y[0]
def unbound(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    try:
        x[k] = 1.0
        y = x + 1
        x[k - 1] = 2.0
    except IndexError:
        x[0] = -1.0
    return y
def unbound_deleted(x: Tensor[f64, N], k: int) -> float:
    y = x * 2
    try:
        del y
        x[k] = 1.0
        y = x + 1
        x[k + 1] = 1.0
    except IndexError:
        pass
    return y[0]
def handlers(x: Tensor[f64, N], k: int, d: int) -> Tensor[f64, N]:
    y = x
    try:
        y = x + 1
        y[k] = 1 // d
        y = y * 2
        y[k + 1] = 5.0
    except IndexError:
        y = y - x
    except ZeroDivisionError:
        y = x
    else:
        y = y + 100
    finally:
        y = y * 1.5
        y[0] += 1
    return y
def nested(x: Tensor[f64, N], k: int, d: int) -> Tensor[f64, N]:
    y = x
    w = x
    try:
        y = y + 1
        try:
            y = y * 2
            w = y
            y[k] = 3.0
            y = y - w
        except IndexError:
            y = y + 1000
            w = y[::-1]
            k = 1 // d
        finally:
            y = y + 0.5
        y[d] = 7.0
    except (ZeroDivisionError, IndexError):
        y = y + w
    return y
def looped(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    y = x
    w = x
    for i in range(n):
        try:
            if i % 3 == 0:
                w = y
            y = np.sqrt(y)
            y[i] += 2.0
            y = y + 1
        except IndexError:
            y = y * 2
    return y + w
def loop_inside(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    y = x
    u = x
    try:
        for i in range(n):
            u = y
            y = y + 1
            y[i] = 0.0
            if i == 6:
                break
            if i % 2:
                continue
            u, y = y, u
    except IndexError:
        u = u - 1
    return u + 10 * y
def jumps(x: Tensor[f64, N], n: int, how: int) -> Tensor[f64, N]:
    y = x
    for i in range(n):
        try:
            y = y + 1
            if i == 2 and how == 1:
                break
            if i == 1 and how == 2:
                continue
            if i == 3 and how == 3:
                return y * 100
            y[i] = 2.0
            y = y * 2
        except IndexError:
            if how == 4:
                raise
            if how == 5:
                return y
            y = y - 3
        finally:
            y = y + 0.25
            if how == 6 and i == 2:
                break
    return y
def tuples(x: Tensor[f64, N], k: int) -> tuple[Tensor[f64, N], Tensor[f64, N]]:
    p = (x, x + 1)
    n = 0
    try:
        p = (p[1], p[0] * 2)
        p[0][k] = -4.0
        p = (p[1] + 1, p[0])
        p[1][k + 1] = -5.0
    except IndexError:
        p = (p[0], p[0] + p[1])
    return p
def matrix(a: Tensor[f64, N, M], i: int, j: int) -> Tensor[f64, K, L]:
    t = a
    try:
        t = a.T
        t[i, j] = 99.0
        t = t[::-1, 1:]
        t[j, i] = 98.0
        t = t @ a
    except IndexError:
        t = t + 0
    except ValueError:
        pass
    return t
def numbers(x: Tensor[i64, N], k: int) -> Tensor[i64, N]:
    y = x
    try:
        y = x // (k - 1)
        y[k] = 10**3
        y = y + k
    except (IndexError, ZeroDivisionError):
        y = y + x
    return y
def zero_d(x: Tensor[f64, N], k: int) -> float:
    s = np.zeros(())
    try:
        s = np.array(2.5)
        s[...] = x[k]
        s = np.array(x[k + 1])
        s[...] = s[()] * x[k + 2]
    except IndexError:
        return float(s) * 10
    return float(s)
def helper(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    y = x
    try:
        y = x * 2
        y[k] = 1.0
        y = y + 1
    except IndexError:
        pass
    return y
def calls(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    a = x + 0
    for i in range(4):
        a = helper(a, k + i) + helper(helper(a, i), k)
    return a
def shared(x: Tensor[f64, N], k: int) -> float:
    a = helper(x, k)
    b = helper(x, 100)
    b[0] = 77.0
    return a[0] + x[0]
def deep(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    y = x
    try:
        if n > 0:
            y = deep(x + 1, n - 1)
            y[n] = 5.0
            y = y * 2
        else:
            y = x[::-1]
            y[7] = 1.0
    except IndexError:
        y = y - 1
    return y
def called_deep(x: Tensor[f64, N], n: int) -> float:
    r = deep(x, n)
    r[0] = 42.0
    return deep(r, n).sum() + x.sum()
def raises(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    y = x
    try:
        y = x + 1
        y[k] = 0.0
        y = y + 1
    except IndexError:
        raise ValueError(f"first is {y[0]}")
    return y
def raised_behind(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    y = x
    try:
        try:
            y = y + 1
            y[k] = 0.0
            y = y + 1
        except IndexError:
            y = y * 10
            raise
    except LookupError:
        y = y + 5
    x[k] = y[0]
    return y
def branches(x: Tensor[f64, N], k: int, c: bool) -> Tensor[f64, N]:
    y = x
    try:
        if c:
            y = x + 1
            x[k] = 2.0
        else:
            y = x[::-1]
            y = y if k > 1 else x
            y[k] = 3.0
        y = y + x
        y[k + 1] = 3.0
    except IndexError:
        y[-1] = 11.0
    return y
def extents(x: Tensor[f64, N], k: int) -> Tensor[f64, K]:
    y = x
    try:
        y = np.concatenate((y, x))
        y[k] = 1.0
        y = y[y > 0]
        y[k - 1] = 1.0
        y = np.zeros(2)
        y[k - 2] = 1.0
    except IndexError:
        y = y * 2
    return y
def augmented(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    y = x
    try:
        y += 1
        y = y + 0
        y *= 2
        y[k] = 1.0
        y += 5
    except IndexError:
        y -= 1
    return y
def walrus(x: Tensor[f64, N], k: int) -> float:
    y = x
    try:
        s = y.sum() + (y := x * 2)[k] + (y := y + 1)[k + 1]
    except IndexError:
        return y.sum()
    return s + y.sum()
def counted(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    y = x
    i = 0
    while True:
        try:
            y = y * 0.5
            i += 1
            if i > n:
                y[n] = 0.0
                return y
        except IndexError:
            break
        finally:
            i += 1
            y = y + i
    return y - 1
def rows(a: Tensor[f64, N, M], k: int) -> Tensor[f64, M]:
    r = np.zeros(a.shape[1])
    best = r
    for row in a:
        try:
            r = row
            r[k] += 1
            best = r + best
            r = best[::-1]
            r[k + 1] = 0.5
        except IndexError:
            r = r * 2
        best = best + r
    return best
"""

LONG = """
def helper(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    y = x
    try:
        y = x * 2
        y[k] = 1.0
        y = y + 1
    except IndexError:
        pass
    return y
def across(x: Tensor[f64, N], n: int) -> float:
    y = x
    w = x
    for i in range(n):
        try:
            y = np.sqrt(y)
            w = y
            y = y + 1
            y[i % 100] = 1.0
        except IndexError:
            y = y * 2
        finally:
            y = y + w[0]
    return y.sum()
def inside(x: Tensor[f64, N], n: int) -> float:
    y = x
    try:
        for i in range(n):
            y = np.sqrt(y) + 1
        y[n] = 1.0
    except IndexError:
        y = y * 2
    return y.sum()
def calling(x: Tensor[f64, N], n: int) -> float:
    a = x
    for i in range(n):
        a = helper(a, i % 50) * 0.25
    return a.sum() + across(x, n)
def given(x: Tensor[f64, N], n: int) -> tuple[Tensor[f64, N], Tensor[f64, N]]:
    p = (x, x + 1)
    try:
        for i in range(n):
            p = (p[1], p[0] * 2)
        p[0][n] = 1.0
        p = (p[0], p[0])
    except IndexError:
        p = (p[0], p[0] + p[1])
    return p
def recursive(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    y = x
    try:
        if n > 0:
            y = recursive(x + 1, n - 1)
            y[n % 7] = 5.0
            y = y * 2
    except IndexError:
        y = y - 1
    return y
def _weighed(a: Tensor[f64, N], b: Tensor[f64, N], c: Tensor[f64, N]) -> float:
    return a.sum() + 10 * b.sum() + 100 * c.sum()
def operands(x: Tensor[f64, N], n: int) -> float:
    y = x
    s = 0.0
    for i in range(n):
        try:
            y = y * 0.5 + 1
            s += _weighed(y, (y := x * i), helper(x, i))
            s += _weighed(y, (y := y / 2 + i), helper(helper(y, i), 1))
        except IndexError:
            y = y + 1
    return s + y.sum()
def from_handler(x: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    y = x
    try:
        y = x + 1
        y[n] = 1.0
        y = y + x
    except IndexError:
        raise ValueError(y.sum())
    return y
"""
NUMBERS = (-7, -1, 0, 1, 2, 4, 7)


def named(text: str) -> list[str]:
    """The functions of a source text that are called from Python."""
    return re.findall(r"^def ([a-z]\w+)", text, re.M)


@cache
def program() -> Twice:
    return Twice(SOURCE, *named(SOURCE), level=1)


def vectors(n: int) -> tuple[np.ndarray, ...]:
    x = np.arange(1.0, n + 1)
    return x, np.arange(1.0, 2 * n + 1)[::2], x[::-1]


PLAIN = (
    "between", "same_object", "unbound", "unbound_deleted", "tuples", "zero_d", "calls", "shared", "raises",
    "raised_behind", "extents", "augmented", "walrus",
)  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_names_are_what_they_were_when_the_error_came(name: str) -> None:
    for n in (0, 1, 2, 5):
        for x in vectors(n):
            for k in NUMBERS:
                program().agree(name, x, k)


@pytest.mark.parametrize("name", ["looped", "loop_inside", "deep", "called_deep", "counted"])
def test_loops_and_recursion(name: str) -> None:
    for n in (0, 1, 2, 5):
        for x in vectors(n):
            for k in (0, 1, 2, 4, 7):
                program().agree(name, x, k)


@pytest.mark.parametrize("name", ["handlers", "nested", "views"])
def test_each_handler_has_its_own_array(name: str) -> None:
    for n in (0, 1, 2, 5):
        for x in vectors(n):
            for k in NUMBERS:
                for d in (-1, 0, 1, 3):
                    program().agree(name, x, k, d)


def test_jumps_and_branches() -> None:
    for n in (0, 1, 2, 5):
        for x in vectors(n):
            for k in (0, 1, 2, 4, 7):
                for c in (False, True):
                    program().agree("branches", x, k, c)
                for how in range(7):
                    program().agree("jumps", x, k, how)


def test_other_types_and_ranks() -> None:
    for n in (0, 1, 2, 5):
        for k in NUMBERS:
            program().agree("numbers", np.arange(n) - 2, k)
    for shape in ((1, 1), (2, 3), (3, 3), (3, 1)):
        a = np.arange(float(np.prod(shape))).reshape(shape)
        for i in (-1, 0, 1, 2, 5):
            program().agree("rows", a, i)
            for j in (0, 1, 4):
                program().agree("matrix", a, i, j)


@cache
def counted() -> tuple[Bundle, Books, dict]:
    cpu = backend("cpu")
    options = Options(name="program", emit="obj", source_path="program.py", pool=False, level=1)
    module = lower(Source("program.py", HEADER + LONG), Request(CPU, tuple(named(LONG)))).module
    python: dict = {}
    exec(HEADER + LONG, python)
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        return *watched(cpu.emit(module, CPU, options)), python


@pytest.mark.parametrize("name", named(LONG))
def test_everything_is_freed_and_memory_does_not_grow_with_the_number_of_rounds(name: str) -> None:
    compiled, books, python = counted()
    for x in (np.arange(1.0, 4.0), np.arange(0.0)):
        peaks = []
        for n in (0, 1, 5, 50, 500):
            found, wanted = outcome(getattr(compiled, name), (x, n)), outcome(python[name], (x, n))
            assert (found.error and found.error[0]) == (wanted.error and wanted.error[0])
            if wanted.error is None:
                np.testing.assert_allclose(np.asarray(found.result), np.asarray(wanted.result), rtol=1e-12)
            del found
            peaks.append(books.peak)
            books.clear()
        assert name == "recursive" or peaks[-1] == peaks[-2]


def test_memory_that_runs_out_is_an_error_like_others() -> None:
    compiled, books, _ = counted()
    for name in named(LONG):
        for limit in range(12):
            books.limit = limit
            found = outcome(getattr(compiled, name), (np.arange(1.0, 4.0), 5))
            assert found.error is None or found.error[0] in ("MemoryError", "ValueError")
            del found
            books.clear()
