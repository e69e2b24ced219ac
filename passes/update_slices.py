"""VECTOR: a part of a tensor that is replaced by what is computed of it, element by element, is computed in place.

Before (``x[1:] -= y``)::

    %s = tensor.extract_slice %x[1] [%n] [1]
    %e = tensor.empty(%n)
    %d = linalg.generic ins(%s, %y) outs(%e) { sub }
    %r = tensor.insert_slice %d into %x[1] [%n] [1]

After::

    %s = tensor.extract_slice %x[1] [%n] [1]
    %d = linalg.generic ins(%s, %y) outs(%s) { sub }
    %r = tensor.insert_slice %d into %x[1] [%n] [1]

The destination's contents are not read, so the meaning is the same; bufferisation sees that each element is read before
it is written, and needs no array between.

So is all of it (``x += y``), where what is computed goes over the tensor itself: it then has its extents, and what is
inserted is the new value. No check may stand between the two, as an error there must find the tensor as it was.

Where other parts of the tensor are read as well (``x[1:-1] += x[:-2] + x[2:]``), bufferisation would compute in place
and save each of them before. One array for what is computed is less: the destination becomes memory of its own.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .base import VECTOR, Level, Pass
from .elide_copies import asserts, between
from .in_place import root
from .keep_shared_values import allocate

_SLICE_ATTRIBUTES = ("static_offsets", "static_sizes", "static_strides")
#: Operations that view their first operand.
_VIEWS = frozenset({"tensor.extract_slice", "tensor.expand_shape", "tensor.collapse_shape", "tensor.cast"})


@dataclass(frozen=True)
class UpdateSlices(Pass):
    """Compute what replaces a part of a tensor in that part, or in one array of its own."""

    name: ClassVar[str] = "update-slices"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        found = [operation for operation in nested(module.operation) if operation.name == "tensor.insert_slice"]
        for insertion in found:
            _update(insertion)


def _update(insertion: Any) -> None:
    value, whole = insertion.operands[0], insertion.operands[1]
    if not _computes_elements(value):
        return
    generic = value.owner
    (*inputs, destination) = generic.operands
    (*maps, result) = ir.ArrayAttr(generic.attributes["indexing_maps"])
    read = list(zip(inputs, maps, strict=True))
    replaced = next((v for v, m in read if m == result and _is_version(v, whole)), None)
    others = {
        v
        for v, m in read
        if _base(v) == _base(whole) and not (m == result and (v == whole or _is_part(v, insertion, whole)))
    }
    # What the body reads where it likes (`b[::-1]`) may be replaced by then.
    others |= {v for v in _taken(generic) if _same_memory(v, whole)}
    part = next((v for v in inputs if _is_part(v, insertion, whole)), None)
    # Rows and columns that are stretched are cheap to save.
    saved = {v for v, m in read if v in others and m == result}
    if len(saved) > 1 or (saved and part is not None):
        allocate(destination.owner)
    elif not others and replaced is not None:
        if _replaces_all(insertion, generic):
            generic.operands[len(inputs)] = replaced
            insertion.results[0].replace_all_uses_with(value)
            insertion.erase()
    elif not others and part is not None and part.type == destination.type:
        generic.operands[len(inputs)] = part


def _computes_elements(value: Any) -> bool:
    """Whether a tensor is computed element by element, by one operation and into nothing."""
    generic = value.owner
    if isinstance(generic, ir.Block) or generic.name != "linalg.generic" or len(generic.results) != 1:
        return False
    if "reduction" in str(generic.attributes["iterator_types"]):
        return False
    destination = generic.operands[len(generic.operands) - 1]
    empty = not isinstance(destination.owner, ir.Block) and destination.owner.name == "tensor.empty"
    body = generic.regions[0].blocks[0]
    return empty and not list(body.arguments[len(body.arguments) - 1].uses)


def _is_version(value: Any, whole: Any) -> bool:
    """Whether a tensor is ``whole``, or what became of it: then it has its extents."""
    if value == whole:
        return True
    origin, other = root(value), root(whole)
    return value.type == whole.type and origin is not None and other is not None and origin == other


def _replaces_all(insertion: Any, generic: Any) -> bool:
    """Whether a value of the extents of a tensor is all of it that is inserted, with no check after it is computed."""
    value, whole = insertion.operands[0], insertion.operands[1]
    computed, inserted = generic.operation, insertion.operation
    if value.type != whole.type or inserted.block != computed.block:
        return False
    offsets, _, strides = (list(ir.DenseI64ArrayAttr(insertion.attributes[a])) for a in _SLICE_ATTRIBUTES)
    if any(offsets) or any(s != 1 for s in strides):
        return False
    return not any(asserts(op) for op in (computed, *between(computed, inserted)))


def _is_part(value: Any, insertion: Any, whole: Any) -> bool:
    """Whether a tensor is the part of ``whole`` that an insertion replaces."""
    slice_ = value.owner
    if isinstance(slice_, ir.Block) or slice_.name != "tensor.extract_slice" or slice_.operands[0] != whole:
        return False
    same = all(slice_.attributes[a] == insertion.attributes[a] for a in _SLICE_ATTRIBUTES)
    return same and list(slice_.operands)[1:] == list(insertion.operands)[2:]


def _taken(generic: Any) -> set[Any]:
    """The tensors of which the body of an operation reads elements at positions of its own."""
    found: set[Any] = set()
    for operation in nested(generic.operation):
        if operation.name == "tensor.extract":
            found.add(operation.operands[0])
    return found


def _same_memory(value: Any, whole: Any) -> bool:
    """Whether a tensor is one that ``whole`` is an update of, or a view of it."""
    origin, other = root(_base(value)), root(_base(whole))
    return origin is not None and other is not None and origin == other


def _base(value: Any) -> Any:
    """The tensor that a view is of."""
    while not isinstance(value.owner, ir.Block) and value.owner.name in _VIEWS:
        value = value.owner.operands[0]
    return value
