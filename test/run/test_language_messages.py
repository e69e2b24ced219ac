"""What compiled code prints, and the messages of its exceptions: formatted as Python does, and in order."""

import contextlib
import io
import threading
from functools import cache

import numpy as np
import pytest
from language import HEADER, Twice, outcome

import pyc
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend

SOURCE = """
def numbers(a: int, x: float, y: f32, z: f64, b: bool, k: u8) -> None:
    print(a, x, y, z, b, k, (a, (x, b)), None, "text", 2.5, -7)
    print(a, x, sep="|", end="!")
    print()
    print(*(a, x), "", sep="")
    print(f"{a:>8}|{x:.3f}|{y!r}|{z:e}|{b!s:>6}|{x=}|{k:#x}|{a:{k}d}|{{}}|{(a, x)}")
    if x != x:
        return
    print("end", flush=True)
def arrays(u: Tensor[f32, N, M], v: Tensor[i64, N], w: Tensor[f64, M]) -> None:
    print(u, v, v[::2], u.shape, u.T[1:], v > 1, w.sum())
    print(f"u is {u} of {len(u)}", w[:0])
    for row in u:
        print("row", row)
        row[:] = 0
        print(row)
def messages(a: int, x: float, u: Tensor[f64, N]) -> float:
    assert a < 10, f"{a} is not below 10: {u}"
    assert a > -10, a
    if x > 5.0:
        raise KeyError(a, x)
    if x > 4.0:
        raise ValueError(f"x = {x:.2e}, {a!r}") from None
    if x > 3:
        raise LookupError("found", a)
    if x > 2:
        raise OSError(a, f"{x}")
    if x > 1:
        raise IndexError
    return x / a
def partly(n: int) -> int:
    total = 0
    for i in range(n):
        print("round", i, end=";")
        if i == 3:
            raise RuntimeError(f"round {i} of {n}")
        total += 10 // (2 - i)
    return total
def inner(k: int) -> int:
    if k > 3:
        raise ValueError(f"inner {k}")
    print("inner", k)
    return k
def outer(n: int) -> int:
    total = 0
    for i in range(n):
        total += inner(i)
        print("outer", total)
    return total
def badly(x: float) -> float:
    print("before")
    print(f"{x:d}")
    return x
"""
NAMES = ("numbers", "arrays", "messages", "partly", "outer", "badly")


@cache
def program() -> Twice:
    return Twice(SOURCE, *NAMES)


def said(function, *arguments):
    """(what it prints, its exception with type, text and line, its result)."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        found = outcome(function, arguments)
    return out.getvalue(), found.error, found.result


def agree(name, *arguments):
    expected = said(program().python[name], *arguments)
    assert said(getattr(program().compiled, name), *arguments) == expected
    return expected


def test_numbers_are_printed_as_python_prints_them():
    for a in (0, -5, 2**62):
        for x in (0.1, -0.0, 1e300, float("inf"), float("nan"), 3.0):
            agree("numbers", a, x, np.float32(x), np.float64(x), a == 0, np.uint8(20))


@pytest.mark.parametrize(("n", "m"), [(0, 3), (1, 1), (2, 3), (3, 0), (5, 41), (40, 40)])
def test_arrays_are_printed_as_numpy_prints_them(n, m):
    u = np.random.default_rng(n).normal(size=(n, m)).astype(np.float32)
    agree("arrays", u, np.arange(n), np.arange(m) / 8)


def test_messages_hold_values():
    for x in (0.5, 1.5, 2.5, 3.5, 4.5, 5.5):
        agree("messages", 3, x, np.zeros(2))
    agree("messages", 11, 0.0, np.arange(3) / 8)
    agree("messages", -11, 0.0, np.arange(3.0))
    agree("messages", 0, 0.5, np.arange(3.0))


def test_what_is_printed_comes_before_what_is_raised():
    for n in range(6):
        printed, error, _ = agree("partly", n)
        assert printed.count("round") == min(n, 3)
        assert (error is None) == (n < 3)
    agree("outer", 3)
    agree("outer", 6)


def test_python_raises_while_it_prints():
    printed, error, _ = agree("badly", 2.5)
    assert printed == "before\n"
    assert error is not None
    assert error[0] == "ValueError"

    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError(text)

    with contextlib.redirect_stdout(Closed()), pytest.raises(BrokenPipeError):
        program().compiled.partly(2)
    agree("partly", 2)


def test_threads_keep_their_messages():
    found = {}

    def run(k):
        for _ in range(50):
            try:
                program().compiled.messages(3, 4.0 + k / 10, np.zeros(1))
            except ValueError as error:
                found.setdefault(k, set()).add(str(error))

    threads = [threading.Thread(target=run, args=(k,)) for k in range(1, 6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert found == {k: {f"x = {4.0 + k / 10:.2e}, 3"} for k in range(1, 6)}


def test_in_a_bundle_too(tmp_path):
    source = Source(str(tmp_path / "talk.py"), HEADER + SOURCE)
    target, options, cpu = Target.parse("cpu"), Options(name="talk", source_path=source.path), backend("cpu")
    module = lower(source, Request(target, NAMES)).module
    with module.context:
        cpu.pipeline(target, options).run(module)
        bundle = pyc.load(cpu.emit(module, target, options).write(tmp_path / "talk.cpu"))
    assert said(bundle.partly, 5)[:1] == ("round 0;round 1;round 2;",)
    error = said(bundle.messages, 3, 4.5, np.zeros(1))[1]
    assert error is not None
    assert error[:2] == ("ValueError", "x = 4.50e+00, 3")
    assert "extern int32_t (*talk_teller)(int32_t" in (tmp_path / "talk.cpu" / "talk.h").read_text()
