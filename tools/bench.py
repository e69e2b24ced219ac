"""``pyc bench``: the functions of a file compiled, against the same functions run by CPython with NumPy.

What is called with what is said by a function ``cases()`` of the file, which yields names of functions with tuples of
arguments; without one, arguments are made of the types in the signatures. Both ways of running are timed in turns, so
that a busy machine disturbs both, and medians are compared. Before that, their results are.
"""

from __future__ import annotations

import ast
import copy
import functools
import itertools
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np

from pyc.dataclass import dataclass
from pyc.precision import DTYPES
from pyc.target import Target

from .driver import Job, compiled_object

#: Extents of arrays without ``cases()`` and ``--size``, by the largest rank in a signature: some 100,000 elements.
EXTENTS = {0: 1, 1: 100_000, 2: 300, 3: 50}
#: Seconds that one sample should take at least, so that the clock's own are nothing; samples of each way at most.
SAMPLE, SAMPLES = 0.005, 31
#: Bytes that the copies of what is written may take, all calls of a sample together.
COPIES = 1 << 26


class ProgramError(Exception):
    """The user's file raised, where it was run for what is compared; the exception is the cause of this one."""


@dataclass(frozen=True)
class Row:
    """What was measured of one call: seconds, medians. ``note`` says what there is no time for, or what differs."""

    name: str
    arguments: str
    compiled: float | None = None
    python: float | None = None
    note: str = ""


@dataclass
class Way:
    """One way to run a call: the function, and the arguments as they are before it."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    written: bool
    count: int = 1
    seconds: list[float] = field(default_factory=list)

    def sample(self) -> None:
        """Time as many calls as a sample has; for each, arrays that it writes begin as they were."""
        given = itertools.repeat(self.arguments, self.count)
        if self.written:
            given = [copy.deepcopy(self.arguments) for _ in range(self.count)]
        function = self.function
        begin = time.perf_counter()
        for arguments in given:
            function(*arguments)
        self.seconds.append((time.perf_counter() - begin) / self.count)

    def settle(self) -> None:
        """Find how many calls a sample has; what was measured on the way is not kept."""
        self.sample()
        most = max(COPIES // sum(map(_bytes, self.arguments)), 1) if self.written else 1 << 20
        while self.seconds[-1] * self.count < SAMPLE and self.count < most:
            wanted = SAMPLE / max(self.seconds[-1], 1e-9)
            self.count = min(max(int(wanted) + 1, 2 * self.count), most)
            self.sample()
        self.seconds.clear()


def bench(
    path: str, target: Target, functions: tuple[str, ...], sizes: Mapping[str, int], budget: float
) -> Iterator[Row]:
    """A row for each call, as it is measured; ``budget`` is how many seconds it may take.

    Raises:
        CompileError: the file cannot be read, or is wrong.
        ProgramError: it raises an exception when it is run.
    """
    from pyc.targets.cpu.run import load_object

    source, artifact = compiled_object(Job(path, "cpu", target, emit="obj", functions=functions))
    (code,) = artifact.files.values()
    bundle = load_object(code, artifact.metadata)
    names = _plain(source, path)
    compiled_functions: Any = artifact.metadata["functions"]
    entries: dict[str, Any] = {e["attribute"]: e for e in compiled_functions}
    for name, arguments in _cases(names, entries, sizes):
        entry = entries[name]
        if entry["method"] is not None or any(v["weight"] is not None for v in entry["parameters"]):
            yield Row(name, "", note="a module's method, which needs weights: call it from a function to time it")
        elif arguments is None:
            yield Row(name, "", note="its arguments cannot be made from their types: write cases()")
        else:
            python = getattr(names.get(name), "__wrapped__", names.get(name))
            named = {
                v["name"]: a for v, a in zip(entry["parameters"], arguments, strict=False) if v["only"] == "keyword"
            }
            compiled, alone = getattr(bundle, name), arguments[: len(arguments) - len(named)]
            if named:
                compiled = functools.partial(compiled, **named)
                python = functools.partial(python, **named) if callable(python) else None
            yield _measured(name, compiled, python, alone, bool(entry["writes"]), budget)


def _plain(source: Any, path: str) -> dict[str, Any]:
    """The names of the file when CPython runs it, nothing of it compiled."""
    from pyc.hook import Finder, portable_code

    code, names = portable_code(source)
    made: dict[str, Any] = {"__name__": "__pyc_bench__", "__file__": path, **names}
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    finder = Finder(None)
    sys.meta_path.insert(0, finder)
    try:
        exec(code, made)
    except Exception as error:
        raise ProgramError(path) from error
    finally:
        sys.meta_path.remove(finder)
        sys.path.pop(0)
    return made


# --- arguments --------------------------------------------------------------------------------------------------------


def _cases(
    names: Mapping[str, Any], entries: Mapping[str, Any], sizes: Mapping[str, int]
) -> Iterator[tuple[str, tuple[Any, ...] | None]]:
    given: Any = names.get("cases")
    if given is not None and "cases" not in entries:
        try:
            chosen = [(name, tuple(arguments)) for name, arguments in given() if name in entries]
        except Exception as error:
            raise ProgramError("cases()") from error
        yield from chosen
        return
    for name, entry in entries.items():
        yield name, _made(entry, sizes)


def _made(entry: Mapping[str, Any], sizes: Mapping[str, int]) -> tuple[Any, ...] | None:
    """Arguments of the types in a signature: random arrays and small numbers; ``None`` where extents contradict."""
    from pyc.dialects.signature import evaluate

    values = [v for v in entry["parameters"] if v["weight"] is None]
    rank = max((len(v["dims"]) for v in values if v["dims"] is not None), default=0)
    dims = {n: EXTENTS.get(rank, 12) for v in values for d in v["dims"] or () for n in _names_in(d)} | dict(sizes)
    dice = np.random.default_rng(0)
    made: list[Any] = []
    for v in values:
        dtype = DTYPES[v["dtype"]]
        if v["dims"] is None:
            made.append(dims[v["name"]] if v["name"] in dims and dtype.is_integer else _number(v, dtype))
            continue
        shape = [evaluate(d, dims) for d in v["dims"]]
        if any(n < 0 for n in shape):
            return None
        high = 2 if dtype.name == "bool" else 10
        array = dice.integers(0, high, shape) if dtype.name == "bool" or dtype.is_integer else dice.random(shape)
        made.append(array.astype(dtype.dtype))
    return tuple(made)


def _names_in(dim: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(dim, mode="eval")):
        if isinstance(node, ast.Name) and node.id != "max":
            yield node.id


def _number(value: Mapping[str, Any], dtype: Any) -> Any:
    """A scalar argument: its default, or a small number of its type."""
    from pyc.targets.cpu._described import default_of

    if value.get("default") is not None:
        return default_of(value)
    if dtype.name == "bool":
        return True
    number: int | float = 10 if dtype.is_integer else 0.5
    return number if value["type"] in ("int", "float") else dtype.dtype.type(number)


# --- measuring --------------------------------------------------------------------------------------------------------


def _measured(name: str, compiled: Any, python: Any, arguments: tuple[Any, ...], written: bool, budget: float) -> Row:
    spelled = ", ".join(map(described, arguments))
    try:
        actual = _called(compiled, arguments)
    except Exception as error:
        return Row(name, spelled, note=f"it raises {type(error).__name__}: {error}")
    ours = Way(compiled, arguments, written)
    try:
        if not callable(python):
            raise TypeError(f"the file has no function {name}")
        expected = _called(python, arguments)
    except Exception as error:
        ours.settle()
        _repeat([ours], budget)
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        return Row(name, spelled, statistics.median(ours.seconds), note=f"CPython alone raises {reason[:90]}")
    difference = _difference(actual, expected)
    ways = [ours, Way(python, arguments, written)]
    with np.errstate(all="ignore"):
        for way in ways:
            way.settle()
        _repeat(ways, budget)
    return Row(name, spelled, *(statistics.median(w.seconds) for w in ways), note=difference)


def _bytes(value: Any) -> int:
    """About how many bytes a copy of an argument takes."""
    return sum(getattr(leaf, "nbytes", 0) + 1000 for leaf in _leaves(value))


def _called(function: Any, arguments: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The result of a call, and its arguments afterwards."""
    given = copy.deepcopy(arguments)
    with np.errstate(all="ignore"):
        return function(*given), given


def _repeat(ways: Sequence[Way], budget: float) -> None:
    """Sample in turns: three times, and on until the time is spent."""
    end = time.perf_counter() + budget
    for number in range(SAMPLES):
        if number >= 3 and time.perf_counter() > end:
            return
        for way in ways if number % 2 else reversed(ways):
            way.sample()


def _difference(actual: Any, expected: Any) -> str:
    """How far results and written arguments are from CPython's; empty where they are equal but for rounding."""
    pairs = list(zip(_leaves(actual), _leaves(expected), strict=False))
    worst = 0.0
    for a, e in pairs:
        a, e = np.asarray(a), np.asarray(e)
        if a.shape != e.shape:
            return f"the results differ: {list(a.shape)}, not {list(e.shape)}"
        if a.dtype.kind in "biu":
            if not np.array_equal(a, e):
                return "the results differ"
        elif a.size:
            x, y = a.astype(np.complex128), e.astype(np.complex128)
            if not np.array_equal(np.isfinite(x), np.isfinite(y)):
                return "the results differ"
            finite = np.isfinite(x)
            scale = np.max(np.abs(y[finite]), initial=1e-300)
            worst = max(worst, float(np.max(np.abs(x[finite] - y[finite]), initial=0.0) / scale))
    kinds = [np.asarray(a).dtype for a, _ in pairs if np.asarray(a).dtype.kind not in "biu"]
    narrow = any(k.itemsize < 4 for k in kinds)
    loose = 2e-2 if narrow else 1e-3 if any(k in (np.float32, np.complex64) for k in kinds) else 1e-9
    return f"the results differ by {worst:.1e}" if worst > loose else ""


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield value


# --- words ------------------------------------------------------------------------------------------------------------


def described(value: Any) -> str:
    """An argument in the table: ``f32[1000, 3]``, ``10``."""
    if isinstance(value, np.ndarray):
        known = {d.numpy: d.name for d in DTYPES.values()}
        return f"{known.get(value.dtype.name, value.dtype.name)}[{', '.join(map(str, value.shape))}]"
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= 20 else type(value).__name__


HEADINGS = ("function", "arguments", "compiled", "CPython", "faster", "")


def table(rows: Sequence[Row]) -> str:
    """Rows as text, in columns."""
    lines = [HEADINGS, *map(_cells, rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    out = []
    for line in lines:
        cells = [
            c.ljust(w) if i in (0, 1, 5) else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))
        ]
        out.append("  ".join(cells).rstrip())
    return "\n".join(out) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    arguments = row.arguments if len(row.arguments) <= 60 else f"{row.arguments[:57]}..."
    ratio = f"{row.python / row.compiled:.2f}x" if row.compiled and row.python else ""
    return row.name, arguments, _time(row.compiled), _time(row.python), ratio, row.note


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    unit, factor = ("s", 1.0) if seconds >= 1 else ("ms", 1e3) if seconds >= 1e-3 else ("us", 1e6)
    return f"{seconds * factor:.3g} {unit}"
