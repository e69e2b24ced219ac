"""Calls whose arguments overlap: compiled functions do what NumPy does, in bundles and just in time."""

from __future__ import annotations

import itertools
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from language import HEADER

import pyc
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.run import load

PROGRAM = """
def shift(u: Tensor[f64, N], v: Tensor[f64, N]) -> None:
    v[:] = u

def scan(u: Tensor[f64, N], v: Tensor[f64, N]) -> None:
    for i in range(1, u.shape[0]):
        v[i] = u[i] + v[i - 1]

def mix(u: Tensor[f64, N], v: Tensor[f64, N]) -> Tensor[f64, N]:
    old = u.copy()
    v[:] = u * 2 + v
    return old + u + v

def both(u: Tensor[f64, N], v: Tensor[f64, N]) -> float:
    u[:] = v + 1
    v[:] = u + 1
    return u[0] + v[0]

def stencil(u: Tensor[f64, N], v: Tensor[f64, N], steps: int) -> Tensor[f64, N]:
    for _ in range(steps):
        v[1:-1] = (u[:-2] + u[2:]) * 0.5
        u, v = v, u
    return u

def into(u: Tensor[f64, N, M], v: Tensor[f64, M, N]) -> None:
    v[:] = u.T

def checked(u: Tensor[f64, N], v: Tensor[f64, N], i: int) -> None:
    v[:] = u + 1
    v[i] = u[0]

def apart(u: Tensor[f64, N], k: Tensor[i64, N]) -> None:
    u[:] = k
"""
CPU = Target.parse("cpu:native")


@pytest.fixture(scope="module")
def python() -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(HEADER + PROGRAM, "<overlap>", "exec"), names)
    return names


@pytest.fixture(scope="module")
def code() -> Any:
    module = lower(Source("<overlap>", HEADER + PROGRAM), Request(CPU, memory=True, overlapping="also")).module
    cpu, options = backend("cpu"), Options(name="program", emit="obj")
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        return load(cpu.emit(module, CPU, options))


PARTS = [slice(0, 6), slice(1, 7), slice(2, 8), slice(7, 1, -1), slice(0, 12, 2), slice(1, 12, 2), slice(11, None, -2)]


@pytest.mark.parametrize("name", ["shift", "scan", "mix", "both", "stencil"])
def test_one_dimension(name: str, code: Any, python: dict[str, Any]) -> None:
    more = [3] if name == "stencil" else []
    for one, other in itertools.product(PARTS, repeat=2):
        if name == "shift" and {one.step or 1, other.step or 1} in ({1, 2}, {-1, -2}):
            continue  # NumPy 2.4 reads what it has written: a[0:12:2] = a[0:6] is not a[0:12:2] = a[0:6].copy()
        expected, actual = np.arange(12.0) ** 2, np.arange(12.0) ** 2
        wanted = python[name](expected[one], expected[other], *more)
        result = getattr(code, name)(actual[one], actual[other], *more)
        assert actual.tolist() == expected.tolist(), (one, other)
        assert np.asarray(result).tolist() == np.asarray(wanted).tolist(), (one, other)
        if isinstance(result, np.ndarray):
            assert np.shares_memory(result, actual) == np.shares_memory(wanted, expected)


def test_a_matrix_and_its_transpose(code: Any, python: dict[str, Any]) -> None:
    for n, m in ((3, 3), (2, 5)):
        expected, actual = np.arange(float(n * m)), np.arange(float(n * m))
        python["into"](expected.reshape(n, m), expected.reshape(m, n))
        code.into(actual.reshape(n, m), actual.reshape(m, n))
        assert actual.tolist() == expected.tolist()
    square = np.arange(9.0).reshape(3, 3)
    code.into(square, square)
    assert square.tolist() == np.arange(9.0).reshape(3, 3).T.tolist()


def test_the_exception_is_that_of_the_line(code: Any, python: dict[str, Any]) -> None:
    expected, actual = np.arange(6.0), np.arange(6.0)
    with pytest.raises(IndexError):
        python["checked"](expected[:5], expected[1:], 9)
    with pytest.raises(IndexError, match="out of bounds"):
        code.checked(actual[:5], actual[1:], 9)
    assert actual.tolist() == expected.tolist()


def test_what_stays_refused(code: Any) -> None:
    u = np.arange(4.0)
    with pytest.raises(ValueError, match="u and k overlap"):
        code.apart(u, u.view(np.int64))
    with pytest.raises(ValueError, match="several of its elements share memory"):
        code.shift(u, np.lib.stride_tricks.as_strided(u, (4,), (0,)))


def test_in_a_bundle(tmp_path: Path) -> None:
    module = lower(Source("<overlap>", HEADER + PROGRAM), Request(CPU, memory=True, overlapping="also")).module
    cpu, options = backend("cpu"), Options(name="program", emit="bundle")
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        artifact = cpu.emit(module, CPU, options)
    bundle = pyc.load(artifact.write(tmp_path / "program.cpu"))
    assert sorted(artifact.exports) == sorted(["shift", "scan", "mix", "both", "stencil", "into", "checked", "apart"])
    u = np.arange(6.0)
    bundle.shift(u[:5], u[1:])
    assert u.tolist() == [0, 0, 1, 2, 3, 4]
    header = (tmp_path / "program.cpu" / "program.h").read_text()
    assert "program_shift__overlapping" in header
    assert "program_apart__overlapping" not in header


def test_just_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYC_CACHE_DIR", str(tmp_path / "cache"))
    text = """
        import pyc
        from pyc import Dim, Tensor, f64

        N = Dim("N")

        @pyc.jit
        def shift(u: Tensor[f64, N], v: Tensor[f64, N]) -> None:
            v[:] = u

        @pyc.jit
        def untyped(u, v):
            v[:] = u
    """
    path = tmp_path / "overlapped.py"
    path.write_text(textwrap.dedent(text))
    monkeypatch.syspath_prepend(str(tmp_path))
    import overlapped  # pyright: ignore[reportMissingImports]

    for function in (overlapped.shift, overlapped.untyped):
        u = np.arange(6.0)
        function(u[:3], u[3:])
        assert u.tolist() == [0, 1, 2, 0, 1, 2]
        for _ in range(2):
            u = np.arange(6.0)
            function(u[:5], u[1:])
            assert u.tolist() == [0, 0, 1, 2, 3, 4]
