"""Where arrays meet their edges: extents that are 1 or 0 only at run time, messages with numbers, copies and views."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from language import Twice, interpreted, outcome, same

import pyc
from pyc.diagnostics import CompileError

SOURCE = """\
def first(x: Tensor[f64, N, M]):
    return np.squeeze(x, axis=0), x.squeeze(0), x.squeeze((-2,))
def last(x: Tensor[f64, N, M]):
    np.squeeze(x, axis=1)[-1] += 1.0
    return np.squeeze(x[:, :1], axis=-1)
def ones(x: Tensor[f64, N, M]):
    return np.squeeze(x[None, :, None]), np.squeeze(x.sum(axis=0, keepdims=True), axis=0)
def inferred(x: Tensor[f64, N, M]):
    return x.reshape(-1, len(x)), x.reshape(x.shape[1], -1, 1), x.reshape(-1), x.reshape(1, -1)
def by_two(x: Tensor[f64, N, M]):
    return np.reshape(x, (-1, 2)), x.reshape((2, -1))
def masked(x: Tensor[f64, N, M]) -> None:
    x[x > 0] = [7.0, 8.0]
def rows(x: Tensor[f64, N, M]) -> None:
    x[x[:, 0] > 0] = np.ones((2, 1))
def axes(x: Tensor[f64, N, M], i: Tensor[i64, K]):
    return x[None, i], x[:, None, i], x[i, None, i]
def one(x: Tensor[f64, N, M], i: Tensor[i64]):
    y = x[i]
    y[:] = 5.0
    z = x[:, i]
    z[:] = 6.0
    return y, z, x[i, :1]
def at(x: Tensor[f64, N, M], i: Tensor[i64, K]) -> None:
    np.add.at(x, i, 1.5)
    np.maximum.at(x, (i, i), 0.5)
def where(x: Tensor[f64, N, M], y: Tensor[f64, N, M]):
    np.add(x, y, where=x > 0, out=y)
    return np.multiply(x, 2.0, where=y > x, out=x)
"""
X = np.arange(12.0).reshape(3, 4) - 5
ARRAYS = (
    X, X[:1], X[:, :1], X[:1, :1], X[:0], X[:, :0], X[:1, :0], X[:0, :1], X[::-1, ::-2], X.T, np.asfortranarray(X),
    X[:2, :2],
)  # fmt: skip


@cache
def twice() -> Twice:
    names = [line[4:].partition("(")[0] for line in SOURCE.splitlines() if line.startswith("def ")]
    return Twice(SOURCE, *names, overlapping="also")


@pytest.mark.parametrize("name", ["first", "last", "inferred", "by_two", "masked", "rows"])
def test_extents_that_are_known_only_at_run_time(name: str) -> None:
    for x in ARRAYS:
        _agree(name, x)
        interpreted(twice(), name, (x,))


def test_an_axis_that_would_go_only_sometimes_is_named() -> None:
    for x in ARRAYS:
        if 1 in x.shape:
            with pytest.raises(ValueError, match="is 1 only at run time: name the axes"):
                twice().compiled.ones(x)
        else:
            twice().agree("ones", x)


@pytest.mark.parametrize("name", ["axes", "at"])
def test_positions_out_of_bounds_leave_the_array_and_say_which_axis(name: str) -> None:
    for x in ARRAYS:
        for i in ((), (0,), (0, 0), (-1, 0), (0, 7), (-9, 0)):
            if x.shape[1] or i:
                _agree(name, x, np.array(i, dtype=np.int64))


def test_an_array_without_axes_chooses_a_copy() -> None:
    for x in (X, X.T, X[::-1]):
        for i in (0, -1, 2):
            twice().agree("one", x, np.array(i))
            interpreted(twice(), "one", (x, np.array(i)))


def test_out_keeps_what_where_leaves_out() -> None:
    for x in ARRAYS:
        y = x[::-1] * 0.5
        twice().agree("where", x, y)
        interpreted(twice(), "where", (x, y))
    for mixed in (pyc.array(X, pyc.f32), pyc.array(X, pyc.Mixed[pyc.f16, pyc.f32])):
        place = mixed.copy()
        np.multiply(mixed, 2, where=X > 0, out=place)
        assert np.array_equal(np.asarray(place), np.where(X > 0, X * 2, X))


def test_an_axis_that_provably_is_not_one_is_refused() -> None:
    with pytest.raises(CompileError, match="E214"):
        Twice("def f(x: Tensor[f64, 3, N]):\n    return np.squeeze(x, axis=0)\n", "f")


def _agree(name: str, *arguments: object) -> None:
    """Both give the same results or exceptions; the line of an exception in NumPy's own Python code is not compared."""
    expected, actual = (outcome(f, arguments) for f in (twice().python[name], getattr(twice().compiled, name)))
    assert (actual.error or ())[:2] == (expected.error or ())[:2], (name, arguments, actual.error, expected.error)
    same(actual.result, expected.result, name)
    same(actual.arguments, expected.arguments, f"arguments of {name}{arguments} afterwards")
