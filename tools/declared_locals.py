"""Declared types of local names, in functions that are interpreted: an annotation converts, as it does compiled.

::

    s: f32 = 0.1        is run as        s: f32 = __pyc_declared__(lambda: f32, 0.1, "s")

Python gives the annotations of local names no meaning. Lines and columns stay: a debugger shows the user's own text.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from pyc.annotations import resolve
from pyc.diagnostics import CompileError
from pyc.hook import portable_code
from pyc.source import Source
from pyc.targets.interpreter.calls import converted

from .typed_definitions import mentions, names_from_pyc

#: The name under which a program finds the conversion.
DECLARED = "__pyc_declared__"
#: Types of Python that are types of the language.
_NUMBERS = frozenset({"int", "float", "bool", "complex"})


def declared(annotation: Callable[[], Any], value: Any, name: str) -> Any:
    """``value`` in the type that is declared for the local ``name``.

    Raises:
        TypeError: it is a value of another kind, or would be narrowed.
    """
    try:
        meant = annotation()
    except NameError:
        return value  # a name that only type checkers know
    return converted(name, value, resolve(meant, {}))


def convert_locals(tree: ast.Module, folder: Path) -> None:
    """Let the annotated assignments in the functions of a file in ``folder`` convert."""
    known = names_from_pyc(tree, folder) | _NUMBERS
    for statement in tree.body:
        definitions = statement.body if isinstance(statement, ast.ClassDef) else [statement]
        for definition in definitions:
            if isinstance(definition, ast.FunctionDef):
                for node in _annotated(definition):
                    _convert(node, known | {getattr(p, "name", "") for p in getattr(definition, "type_params", ())})


def _annotated(definition: ast.FunctionDef) -> Iterator[ast.AnnAssign]:
    """The annotated assignments to a name in a function, and in functions in it."""
    for node in ast.walk(definition):
        if isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
            yield node


def _convert(node: ast.AnnAssign, known: set[str]) -> None:
    if not mentions(node.annotation, known):
        return
    assert node.value is not None
    read = ast.parse(ast.unparse(_unquoted(node.annotation)), mode="eval").body
    late = ast.Lambda(ast.arguments([], [], None, [], [], None, []), read)
    name = ast.Constant(ast.unparse(node.target))
    node.value = ast.Call(ast.Name(DECLARED, ast.Load()), [late, node.value, name], [])
    for made in (node.value, node.value.func, late, late.args, name, *ast.walk(read)):
        ast.copy_location(made, node)


def _unquoted(annotation: ast.expr) -> ast.expr:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return ast.parse(annotation.value, mode="eval").body  # `mentions` has parsed it before
    return annotation


def converting(function: FunctionType) -> FunctionType:
    """``function``, its declared locals converting: where it has any, its code is made anew from its file."""
    code = function.__code__
    if DECLARED not in code.co_names:
        made = _codes(code.co_filename).get((code.co_firstlineno, code.co_name))
        if made is not None and made.co_freevars == code.co_freevars:
            function.__globals__[DECLARED] = declared
            function.__code__ = made
    return function


@functools.cache
def _codes(path: str) -> dict[tuple[int, str], CodeType]:
    """The code of the functions of a file that have declared locals, by first line and name."""
    try:
        source, folder = Source(path, Path(path).read_text(encoding="utf-8")), Path(path).parent
        code, _ = portable_code(source, lambda tree: convert_locals(tree, folder))
    except (OSError, ValueError, CompileError):
        return {}  # text that was typed in, or is not there any more
    return {(c.co_firstlineno, c.co_name): c for c in _inner(code) if any(DECLARED in d.co_names for d in _inner(c))}


def _inner(code: CodeType) -> Iterator[CodeType]:
    """A code object and all those in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _inner(constant)
