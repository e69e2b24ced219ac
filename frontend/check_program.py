"""Checking a program: which functions are compiled, and what they are once every name and type is known."""

from __future__ import annotations

from pyc import progress
from pyc.diagnostics import CompileError, Diagnostic
from pyc.source import Source, Span
from pyc.target import Target, cpu

from . import tree
from .annotations import Annotations
from .binding import argument
from .factories import constant
from .instances import Instances
from .modules import Modules
from .records import Records
from .report import Invalid, Report, merged
from .request import Request
from .scope import Files, namespace_of
from .selection import Selection, selected
from .signatures import Declarations
from .static import Static
from .syntax import parse


def check_program(source: Source, request: Request) -> tree.Program:
    """The checked program that ``request`` asks for.

    Raises:
        CompileError: all errors that were found (E1xx to E3xx).
    """
    report = Report()
    try:
        functions = _functions(source, request, report)
    except Invalid:
        functions = ()
    except CompileError as error:
        report.errors.extend(error.diagnostics)
        functions = ()
    except RecursionError:
        report.error("E102", "this file is nested too deeply to be checked", Span(source, 0, 0))
        functions = ()
    if report.errors:
        raise CompileError(merged(sorted(report.errors, key=_position)))
    return tree.Program(source, functions, tuple(report.remarks))


def _functions(source: Source, request: Request, report: Report) -> tuple[tree.Function, ...]:
    progress.say("parse")
    namespace = namespace_of(parse(source))
    progress.say("check")
    files = Files(report, {source.path: namespace})
    static = Static(files, report)
    annotations = Annotations(static, report)
    static.annotate = annotations.pattern
    static.bind = argument
    static.factory = constant
    declarations = Declarations(static, annotations, report)
    static.has_fields = declarations.has_fields
    target: Target = request.target or cpu
    modules = Modules(static, annotations, declarations, report, target)
    records = Records(static, annotations, declarations, report)
    instances = Instances(report, static, annotations, declarations, modules, records, target)
    return selected(Selection(request, namespace, instances))


def _position(d: Diagnostic) -> tuple[bool, str, int]:
    """Errors in the order of the file; those without a place last."""
    return (d.span is None, d.span.source.path if d.span else "", d.span.start if d.span else 0)
