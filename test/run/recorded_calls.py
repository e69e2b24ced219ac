"""A plugin of pytest that runs tests of the language by CPython alone, and keeps what they call with what.

``Twice`` compiles nothing here: what it would call compiled is called by CPython, and written down.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import language
import numpy as np


@dataclass
class Program:
    """A text whose functions ``names`` are called; ``calls`` are the arguments of each, as they were before."""

    text: str
    names: tuple[str, ...]
    python: dict[str, Any]
    calls: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    test: str = ""

    @property
    def records(self) -> dict[str, Any]:
        """The records that the text declares."""
        return {n: c for n, c in self.python.items() if hasattr(c, "__pyc_record__")}


#: By what is compiled, in the order in which tests ask for it.
PROGRAMS: dict[tuple[str, tuple[str, ...]], Program] = {}
#: The test file that runs.
_current: list[str] = [""]


class Called:
    """The functions of a program by name, called by CPython and written down."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def __getattr__(self, name: str) -> Any:
        function = self._program.python[name]

        def call(*arguments: Any) -> Any:
            self._program.calls.setdefault(name, []).append(language.copied(arguments))
            return function(*arguments)

        return call

    def adopt(self, records: Mapping[str, Any]) -> None:
        """Records are those of the text as they are."""


class Recorded(language.Twice):
    """``Twice`` without a compiler."""

    def __init__(self, text: str, *names: str, overlapping: str = "no", level: int = 3) -> None:
        self.text = language.HEADER + text
        known = PROGRAMS.get((self.text, names))
        if known is None:
            path = f"<recorded {len(PROGRAMS)}>"
            linecache.cache[path] = (len(self.text), None, self.text.splitlines(True), path)
            python: dict[str, Any] = {"__name__": "program"}
            exec(compile(self.text, path, "exec"), python)
            known = PROGRAMS[self.text, names] = Program(self.text, names, python, test=_current[0])
        self.python = known.python
        self.compiled: Any = Called(known)


def pytest_configure() -> None:
    """Before any test is imported."""
    language.Twice = Recorded  # type: ignore[misc]


def pytest_runtest_setup(item: Any) -> None:
    """What runs from here on belongs to this file."""
    _current[0] = item.path.stem


def spread(calls: list[tuple[Any, ...]], most: int) -> Iterable[tuple[Any, ...]]:
    """At most so many of the calls, from the first to the last."""
    if len(calls) <= most:
        return calls
    return [calls[i] for i in np.linspace(0, len(calls) - 1, most).round().astype(int)]
