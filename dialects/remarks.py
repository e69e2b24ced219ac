"""What passes have to say about the user's program that is no error: ``pyc.remarks`` on the module, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pyc.dataclass import dataclass
from pyc.diagnostics import Diagnostic
from pyc.source import Source, Span

from .errors import position
from .mlir import ir

ATTRIBUTE = "pyc.remarks"
#: The name of the location of a copy that the program itself asked for: none to remark on.
WANTED = "wanted copy"


@dataclass(frozen=True)
class Remark:
    """A sentence about a place of the user's program; line 0 if it is unknown."""

    code: str
    message: str
    file: str
    line: int
    column: int

    def diagnostic(self, source: Source) -> Diagnostic:
        """The remark as a diagnostic; it points into ``source`` if that is the file it is about."""
        span = None
        if self.line and self.file == source.path:
            start = source.offset(self.line, self.column)
            span = Span(source, start, source.offset(self.line, len(source.line(self.line)) + 1))
        return Diagnostic(self.code, self.message, span, severity="remark")


def remark(code: str, message: str, location: Any) -> Remark:
    """A remark about a location of the IR."""
    return Remark(code, message, *position(location))


def is_wanted(location: Any) -> bool:
    """Whether a location is that of a copy which the program asked for, perhaps in a function that was inlined."""
    if isinstance(location, ir.NameLoc):
        return location.name_str == WANTED or is_wanted(location.child_loc)
    if isinstance(location, ir.CallSiteLoc):
        return is_wanted(location.callee)
    return isinstance(location, ir.FusedLoc) and any(is_wanted(x) for x in location.locations)


def read(module: Any) -> list[Remark]:
    """The remarks of a module, in the order in which they were made."""
    if ATTRIBUTE not in module.operation.attributes:
        return []
    out = []
    for entry in ir.ArrayAttr(module.operation.attributes[ATTRIBUTE]):
        d = ir.DictAttr(entry)
        text = {k: ir.StringAttr(d[k]).value for k in ("code", "message", "file")}
        out.append(Remark(**text, **{k: ir.IntegerAttr(d[k]).value for k in ("line", "column")}))
    return out


def drop(module: Any, codes: Sequence[str]) -> None:
    """Take remarks of some codes off a module."""
    kept = [r for r in read(module) if r.code not in codes]
    if ATTRIBUTE in module.operation.attributes:
        del module.operation.attributes[ATTRIBUTE]
    attach(module, kept)


def attach(module: Any, remarks: Sequence[Remark]) -> None:
    """Add remarks to those of a module; each is kept once."""
    every = list(dict.fromkeys([*read(module), *remarks]))
    if not every:
        return
    with module.context, ir.Location.unknown():
        i64 = ir.IntegerType.get_signless(64)

        def encode(value: object) -> Any:
            return ir.StringAttr.get(value) if isinstance(value, str) else ir.IntegerAttr.get(i64, value)

        entries = [ir.DictAttr.get({k: encode(v) for k, v in asdict(r).items()}) for r in every]
        module.operation.attributes[ATTRIBUTE] = ir.ArrayAttr.get(entries)
