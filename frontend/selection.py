"""Which functions of a file are compiled: what the request names, or all that its types say are the hot path."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator

from pyc.diagnostics import Note
from pyc.source import Span

from . import tree
from .export_types import wanted
from .exports import Selection, hot
from .instances import Wanted
from .libraries import CONSTANTS, PYC
from .report import Invalid, fix
from .requested import named
from .values import Definition


def selected(s: Selection) -> tuple[tree.Function, ...]:
    """The exported functions and all that they call, callees first.

    Raises:
        Invalid: E123, there is nothing to compile; and what checking reports.
    """
    exports = list(named(s) if s.request.functions else hot(s))
    report = s.instances.report
    s.instances.reserve([e.symbol for e in exports])
    done = 0
    instances: list[tuple[Wanted, Span]] = []
    for export in exports:
        try:
            instance = wanted(s, export)
        except Invalid:
            done += 1
            continue
        if instance is not None:
            done += 1
            instances.append((instance, export.span))
            s.instances.offer(instance)
    for instance, span in instances:
        with contextlib.suppress(Invalid):
            s.instances.instance(instance, span)
    if not done and not report.errors:
        _nothing(s)
    return tuple(s.instances.functions)


def _types_not_imported(s: Selection) -> list[str]:
    """The names of pyc that annotations mention and the file does not bind."""
    functions = [
        b.node for found in s.namespace.bindings.values() for b in found if isinstance(b.node, ast.FunctionDef)
    ]
    annotations = [a.annotation for f in functions for a in f.args.args if a.annotation is not None]
    named = {n.id for a in annotations for n in ast.walk(a) if isinstance(n, ast.Name)}
    return sorted(n for n in named if n in (*CONSTANTS["pyc"], *PYC) and n not in s.namespace.bindings)


def _classes(s: Selection) -> Iterator[Note]:
    """What to do about classes that look like modules and are none, or that are generic without an instance."""
    for name, found in s.namespace.bindings.items():
        for node in (b.node for b in found if isinstance(b.node, ast.ClassDef)):
            definition = s.instances.static.member(s.namespace, name, s.namespace.span(node))
            assert isinstance(definition, Definition)
            span = definition.span
            if s.instances.declarations.is_module(definition):
                parameters = s.instances.declarations.module_class(definition).type_parameters
                if parameters:
                    over = ", ".join(p.name for p in parameters)
                    yield Note(
                        f"{name} is generic over {over}: it is compiled for instances, `net = {name}[...]`", span
                    )
            elif not node.decorator_list and any(isinstance(n, ast.FunctionDef) for n in node.body):
                yield fix(f"`class {name}(pyc.Module):` makes the class {name} one that is compiled")


def _nothing(s: Selection) -> None:
    notes = s.skipped[:4]
    with contextlib.suppress(Invalid):
        notes += [] if notes else [*_classes(s)][:4]
    for name, found in s.namespace.bindings.items():
        if len(notes) < 4 and any(isinstance(b.node, ast.FunctionDef) for b in found) and not s.skipped:
            notes.append(fix(f"`--function {name}` compiles {name}, whatever its types"))
            break
    message = f"there is nothing to compile in {s.namespace.path}: no function mentions a pyc type or carries @pyc.jit"
    if s.skipped:
        message = f"there is nothing to compile in {s.namespace.path} for this request"
    elif unknown := _types_not_imported(s):
        notes = [fix(f"`from pyc import {', '.join(unknown)}`, which its annotations mention")]
    s.instances.report.error("E123", message, Span(s.namespace.parsed.source, 0, 0), *notes)
