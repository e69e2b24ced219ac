"""Definitions that are no functions of numbers: coroutines and generators, refused where they are defined."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pyc.diagnostics import Note
from pyc.source import Span

from .report import Invalid, Report, fix
from .syntax import Parsed

Function = ast.FunctionDef | ast.AsyncFunctionDef


def refuse_coroutine(report: Report, node: ast.AsyncFunctionDef, parsed: Parsed, use: Span | None = None) -> Invalid:
    """The error for an ``async def`` that is to be compiled: at its name, with the place that uses it."""
    notes = [Note("compiled code uses it here", use)] if use is not None else []
    message = f"`async def {node.name}` is not supported in compiled code"
    mend = fix(f"write `def {node.name}(...)`, and call it from a coroutine; `@pyc.python` keeps it out of compilation")
    return report.error("E120", message, parsed.name_span(node), *notes, mend)


def check_generator(report: Report, node: ast.FunctionDef, span: Span, parsed: Parsed) -> None:
    """Refuse a function with ``yield``, reached or not: a call of it runs none of its body.

    Raises:
        Invalid: E121, it is a generator.
    """
    for y in own(node):
        if isinstance(y, ast.Yield | ast.YieldFrom):
            word = "yield" if isinstance(y, ast.Yield) else "yield from"
            message = f"{node.name} is a generator, and `{word}` is not supported in compiled code"
            mend = fix("return an array of the values, or loop where they are used")
            raise report.error("E121", message, span, Note(f"its `{word}` makes it one", parsed.span_of(y)), mend)


def own(node: Function) -> Iterator[ast.AST]:
    """The nodes of a function's own body, without those of functions and classes inside it."""
    todo: list[ast.AST] = list(reversed(node.body))
    while todo:
        n = todo.pop()
        yield n
        if not isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            todo += reversed(list(ast.iter_child_nodes(n)))
