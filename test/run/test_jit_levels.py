"""Levels of optimisation just in time: results do not depend on them, and better code takes the place of quick code."""

import importlib.util
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyc
from pyc.tools import compilation
from pyc.tools.jit import Compiled, JitOptions

PROGRAM = """\
import numpy as np
import pyc
from pyc import Dim, Tensor, TypeVar, f32, f64

N = Dim("N")
T = TypeVar("T", f32, f64)


@pyc.jit
def total(x: Tensor[f32, N]) -> f32:
    s = f32(0.0)
    for i in range(len(x)):
        s += x[i] * x[i]
    return s


@pyc.jit
def softmax(x: Tensor[f64, N]) -> Tensor[f64, N]:
    e = np.exp(x - x.max())
    return e / e.sum()


@pyc.jit(background=True)
def soon(x: Tensor[T, N], k: int) -> T:
    return x[k] / T(3.0)


@pyc.jit(background=True)
def later(x: Tensor[f64, N]) -> float:
    return x.sum() * 2.0


@pyc.jit(level=0)
def plain(x: Tensor[f64, N]) -> float:
    return x.sum() * 2.0
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PYC_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "levels.py").write_text(PROGRAM)
    spec = importlib.util.spec_from_file_location("levels", tmp_path / "levels.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "levels", module)
    spec.loader.exec_module(module)
    return module


def test_results_are_the_same_at_every_level(program: Any) -> None:
    rng = np.random.default_rng(0)
    x32, x64 = rng.standard_normal(1003).astype(np.float32), rng.standard_normal(1003)
    for name, x in (("total", x32), ("softmax", x64)):
        results = [Compiled(getattr(program, name).__wrapped__, JitOptions(level=k))(x) for k in range(4)]
        for r in results[1:]:
            np.testing.assert_array_equal(r, results[0])


def _better_code_waits(monkeypatch: pytest.MonkeyPatch, event: threading.Event) -> list[int]:
    """Let code of level 3 be compiled only when something has happened; the levels asked for, as they are."""
    levels: list[int] = []
    compile_now = compilation._compile

    def waiting(task: Any, begun: Any) -> Any:
        levels.append(task.options.level)
        if task.options.level == 3:
            event.wait(60)
        return compile_now(task, begun)

    monkeypatch.setattr(compilation, "_compile", waiting)
    return levels


def test_quick_code_answers_until_better_code_is_there(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    levels = _better_code_waits(monkeypatch, go_on)
    x = np.arange(9.0)
    assert program.later(x) == 72.0
    assert program.later(x) == 72.0
    quick = program.later._made
    assert levels[0] == 1
    go_on.set()
    deadline = time.monotonic() + 60
    while program.later._made is quick and time.monotonic() < deadline:
        assert program.later(x) == 72.0
        time.sleep(0.001)
    assert program.later._made is not quick
    assert levels == [1, 3]
    assert program.later(x) == 72.0
    with pytest.raises(ValueError, match="misaligned"):
        program.later(np.frombuffer(bytes(25), np.uint8)[1:].view(np.float64))
    # What is in the cache is taken at once.
    assert Compiled(program.later.__wrapped__, JitOptions(background=True))(x) == 72.0
    assert levels == [1, 3]


def test_children_get_better_code_too(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    forked = threading.Event()
    _better_code_waits(monkeypatch, forked)
    x = np.arange(9.0)
    assert program.later(x) == 72.0
    quick = program.later._made
    child = os.fork()
    if not child:
        deadline = time.monotonic() + 60
        while program.later._made is quick and time.monotonic() < deadline:
            time.sleep(0.01)
        os._exit(0 if program.later._made is not quick and program.later(x) == 72.0 else 1)
    forked.set()
    assert os.waitpid(child, 0)[1] == 0


def test_each_type_is_compiled_twice(program: Any) -> None:
    x = np.arange(9.0)
    for values in (x, x.astype(np.float32)):
        first = program.soon(values, 4)
        threads = [t for t in threading.enumerate() if t is not threading.current_thread() and t.daemon]
        for thread in threads:
            thread.join(60)
        again = program.soon(values, 4)
        assert (type(first), first) == (type(again), again)
        assert first == values[4] / values.dtype.type(3)
    with pytest.raises(IndexError):
        program.soon(x, 9)


def test_levels_are_options_of_the_decorator(program: Any) -> None:
    assert program.plain(np.ones(3)) == 6.0
    with pytest.raises(TypeError, match="a level from 0 to 3, not 4"):
        pyc.jit(level=4)
    with pytest.raises(TypeError, match="has no option 'tier'"):
        pyc.jit(tier=2)  # type: ignore[call-overload]
