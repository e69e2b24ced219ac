"""What a file's text says of what it needs: the files that it imports, and the names that its statements mention.

It depends on the text alone. A long text takes longer to parse than its compiled functions take to load: what was found
of it is kept in the cache.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import re

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError
from pyc.source import Source

_WORD = re.compile(r"\w+")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
#: So many characters are parsed in about the time in which a file of the cache is read.
_SHORT = 1500


@dataclass(frozen=True)
class Statement:
    """A statement at the level of a file: its lines, from ``first`` to ``last``, and the names that it mentions.

    ``name`` is that of a function or class that counts only where it is mentioned; "" for all that always counts.
    """

    name: str
    first: int
    last: int
    words: frozenset[str]


@dataclass(frozen=True)
class Outline:
    """``imports`` are (dots, dotted names) of each import anywhere in the file; a text that is not Python has none.

    ``statements`` are ``None`` where the text is not Python.
    """

    imports: tuple[tuple[int, tuple[str, ...]], ...] = ()
    statements: tuple[Statement, ...] | None = None


@functools.lru_cache(maxsize=256)
def outline(text: str) -> Outline:
    """What a text needs."""
    if len(text) < _SHORT:
        return _parsed(text)
    from .kept import keep

    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return _read(keep({"outline": digest}, lambda: _written(_parsed(text))))


def _parsed(text: str) -> Outline:
    from pyc.frontend.syntax import parse

    try:
        body = parse(Source("", text)).tree.body
    except CompileError:
        return Outline()  # it will not compile either
    imports: list[tuple[int, tuple[str, ...]]] = []
    statements = tuple([_statement(node, imports) for node in body])
    return Outline(tuple(imports), statements)


def _statement(node: ast.stmt, imports: list[tuple[int, tuple[str, ...]]]) -> Statement:
    """What is to be known of a statement; its imports are added to ``imports``."""
    words: set[str] = set()
    is_felt_elsewhere = False
    for n in ast.walk(node):
        match n:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                words.add(name)
            case ast.alias(name=name, asname=other):
                words.update(_WORD.findall(name))
                words.add(other or name)
            case ast.Constant(value=str(text)):  # annotations may be quoted
                words.update(_WORD.findall(text))
            case ast.keyword(arg=str(name)):
                words.add(name)
            case ast.Global():
                is_felt_elsewhere = True
            case ast.Import(names=names):
                imports.append((0, tuple([a.name for a in names])))
            case ast.ImportFrom(module=module, names=names, level=level):
                base = f"{module}." if module else ""
                imports.append((level, tuple(filter(None, [module or "", *(base + a.name for a in names)]))))
            case _:
                pass
    first, last = node.lineno, node.end_lineno or node.lineno
    if not isinstance(node, _Definition):
        return Statement("", first, last, frozenset(words))
    first = min([first, *(d.lineno for d in node.decorator_list)])
    # One that assigns names of the file counts in any case.
    return Statement("" if is_felt_elsewhere else node.name, first, last, frozenset(words))


def _written(found: Outline) -> bytes:
    statements = found.statements
    said = None if statements is None else [(s.name, s.first, s.last, sorted(s.words)) for s in statements]
    return json.dumps([found.imports, said]).encode("utf-8", "surrogatepass")


def _read(content: bytes) -> Outline:
    imports, statements = json.loads(content.decode("utf-8", "surrogatepass"))
    return Outline(
        tuple([(dots, tuple(names)) for dots, names in imports]),
        None if statements is None else tuple([Statement(n, a, b, frozenset(w)) for n, a, b, w in statements]),
    )
