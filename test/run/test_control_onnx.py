"""Loops, branches and writes to computed positions in ONNX: two runtimes give what compiled code gives on the CPU."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

import pyc
from pyc.diagnostics import CompileError
from pyc.frontend import Request
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.onnx.inspect import verify_model
from pyc.targets.onnx.runtime import Session
from pyc.targets.onnx.session import MANIFEST_KEY, ModelFunction
from pyc.tools import driver

#: One worker compiles the programs for all tests.
pytestmark = pytest.mark.xdist_group("control-onnx")
SOURCE = """\
from __future__ import annotations
import numpy as np
import pyc
from pyc import Dim, Mixed, Tensor, f16, f32, f64, i32, i64, prange
from pyc.nn import gelu
M, N, K = Dim("M"), Dim("N"), Dim("K")
def branch(x: Tensor[f32, N], s: f64) -> Tensor[f32, N]:
    if s > 0.5:
        y = x * 2
    elif s < -0.5:
        y = x[::-1] + 1
    else:
        y = x
    return y
def alone(x: Tensor[f64, N], s: f64) -> tuple[Tensor[f64, N], f64]:
    t = s
    if s > 0:
        x[:] = 0.0
        t = 2.0
    return x + t, t
def power(x: Tensor[f64, N], k: i64) -> Tensor[f64, N]:
    y = np.ones(len(x))
    for i in range(k):
        y = y * x
    return y
def until(x: Tensor[f64, N], tol: float) -> tuple[Tensor[f64, N], i64]:
    n = i64(0)
    while np.abs(x).max() > tol:
        x = x / 2
        n += 1
    return x, n
def stencil(u: Tensor[f64, N], steps: int) -> Tensor[f64, N]:
    for t in range(steps):
        v = u.copy()
        for i in range(1, len(u) - 1):
            v[i] = (u[i - 1] + u[i] + u[i + 1]) / 3
        u = v
    return u
def written(x: Tensor[f64, N]) -> None:
    for i in range(0, len(x), 2):
        if x[i] < 0:
            x[i] = -x[i]
def falling(x: Tensor[f64, N]) -> f64:
    s = 0.0
    for i in range(len(x) - 1, -1, -3):
        s = s * 0.5 + x[i]
    return s
def first(x: Tensor[f64, N], limit: float) -> int:
    for i in range(len(x)):
        if x[i] > limit:
            return i
    return -1
def odd(x: Tensor[i64, N]) -> i64:
    s = i64(0)
    for v in x:
        if v % 2 == 0:
            continue
        if v > 50:
            break
        s += v
    return s
def table(m: int, x: Tensor[f32, N]) -> Tensor[f32, N, N]:
    out = np.zeros((len(x), len(x)), f32)
    for i in range(len(x)):
        for j in range(i, len(x)):
            out[i, j] = x[i] - x[j]
            out[j, i] = -out[i, j]
    return out
def halves(x: Tensor[f16, N], n: i64) -> Tensor[f16, N]:
    for i in range(n):
        x = x * x + f16(0.1)
    return x
def mixed(x: Tensor[Mixed[f16, f32], N], n: i64) -> Tensor[Mixed[f16, f32], N]:
    for i in range(n):
        x = x / 3 + x
    return x
def collatz(n: i64) -> i64:
    steps = i64(0)
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
def rows(x: Tensor[f64, M, N]) -> Tensor[f64, M]:
    out = np.empty(x.shape[0])
    for i in prange(x.shape[0]):
        out[i] = (x[i] * x[i]).sum()
    return out
def blocks(x: Tensor[f64, N], steps: i64) -> Tensor[f64, N]:
    for s in range(steps):
        x[1:] = x[1:] + x[:-1]
        x[::2] *= 0.5
    return x
def smooth(row: Tensor[f64, N]) -> Tensor[f64, N]:
    if row.sum() > 0:
        return row / row.sum()
    return row
def called(x: Tensor[f64, M, N]) -> Tensor[f64, M, N]:
    out = np.zeros(x.shape)
    for i in range(x.shape[0]):
        out[i] = smooth(x[i])
    return out
def chosen(x: Tensor[f64, N], kind: i32) -> Tensor[f64, N]:
    match kind:
        case 0:
            return x
        case 1 | 2:
            return x * 2
        case _ if kind < 0:
            return -x
    return x + 1
def both(a: i64, b: i64) -> tuple[i64, i64]:
    while b != 0:
        a, b = b, a % b
    return a, b
def nothing(x: Tensor[f64, N], n: i64) -> Tensor[f64, N]:
    t = 0.0
    for i in range(n):
        t = t + 1.0
    return x
@pyc.jit(unchecked=True)
def put(x: Tensor[f64, N], i: Tensor[i64, K], v: Tensor[f64, K]) -> Tensor[f64, N]:
    x[i % len(x)] = v
    return x
@pyc.jit(unchecked=True)
def put_rows(x: Tensor[f32, M, N], i: Tensor[i64, K], v: Tensor[f32, K, N]) -> Tensor[f32, M, N]:
    x[i % x.shape[0]] = v
    return x
@pyc.jit(unchecked=True)
def put_columns(x: Tensor[f32, M, N], i: Tensor[i64, K], v: f32) -> Tensor[f32, M, N]:
    x[:, i % x.shape[1]] = v
    x[0] = 2
    return x
@pyc.jit(unchecked=True)
def put_both(x: Tensor[i32, M, N], i: Tensor[i64, K], v: Tensor[i32, K]) -> Tensor[i32, M, N]:
    x[i % x.shape[0], (i * 3) % x.shape[1]] = v
    return x
def positions(x: Tensor[f64, N]) -> tuple[Tensor[i64, K], f64]:
    found = np.flatnonzero(x > 0)
    return found * 2 + 1, x[x > 0].sum()
@pyc.jit(unchecked=True)
def columns(u: Tensor[f64, N, M], i: Tensor[i64, K]) -> None:
    u[:, i] = u[:, i] * 2
    u[i] = u[0]
    u[i, 1:] = 5
    u[0][i] = 9
def marked(x: Tensor[bool, N], y: Tensor[i32, N]):
    x[y > 0] = True
    x[y < 0] = y[y < 0] < -2
    y[x] = 0
    y[x] |= 3
    return x & (y == 3)
def parted(x: Tensor[f64, N]):
    return x[x > 0] + 1, np.sin(x[x <= 0]), x[::-1]
def products(a: Tensor[f64, M, N], u: Tensor[f64, N], v: Tensor[f64, M]):
    b = a @ (1.3 * a.T)
    return 1.2 * (a @ u), a.T @ v, v @ a * 0.7, u @ u, 1.2 * b, b / np.sqrt(float(len(v)) + 3.0), v @ b @ v
def errors(x: Tensor[f64, N]):
    return pyc.erf(x), pyc.erfc(x), gelu(x)
def multiplied(x: Tensor[i64, M, N, 3]):
    return x.prod(), x.prod(axis=1), x.prod(axis=(0, 2)), x.prod(axis=2, keepdims=True)
def jumps(n: int) -> float:
    total = 0.0
    for k in (1, 2.5, True, n):
        if k == 2:
            continue
        total += k
        if total > 9:
            break
    else:
        total = total * 2
    return total
def examined(x: Tensor[f64, N]) -> None:
    if len(x) < 1:
        raise ValueError("nothing")
def asked(x: Tensor[f64, N]) -> f64:
    examined(x)
    return x.sum()
def ladder(x: i64) -> i64:
    if x == 0:
        y = 7
LADDER    else:
        y = -1
    return i64(y)
def turned(x: Tensor[f64, N], step: i64) -> f64:
    s = 0.0
    if step != 0:
        for v in x[::step]:
            s = s * 0.5 + v
    return s
"""
LADDER = "".join(f"    elif x == {i}:\n        y = {i * 3}\n" for i in range(1, 210))
SOURCE = SOURCE.replace("LADDER", LADDER)
RNG = np.random.default_rng(5)


def numbers(*shape: int) -> np.ndarray[Any, Any]:
    return RNG.standard_normal(shape) * 2


def small(*shape: int) -> np.ndarray[Any, Any]:
    return numbers(*shape).astype(np.float32)


VALUES = [1, 7, 3, 2, 9, 0, 51]
CASES: dict[str, list[tuple[Any, ...]]] = {
    "branch": [(small(n), s) for n in (0, 1, 5) for s in (1.0, 0.0, -1.0)],
    "alone": [(numbers(n), s) for n in (0, 4) for s in (1.0, -1.0)],
    "power": [(numbers(n), k) for n in (0, 3) for k in (0, 1, 4, -2)],
    "until": [(numbers(5), 0.1), (numbers(1), 100.0)],
    "stencil": [(numbers(n), 3) for n in (0, 1, 2, 3, 9)],
    "written": [(numbers(n),) for n in (0, 1, 2, 7)],
    "falling": [(numbers(n),) for n in (0, 1, 2, 3, 4, 11)],
    "first": [(np.arange(n) * 1.0, s) for n in (0, 4) for s in (1.5, 9.0, -1.0)],
    "odd": [(np.array(VALUES[:n], np.int64),) for n in (0, 2, 6, 7)],
    "table": [(0, small(n)) for n in (0, 1, 4)],
    "halves": [(numbers(n).astype(np.float16), k) for n in (0, 6) for k in (0, 3)],
    "mixed": [(numbers(n).astype(np.float16), k) for n in (0, 6) for k in (0, 3)],
    "collatz": [(n,) for n in (1, 2, 7, 27)],
    "rows": [(numbers(m, n),) for m in (0, 1, 3) for n in (0, 4)],
    "blocks": [(numbers(n), 3) for n in (1, 2, 9)],
    "called": [(numbers(m, n),) for m in (0, 3) for n in (0, 1, 4)],
    "chosen": [(numbers(3), k) for k in (0, 1, 2, 3, -4)],
    "both": [(12, 18), (7, 0), (0, 0), (17, 5)],
    "nothing": [(numbers(3), k) for k in (0, 5)],
    "put": [(numbers(5), np.array(VALUES[:n], np.int64), numbers(n)) for n in (0, 1, 7)],
    "put_rows": [(small(3, n), np.array(VALUES), small(7, n)) for n in (0, 1, 4)],
    "put_columns": [(small(m, 4), np.array(VALUES[:n], np.int64), 1.5) for m in (1, 3) for n in (0, 7)],
    "put_both": [(np.zeros((m, 4), np.int32), np.array(VALUES), np.arange(7, dtype=np.int32)) for m in (1, 3)],
    "positions": [(numbers(n),) for n in (0, 1, 9)],
    "columns": [(numbers(3, m), np.array([0, 2, -1])) for m in (3, 4, 7)],
    "marked": [(np.arange(n) % 2 == 0, np.array(VALUES[:n], np.int32) - 3) for n in (0, 1, 7)],
    "parted": [(numbers(n),) for n in (0, 1, 9)],
    "products": [(numbers(m, n), numbers(n), numbers(m)) for m in (1, 3, 6) for n in (0, 1, 4)],
    "errors": [(np.array([0.0, -0.0, 0.3, -0.7, 1.0, 2.5, -6.1, 27.0, -30.0, 1e-300, np.nan]),)],
    "multiplied": [(np.arange(m * n * 3).reshape(m, n, 3) - 4,) for m in (0, 2) for n in (0, 1, 4)],
    "jumps": [(n,) for n in (-7, 2, 30)],
    "asked": [(numbers(3),)],
    "ladder": [(n,) for n in (-1, 0, 1, 104, 209, 210)],
    "turned": [(numbers(n), s) for n in (0, 1, 5) for s in (1, 0, 2, -1, -3)],
}


class Reference:
    """ONNX's own evaluator, as a session."""

    def __init__(self, path: str) -> None:
        self._evaluator = ReferenceEvaluator(path)
        self._names = [str(name) for name in self._evaluator.input_names]

    @property
    def input_count(self) -> int:
        return len(self._names)

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        return list(self._evaluator.run(None, dict(zip(self._names, arrays, strict=True))))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, list[Any]]]:
    """The CPU's functions; by name, the models in ONNX Runtime, optimised and not, and in ONNX's evaluator."""
    folder = tmp_path_factory.mktemp("control")
    path = folder / "program.py"
    path.write_text(SOURCE)
    wanted = Request(functions=tuple(CASES))
    options = Options("program", source_path=str(path))

    def compiled(target: str) -> Path:
        artifact = driver.compile_source(Source(str(path), SOURCE), Target(target), options, wanted)
        return artifact.write(folder / target)

    cpu, models = pyc.load(compiled("cpu")), compiled("onnx")
    assert verify_model(models) == []
    functions: dict[str, list[Any]] = {}
    for name in CASES:
        model = str(models / f"{name}.onnx")
        sessions = [Session(model), Session(model, optimise=False), Reference(model)]
        (entry,) = json.loads(sessions[0].metadata[MANIFEST_KEY])["functions"]
        functions[name] = [ModelFunction({**entry, "attribute": name, "method": None}, s) for s in sessions]
    return cpu, functions


@pytest.mark.parametrize("name", CASES)
def test_as_on_the_cpu(made: tuple[Any, dict[str, list[Any]]], name: str) -> None:
    cpu, models = made
    for arguments in CASES[name]:
        ours = copied(arguments)
        want = getattr(cpu, name)(*ours)
        for model in models[name]:
            theirs = copied(arguments)
            got = model(*theirs)
            for a, b in zip(results(want) + ours, results(got) + theirs, strict=True):
                assert np.asarray(a).dtype == np.asarray(b).dtype
                np.testing.assert_allclose(b, a, rtol=1e-12 if np.asarray(a).dtype == np.float64 else 1e-6)


@pytest.mark.parametrize("opset", [17, 18, 21, 26])
def test_operator_sets(made: tuple[Any, dict[str, list[Any]]], tmp_path: Path, opset: int) -> None:
    cpu, _ = made
    path = tmp_path / "program.py"
    path.write_text(SOURCE)
    # What is put in computed places needs 18.
    names = [n for n in CASES if opset >= 18 or not n.startswith(("put", "columns", "marked"))]
    options = Options("program", source_path=str(path), opset=opset)
    wanted = Request(functions=tuple(names))
    artifact = driver.compile_source(Source(str(path), SOURCE), Target("onnx"), options, wanted)
    models = artifact.write(tmp_path / "program.onnx")
    for name in names:
        assert onnx.load(models / f"{name}.onnx").opset_import[0].version == opset
    loaded = pyc.load(models)
    for name in names:
        arguments = CASES[name][-1]
        ours, theirs = copied(arguments), copied(arguments)
        want, got = getattr(cpu, name)(*ours), getattr(loaded, name)(*theirs)
        for a, b in zip(results(want) + ours, results(got) + theirs, strict=True):
            np.testing.assert_allclose(b, a, rtol=1e-12 if np.asarray(a).dtype == np.float64 else 1e-6)


def test_what_is_nested_too_deeply(tmp_path: Path) -> None:
    lines = ["def f(x: Tensor[f64, N]) -> float:", "    y = 0.0"]
    lines += [f"{'    ' * (i + 1)}if x[{i}:].sum() > {i}:" for i in range(31)]
    text = "\n".join(
        ["from pyc import Dim, Tensor, f64", "N = Dim('N')", *lines, "    " * 32 + "y = x.sum()", "    return y"]
    )
    path = tmp_path / "program.py"
    path.write_text(text + "\n")
    with pytest.raises(CompileError, match="more than 30 deep") as caught:
        driver.compile_source(Source(str(path), text + "\n"), Target("onnx"), Options("program"), Request())
    assert [d.code for d in caught.value.diagnostics] == ["E602"]
    assert caught.value.diagnostics[0].span is not None


def copied(arguments: tuple[Any, ...]) -> list[Any]:
    return [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]


def results(given: Any) -> list[Any]:
    return list(given) if isinstance(given, tuple) else [] if given is None else [given]
