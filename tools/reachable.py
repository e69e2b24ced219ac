"""The part of a file that decides about one of its functions: an edit elsewhere leaves what was compiled as it is.

Everything at the level of the file is part of it but functions and classes that the function cannot reach: whose names
it does not mention, nor anything that it mentions. Places count: a line that moves is another line in messages.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from pyc.diagnostics import CompileError
from pyc.source import Source

_WORD = re.compile(r"\w+")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def reachable(text: str, mentioned: str) -> str:
    """``text`` with empty lines for the definitions that the words in ``mentioned`` do not lead to."""
    from pyc.frontend.syntax import parse

    try:
        body = parse(Source("", text)).tree.body
    except CompileError:
        return text  # it will not compile either
    words = set(_WORD.findall(mentioned))
    waiting: list[_Definition] = []
    for node in body:
        if isinstance(node, _Definition) and not _is_felt_elsewhere(node):
            waiting.append(node)
        else:
            words.update(_words(node))
    while found := [d for d in waiting if d.name in words]:
        waiting = [d for d in waiting if d.name not in words]
        for definition in found:
            words.update(_words(definition))
    lines = text.split("\n")
    kept = {i for node in body if node not in waiting for i in _lines(node)}
    for definition in waiting:
        for i in _lines(definition):
            if i not in kept:
                lines[i - 1] = ""
    return "\n".join(lines)


def _lines(node: ast.stmt) -> range:
    """The lines of a statement, decorators included."""
    decorators = node.decorator_list if isinstance(node, _Definition) else []
    first = min((d.lineno for d in decorators), default=node.lineno)
    return range(min(first, node.lineno), (node.end_lineno or node.lineno) + 1)


def _is_felt_elsewhere(node: ast.AST) -> bool:
    """Whether a definition assigns names of the file."""
    return any(isinstance(n, ast.Global) for n in ast.walk(node))


def _words(node: ast.AST) -> Iterator[str]:
    """The names that a statement mentions, also in strings: annotations may be quoted."""
    for n in ast.walk(node):
        match n:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield from _WORD.findall(name)
                yield other or name
            case ast.Constant(value=str(text)):
                yield from _WORD.findall(text)
            case ast.keyword(arg=str(name)):
                yield name
