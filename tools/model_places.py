"""Which node of a model a line of a program is that import wrote, for what is reported of the line."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pyc.diagnostics import Diagnostic, Note
from pyc.source import Source


def placed(diagnostics: Iterable[Diagnostic], source: Source) -> tuple[Diagnostic, ...]:
    """Diagnostics of a program with notes of the nodes that their lines are, and where these are from."""
    found = tuple(diagnostics)
    if "onnx.node(" not in source.text or not any(_is_of(d, source) for d in found):
        return found
    try:
        nodes = list(_nodes(ast.parse(source.text)))
    except (SyntaxError, ValueError, RecursionError):
        return found
    return tuple(_noted(d, nodes) if _is_of(d, source) else d for d in found)


def _is_of(d: Diagnostic, source: Source) -> bool:
    """Whether a diagnostic is of a place in a source, which may have been copied by another process."""
    return d.span is not None and d.span.source.path == source.path


def _noted(d: Diagnostic, nodes: list[tuple[int, int, str]]) -> Diagnostic:
    assert d.span is not None
    line = d.span.begin[0]
    # An inner block comes after those around it.
    around = [text for first, last, text in nodes if first <= line <= last]
    return replace(d, notes=(*d.notes, Note(around[-1]))) if around else d


def _nodes(tree: ast.Module) -> Iterator[tuple[int, int, str]]:
    """The first and the last line of each node's block, with what to say of it."""
    for node in ast.walk(tree):
        match node:
            case ast.With(items=[ast.withitem(context_expr=ast.Call(func=ast.Attribute(attr="node")) as call)]):
                yield node.lineno, node.end_lineno or node.lineno, _sentence(call)


def _sentence(call: ast.Call) -> str:
    # Only where something is reported: what it comes with is not needed to start.
    from pyc.targets.onnx.hierarchy import python_place

    words = [a.value for a in call.args[:2] if isinstance(a, ast.Constant)]
    said: dict[str, str] = {}
    for k in call.keywords:
        if isinstance(k.value, ast.Constant) and k.arg is not None:
            said[k.arg] = str(k.value.value)
        elif isinstance(k.value, ast.Dict) and k.arg == "metadata":
            for key, value in zip(k.value.keys, k.value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                    said[str(key.value)] = str(value.value)
    operator, name = (str(words[0]), str(words[1])) if len(words) == 2 else ("", "")
    place = said.get("loc", "") or python_place(said)
    called = f"the node {name!r} ({operator})" if name else f"a node {operator}"
    return f"this is {called} of the model{f', from {place}' if place else ''}"
