"""Why arrays are stored at BUFFER that the program does not ask for: for which line, and why it is not computed there.

Every temporary array has a reason, in the user's words, at the line that computes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects import remarks
from pyc.dialects.errors import position
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested, within

from .buffers import VIEWS, element_bytes, root, users
from .nests import Effects, effects
from .row_sums import PARTS
from .structured import Operand, Structured, read

#: Arrays of a known extent of at most so many bytes are not worth a remark.
_SMALL = 1024
#: What gives memory on, to a caller or to a name that is given another array later.
_GIVES = frozenset({"func.return", "scf.yield", "scf.condition"})


@dataclass(frozen=True)
class Stored:
    """An array that is stored: ``line`` and ``column`` of what computes it, its extents, and for what it is stored."""

    line: int
    column: int
    extents: str
    reason: str


def temporaries(function: Any) -> Iterator[Any]:
    """The allocations of a function that it needs for itself, but those of a few elements."""
    for operation in nested(function, outer_first=True):
        if operation.name != "memref.alloc" or not operation.results[0].type.rank or PARTS in operation.attributes:
            continue
        t = operation.results[0].type
        known = all(not t.is_dynamic_dim(k) for k in range(t.rank))
        if known and prod(t.shape) * element_bytes(t.element_type) <= _SMALL:
            continue
        if any(user.name == "memref.dealloc" for user in _users(operation.results[0])):
            yield operation


def remarks_on(function: Any, nests: Sequence[Sequence[Any]], source: str) -> list[remarks.Remark]:
    """A remark on each line that stores arrays; ``nests`` are the operations that share loops."""
    nest_of = {op: number for number, nest in enumerate(nests) for op in nest}
    place = {op: number for number, op in enumerate(nested(function, outer_first=True))}
    found: dict[Stored, int] = {}
    for allocation in temporaries(function):
        stored = _stored(allocation, nest_of, place, source)
        found[stored] = found.get(stored, 0) + 1
    return [
        remarks.Remark(
            "E453", f"{_arrays(stored, count)} stored here{stored.reason}", source, stored.line, stored.column
        )
        for stored, count in found.items()
    ]


def _arrays(stored: Stored, count: int) -> str:
    what = f"of shape [{stored.extents}]"
    return f"an array {what} is" if count == 1 else f"{count} arrays {what} are"


def extents(t: Any) -> str:
    """The extents of an array as remarks show them."""
    return ", ".join("?" if t.is_dynamic_dim(i) else str(t.get_dim_size(i)) for i in range(t.rank))


def _stored(allocation: Any, nest_of: dict[Any, int], place: dict[Any, int], source: str) -> Stored:
    value = allocation.results[0]
    # MLIR lists uses in an order that is not the same each time.
    users = [u for u in sorted(_users(value), key=place.__getitem__) if u.name not in ("memref.dealloc", "memref.dim")]
    writer = next((u for u in users if u.name != "linalg.fill" and _writes(u, value)), None)
    writer = next(iter(users), allocation) if writer is None else writer
    reader = next(
        (u for u in users if u != writer and _reads(u, value) and nest_of.get(u, -1) != nest_of.get(writer)), None
    )
    same = reader is None and next((u for u in users if u != writer and _reads(u, value)), None)
    line, column = _place(writer, value, source) or _place(allocation, value, source) or (0, 0)
    reader = reader or same or None
    if reader is None:
        return Stored(line, column, extents(value.type), _unread(writer, value))
    there = [at for at in positions(reader.location, source) if at[0] != line]
    of = (
        f" for line {there[0][0]}"
        if there and not any(at[0] == line for at in positions(reader.location, source))
        else ""
    )
    return Stored(line, column, extents(value.type), f"{of}: {_reason(writer, reader, value, nest_of)}")


def _place(operation: Any, value: Any, source: str) -> tuple[int, int] | None:
    """The last line of the program that computes what an operation stores in an array."""
    locations = [operation.location]
    if operation.name == "linalg.generic":
        s = read(operation)
        made = [y.owner for o, y in zip(s.outputs, s.yielded, strict=True) if root(o.value) == value]
        locations = [m.operation.location for m in made if not isinstance(m, ir.Block)] + locations
    for location in locations:
        found = positions(location, source)
        if found:
            return max(found)
    return None


def positions(location: Any, source: str) -> list[tuple[int, int]]:
    """Lines and columns of the program's own file in a location: of a call, where the called function is another's."""
    if isinstance(location, ir.FusedLoc):
        return [found for part in location.locations for found in positions(part, source)]
    if isinstance(location, ir.CallSiteLoc):
        return positions(location.callee, source) or positions(location.caller, source)
    if isinstance(location, ir.NameLoc):
        return positions(location.child_loc, source)
    file, line, column = position(location)
    return [(line, column)] if file == source and line else []


# --- who uses it ------------------------------------------------------------------------------------------------------


def _users(value: Any) -> list[Any]:
    """The operations that access memory, through views as well."""
    # What a body reads is read by the operation that it is of.
    bodies = {user: user.parent.operation for user in users(value) if user.name not in VIEWS}
    return list(dict.fromkeys(outer if outer.name == "linalg.generic" else user for user, outer in bodies.items()))


def _touches(operation: Any, value: Any) -> Effects:
    known = effects(operation)
    return Effects(
        tuple(v for v in known.reads if root(v) == value), tuple(v for v in known.writes if root(v) == value)
    )


def _writes(operation: Any, value: Any) -> bool:
    return bool(_touches(operation, value).writes) or operation.name == "func.call"


def _reads(operation: Any, value: Any) -> bool:
    """Whether an operation uses what is in an array, as far as it is no sum that it goes on with."""
    if operation.name == "linalg.generic":
        s = read(operation)
        inside = [inner.operands[0] for inner in nested(operation) if inner.name == "memref.load"]
        return any(root(v) == value for v in (*(o.value for o in s.inputs), *inside))
    return bool(_touches(operation, value).reads) or operation.name in _GIVES or operation.name == "func.call"


# --- reasons ----------------------------------------------------------------------------------------------------------


def _unread(writer: Any, value: Any) -> str:
    """What an array is for that only those operations read that write it."""
    if writer.name == "linalg.generic" and read(writer).reduced:
        return ": it holds what later elements are compared with"
    return ": it is changed element by element"


def _reason(writer: Any, reader: Any, value: Any, nest_of: dict[Any, int]) -> str:
    """Why what reads an array is not computed in the loop that writes it, in the user's words."""
    if writer in nest_of and nest_of.get(reader) == nest_of[writer]:
        return "it is one row, which is gone over more than once"
    if writer.name == "func.call" or reader.name == "func.call":
        return "a function is given it"
    if reader.name in _GIVES:
        return "a branch or a loop gives it on"
    if reader.name == "memref.copy":
        return "it is copied to where it is needed"
    if writer.name == "linalg.generic":
        made = read(writer)
        if made.reduced and not all(_covers(o, made) for o in made.outputs if root(o.value) == value):
            return "it has to be complete before it is read"
    if reader.name != "linalg.generic":
        return "it is read element by element"
    if writer.name == "memref.copy":
        return "it is put together of several arrays"
    if writer.name != "linalg.generic":
        return "it is written element by element"
    return _reason_of_order(read(writer), read(reader), value)


def _reason_of_order(made: Structured, s: Structured, value: Any) -> str:
    accesses = [o for o in (*s.inputs, *s.outputs) if o.is_buffer and root(o.value) == value]
    inside = [op.operation for op in s.body.operations if op.operation.name == "memref.load"]
    if any(root(op.operands[0]) == value for op in inside):
        return "its elements are read in another order"
    if s.reduced and not any(_covers(o, s) for o in s.inputs):
        return "a product reads each element many times"
    if not all(_covers(o, s) for o in accesses):
        return "each element is read many times"
    if any(o.value != value for o in accesses) or len({o.expressions for o in accesses}) > 1:
        return "other elements are read than are computed at that time"
    if _waits(made, s):
        return "it is read again together with what is computed of all of it"
    if len(s.iterators) != len(made.iterators):
        return "the loops go over different axes"
    if made.operation.block != s.operation.block:
        return "it is read in a branch or a loop"
    return _between(made.operation, s.operation)


def _waits(made: Structured, s: Structured) -> bool:
    """Whether a reader takes what is reduced behind the operation that stores, or by it."""
    before = made.operation
    for maker in _reductions_of(s):
        inside = within(maker, before.block)
        if inside is None:
            return False
        operations = [op.operation for op in before.block.operations]
        if operations.index(inside) >= operations.index(before):
            return True
    return False


def _reductions_of(s: Structured) -> Iterator[Any]:
    """The reductions whose results an operation reads, as arrays or as numbers, also through others between."""
    pending = [*(o.value for o in s.inputs), *(v for inner in nested(s.operation) for v in inner.operands)]
    seen: set[Any] = set()
    while pending:
        value = pending.pop()
        if value in seen or isinstance(value.owner, ir.Block):
            continue
        seen.add(value)
        if not isinstance(value.type, ir.MemRefType):
            pending += list(value.owner.operands)
            continue
        for user in _users(root(value)):
            if user.name != "linalg.generic" or user == s.operation or not _writes(user, root(value)):
                continue
            other = read(user)
            if other.reduced:
                yield user
            pending += [o.value for o in other.inputs]


def _between(writer: Any, reader: Any) -> str:
    operations = [op.operation for op in writer.block.operations]
    between = [effects(op) for op in operations[operations.index(writer) + 1 : operations.index(reader)]]
    if any(e.opaque for e in between):
        return "a branch, a loop or a call comes in between"
    if any(e.guard for e in between):
        return "a check comes in between, behind which nothing may be written if it fails"
    return "the order of reads and writes would change"


def _covers(operand: Operand, s: Structured) -> bool:
    """Whether each round of the loops accesses an element of its own."""
    loops = {e.position for e in operand.expressions if isinstance(e, ir.AffineDimExpr)}
    return len(loops) == len(s.iterators)
