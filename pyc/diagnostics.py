"""Diagnostics as values: a code, a sentence, a place, and notes. Rendering them is the tools' work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from .dataclass import dataclass
from .source import Span

Severity = Literal["error", "warning", "remark", "note"]


@dataclass(frozen=True)
class Code:
    """One kind of diagnostic: ``id`` is ``E207``, ``title`` a sentence; the rest is what ``pyc explain`` prints."""

    id: str
    title: str
    explanation: str
    wrong: str = ""
    right: str = ""


@dataclass(frozen=True)
class Note:
    """A remark that belongs to a diagnostic, with or without a place. ``fix`` marks one that says what to write."""

    message: str
    span: Span | None = None
    fix: bool = False


@dataclass(frozen=True)
class Diagnostic:
    """One finding. ``code`` is the id of a registered :class:`Code`."""

    code: str
    message: str
    span: Span | None = None
    notes: tuple[Note, ...] = ()
    severity: Severity = "error"


class CompileError(Exception):
    """The errors of one phase, raised once at its end."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in diagnostics))
        self.diagnostics = tuple(diagnostics)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return CompileError, (self.diagnostics,)
