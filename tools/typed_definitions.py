"""Which definitions of a file are typed, found in its text: those whose annotations mention a name from pyc."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pyc
from pyc.diagnostics import CompileError
from pyc.frontend.syntax import runnable_tree
from pyc.source import Source


def typed_definitions(tree: ast.Module, folder: Path, *, methods: bool) -> Iterator[ast.FunctionDef]:
    """The functions of a file that are typed, and the typed methods of its module classes.

    Args:
        tree: The file.
        folder: Where it is: its imports of files beside it are followed.
        methods: Whether methods are wanted as well.
    """
    known = names_from_pyc(tree, folder)
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef) and _is_typed(statement, known):
            yield statement
        elif methods and isinstance(statement, ast.ClassDef) and any(mentions(b, known) for b in statement.bases):
            yield from (m for m in statement.body if isinstance(m, ast.FunctionDef) and _is_typed(m, known))


def names_from_pyc(tree: ast.Module, folder: Path) -> set[str]:
    """The names of a file in ``folder`` that come from pyc: imported, or defined with the help of such names.

    A name of another file that is imported whole has a dot: ``shapes.Vector``.
    """
    return _Names({}).of(tree, folder)


class _Names:
    """The names from pyc of files, each read once."""

    def __init__(self, read: dict[Path, set[str]]) -> None:
        self._read = read

    def of(self, tree: ast.Module, folder: Path) -> set[str]:
        known: set[str] = set()
        for statement in tree.body:
            match statement:
                case ast.Import(names=names):
                    for a in names:
                        known |= self._imported_whole(a, folder)
                case ast.ImportFrom():
                    known |= self._imported_from(statement, folder)
                case ast.Assign(targets=targets, value=value) if mentions(value, known):
                    known |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if mentions(value, known):
                    known.add(name)
                case ast.ClassDef(name=name, bases=bases, decorator_list=decorators):
                    if any(mentions(e, known) for e in (*bases, *decorators)):
                        known.add(name)
        return known

    def _imported_whole(self, alias: ast.alias, folder: Path) -> set[str]:
        if alias.name.partition(".")[0] == "pyc":
            return {alias.asname or "pyc"}
        return {f"{alias.asname or alias.name}.{name}" for name in self._of_file(alias.name, folder)}

    def _imported_from(self, statement: ast.ImportFrom, folder: Path) -> set[str]:
        module, names = statement.module or "", statement.names
        if not statement.level and module.partition(".")[0] == "pyc":
            return {given for a in names for given in (pyc.__all__ if a.name == "*" else [a.asname or a.name])}
        for _ in range(statement.level - 1):
            folder = folder.parent
        there = self._of_file(module, folder)
        found = {a.asname or a.name for a in names if a.name in there}
        if any(a.name == "*" for a in names):
            found |= {name for name in there if not name.startswith("_")}
        for a in names:  # `from . import shapes` brings a file
            inner = self._of_file(f"{module}.{a.name}".lstrip("."), folder)
            found |= {f"{a.asname or a.name}.{name}" for name in inner}
        return found

    def _of_file(self, module: str, folder: Path) -> set[str]:
        """The names from pyc of a module, if it is a file of the user's in ``folder``."""
        stem = folder.joinpath(*module.split("."))
        path = next((p for p in (stem.with_suffix(".py"), stem / "__init__.py") if p.is_file()), None)
        if path is None or module == "":
            return set()
        if path not in self._read:
            self._read[path] = set()  # while it is read: files that import each other are refused elsewhere
            try:
                tree = runnable_tree(Source(str(path), path.read_text("utf-8")))
            except (OSError, UnicodeError, CompileError):
                return set()  # importing it says what is wrong with it
            self._read[path] = self.of(tree, path.parent)
        return self._read[path]


def _is_typed(definition: ast.FunctionDef, known: set[str]) -> bool:
    given = definition.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    annotations = [a.annotation for a in every if a is not None] + [definition.returns]
    return any(a is not None and mentions(a, known) for a in annotations)


def mentions(expression: ast.expr, known: set[str]) -> bool:
    """Whether an expression uses one of the names, which may have dots, also in quotes."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Name) and node.id in known:
            return True
        if isinstance(node, ast.Attribute) and ast.unparse(node) in known:
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                quoted = ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue  # a string that is no annotation
            if not isinstance(quoted, ast.Constant) and mentions(quoted, known):
                return True
    return False
