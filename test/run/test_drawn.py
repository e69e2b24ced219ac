"""Programs drawn at random over the whole language: CPython, the interpreter and compiled code agree.

``PYC_DRAWN=500 pytest test/run/test_drawn.py`` draws that many files instead of a few; ``PYC_DRAWN_FIRST=1000`` begins
with that seed. Every failure that they find belongs into the tests of what failed.
"""

from __future__ import annotations

import ast
import copy
import linecache
import os
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from drawn import HEADER, Function
from drawn_calls import CALLED as CALLS
from drawn_programs import arguments, functions
from drawn_wide import CALLED as WRITES
from language import CPU, Outcome, same
from records import plain
from test_differential import Checks, checked

from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.run import load
from pyc.targets.interpreter import typed

FILES = int(os.environ.get("PYC_DRAWN", "6"))
FIRST = int(os.environ.get("PYC_DRAWN_FIRST", "0"))
#: Functions in a file: what takes time is to compile.
COUNT = 10
PATH = "<drawn>"
#: What N and M are.
SIZES = ((0, 2), (1, 3), (4, 3), (5, 5))
#: Where NumPy's own layout decides whether something is a view, and of what is a view that NumPy makes read-only; a
#: number that does not fit an element type and a step that is known to be 0, of which Python says so when it runs.
REFUSED = {"E404", "E211", "E210"}


def python(text: str, *, overflows: bool = False) -> dict[str, Any]:
    """The names of a program, run by CPython; ``overflows``: OverflowError where an ``int`` leaves 64 bits."""
    linecache.cache[PATH] = (len(text), None, text.splitlines(True), PATH)
    tree = ast.parse(text)
    if overflows:
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                Checks().visit(node)
    names: dict[str, Any] = {"__name__": "program", "_checked": checked}
    exec(compile(ast.fix_missing_locations(tree), PATH, "exec", dont_inherit=True), names)
    return names


def compiled(text: str, names: Sequence[str], level: int, records: Mapping[str, Any]) -> Any:
    """The functions of a program, compiled.

    Raises:
        CompileError: the compiler refuses it.
    """
    cpu = backend("cpu")
    options = Options(name="program", emit="obj", source_path=PATH, level=level, pool=False)
    module = lower(Source(PATH, text), Request(CPU, tuple(names))).module
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        found = load(cpu.emit(module, CPU, options))
    found.adopt(records)
    return found


def outcome(function: Callable[..., object], given: tuple[object, ...]) -> Outcome:
    """What a call does; of an exception its type and the innermost line of the program."""
    given = copy.deepcopy(given)
    try:
        with np.errstate(all="ignore"):
            return Outcome(function(*given), given, None)
    except Exception as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == PATH]
        line = (frames[-1].line or "").strip() if frames else ""
        return Outcome(None, given, (type(error).__name__, str(error), line))


def found_in(drawn: Sequence[Function], levels: Sequence[int]) -> Iterator[tuple[str, Function, str]]:
    """What is wrong with functions: ``refused`` or ``differs``, which, and how."""
    while drawn:
        text = HEADER + CALLS + WRITES + "\n\n" + "\n\n\n".join(f.text for f in drawn) + "\n"
        names = python(text)
        records = {n: c for n, c in names.items() if hasattr(c, "__pyc_record__")}
        try:
            machines = {level: compiled(text, [f.name for f in drawn], level, records) for level in levels}
        except CompileError as error:
            refused = _refused(error, text, drawn)
            if not refused:
                raise
            yield from ((f"refused {code}", f, message) for f, code, message in refused)
            drawn = [f for f in drawn if f not in [r[0] for r in refused]]
            continue
        overflowing = python(text, overflows=True)
        for f in drawn:
            for n, m in SIZES:
                given = arguments(f, n, m, records)
                judge, overflowed = names[f.name], overflowing[f.name]
                runs = {"interpreted": typed(judge)}
                if f.mixed:
                    judge, overflowed, runs = typed(judge), typed(overflowed), {}
                runs |= {f"at level {level}": getattr(machine, f.name) for level, machine in machines.items()}
                for how, run in runs.items():
                    difference = _difference(judge, overflowed, run, given)
                    if difference:
                        yield "differs", f, f"{f.name} {how}, N={n}, M={m}: {difference}"
        return


def _refused(error: CompileError, text: str, drawn: Sequence[Function]) -> list[tuple[Function, str, str]]:
    """The functions that diagnostics are about, with code and message."""
    found = []
    for d in error.diagnostics:
        for span in (d.span, *(note.span for note in d.notes)):
            for f in drawn:
                begin = text.index(f.text)
                if span is not None and begin <= span.start < begin + len(f.text) and f not in [g for g, *_ in found]:
                    line = text.count("\n", 0, span.start)
                    found.append((f, d.code, f"{d.code}: {d.message}\n  {text.splitlines()[line].strip()}"))
    return found


def _difference(
    python: Callable[..., Any], overflowing: Callable[..., Any], run: Callable[..., Any], given: tuple[Any, ...]
) -> str:
    expected, actual = outcome(python, given), outcome(run, given)
    if actual.error and actual.error[0] == "OverflowError":
        overflow = outcome(overflowing, given)
        if overflow.error and overflow.error[0] == "OverflowError":
            expected = overflow  # an int left 64 bits
    if (actual.error and actual.error[::2]) != (expected.error and expected.error[::2]):
        return f"{actual.error or actual.result}, not {expected.error or expected.result}"
    try:
        _same(plain(actual.result), plain(expected.result), "the result")
        _same(plain(actual.arguments), plain(expected.arguments), f"arguments after {actual.error or 'the call'}")
    except AssertionError as difference:
        return str(difference) or "of another type"
    return ""


def _same(actual: Any, expected: Any, where: str) -> None:
    """As ``language.same``, but for the sign of zeros and, of complex numbers, the last bits.

    Which of 0.0 and -0.0 is the smaller one, and whether the product of two complex numbers is rounded in between,
    NumPy decides by the processor and by how many numbers there are.
    """
    if isinstance(expected, tuple):
        assert isinstance(actual, tuple)
        for a, e in zip(actual, expected, strict=True):
            _same(a, e, where)
    elif np.asarray(expected).dtype.name == "bfloat16":
        assert np.asarray(actual).dtype == np.asarray(expected).dtype, where
        # NaNs of bf16 have many bits.
        _same(np.asarray(actual).astype(np.float32), np.asarray(expected).astype(np.float32), where)
    elif np.asarray(expected).dtype.kind == "c":
        a, e = np.asarray(actual), np.asarray(expected)
        assert (a.dtype, a.shape) == (e.dtype, e.shape), where
        for one, other in ((np.real(a), np.real(e)), (np.imag(a), np.imag(e))):
            error = 1e-4 if e.dtype == np.complex64 else 1e-12
            finite = np.abs(e[np.isfinite(e)]).max(initial=0)
            close = np.isclose(one, other, error, error * finite, equal_nan=True) | ~np.isfinite(other)
            assert close.all(), f"{where}: {a}, not {e}"
    else:
        same(_signless(actual), _signless(expected), where)


def _signless(value: Any) -> Any:
    floats = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return (
        value + type(value)(0)
        if isinstance(value, float | np.floating)
        else value + value.dtype.type(0)
        if floats
        else value
    )


@pytest.mark.parametrize("seed", range(FIRST, FIRST + FILES))
def test_drawn_programs_agree(seed: int) -> None:
    found = list(found_in(functions(seed, COUNT), (0, 3)))
    wrong = [f"{message}\n{f.text}" for kind, f, message in found if kind.partition(" ")[2] not in REFUSED]
    assert not wrong, "\n\n".join(wrong)
