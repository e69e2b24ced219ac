"""Rows of the tables of functions (``surface_*.py``) made into cases, compiled many to a file, and called.

A row says how functions are called. Each call is tried with every element type, rank and axis that it leaves open; each
of these cases is a function of its own. It is called on arrays of many extents, layouts and values, and must do what
CPython with NumPy does with the same source: the same type, shape and elements, the same writes, the same exceptions.
"""

from __future__ import annotations

import cmath
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from language import HEADER, Outcome, Twice, copied, outcome
from surface_differences import differences
from surface_values import LAYOUTS, PARAMETERS, arguments, of_numbers

import pyc
from pyc.diagnostics import CompileError

ELEMENTS = (
    "bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f16", "f32", "f64", "c64", "c128",
)  # fmt: skip
REAL, FLOATS, COMPLEX = ELEMENTS[:12], ELEMENTS[9:12], ELEMENTS[12:]
#: What stands for ``{axis}`` and ``{axes}`` in a call, by the rank of its array.
AXIS = {
    "0": ("",),
    "1": ("", ", axis=0", ", axis=-1"),
    "2": ("", ", axis=0", ", axis=1", ", axis=-1"),
    "3": ("", ", axis=0", ", axis=-2", ", axis=2"),
}
AXES = {
    "0": ("",),
    "1": ("", ", axis=0", ", axis=None, keepdims=True"),
    "2": ("", ", axis=0", ", axis=-1", ", axis=1, keepdims=True", ", axis=None", ", axis=(0, 1)"),
    "3": ("", ", axis=1", ", axis=(0, 2)", ", axis=(-1, 0), keepdims=True"),
}
_NAMES = (*ELEMENTS, "bf16", "int", "float")
_HEAD = "import cmath\nfrom pyc import bf16, c64, c128, f16, i16, u16, u32, u64\nL = Dim('L')\n"


@dataclass(frozen=True, eq=False)
class Row:
    """A function by its name in ``docs/coverage.md``, and how it is called.

    In a call, ``{x}`` and ``{y}`` are arrays of the tested element type ``{T}``, of each rank of ``ranks`` (``s`` is a
    number of that type, not an array); ``{axis}`` and ``{axes}`` are the axes one by one, and with tuples and
    ``keepdims``. Other names are those of ``surface_values.PARAMETERS``.
    """

    name: str
    calls: tuple[str, ...]
    elements: tuple[str, ...] = ELEMENTS
    ranks: str = "2"
    #: What floating-point elements are: one of ``surface_values``.
    values: str = "quarters"
    #: Units in the last place that results may differ by: 0 is equal bits.
    ulps: float = 0
    #: The same for complex elements and results; if not said, ``ulps``.
    complex_ulps: float | None = None
    #: Whether the units are those of the largest element of the result, not of each.
    largest: bool = False
    #: Arguments that it is not called with: of ``surface_values.LAYOUTS``.
    leaves: tuple[str, ...] = ()
    #: Whether it is compiled for long: one of its cases does not always run, for tests of its own do.
    slow: bool = False
    #: What ``leaves`` is for complex elements besides.
    complex_leaves: tuple[str, ...] = ()
    #: What is refused though NumPy takes it: a part of the call or an element type, or a tuple of both, and why.
    refused: Mapping[str | tuple[str, ...], str] = field(default_factory=dict)
    #: What differs by the rules of the language: the same, and why.
    differs: Mapping[str | tuple[str, ...], str] = field(default_factory=dict)


def rows(names: str, *calls: str, **options: Any) -> list[Row]:
    """A row for each name; ``{f}`` stands for its last part in the calls, and ``{np.f}`` for the whole."""
    return [
        Row(n, tuple(c.replace("{np.f}", n).replace("{f}", n.rpartition(".")[2]) for c in calls), **options)
        for n in names.split()
    ]


@dataclass(frozen=True, eq=False)
class Case:
    """One call with one element type: a function of a program."""

    row: Row
    call: str
    element: str
    #: The call before the element type is put into it.
    template: str

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(p for p in PARAMETERS if re.search(rf"\b{p}\b", self.call))

    def text(self, name: str) -> str:
        types = {p: re.sub(r"\bT\b", self.element, PARAMETERS[p]) for p in self.parameters}
        declared = ", ".join(f"{p}: {kind}" for p, kind in types.items())
        lines = self.call.split("\n")
        body = "".join(f"    {line}\n" for line in lines[:-1]) + f"    return {lines[-1]}\n"
        return f"def {name}({declared}):\n{body}"

    def reason(self, reasons: Mapping[str | tuple[str, ...], str]) -> str | None:
        return next((why for parts, why in reasons.items() if self._is(parts)), None)

    def _is(self, parts: str | tuple[str, ...]) -> bool:
        every = (parts,) if isinstance(parts, str) else parts
        return all(part == self.element if part in _NAMES else part in self.call for part in every)

    def __str__(self) -> str:
        return f"{self.row.name}: {self.call!r} of {self.element}"


def _of_element(parameter: str) -> bool:
    return PARAMETERS[parameter].replace("Tensor[", "").startswith("T")


def cases(row: Row) -> list[Case]:
    """Every case of a row."""
    found = []
    for call in row.calls:
        for text in _expanded(call, row.ranks):
            uses = any(_of_element(p) for p in PARAMETERS if re.search(rf"\b{p}\b", text)) or "{T}" in text
            elements = row.elements if uses else row.elements[-1:]
            found.extend(Case(row, text.replace("{T}", e), e, text) for e in elements)
    return found


def _expanded(call: str, ranks: str) -> Iterator[str]:
    for rank in ranks if "{x}" in call else ranks[:1]:
        x, y = ("s", "t") if rank == "s" else (f"x{rank}", f"y{rank}")
        text = call.replace("{x}", x).replace("{y}", y)
        options: Iterable[str] = [""]
        if "{axis}" in text:
            options = AXIS[rank]
        elif "{axes}" in text:
            options = AXES[rank]
        for axis in options:
            yield text.replace("{axis}", axis).replace("{axes}", axis)


def pairs(row: Row) -> list[Case]:
    """Cases in which each call with each rank and axis, and each element type, is tried at least once."""
    by_call: dict[str, list[Case]] = {}
    for case in cases(row):
        by_call.setdefault(case.template, []).append(case)
    calls, count = list(by_call.values()), max(len(by_call), len(row.elements))
    first = zlib.crc32(row.name.encode())
    taken = (found[(first + i) % len(found)] for i in range(count) for found in [calls[i % len(calls)]])
    return list(dict.fromkeys(taken))


def present(row: Row) -> bool:
    """Whether this version of Python and NumPy has the function."""
    module, _, name = row.name.partition(".")
    owner: Any = {"math": math, "cmath": cmath, "np": np}.get(module)
    return owner is None or name.startswith("random.") or hasattr(owner, name.split(".")[0])


def chosen(row: Row) -> list[Case]:
    """The case of a row that always runs, if any: of another call, element type and axis for each name."""
    if row.slow:
        return []
    every = [c for c in cases(row) if c.reason(row.refused) is None]
    return [every[zlib.crc32(row.name.encode()) % len(every)]]


class Program:
    """Cases compiled in one file, but for those that the compiler refuses."""

    def __init__(self, cases: Sequence[Case], level: int = 1) -> None:
        self.refused: dict[Case, str] = {}
        self.names: dict[Case, str] = {c: f"case{i}" for i, c in enumerate(cases)}
        while True:
            kept = [c for c in cases if c not in self.refused]
            if not kept:
                return
            text = _HEAD + "".join(c.text(self.names[c]) for c in cases)
            try:
                self.twice = Twice(text, *(self.names[c] for c in kept), level=level)
            except CompileError as error:
                self._refuse(error, text, kept)
            else:
                return

    def _refuse(self, error: CompileError, text: str, kept: Sequence[Case]) -> None:
        lines = (HEADER + text).splitlines()
        by_name = {name: case for case, name in self.names.items()}
        before = len(self.refused)
        for d in error.diagnostics:
            assert d.span is not None, d
            above = next(line for line in reversed(lines[: d.span.begin[0]]) if line.startswith("def "))
            self.refused[by_name[above.split("(")[0].removeprefix("def ")]] = f"{d.code}: {d.message}"
        if len(self.refused) == before:
            raise error

    def problems(self) -> list[str]:
        """What is different, a line for each case that is."""
        return [f"{c}: {p}" for c in self.names if (p := self._problem(c)) is not None]

    def _problem(self, case: Case) -> str | None:
        if case in self.refused:
            python = _python(case)
            if case.reason(case.row.refused) is not None:
                return None
            good = [layout for layout in layouts(case) if outcome(python, arguments(case, layout)).error is None]
            return f"refused with {self.refused[case]}; NumPy takes {good[0]!r}" if good else None
        if (reason := case.reason(case.row.refused)) is not None:
            return f"is said to be refused ({reason}), and compiles"
        if case.reason(case.row.differs) is not None:
            return None
        python = self.twice.python[self.names[case]]
        compiled = getattr(self.twice.compiled, self.names[case])
        for layout in layouts(case):
            given = arguments(case, layout)
            expected = outcome(python, given)
            with np.errstate(all="ignore"):
                for how, function, passed in (
                    ("compiled", compiled, given),
                    ("interpreted", python, _wrapped(given)),
                ):
                    if (problem := _different(case, expected, outcome(function, passed), how)) is not None:
                        return f"{layout}: {problem}"
        return None


def _python(case: Case) -> Any:
    """The function of a case, for CPython alone."""
    names: dict[str, Any] = {"__name__": "case"}
    exec(HEADER + _HEAD + case.text("f"), names)
    return names["f"]


def layouts(case: Case) -> list[str]:
    """The arguments that a case is called with."""
    if not any(PARAMETERS[p].startswith("Tensor") for p in case.parameters):
        return [str(i) for i in range(of_numbers(case))]
    left = (*case.row.leaves, *(case.row.complex_leaves if case.element in COMPLEX else ()))
    return [layout for layout in LAYOUTS if layout not in left]


def _wrapped(given: Sequence[object]) -> tuple[object, ...]:
    return tuple(pyc.array(copied(a)) if isinstance(a, np.ndarray) else a for a in given)


def _different(case: Case, expected: Outcome, actual: Outcome, how: str) -> str | None:
    if actual.error and actual.error[0] == "OverflowError" and _beyond(expected.result):
        return None
    if expected.error is not None or actual.error is not None:
        a, e = (o.error[0] if o.error else repr(o.result) for o in (actual, expected))
        same = actual.error is not None and expected.error is not None and _kin(a, e)
        return None if same else f"{how} {actual.error or a}, not {expected.error or e}"
    row = case.row
    of_complex = row.ulps if row.complex_ulps is None else row.complex_ulps
    of_real = of_complex if case.element in COMPLEX else row.ulps
    found = [
        *differences(actual.result, expected.result, of_real, of_complex, largest=row.largest),
        *differences(actual.arguments, expected.arguments, of_real, of_complex, largest=row.largest),
    ]
    return f"{how} {found[0]}" if found else None


def _kin(actual: str, expected: str) -> bool:
    """Whether two exceptions have the same class; NumPy has classes of its own, which are Python's."""
    classes = {"AxisError": ("AxisError", "ValueError", "IndexError"), "UFuncTypeError": ("TypeError",)}
    return actual == expected or actual in classes.get(expected, ())


def _beyond(value: object) -> bool:
    return isinstance(value, int) and not -(2**63) <= value < 2**63


def check(cases: Sequence[Case], level: int = 1) -> None:
    """Fail with all that is different when the cases are optimised at ``level``.

    Raises:
        AssertionError: a case gives something else, or is refused.
    """
    wrong = Program(cases, level).problems()
    assert not wrong, f"{len(wrong)} of {len(cases)} cases differ:\n" + "\n".join(wrong)
