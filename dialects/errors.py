"""The errors that compiled code can return, as a table on the module: ``pyc.errors``.

A function returns 0, or the number of an entry. Numbers count from 1 and hold for the whole module; the table survives
to the LLVM level and goes into the artifact, from where a loader raises the exception.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from pyc.dataclass import dataclass

from .mlir import ir

ATTRIBUTE = "pyc.errors"


@dataclass(frozen=True)
class Error:
    """``kind(message)`` raised at a place of the program; ``function`` as the user reads it, line 0 if unknown.

    ``template`` says how run-time values stand in the message, or in what is printed, where ``kind`` is no exception.
    ``caller`` is the number of the call that led there, an entry of the kind ``CALL``; 0 if the function was called
    from outside.
    """

    number: int
    kind: str
    message: str
    file: str
    line: int
    column: int
    function: str
    template: str = ""
    caller: int = 0


#: The kind of entries that are places of calls, and the message of those that say themselves that an error passed.
CALL = "call"
STEP = "step"
#: The kinds of what is told and does not end a function.
TOLD = frozenset({"print", "element"})


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


def within(function: str, location: Any, call: Any = None) -> Any:
    """``location``, which is in ``function``, for operations that stand in the body of another function.

    ``call`` is the location of the call that they stand for, itself within a function.
    """
    inside = ir.Location.name(f"{_WITHIN}{function}", location)
    return inside if call is None else ir.Location.callsite(inside, [call])


@dataclass(frozen=True)
class Place:
    """A line of a function of the user's."""

    file: str
    line: int
    column: int
    function: str


def places(location: Any, function: str) -> list[Place]:
    """The place that a location means, then the calls that led there; ``function`` is where nothing else is said."""
    if isinstance(location, ir.CallSiteLoc):
        return places(location.callee, function) + places(location.caller, function)
    if isinstance(location, ir.NameLoc):
        name = location.name_str
        return places(location.child_loc, name.removeprefix(_WITHIN) if name.startswith(_WITHIN) else function)
    if isinstance(location, ir.FusedLoc):
        return next((p for p in (places(x, function) for x in location.locations) if p[0].line), _nowhere(function))
    return [Place(*position(location), function)]


def _nowhere(function: str) -> list[Place]:
    return [Place("", 0, 0, function)]


class ErrorTable:
    """The table while it grows; equal errors share a number."""

    def __init__(self, known: Sequence[Error] = ()) -> None:
        self.errors = list(known)
        self._numbers = {self._key(e): e.number for e in known}

    @staticmethod
    def _key(e: Error) -> tuple[object, ...]:
        return (e.kind, e.message, e.file, e.line, e.column, e.function, e.template, e.caller)

    def number(self, kind: str, message: str, location: Any, function: str, template: str = "") -> int:
        """The number of that error, which joins the table if it is new; ``function`` is where it is emitted."""
        place, *calls = places(location, function)
        return self._enter(kind, message, place, template, 0 if kind in TOLD else self._chain(calls))

    def called(self, number: int, location: Any) -> int:
        """The number of the error ``number`` where it is raised at ``location``, which says which calls led there."""
        error = self.errors[number - 1]
        calls = places(location, error.function)[1:]
        if not calls or error.kind in TOLD:
            return number
        place = Place(error.file, error.line, error.column, error.function)
        return self._enter(error.kind, error.message, place, error.template, self._chain(calls))

    def step(self, location: Any, function: str) -> int:
        """The number of the call at a location, through which errors pass; 0 if it is nowhere in the program."""
        place, *calls = places(location, function)
        return self._enter(CALL, STEP, place, "", self._chain(calls)) if place.line else 0

    def _chain(self, calls: Sequence[Place]) -> int:
        """The number of the innermost of some calls, or 0."""
        caller = 0
        for place in reversed(calls):
            if place.line:
                caller = self._enter(CALL, "", place, "", caller)
        return caller

    def _enter(self, kind: str, message: str, p: Place, template: str, caller: int) -> int:
        error = Error(len(self.errors) + 1, kind, message, p.file, p.line, p.column, p.function, template, caller)
        known = self._numbers.setdefault(self._key(error), error.number)
        if known == error.number:
            self.errors.append(error)
        return known


def closure(table: Sequence[Error], numbers: Collection[int]) -> list[Error]:
    """The errors with these numbers and the calls that led to them, in order of their numbers."""
    by_number = {e.number: e for e in table}
    found = {n: by_number[n] for n in numbers if n in by_number}
    wanted = {n for n, e in found.items() if e.kind != CALL or e.message == STEP}
    pending = list(wanted)
    while pending:
        caller = by_number[pending.pop()].caller
        if caller and caller not in wanted:
            wanted.add(caller)
            pending.append(caller)
    return [e for e in table if e.number in wanted]


def read(module: Any) -> list[Error]:
    """The errors of a module, in order of their numbers."""
    if ATTRIBUTE not in module.operation.attributes:
        return []
    out = []
    for entry in ir.ArrayAttr(module.operation.attributes[ATTRIBUTE]):
        d = ir.DictAttr(entry)
        text = {k: ir.StringAttr(d[k]).value for k in ("kind", "message", "file", "function", "template") if k in d}
        count = {k: ir.IntegerAttr(d[k]).value for k in ("number", "line", "column", "caller") if k in d}
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
            ir.DictAttr.get({k: encode(v) for k, v in asdict(e).items() if k not in ("template", "caller") or v})
            for e in errors
        ]
        module.operation.attributes[ATTRIBUTE] = ir.ArrayAttr.get(entries)
