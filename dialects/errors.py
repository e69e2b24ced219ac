"""The errors that compiled code can return, as a table on the module: ``pyc.errors``.

A function returns 0, or the number of an entry. Numbers count from 1 and hold for the whole module; the table survives
to the LLVM level and goes into the artifact, from where a loader raises the exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .mlir import ir

ATTRIBUTE = "pyc.errors"


@dataclass(frozen=True)
class Error:
    """``kind(message)`` raised at a place of the program; ``function`` as the user reads it, line 0 if unknown.

    ``template`` says how run-time values stand in the message, or in what is printed, where ``kind`` is no exception.
    """

    number: int
    kind: str
    message: str
    file: str
    line: int
    column: int
    function: str
    template: str = ""


def position(location: Any) -> tuple[str, int, int]:
    """(file, line, column) of the innermost source position in a location; ``("", 0, 0)`` if it has none."""
    pending = [location]
    while pending:
        found = pending.pop(0)
        if isinstance(found, ir.FileLineColLoc):
            return (
                found.filename if isinstance(found.filename, str) else found.filename.value,
                found.start_line,
                found.start_col,
            )
        if isinstance(found, ir.NameLoc):
            pending.insert(0, found.child_loc)
        elif isinstance(found, ir.CallSiteLoc):
            pending.insert(0, found.callee)
        elif isinstance(found, ir.FusedLoc):
            pending[:0] = found.locations
    return "", 0, 0


#: How a location says in which function of the user's it is, where the operation is in another.
_WITHIN = "within "


def within(function: str, location: Any) -> Any:
    """``location``, which is in ``function``, for operations that stand in the body of another function."""
    return ir.Location.name(f"{_WITHIN}{function}", location)


def function_of(location: Any, otherwise: str) -> str:
    """The function of the user's that a location says it is in."""
    if isinstance(location, ir.NameLoc):
        name = location.name_str
        return name.removeprefix(_WITHIN) if name.startswith(_WITHIN) else otherwise
    return otherwise


class ErrorTable:
    """The table while it grows; equal errors share a number."""

    def __init__(self, known: Sequence[Error] = ()) -> None:
        self.errors = list(known)
        self._numbers = {self._key(e): e.number for e in known}

    @staticmethod
    def _key(e: Error) -> tuple[object, ...]:
        return (e.kind, e.message, e.file, e.line, e.column, e.function, e.template)

    def number(self, kind: str, message: str, location: Any, function: str, template: str = "") -> int:
        """The number of that error, which joins the table if it is new."""
        error = Error(len(self.errors) + 1, kind, message, *position(location), function, template)
        known = self._numbers.setdefault(self._key(error), error.number)
        if known == error.number:
            self.errors.append(error)
        return known


def read(module: Any) -> list[Error]:
    """The errors of a module, in order of their numbers."""
    if ATTRIBUTE not in module.operation.attributes:
        return []
    out = []
    for entry in ir.ArrayAttr(module.operation.attributes[ATTRIBUTE]):
        d = ir.DictAttr(entry)
        text = {k: ir.StringAttr(d[k]).value for k in ("kind", "message", "file", "function", "template") if k in d}
        count = {k: ir.IntegerAttr(d[k]).value for k in ("number", "line", "column")}
        out.append(Error(**text, **count))
    return out


def attach(module: Any, errors: Sequence[Error]) -> None:
    """Write the table on a module; an empty one leaves no trace."""
    if not errors:
        return
    i64 = ir.IntegerType.get_signless(64)

    def encode(value: object) -> Any:
        return ir.StringAttr.get(value) if isinstance(value, str) else ir.IntegerAttr.get(i64, value)

    with module.context, ir.Location.unknown():
        entries = [
            ir.DictAttr.get({k: encode(v) for k, v in asdict(e).items() if k != "template" or v}) for e in errors
        ]
        module.operation.attributes[ATTRIBUTE] = ir.ArrayAttr.get(entries)
