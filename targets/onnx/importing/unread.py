"""The lines of a program without those that nothing reads, as the extents that a model computes mostly are."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence


def read_lines(lines: Sequence[str], results: str) -> list[str]:
    """The lines without those that give names which neither others read nor ``results``; blocks of them stay.

    What stands in a branch or a loop, or is annotated, stays as well.
    """
    tree = ast.parse("\n".join([*lines, f"({results})"]))
    uses = Counter(n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    found = list(_assigned(tree.body))
    gone: set[int] = set()
    before = -1
    while before != len(gone):
        before = len(gone)
        for name, statement, _ in reversed(found):
            if not uses[name] and statement.lineno not in gone:
                uses.subtract(n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name))
                gone.add(statement.lineno)
    empty = {id(block): block for _, s, block in found if s.lineno in gone and block is not None}
    places = {b.body[0].lineno for b in empty.values() if all(s.lineno in gone for s in b.body)}
    kept: list[str] = []
    for number, line in enumerate(lines, 1):
        if number in places:
            kept.append(line[: len(line) - len(line.lstrip())] + "pass")
        elif number not in gone:
            kept.append(line)
    return kept


def _assigned(
    body: Sequence[ast.stmt], block: ast.With | None = None
) -> Iterator[tuple[str, ast.Assign, ast.With | None]]:
    """Names that are assigned, each where, and in which block: on one line, and not in a branch or a loop."""
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not _is_annotated(value):
                yield name, statement, block
            case ast.With():
                yield from _assigned(statement.body, statement)


def _is_annotated(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "pyc.annotate"
