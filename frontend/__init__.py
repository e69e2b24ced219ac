"""Text to the pyc dialect: parse, resolve, check, emit.

**Invariant:** nothing here runs the user's program, and nothing here knows passes or targets' code. Errors of the user
are collected and raised as one :class:`~pyc.diagnostics.CompileError`; anything else that is raised is a fault of the
compiler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyc import progress
from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic
from pyc.source import Source

from .request import Request

if TYPE_CHECKING:
    from .report import Report

__all__ = ["Lowered", "Request", "check", "lower"]


@dataclass(frozen=True)
class Lowered:
    """A program as a module of the pyc dialect, in a context of this thread, and what was noted on the way."""

    module: Any
    diagnostics: tuple[Diagnostic, ...] = ()


def lower(source: Source, request: Request) -> Lowered:
    """The functions that ``request`` asks for as a valid module at the PYC level.

    Raises:
        CompileError: the program has errors (E1xx to E4xx).
    """
    from .emit import verified

    module, report = _emitted(source, request)
    if report.errors:
        raise CompileError(report.errors)
    return Lowered(verified(module, source), tuple(report.remarks))


def check(source: Source, request: Request) -> list[Diagnostic]:
    """Everything that :func:`lower` would report: errors, then warnings and remarks."""
    try:
        _, report = _emitted(source, request)
    except CompileError as error:
        return list(error.diagnostics)
    return [*report.errors, *report.remarks]


def _emitted(source: Source, request: Request) -> tuple[Any, Report]:
    """The module, which may be invalid where the report has errors.

    Raises:
        CompileError: the checker found errors.
    """
    from pyc.deep import CODES, deeply
    from pyc.dialects.nesting import mark_deep

    try:
        module, report = _once(source, request)
        if CODES.isdisjoint(d.code for d in report.errors):
            return module, report
    except CompileError as error:
        if CODES.isdisjoint(d.code for d in error.diagnostics):
            raise
    module, report = deeply(lambda: _once(source, request))
    mark_deep(module)
    return module, report


def _once(source: Source, request: Request) -> tuple[Any, Report]:
    """What :func:`_emitted` gives, as far as the stack reaches."""
    from pyc.dialects.dialect import kept_context

    from .check_program import check_program
    from .emit import emit
    from .report import Report

    program = check_program(source, request)
    report = Report()
    report.remarks.extend(program.remarks)
    progress.say("emission of the pyc dialect")
    with kept_context():
        module = emit(program, report, request)
    return module, report
