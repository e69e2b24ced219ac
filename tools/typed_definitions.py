"""Which definitions of a file are typed, found in its text: those whose annotations mention a name from pyc."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def typed_definitions(tree: ast.Module, *, methods: bool) -> Iterator[ast.FunctionDef]:
    """The functions of a file that are typed, and the typed methods of its module classes."""
    known = names_from_pyc(tree)
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef) and _is_typed(statement, known):
            yield statement
        elif methods and isinstance(statement, ast.ClassDef) and statement.name in known:
            yield from (m for m in statement.body if isinstance(m, ast.FunctionDef) and _is_typed(m, known))


def names_from_pyc(tree: ast.Module) -> set[str]:
    """The names of a file that come from pyc: imported, or defined with the help of such names."""
    known: set[str] = set()
    for statement in tree.body:
        match statement:
            case ast.Import(names=names):
                known |= {(a.asname or "pyc") for a in names if a.name.partition(".")[0] == "pyc"}
            case ast.ImportFrom(module=str(module), level=0, names=names) if module.partition(".")[0] == "pyc":
                known |= {a.asname or a.name for a in names}
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if mentions(value, known):
                known.add(name)
            case ast.ClassDef(name=name, bases=bases) if any(mentions(b, known) for b in bases):
                known.add(name)
    return known


def _is_typed(definition: ast.FunctionDef, known: set[str]) -> bool:
    given = definition.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    annotations = [a.annotation for a in every if a is not None] + [definition.returns]
    return any(a is not None and mentions(a, known) for a in annotations)


def mentions(expression: ast.expr, known: set[str]) -> bool:
    """Whether an expression uses one of the names, also in quotes."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Name) and node.id in known:
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                quoted = ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue  # a string that is no annotation
            if not isinstance(quoted, ast.Constant) and mentions(quoted, known):
                return True
    return False
