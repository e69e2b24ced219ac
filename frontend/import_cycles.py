"""Files that import each other: which imports of a file lead back to it.

Python runs such files as far as they happen to go: what a name is depends on which file was run first. The compiler
runs nothing, so that it would have to guess.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.source import Span

from .report import Report, fix

if TYPE_CHECKING:
    from .scope import Namespace

#: Gives the file of a module as a file would import it; ``None`` for one that is not the user's, or cannot be read.
Find = Callable[[str, "Namespace", int], "Namespace | None"]


@dataclass(frozen=True)
class _Import:
    """An import that runs when a file is imported: the file that it names, and where it stands."""

    file: Namespace
    span: Span


def check_cycle(importer: Namespace, imported: Namespace, span: Span, find: Find, report: Report) -> None:
    """Refuse an import of a file that imports the importer again, directly or through others.

    Raises:
        Invalid: E116, it does.
    """
    if importer is imported or _is_around(imported, importer):
        return
    way = _way(imported, importer, find, {imported.path})
    if way is None:
        return
    names = [Path(n.path).name for n in (importer, imported, *(step.file for step in way))]
    notes = [Note(f"{Path(step.span.source.path).name} imports {Path(step.file.path).name}", step.span) for step in way]
    message = f"files import each other: {' -> '.join(names)}"
    mend = fix("move what both need to a file of its own, which imports neither")
    raise report.error("E116", message, span, *notes, mend)


def _way(start: Namespace, goal: Namespace, find: Find, seen: set[str]) -> list[_Import] | None:
    """The imports that lead from a file to another one; ``None`` if none do."""
    for step in _imports(start, find):
        if step.file is goal:
            return [step]
        if step.file.path in seen:
            continue
        seen.add(step.file.path)
        if (rest := _way(step.file, goal, find, seen)) is not None:
            return [step, *rest]
    return None


def _imports(namespace: Namespace, find: Find) -> Iterator[_Import]:
    for node in running(namespace.parsed.tree.body):
        for module, level in _modules(node):
            found = find(module, namespace, level)
            # A file of a package does not import the package again, which is being imported.
            if found is not None and found is not namespace and not _is_around(found, namespace):
                yield _Import(found, namespace.span(node))


def _is_around(package: Namespace, namespace: Namespace) -> bool:
    place = Path(package.path)
    return place.name == "__init__.py" and place.parent in Path(namespace.path).parents


def _modules(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.Import):
        yield from ((a.name, 0) for a in node.names)
        return
    yield node.module or "", node.level
    # `from . import a` imports the file a, if there is one.
    prefix = f"{node.module}." if node.module else ""
    yield from ((f"{prefix}{a.name}", node.level) for a in node.names if a.name != "*")


def running(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that run with a file: not those inside functions, nor those for type checkers."""
    for node in body:
        match node:
            case ast.Import() | ast.ImportFrom():
                yield node
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                pass
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                yield from running(node.orelse)
            case _:
                for name in ("body", "orelse", "finalbody"):
                    inner = getattr(node, name, None)
                    if isinstance(inner, list):
                        yield from running(inner)
                for handler in getattr(node, "handlers", []):
                    yield from running(handler.body)
