"""LINALG: a write to all of an array is kept where an error that follows could otherwise undo it.

``lower-to-linalg`` says that an array of known extents is replaced as a whole (``b[:] = x``, ``b -= 1``) by an
operation that upstream does not fold: of an insertion of known extents nothing would be left but the new value, and
nothing would say that it is in the array by the time something fails. Before::

    %b1 = bufferization.materialize_in_destination %x in %b {pyc.whole}
    cf.assert %ok, "1"
    return %b1

After, if no check follows, ``%x`` instead of ``%b1``. Otherwise it stays, and so does one of an array that was written
before, perhaps before a check: that would be idle without it. While nothing is folded, it is an insertion,
as a write of unknown extents is (``as_insertions``), which passes on values know, and bufferisation gets it back
(``from_insertions``)::

    %b1 = tensor.insert_slice %x into %b[0] [3] [1]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.blocks import following, terminator
from pyc.dialects.mlir import ir
from pyc.dialects.types import DYNAMIC, shape_of
from pyc.dialects.walk import function_of, nested

from .base import LINALG, Level, Pass

_WRITE, _INSERTION = "bufferization.materialize_in_destination", "tensor.insert_slice"
#: What copies do not have, which are the same operation on a new tensor.
_MARK = "pyc.whole"
_LOOPS = frozenset({"scf.for", "scf.while"})
#: What may end a function: a check, and a call of a function that calls itself.
_CHECKS = frozenset({"cf.assert", "func.call"})


@dataclass(frozen=True)
class KeepWrites(Pass):
    """Drop the writes to whole arrays behind which nothing is checked."""

    name: ClassVar[str] = "keep-writes"
    takes: ClassVar[Level] = LINALG
    gives: ClassVar[Level] = LINALG

    def apply(self, module: Any) -> None:
        for write in _writes(module):
            if not (_is_followed_by_check(write) or _is_second(write)):
                write.results[0].replace_all_uses_with(write.operands[0])
                write.erase()


def whole_write(value: Any, x: Any) -> Any:
    """``x`` with all elements replaced by those of ``value``, of the same known extents."""
    return ir.Operation.create(_WRITE, [x.type], [value, x], {_MARK: ir.UnitAttr.get()}).results[0]


def as_insertions(module: Any) -> None:
    """Make the writes that are left insertions, as those of unknown extents are."""
    for write in _writes(module):
        value, x = write.operands
        extents = shape_of(x.type)
        attributes = {
            "static_offsets": ir.DenseI64ArrayAttr.get([0] * len(extents)),
            "static_sizes": ir.DenseI64ArrayAttr.get(extents),
            "static_strides": ir.DenseI64ArrayAttr.get([1] * len(extents)),
            "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 1, 0, 0, 0]),
        }
        with ir.InsertionPoint(write), write.location:
            made = ir.Operation.create(_INSERTION, [x.type], [value, x], attributes)
        write.results[0].replace_all_uses_with(made.results[0])
        write.erase()


def from_insertions(module: Any) -> None:
    """Make insertions of whole arrays such writes again, before something folds."""
    for insertion in _found(module, _INSERTION):
        value, x = insertion.operands[0], insertion.operands[1]
        starts, steps = (ir.DenseI64ArrayAttr(insertion.attributes[f"static_{a}"]) for a in ("offsets", "strides"))
        if is_whole(value, x) and not any(starts) and all(s == 1 for s in steps):
            with ir.InsertionPoint(insertion), insertion.location:
                insertion.results[0].replace_all_uses_with(whole_write(value, x))
            insertion.erase()


def is_whole(value: Any, x: Any) -> bool:
    """Whether two tensors have the same type, of known extents."""
    return value.type == x.type and DYNAMIC not in shape_of(x.type)


def _writes(module: Any) -> list[Any]:
    return [op for op in _found(module, _WRITE) if _MARK in op.attributes]


def _found(module: Any, name: str) -> list[Any]:
    return [operation for operation in nested(module.operation) if operation.name == name]


def _is_followed_by_check(write: Any) -> bool:
    """Whether something that runs after a write may fail."""
    return any(_checks(op) for op in _later(write))


def _is_second(write: Any) -> bool:
    """Whether an argument was written before, in a function that checks something: without this, that would be idle."""
    function = function_of(write)
    entry, x = function.regions[0].blocks[0], write.operands[1]
    return x.owner != entry and _is_argument(x, entry) and _checks(function)


def _is_argument(value: Any, entry: Any) -> bool:
    """Whether an array is an argument of the function, with or without what was written to it."""
    while value.owner != entry:
        before = _before(value)
        if before is None:
            return False
        value = before
    return True


def _before(value: Any) -> Any | None:
    """What an array was before a write, or before a branch or a loop, that gives it; ``None`` for a new one."""
    owner = value.owner
    if isinstance(owner, ir.Block):
        loop = owner.owner.operation
        number = list(owner.arguments).index(value)
        if loop.name == "scf.while":
            before = loop.regions[0].blocks[0]
            return loop.operands[number] if owner == before else terminator(before).operands[1 + number]
        return loop.operands[2 + number] if loop.name == "scf.for" else None
    if owner.name in (_WRITE, _INSERTION, "tensor.insert"):
        return owner.operands[1]
    if owner.name in ("scf.if", "scf.for", "scf.while"):
        number = ir.OpResult(value).result_number
        if owner.name == "scf.for":
            return owner.operands[3 + number]
        return terminator(owner.regions[0].blocks[0]).operands[number + (owner.name == "scf.while")]
    return None


def _later(operation: Any) -> Iterator[Any]:
    """The operations that may run after one: those behind it, and all of a loop that it is in."""
    while operation.name != "func.func":
        yield from following(operation)
        operation = operation.parent.operation
        if operation.name in _LOOPS:
            yield operation


def _checks(operation: Any) -> bool:
    return any(op.name in _CHECKS for op in nested(operation))
