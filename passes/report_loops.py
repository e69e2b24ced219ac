"""BUFFER: which lines of the program are computed in one loop, and which arrays are stored between two.

Nothing changes but ``pyc.remarks`` on the module: E452 says of a line with which others it is computed, E453 of a line
that what it computes is stored, for which line, and why that one is not computed in the same loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import remarks, signature
from pyc.dialects.errors import position
from pyc.dialects.mlir import ir

from .base import BUFFER, Level, Pass
from .buffers import VIEWS, element_bytes
from .fuse_rows import ROWS
from .structured import Operand, Structured, read

#: Arrays of a known extent of at most so many bytes are not worth a remark.
_SMALL = 1024


@dataclass(frozen=True)
class ReportLoops(Pass):
    """Say what was fused, and what was not."""

    name: ClassVar[str] = "report-loops"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        if "pyc.source" not in module.operation.attributes:
            return
        source = ir.StringAttr(module.operation.attributes["pyc.source"]).value
        found: list[remarks.Remark] = []
        for function in signature.functions(module):
            if not signature.is_exported(function) or signature.is_variant(function):
                continue
            nests, allocations = _loops(function.operation)
            for nest in nests:
                found += _together(nest, source)
            for allocation in allocations:
                found += _stored(allocation, nests, source)
        remarks.attach(module, found)


def _loops(function: Any) -> tuple[list[list[Any]], list[Any]]:
    """The operations on arrays of a function, those in one loop over rows together; and its allocations."""
    nests: list[list[Any]] = []
    rows: dict[Any, list[Any]] = {}
    allocations: list[Any] = []

    def visit(operation: Any) -> Any:
        if operation.name == "memref.alloc":
            allocations.append(operation)
        if operation.name != "linalg.generic":
            return ir.WalkResult.ADVANCE
        loop = operation.parent.operation
        while loop.name not in ("func.func", "builtin.module") and ROWS not in loop.attributes:
            loop = loop.parent.operation
        if ROWS not in loop.attributes:
            nests.append([operation])
        elif loop in rows:
            rows[loop].append(operation)
        else:
            rows[loop] = [operation]
            nests.append(rows[loop])
        return ir.WalkResult.SKIP

    function.walk(visit, ir.WalkOrder.PRE_ORDER)
    return nests, allocations


# --- one loop ---------------------------------------------------------------------------------------------------------


def _together(nest: Sequence[Any], source: str) -> list[remarks.Remark]:
    lines = _lines(nest, source)
    if len(lines) < 2:
        return []
    *others, last = sorted(lines)
    named = " and ".join([", ".join(str(n) for n in others[:-1]), str(others[-1])] if others[1:] else [str(others[0])])
    text = f"computed in one loop with line{'s' if others[1:] else ''} {named}"
    return [remarks.Remark("E452", text, source, last, lines[last])]


def _lines(nest: Sequence[Any], source: str) -> dict[int, int]:
    """The lines whose operations are in a loop, with a column of each."""
    found: dict[int, int] = {}
    for operation in nest:
        for op in [operation, *(inner.operation for inner in operation.regions[0].blocks[0].operations)]:
            if op.name in ("linalg.yield", "arith.constant", "linalg.index"):
                continue
            for line, column in _positions(op.location, source):
                found.setdefault(line, column)
    return found


def _positions(location: Any, source: str) -> list[tuple[int, int]]:
    """Lines and columns of the program's own file in a location: of a call, where the called function is another's."""
    if isinstance(location, ir.FusedLoc):
        return [found for part in location.locations for found in _positions(part, source)]
    if isinstance(location, ir.CallSiteLoc):
        return _positions(location.callee, source) or _positions(location.caller, source)
    if isinstance(location, ir.NameLoc):
        return _positions(location.child_loc, source)
    file, line, column = position(location)
    return [(line, column)] if file == source and line else []


# --- an array between two loops ---------------------------------------------------------------------------------------


def _stored(allocation: Any, nests: Sequence[Sequence[Any]], source: str) -> list[remarks.Remark]:
    """A remark on a temporary array, if one loop writes it and another one reads it."""
    t = allocation.results[0].type
    known = all(not t.is_dynamic_dim(k) for k in range(t.rank))
    if not t.rank or (known and prod(t.shape) * element_bytes(t.element_type) <= _SMALL):
        return []
    users = _users(allocation.results[0])
    if not any(u.name == "memref.dealloc" for u in users):
        return []
    within = {op: number for number, nest in enumerate(nests) for op in nest}
    writers = [u for u in users if u in within and _writes(u, allocation.results[0])]
    if not writers:
        return []
    writer = writers[0]
    loops = {within.get(u, -1) for u in users if u.name not in ("memref.dealloc", "linalg.fill", "memref.dim")}
    if loops == {within[writer]}:
        return []
    reader = next((u for u in users if u.name in _READERS and within.get(u) != within[writer]), None)
    here = sorted(_lines([writer], source).items())
    if reader is None or not here:
        return []
    extents = ", ".join("?" if t.is_dynamic_dim(i) else str(t.get_dim_size(i)) for i in range(t.rank))
    there = _positions(reader.location, source)
    line = f" for line {there[0][0]}" if there and there[0][0] != here[-1][0] else ""
    text = f"an array of shape [{extents}] is stored here{line}: {_reason(writer, reader, allocation.results[0])}"
    return [remarks.Remark("E453", text, source, *here[-1])]


_READERS = frozenset({"linalg.generic", "memref.load", "memref.copy", "func.call", "scf.for", "scf.while", "scf.yield"})


def _users(value: Any) -> list[Any]:
    """The operations that access memory, through views as well."""
    found: list[Any] = []
    for use in value.uses:
        user = use.owner.operation
        if user.name in VIEWS:
            found += [u for result in user.results for u in _users(result)]
        else:
            # What a body reads is read by the operation that it is of.
            inside = user.parent.operation
            found.append(inside if inside.name == "linalg.generic" else user)
    return found


def _writes(operation: Any, buffer: Any) -> bool:
    return any(_base(o.value) == buffer for o in read(operation).outputs)


def _base(value: Any) -> Any:
    while not isinstance(value.owner, ir.Block) and value.owner.operation.name in VIEWS:
        value = value.owner.operation.operands[0]
    return value


def _reason(writer: Any, reader: Any, buffer: Any) -> str:
    """Why what reads an array is not computed in the loop that writes it, in the user's words."""
    made = read(writer)
    if made.reduced and not all(_covers(o, made) for o in made.outputs if _base(o.value) == buffer):
        return "it has to be complete before it is read"
    if reader.name != "linalg.generic":
        return "it is read element by element"
    s = read(reader)
    accesses = [o for o in (*s.inputs, *s.outputs) if o.is_buffer and _base(o.value) == buffer]
    inside = [op.operation for op in s.body.operations if op.operation.name == "memref.load"]
    if any(_base(op.operands[0]) == buffer for op in inside):
        return "its elements are read in another order"
    if s.reduced and not any(_covers(o, s) for o in s.inputs):
        return "a product reads each element many times"
    if not all(_covers(o, s) for o in accesses):
        return "each element is read many times"
    if any(o.value != buffer for o in accesses) or len({o.expressions for o in accesses}) > 1:
        return "other elements are read than are computed at that time"
    if len(s.iterators) != len(made.iterators):
        return "the loops go over different axes"
    return "the order of reads, writes and checks would change"


def _covers(operand: Operand, s: Structured) -> bool:
    """Whether each round of the loops accesses an element of its own."""
    loops = {e.position for e in operand.expressions if isinstance(e, ir.AffineDimExpr)}
    return len(loops) == len(s.iterators)
