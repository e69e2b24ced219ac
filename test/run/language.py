"""One source, run twice: by CPython with NumPy, and compiled. Both must give the same bits, writes and exceptions."""

from __future__ import annotations

import copy
import ctypes
import linecache
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

import pyc
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.run import load

HEADER = """\
from __future__ import annotations
import math
import numpy as np
from pyc import Tensor, Dim, f32, f64, i8, i32, i64, u8
N = Dim("N")
M = Dim("M")
K = Dim("K")
"""
CPU = Target.parse("cpu:native")


@dataclass(frozen=True)
class Outcome:
    """What a call did: its result or its exception, and its arguments afterwards."""

    result: object
    arguments: tuple[object, ...]
    error: tuple[str, str, str] | None


class Twice:
    """The functions ``names`` of a source text, compiled, optimised at ``level``, and interpreted."""

    def __init__(self, text: str, *names: str, overlapping: Literal["no", "also"] = "no", level: int = 3) -> None:
        self.text = HEADER + text
        path = f"<language {id(self)}>"
        linecache.cache[path] = (len(self.text), None, self.text.splitlines(True), path)
        self.python: dict[str, Any] = {"__name__": "program"}
        exec(compile(self.text, path, "exec"), self.python)
        lowered = lower(Source(path, self.text), Request(CPU, names, overlapping=overlapping))
        module, cpu = lowered.module, backend("cpu")
        options = Options(name="program", emit="obj", source_path=path, pool=False, level=level)
        with module.context:
            cpu.pipeline(CPU, options).run(module)
            self.compiled = load(cpu.emit(module, CPU, options))

    def agree(self, name: str, *arguments: object, message: bool = True) -> Outcome:
        """Call both, and compare; ``message`` is false where an exception's text is allowed to differ."""
        expected = outcome(self.python[name], arguments)
        actual = outcome(getattr(self.compiled, name), arguments)
        if expected.error is not None or actual.error is not None:
            assert actual.error is not None, f"{name}{arguments} should raise {expected.error}, gave {actual.result}"
            assert expected.error is not None, f"{name}{arguments} should give {expected.result}, raised {actual.error}"
            wanted, found = expected.error, actual.error
            assert (wanted[0], wanted[2]) == (found[0], found[2]), f"{name}{arguments}: {found}, not {wanted}"
            if message:
                assert wanted[1] == found[1], f"{name}{arguments}: {found}, not {wanted}"
        same(actual.result, expected.result, f"{name}{arguments}")
        same(actual.arguments, expected.arguments, f"arguments of {name}{arguments} afterwards")
        return actual


def outcome(function: Callable[..., object], arguments: tuple[object, ...]) -> Outcome:
    arguments = copied(arguments)
    try:
        with np.errstate(all="ignore"):
            return Outcome(function(*arguments), arguments, None)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        return Outcome(None, arguments, (type(error).__name__, str(error), (frames[-1].line or "").strip()))


def copied(value: Any) -> Any:
    """A deep copy in which arrays lie in memory as they did: steps, reversed axes and repeated elements included."""
    if type(value) is tuple:
        memory: dict[int, Any] = {}
        return tuple(memory.setdefault(id(v), copied(v)) for v in value)
    if type(value) is not np.ndarray or not value.size:
        return copy.deepcopy(value)
    low, high = np.lib.array_utils.byte_bounds(value)
    kept = np.empty(high - low + value.itemsize, np.uint8)[: high - low]
    ctypes.memmove(kept.ctypes.data, low, high - low)
    return np.ndarray(value.shape, value.dtype, kept.data, value.ctypes.data - low, value.strides)


def same(actual: object, expected: object, where: str) -> None:
    """Fail unless two values are equal in type, shape and every bit (any NaN equals any other)."""
    if isinstance(expected, tuple):
        assert isinstance(actual, tuple)
        assert len(actual) == len(expected), where
        for a, e in zip(actual, expected, strict=True):
            same(a, e, where)
    elif isinstance(expected, np.ndarray):
        assert isinstance(actual, np.ndarray), where
        assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape), where
        assert np.array_equal(_bits(actual), _bits(expected)), f"{where}: {actual}, not {expected}"
    else:
        # A declared `float` is one, where Python lets an element of an array, a float too, pass through.
        assert isinstance(expected, type(actual)), f"{where}: {actual!r}, not {expected!r}"
        assert np.array_equal(_bits(np.asarray(actual)), _bits(np.asarray(expected))), (
            f"{where}: {actual!r}, not {expected!r}"
        )


def _bits(a: np.ndarray) -> np.ndarray:
    if a.dtype.kind == "c":
        return np.stack((_bits(np.real(a)), _bits(np.imag(a))))
    if a.dtype.kind != "f":
        return a
    return np.where(np.isnan(a), np.asarray(np.nan, a.dtype), a).view(f"u{a.dtype.itemsize}")


def interpreted(twice: Twice, name: str, arguments: tuple[object, ...]) -> None:
    """Fail unless a function gives on arrays of the language what it gives on NumPy's: elements and exceptions."""
    expected = outcome(twice.python[name], arguments)
    wrapped = tuple(pyc.array(a) if isinstance(a, np.ndarray) else a for a in copied(arguments))
    actual = outcome(twice.python[name], wrapped)
    assert (actual.error is None) == (expected.error is None), (
        f"{name}{arguments}: {actual.error}, not {expected.error}"
    )
    if expected.error is None:
        _same_elements(actual.result, expected.result, f"{name}{arguments}")


def _same_elements(actual: object, expected: object, where: str) -> None:
    if isinstance(expected, tuple):
        assert isinstance(actual, tuple)
        for a, e in zip(actual, expected, strict=True):
            _same_elements(a, e, where)
    elif expected is not None:
        a, e = np.asarray(actual), np.asarray(expected)
        assert a.dtype == e.dtype, where
        assert np.array_equal(_bits(a), _bits(e)), f"{where}: {a}, not {e}"
