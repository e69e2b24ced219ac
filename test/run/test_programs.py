"""The programs of test/programs, typed only in their signatures: compiled, they give what NumPy gives.

Each file has functions and ``cases()``, which yields names of functions with arguments. A case is run by CPython and
compiled, without optimisation and with all of it: results, arguments afterwards and exceptions must be the same,
integers exactly, floats but for the order in which reductions add.
"""

from __future__ import annotations

import copy
import linecache
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyc.frontend import Request, lower
from pyc.frontend.syntax import GENERIC, LAZY_ANNOTATIONS, runnable_tree
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.run import load

PROGRAMS = sorted((Path(__file__).resolve().parents[1] / "programs").glob("*.py"))
CPU = Target.parse("cpu:native")


def plain(source: Source) -> dict[str, Any]:
    """The names that a program defines when CPython runs it."""
    linecache.cache[source.path] = (len(source.text), None, source.text.splitlines(True), source.path)
    code = compile(runnable_tree(source), source.path, "exec", LAZY_ANNOTATIONS, dont_inherit=True)
    names: dict[str, Any] = {"__name__": "program", GENERIC: lambda *parameters: lambda function: function}
    exec(code, names)
    return names


def compiled(source: Source, functions: tuple[str, ...], level: int) -> Any:
    module = lower(source, Request(CPU, functions)).module
    cpu = backend("cpu")
    options = Options(name="program", emit="obj", source_path=source.path, level=level)
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        return load(cpu.emit(module, CPU, options))


def called(function: Any, arguments: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...], tuple[str, str] | None]:
    """The result of a call, its arguments afterwards, and its exception."""
    arguments = copy.deepcopy(arguments)
    try:
        with np.errstate(all="ignore"):
            return function(*arguments), arguments, None
    except Exception as error:
        return None, arguments, (type(error).__name__, str(error))


def same(actual: Any, expected: Any, where: str) -> None:
    if isinstance(expected, tuple):
        assert isinstance(actual, tuple), where
        assert len(actual) == len(expected), where
        for a, e in zip(actual, expected, strict=True):
            same(a, e, where)
    elif isinstance(expected, np.ndarray):
        assert isinstance(actual, np.ndarray), f"{where}: {actual!r} is no array"
        assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape), where
        if expected.dtype.names:
            for name in expected.dtype.names:
                same(actual[name], expected[name], f"{where}.{name}")
        elif expected.dtype.kind in "fc":
            tolerance = 1e-9 if expected.dtype.itemsize >= 8 and expected.dtype != np.complex64 else 2e-5
            np.testing.assert_allclose(actual, expected, tolerance, tolerance, err_msg=where)
        else:
            np.testing.assert_array_equal(actual, expected, err_msg=where)
    elif isinstance(expected, float | np.floating):
        assert math.isclose(actual, expected, rel_tol=1e-9, abs_tol=1e-12) or (
            actual != actual and expected != expected
        )
    else:
        assert actual == expected, where


@pytest.mark.parametrize("level", [0, 3])
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: p.stem)
def test_program(path, level):
    source = Source(str(path), path.read_text(encoding="utf-8"))
    names = plain(source)
    cases = list(names["cases"]())
    functions = compiled(source, tuple(dict.fromkeys(name for name, _ in cases)), level)
    for name, arguments in cases:
        result, after, error = called(names[name], arguments)
        found, found_after, found_error = called(getattr(functions, name), arguments)
        where = f"{name}{arguments}"
        assert found_error == error, where
        same(found, result, where)
        same(found_after, after, f"arguments of {where} afterwards")


def test_there_are_enough():
    assert len(PROGRAMS) >= 40
