"""What Python's own tools make of compiled functions: help, doctest, inspect, typing, functools, copy."""

from __future__ import annotations

import collections
import copy
import doctest
import functools
import importlib
import inspect
import pickle
import pydoc
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyc
from pyc import Tensor, bf16, f32
from pyc.tools.driver import Job, compile_file

PROGRAM = '''\
"""Functions that are looked at."""

import numpy as np
import pyc
from pyc import Dim, Mixed, Tensor, TypeVar, bf16, f32, f64

N = Dim("N")
T = TypeVar("T", f32, f64)


@pyc.jit
def scale(x: Tensor[f32, N], s: f32 = 3.0) -> Tensor[f32, N]:
    """Scale it.

    >>> scale(np.ones(2, np.float32)).tolist()
    [3.0, 3.0]
    >>> scale(np.ones(2, np.float32), "three")
    Traceback (most recent call last):
    TypeError: s is a str, and f32 is wanted
    """
    return x * s


@pyc.jit
def axpy(a: T, x: Tensor[T, N]) -> Tensor[T, N]:
    """Scale and add it.

    >>> axpy(1.0, np.ones(1)).tolist()
    [2.0]
    """
    return a * x + x


@pyc.jit
def mixed(x: Tensor[Mixed[bf16, f32], N], k: int, *, deep: bool = False) -> tuple[float, int]:
    return float(x[0]), k


@pyc.jit
def pair(p: tuple[int, float]) -> tuple[tuple[float, int], int]:
    return (p[1], p[0]), 3


axpy_f64 = axpy[f64]
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("looked_at")
    (place / "looked_at.py").write_text(PROGRAM)
    compile_file(Job(str(place / "looked_at.py"), output=str(place / "looked_at_cpu")))
    return place


@pytest.fixture(scope="module")
def jitted(folder: Path) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYC_CACHE_DIR", str(folder / "cache"))
        patch.syspath_prepend(str(folder))
        yield importlib.import_module("looked_at")
    del sys.modules["looked_at"]


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Any:
    return pyc.load(folder / "looked_at_cpu")


def test_doctest_finds_and_runs_the_examples(jitted: Any) -> None:
    assert {t.name: len(t.examples) for t in doctest.DocTestFinder().find(jitted)} == {
        "looked_at": 0,
        "looked_at.axpy": 1,
        "looked_at.axpy_f64": 1,
        "looked_at.scale": 2,
    }
    assert doctest.testmod(jitted) == (0, 4)


def test_help(jitted: Any, bundle: Any) -> None:
    text = pydoc.plain(pydoc.render_doc(jitted.scale))
    assert "scale(x: Tensor[f32, N], s: f32 = 3.0) -> Tensor[f32, N]\n    Scale it.\n" in text
    text = pydoc.plain(pydoc.render_doc(jitted))
    assert "mixed(x: Tensor[Mixed[bf16, f32], N], k: int, *, deep: bool = False) -> tuple[float, int]" in text
    assert "f32 = f32" in text
    text = pydoc.plain(pydoc.render_doc(bundle.scale))
    assert "scale(x: Tensor[f32, N], s: f32 = 3.0) -> Tensor[f32, N]\n" in text
    assert "Compiled for cpu." in text


def test_inspect(jitted: Any, bundle: Any) -> None:
    wanted = "(x: Tensor[f32, N], s: f32 = 3.0) -> Tensor[f32, N]"
    assert str(inspect.signature(jitted.scale)) == wanted
    assert str(inspect.signature(bundle.scale)).replace("'", "") == wanted
    assert str(inspect.signature(jitted.mixed)) == (
        "(x: Tensor[Mixed[bf16, f32], N], k: int, *, deep: bool = False) -> tuple[float, int]"
    )
    assert inspect.getsource(jitted.scale).startswith("@pyc.jit\ndef scale(")
    assert inspect.getdoc(jitted.scale) == inspect.cleandoc(jitted.scale.__wrapped__.__doc__)
    assert inspect.isfunction(inspect.unwrap(jitted.scale))
    assert inspect.getmodule(jitted.scale) is jitted
    assert (jitted.axpy.__name__, jitted.axpy.__qualname__, jitted.axpy.__module__) == ("axpy", "axpy", "looked_at")
    for one in (jitted.scale, bundle.scale):
        assert callable(one)
        assert list(inspect.signature(one).bind(1, s=2).arguments.items()) == [("x", 1), ("s", 2)]


def test_type_hints(jitted: Any, bundle: Any) -> None:
    hints = typing.get_type_hints(jitted.scale)
    assert hints == {"x": Tensor[f32, jitted.N], "s": f32, "return": Tensor[f32, jitted.N]}
    assert typing.get_type_hints(bundle.scale) == {"x": np.ndarray, "s": np.float32, "return": np.ndarray}
    assert typing.get_type_hints(bundle.axpy_f64) == {"a": np.float64, "x": np.ndarray, "return": np.ndarray}
    mixed = {"x": np.ndarray, "k": int, "deep": bool, "return": tuple[float, int]}
    assert inspect.get_annotations(bundle.mixed) == mixed
    assert typing.get_type_hints(bundle.pair) == {
        "p": tuple[int, float],
        "return": tuple[tuple[float, int], int],
    }


def test_functools(jitted: Any, bundle: Any) -> None:
    x = np.ones(2, np.float32)
    for program in (jitted, bundle):
        twice = functools.partial(program.scale, s=2.0)
        assert twice(x).tolist() == [2, 2]
        assert str(inspect.signature(twice).parameters["s"]).endswith("= 2.0")
        assert pickle.loads(pickle.dumps(twice))(x).tolist() == [2, 2]
        assert functools.reduce(lambda v, f: f(v), [twice, twice], x).tolist() == [4, 4]

        @functools.wraps(program.scale)
        def wrapped(*arguments: Any, program: Any = program) -> Any:
            return program.scale(*arguments)

        assert inspect.signature(wrapped) == inspect.signature(program.scale)
        assert wrapped(x).tolist() == [3, 3]
        assert functools.cache(program.mixed).__wrapped__ is program.mixed


def test_copies_are_the_function(jitted: Any, bundle: Any) -> None:
    for function in (jitted.scale, jitted.axpy, jitted.axpy[f32], bundle.scale, bundle.axpy_f64):
        assert copy.copy(function) is function
        assert copy.deepcopy({"f": [function]})["f"][0] is function
    assert collections.Counter([jitted.scale, copy.copy(jitted.scale)])[jitted.scale] == 2


def test_element_types_and_precisions_are_shown_by_their_names() -> None:
    assert repr([f32, bf16, pyc.Mixed[bf16, f32], Tensor[pyc.Mixed[bf16, f32], 3]]) == (
        "[f32, bf16, Mixed[bf16, f32], Tensor[Mixed[bf16, f32], 3]]"
    )
