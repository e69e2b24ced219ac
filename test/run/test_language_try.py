"""``try``: which statements run, in which order, and what names and arrays hold afterwards, as CPython."""

import contextlib
import io
from functools import cache

import numpy as np
import pytest
from allocations import watched
from language import CPU, HEADER, Twice, outcome

from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend

SOURCE = """
def handlers(u: Tensor[f64, N], i: int, d: int) -> float:
    x = 1.0
    try:
        x = 2.0
        x = u[i]
        x = x / (d - 1)
        k = 1 // d
    except IndexError:
        x = x * 100
    except (ZeroDivisionError, OverflowError):
        return -x
    else:
        x += 0.5 + k
    return x
def final(u: Tensor[f64, N], i: int) -> int:
    k = 0
    try:
        k = 1
        try:
            k = 2
            u[0] = 7.0
            u[i] = 3.0
            k = 3
        finally:
            k += 10
            u[1] = k
        k += 100
    except LookupError:
        k = -k
    return k
def hierarchy(n: int) -> int:
    try:
        if n == 0:
            raise KeyError("k")
        if n == 1:
            raise IndexError
        if n == 2:
            return 1 // (n - 2)
        if n == 3:
            raise ValueError(f"n is {n}")
        if n == 4:
            raise OverflowError("big")
        if n == 5:
            assert n != 5, "five"
        if n == 6:
            raise OSError("six")
    except LookupError:
        return 100
    except ArithmeticError:
        return 200
    except (ValueError, TypeError):
        return 300
    except AssertionError:
        raise
    return n
def bare(u: Tensor[f64, N], i: int, again: bool) -> float:
    try:
        u[i] += 1
    except:
        u[0] = -1.0
        if again:
            raise
    return u.sum()
def nested(u: Tensor[i64, N], n: int) -> int:
    total = 0
    for i in range(n):
        try:
            try:
                if i == 2:
                    continue
                if i == 7:
                    break
                total += int(u[i]) // (i - 4)
            except ZeroDivisionError:
                total += 1000
                if n == 6:
                    raise ValueError("inner")
            finally:
                total += 1
        except ValueError:
            total = -total
            return total
        except IndexError:
            total += 50
    else:
        total += 7
    return total
def returns(u: Tensor[f64, N], i: int) -> float:
    try:
        return u[i]
    except IndexError:
        return -1.0
    finally:
        u[0] = 9.0
def swallows(i: int) -> int:
    try:
        return 1 // i
    finally:
        if i == 0:
            return 77
def only_branch(u: Tensor[f64, N], i: int) -> float:
    try:
        if i > 2:
            raise ValueError(f"at {i}")
    except IndexError:
        u[:] = np.cumsum(u)
    return u[0]
def inner_branch(u: Tensor[f64, N], i: int) -> float:
    try:
        if i > 1:
            if i != 3:
                raise ValueError(f"at {i}")
    except ValueError:
        u[:] = u[::-1]
    return u[0]
def cancelled(u: Tensor[f64, N], i: int) -> float:
    total = 0.0
    for k in range(4):
        try:
            try:
                if k == i:
                    return 5.0
                if k == 2:
                    continue
                u[k + i] += 1.0
            except IndexError:
                return -5.0
            finally:
                total += u[i]
        except IndexError:
            total += 100.0
        total += 1000.0
    return total
def passes_on(u: Tensor[f64, N], i: int) -> float:
    s = 0.0
    try:
        s = 1.0
        s += u[i]
    finally:
        u[0] = s
    return s
def calls(u: Tensor[f64, N], i: int) -> float:
    try:
        fill(u, i)
        return element(u, i) + 0.5
    except IndexError:
        return u.sum()
def fill(u: Tensor[f64, N], n: int) -> None:
    for k in range(n):
        u[k] = k
        if k == 3:
            raise RuntimeError(f"at {k}")
def element(u: Tensor[f64, N], i: int) -> float:
    return u[i]
def recursive(n: int) -> int:
    try:
        return down(n)
    except ValueError:
        return -1
    except RecursionError:
        return -2
def down(n: int) -> int:
    if n == 0:
        raise ValueError("the end")
    return down(n - 1) + 1
def inside(n: int) -> int:
    if n < 0:
        raise ValueError("negative")
    try:
        return inside(n - 1) + 1
    except ValueError:
        return 0
def temporaries(u: Tensor[f64, N], i: int) -> float:
    total = 0.0
    for k in range(5):
        v = u * k
        try:
            w = v + 1
            t = np.concatenate((w, v)) * 2
            total += t[i * k] + (w * w).sum()
        except IndexError:
            total += v.sum()
    return total
def array_after(u: Tensor[f64, N], i: int) -> Tensor[f64, N]:
    try:
        w = u * 2
        w[i] = 100.0
    except IndexError:
        return u + 1
    w += 1
    return w
def pairs(a: int, b: int) -> tuple[int, int]:
    p = (a, b)
    try:
        p = (b, a)
        q = a // b
        p = (q, a % b)
    except ZeroDivisionError:
        pass
    return p
def loop_variable(u: Tensor[f64, N], n: int) -> int:
    i = -1
    try:
        for i in range(n):
            u[i] *= 2
    except IndexError:
        return i + 100
    return i
def none_of_them(n: int) -> int:
    try:
        return 1 // n
    except IndexError:
        return 5
"""


@cache
def program() -> Twice:
    return Twice(SOURCE, *(line[4 : line.index("(")] for line in SOURCE.splitlines() if line.startswith("def ")))


@pytest.mark.parametrize("i", range(-4, 5))
def test_with_an_index(i):
    p = program()
    for d in (0, 1, 2):
        p.agree("handlers", np.arange(3.0) + 1, i, d)
    for name in ("final", "returns", "passes_on", "calls", "array_after", "temporaries"):
        p.agree(name, np.arange(3.0) + 0.5, i, message=False)
    for again in (True, False):
        p.agree("bare", np.arange(3.0), i, again, message=False)
    for name in ("cancelled", "only_branch", "inner_branch"):
        p.agree(name, np.arange(3.0), i)
    p.agree("loop_variable", np.arange(3.0), i + 4)
    p.agree("calls", np.arange(8.0), i + 3, message=False)


def test_with_a_number():
    p = program()
    for n in range(9):
        for name in ("hierarchy", "swallows", "none_of_them", "inside"):
            p.agree(name, n)
        p.agree("nested", np.arange(6) * 3, n)
        p.agree("recursive", n)
        p.agree("pairs", 17, n)
    assert p.compiled.recursive(10**6) == -2


def test_nothing_is_left_behind():
    source = Source("<try>", HEADER + SOURCE)
    names = ("temporaries", "array_after", "calls", "nested", "passes_on")
    options, cpu = Options(name="program", emit="obj", source_path=source.path), backend("cpu")
    module = lower(source, Request(CPU, names)).module
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        compiled, books = watched(cpu.emit(module, CPU, options))
    for i in (0, 1, 2, 50):
        for name in ("temporaries", "array_after", "calls", "passes_on"):
            outcome(getattr(compiled, name), (np.arange(3.0), i))
            books.clear()
        outcome(compiled.nested, (np.arange(3), i))
        books.clear()
    for limit in range(6):
        books.limit = limit
        error = outcome(compiled.temporaries, (np.arange(3.0), 1)).error
        assert error is None or error[0] == "MemoryError"
        books.clear()


LINALG = """
def inverse(a: Tensor[f64, N, N]) -> float:
    try:
        return np.linalg.inv(a)[0, 0]
    except ValueError:
        return -1.0
def solved(a: Tensor[f64, N, N], b: Tensor[f64, N]) -> float:
    try:
        return np.linalg.solve(a, b)[0]
    except IndexError:
        return -3.0
    except (KeyError, np.linalg.LinAlgError):
        return -2.0
"""


def test_numpys_error_is_a_value_error() -> None:
    p = Twice(LINALG, "inverse", "solved")
    for a in (np.eye(3), np.zeros((3, 3)), 2.0 * np.eye(3)):
        p.agree("inverse", a)
        p.agree("solved", a, np.ones(3))


SAID = """
def said(u: Tensor[f64, N], i: int, n: int) -> float:
    x = 0.0
    try:
        if n == 1:
            raise ValueError(f"n is {n}")
        if n == 2:
            raise KeyError("k")
        if n == 3:
            raise RuntimeError
        if n == 4:
            raise ValueError("a", n, u[0])
        assert n != 5, n
        x = u[i] * (1 // n)
    except KeyError as e:
        print("it was", e, f"<{e}>", f"{e!r:>20}", str(e), repr(e), n)
        raise
    except (ValueError, IndexError) as e:
        print(f"{n} {e}", x)
        raise TypeError(f"{n}: {e}")
    except (ZeroDivisionError, RuntimeError) as error:
        print(repr(error), sep="")
        if n == 3:
            raise error
    except AssertionError as e:
        try:
            x = u[n]
        except LookupError as inner:
            print("inner", n, e)
        print("outer", e)
    return x
def _deep(n: int) -> int:
    if n > 2:
        raise OverflowError(f"{n} is too much")
    return n
def rounds(n: int) -> int:
    total = 0
    for k in range(n):
        try:
            total += _deep(k) + _deep(k - 1)
        except OverflowError as e:
            print(k, e)
            if k > 5:
                raise ValueError(e)
    return total
"""


def test_a_caught_exception_is_said() -> None:
    p = Twice(SAID, "said", "rounds")
    for name, arguments in (
        *(("said", (np.ones(3), 0, n)) for n in range(8)),
        *(("rounds", (n,)) for n in (0, 3, 5, 8)),
    ):
        lines = []
        for function in (p.python[name], getattr(p.compiled, name)):
            with contextlib.redirect_stdout(io.StringIO()) as out:
                done = outcome(function, arguments)
            lines.append((out.getvalue(), done.error))
        assert lines[0] == lines[1], (name, arguments)


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("k = len(e.args)", "the exception e is not a value in compiled code"),
        ("e = 3", "the exception e is not a value in compiled code"),
        ("try:\n            k = 1 // k\n        except KeyError as e:\n            k = 2", "two handlers"),
        ("raise KeyError('k') from ValueError('v')", "from"),
    ],
)
def test_a_caught_exception_is_no_value(use: str, message: str) -> None:
    head = "def f(k: int) -> int:\n    try:\n        k = 1 // k\n    except ValueError as e:\n"
    text = f"{head}        {use}\n    return k\n"
    with pytest.raises(CompileError) as refused:
        Twice(text, "f")
    assert message in refused.value.diagnostics[0].message
