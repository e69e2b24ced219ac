"""What a request exports: functions by name, instances by text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from pyc.diagnostics import CompileError
from pyc.source import Source, Span

from .exports import Export, Selection, of_applied, plain_module, quietly
from .libraries import library_value, names_of
from .report import Invalid, closest, fix
from .scope import namespace_of
from .static import Scope
from .syntax import Parsed, parse
from .values import Applied, Definition, Value


def named(s: Selection) -> Iterator[Export]:
    """The exports that the request names.

    Raises nothing: E124 and others are reported.
    """
    for name in s.request.functions:
        try:
            yield from _of_name(s, name)
        except Invalid:
            continue


def _of_name(s: Selection, name: str) -> Iterator[Export]:
    report, static = s.instances.report, s.instances.static
    top = Span(s.namespace.parsed.source, 0, 0)
    base, _, method = name.partition(".")
    if base.isidentifier() and base in s.namespace.bindings and (not method or method.isidentifier()):
        value = static.member(s.namespace, base, s.namespace.span(s.namespace.bindings[base][0].node))
        match value:
            case Definition(node=ast.FunctionDef()) if not method:
                yield Export(value, name, value.span, named=True)
                return
            case Applied():
                span = s.namespace.span(s.namespace.bindings[base][0].node)
                found = list(of_applied(s, value, base, span, named=True))
                if method:
                    found = [e for e in found if e.definition.name == method]
                if found:
                    yield from found
                    return
            case Definition(node=ast.ClassDef()) if found := list(plain_module(s, base, named=True)):
                yield from (replace(e, named=True) for e in found if not method or e.definition.name == method)
                return
            case Definition(node=ast.ClassDef()):
                notes = fix(f"name an instance in the file: `Serving = {name}[...]`")
                raise report.error("E125", f"{name} is a class: its instances are compiled", value.span, notes)
            case _:
                pass
    elif "[" in name:
        yield from _of_text(s, name)
        return
    for known in s.namespace.bindings:
        # `Serving_method`, as the artifact calls it.
        if name.startswith(f"{known}_") and isinstance(value := quietly(s, known), Applied):
            span = s.namespace.span(s.namespace.bindings[known][0].node)
            found = [e for e in of_applied(s, value, known, span, named=True) if e.symbol == name]
            if found:
                yield from found
                return
    message = f"{s.namespace.path} has no function {name}"
    known = [
        n for n, found in s.namespace.bindings.items() if isinstance(found[0].node, ast.FunctionDef | ast.ClassDef)
    ]
    listed = (fix(f"it has {', '.join(f'`{n}`' for n in known[:8])}"),) if known else ()
    raise report.error("E124", message, top, *(closest(name, s.namespace.bindings) or listed))


def _of_text(s: Selection, name: str) -> Iterator[Export]:
    """The exports of ``axpy[f32]``, in which names of pyc need no import."""
    value = _value_of_text(s, name)
    if not isinstance(value, Applied):
        message = f"{name} names no instance of a generic"
        raise s.instances.report.error("E124", message, Span(s.namespace.parsed.source, 0, 0))
    yield from of_applied(s, value, _identifier(str(value)), value.definition.span, named=True)


def _identifier(name: str) -> str:
    return "_".join("".join(k if k.isalnum() else " " for k in name).split())


def _value_of_text(s: Selection, name: str) -> Value:
    text = parsed(s, name)
    body = text.tree.body
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        raise s.instances.report.error("E124", f"'{name}' is not a name", Span(text.source, 0, len(name)))
    return s.instances.static.evaluate(body[0].value, requested_scope(s, text))


def parsed(s: Selection, words: str) -> Parsed:
    """The syntax of words of the request."""
    source = Source("<request>", words)
    try:
        return parse(source)
    except CompileError:
        raise s.instances.report.error("E124", f"'{words}' is not Python", Span(source, 0, len(words))) from None


def requested_scope(s: Selection, parsed: Parsed) -> Scope:
    """The names of the file, and those of pyc, for text that stands outside of the file."""
    names: dict[str, Value] = {n: library_value("pyc", n) for n in names_of("pyc")}
    for n in s.namespace.bindings:
        if (value := quietly(s, n)) is not None:
            names[n] = value
    return Scope(namespace_of(parsed), names)
