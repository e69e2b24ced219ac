"""Collecting diagnostics: a phase reports all of its errors, and is left once, at its end."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pyc.diagnostics import Diagnostic, Note, Severity
from pyc.source import Span

#: Where the functions are that are written in the language itself.
_LIBRARY = Path(__file__).parent / "library"


class Invalid(Exception):
    """Leaves a construct whose errors are in the report. Caught where checking can go on: a statement, a function."""


class Unresolved(Invalid):
    """Leaves a path that needs the result of a function whose type is not known yet: as if the call never returned.

    ``keys`` are those of the instances that it waits for.
    """

    def __init__(self, keys: frozenset[object]) -> None:
        super().__init__()
        self.keys = keys


class Report:
    """The diagnostics of a phase, each once: an instance of a generic repeats those of another."""

    def __init__(self) -> None:
        self.errors: list[Diagnostic] = []
        self.remarks: list[Diagnostic] = []
        #: How many errors were found, repetitions included.
        self.count = 0

    def error(self, code: str, message: str, span: Span | None, *notes: Note) -> Invalid:
        """Record an error; gives the exception that leaves the construct, to be raised where nothing can be added."""
        notes = tuple(replace(n, message=_articles(n.message)) for n in map(_of_library, notes))
        diagnostic = Diagnostic(code, _articles(message), span, notes)
        self.count += 1
        if not any(d.span == span and d.code == code and d.message == message for d in self.errors):
            self.errors.append(diagnostic)
        return Invalid(message)

    def mark(self) -> tuple[list[Diagnostic], int]:
        """The errors so far, to :meth:`rewind` to after an attempt."""
        return list(self.errors), self.count

    def rewind(self, mark: tuple[list[Diagnostic], int]) -> None:
        """Forget the errors since a mark: what was attempted is not what the program means."""
        self.errors[:], self.count = mark

    def again(self, errors: Iterable[Diagnostic]) -> None:
        """Record errors that were found before and may have been forgotten since."""
        for d in errors:
            if d not in self.errors:
                self.count += 1
                self.errors.append(d)

    def remark(self, code: str, message: str, span: Span | None, *notes: Note, severity: Severity = "warning") -> None:
        """Record what is worth knowing and no error."""
        found = Diagnostic(code, message, span, notes, severity)
        if found not in self.remarks:
            self.remarks.append(found)


def _of_library(note: Note) -> Note:
    """A note that points at a function of the library as one that shows its declaration: the file is no user's."""
    span = note.span
    if span is None or Path(span.source.path).parent != _LIBRARY:
        return note
    line = span.source.text.rfind("\n", 0, span.start) + 1
    header = re.compile(r"def \w+\(.*?\)(?: -> [^\n]*?)?(?=:\n)", re.DOTALL).match(span.source.text, line)
    text = header[0] if header is not None and header[0].startswith(f"def {span.text}(") else span.text
    declared = " ".join(text.split())
    return Note(note.message.replace(" is declared here", f" is declared as `{declared}`"), fix=note.fix)


def _articles(message: str) -> str:
    """A message with ``an`` before names of types that are spoken with a vowel: ``an int``, ``an f32``, ``an Item``."""
    return re.sub(r"\ba (?=(?:int|[if](?:8|16|32|64)(?:e\w+)?)\b|[AEIO][a-z])", "an ", message)


def merged(errors: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Errors without those that repeat the cause of another.

    A name that a file does not define is one error, which says in which other lines it stands; two types that meet are
    one error, however often the name that has them is read.
    """
    first: dict[object, int] = {}
    lines: dict[int, list[int]] = {}
    out: list[Diagnostic] = []
    for d in errors:
        cause = _cause(d)
        if cause is None or cause not in first:
            first[cause] = len(out)
            out.append(d)
        elif d.code in ("E110", "E114") and d.span is not None:
            lines.setdefault(first[cause], []).append(d.span.begin[0])
    for at, others in lines.items():
        d = out[at]
        assert d.span is not None
        numbers = sorted({*others} - {d.span.begin[0]})
        if numbers:
            shown = ", ".join(map(str, numbers[:8])) + (", ..." if len(numbers) > 8 else "")
            note = Note(f"the name stands in {'lines' if len(numbers) > 1 else 'line'} {shown} as well")
            out[at] = replace(d, notes=(*d.notes, note))
    return out


def _cause(d: Diagnostic) -> object:
    """What errors of one cause have in common; ``None`` where each error has its own."""
    if d.span is None:
        return None
    if d.code in ("E110", "E114"):
        return d.code, d.message, d.span.source.path
    if d.code == "E208" and d.notes:
        return d.code, d.message, d.notes
    return None


def fix(message: str) -> Note:
    """A note that says what to write instead."""
    return Note(message, fix=True)


def closest(name: str, known: Iterable[str], alike: float = 0.6) -> tuple[Note, ...]:
    """A note with the known names that look like a misspelt one, by how much they are alike; empty if none does."""
    found = difflib.get_close_matches(name, sorted(set(known)), n=3, cutoff=alike)
    return (fix(f"did you mean {' or '.join(f'`{f}`' for f in found)}?"),) if found else ()


def counted(number: int, noun: str) -> str:
    """``1 argument``, ``2 arguments``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
