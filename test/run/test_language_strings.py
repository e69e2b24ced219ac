"""Strings that are put together where they are said: ``%``, ``.format``, ``+``, ``str``, and what formats specify."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from language import Twice, outcome

TEXT = """\
FORMAT = "%d of %s"
def percent(k: int, x: Tensor[f64, N], y: f32) -> None:
    print("%d|%5.2f|%-8s|%+d|%x|%%|%r" % (k, x[0], y, k, abs(k), y))
    print("%.3f" % x[0], "%s" % k, FORMAT % (k, x), "a%" "sb" % True)
def formats(k: int, x: Tensor[f64, N], y: f32) -> None:
    t = (k, 2.5)
    print("{} and {:>8.3f}|{!r}".format(k, x[0], y))
    print("{0}{1}{0} {name:^9}|".format(k, y, name=x[0]), "{}-{}".format(*t), "{[1]}".format(t), "{}".format(x))
def sums(k: int, x: Tensor[f64, N], y: f32) -> None:
    print("a" + str(k) + repr(y) + "z", str(x[0]) + "!", "-" * 5 + "=" * abs(k % 7), str(x) + "|" + str((k, y)))
    print(format(x[0], ".2e") + format(k) + ascii(k), str(k), repr(x[1:]), str(None) + "x")
def specs(k: int, x: Tensor[f64, N], y: f32, w: int, p: int) -> None:
    v = x[0]
    print(f"{k:{w}d}|{v:{w}.{p}f}|{y:<{w}.{p}e}|{k!r:>{w}}|{v!s:*^{w}}|{k=}|{v=:.{p}f}|{y = !r}|{k:+,}|{v:%}")
    print(f"{k:#x} {k:b} {k:_} {k:08d} {v:g} {v:.0f} {y:010.3f} {True:5} {k == 1!s:>6} {(k, v)!r:>30}|{x.size:3}")
def bad(k: int, v: float, x: Tensor[f64, N]) -> float:
    assert k != 7, "k is " + str(k)
    if k == 0:
        raise ValueError("bad %d of %s" % (k, x[0]))
    if k == 1:
        raise KeyError("{} {}".format(k, v), k)
    if k == 2:
        raise TypeError("a" + str(k) + "b" * k)
    if k == 3:
        print("%d" % v)
    if k == 4:
        print("%d %d" % (k,))
    if k == 5:
        print("{} {}".format(k))
    if k == 6:
        print("a" + k)
    try:
        v = 1.0 / (k - 8)
    except ZeroDivisionError as e:
        raise RuntimeError("failed: " + str(e) + " at %d" % k) from e
    return v
"""
NAMES = ("percent", "formats", "sums", "specs", "bad")


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, *NAMES)


def said(function, *arguments):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        found = outcome(function, arguments)
    return out.getvalue(), found.error, found.result


def agree(twice, name, *arguments):
    expected = said(twice.python[name], *arguments)
    assert said(getattr(twice.compiled, name), *arguments) == expected
    return expected


@pytest.mark.parametrize("name", ["percent", "formats", "sums"])
def test_strings(twice, name):
    for k, v, y in [(0, 0.5, 1.5), (-12, np.nan, -np.inf), (2**40, 1e300, 3.1)]:
        agree(twice, name, k, np.array([v, 2.0, -1.0]), np.float32(y))


@pytest.mark.parametrize("w", [0, 1, 12])
def test_specifications(twice, w):
    for k, v, y in [(0, 0.5, 1.5), (-1234567, np.nan, -np.inf), (2**40, -1e30, 3.1), (1, 2.5, -0.0)]:
        for p in (0, 1, 6):
            agree(twice, "specs", k, np.array([v]), np.float32(y), w, p)


def test_specifications_that_python_refuses(twice):
    assert agree(twice, "specs", 1, np.array([0.5]), np.float32(1), -3, 2)[1] is not None
    assert agree(twice, "specs", 1, np.array([0.5]), np.float32(1), 3, -2)[1] is not None


def test_messages(twice):
    for k in range(10):
        for v in (1.5, np.nan):
            agree(twice, "bad", k, v, np.array([2.5]))
