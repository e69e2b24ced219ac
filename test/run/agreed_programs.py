"""Whole programs with what their functions are called with: those of test/programs, and some drawn at random."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import test_drawn
import test_programs
from drawn import HEADER
from drawn_calls import CALLED as CALLS
from drawn_programs import arguments, functions
from drawn_wide import CALLED as WRITES
from recorded_calls import Program

from pyc.source import Source
from pyc.targets.interpreter import typed


def written() -> Iterator[Program]:
    """The programs of test/programs."""
    for path in test_programs.PROGRAMS:
        yield of_file(path)


def of_file(path: Path) -> Program:
    """A program of test/programs."""
    text = path.read_text(encoding="utf-8")
    python = test_programs.plain(Source(str(path), text))
    calls: dict[str, list[tuple[object, ...]]] = {}
    for name, given in python["cases"]():
        calls.setdefault(name, []).append(given)
    return Program(text, tuple(calls), python, calls, path.stem)


def drawn(seed: int) -> Program:
    """A program of several functions, drawn at random."""
    found = functions(seed, test_drawn.COUNT)
    text = HEADER + CALLS + WRITES + "\n\n" + "\n\n\n".join(f.text for f in found) + "\n"
    ast.parse(text)
    names = test_drawn.python(text)
    records = {n: c for n, c in names.items() if hasattr(c, "__pyc_record__")}
    calls = {f.name: [arguments(f, n, m, records) for n, m in test_drawn.SIZES] for f in found}
    names |= {f.name: typed(names[f.name]) for f in found if f.mixed}
    return Program(text, tuple(calls), names, calls, f"drawn {seed}")
