"""VECTOR: every structured operation has an empty destination of its own.

Before::

    %e = tensor.empty(%n)
    %0 = linalg.fill ins(%zero) outs(%e)
    %1 = linalg.generic ins(%x) outs(%0) { max }
    %2 = linalg.generic ins(%x) outs(%0) { min }

After::

    %e = tensor.empty(%n)
    %0 = linalg.fill ins(%zero) outs(%e)
    %1 = linalg.generic ins(%x) outs(%0) { max }
    %f = tensor.empty(%n)
    %3 = linalg.fill ins(%zero) outs(%f)
    %2 = linalg.generic ins(%x) outs(%3) { min }

Common subexpression elimination shares them. ``eliminate-empty-tensors`` would then compute all readers in the
destination of the first: wrong where it is the caller's memory, whose later contents bufferisation does not follow.

What fills a tensor and reads none is made for each place that it is put into (``x[0] = 0; x[-1] = 0``), there and not
in an array that is copied to both.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.types import is_tensor
from pyc.dialects.walk import nested

from .base import VECTOR, Level, Pass

#: So many operations compute an element faster than it is copied.
_SIMPLE = 4
#: What puts its first operand into an array.
_PUTS = frozenset({"tensor.insert_slice", "bufferization.materialize_in_destination"})


@dataclass(frozen=True)
class SeparateDestinations(Pass):
    """Copy empty and filled tensors for each of their readers."""

    name: ClassVar[str] = "separate-destinations"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        for operation in [o for o in nested(module.operation) if _only_fills(o)]:
            _copy_for_each_reader(operation)
        # Filled tensors first: their copies are more readers of the empty ones.
        for name in ("linalg.fill", "tensor.empty"):
            found = [
                operation for operation in nested(module.operation) if operation.name == name and len(operation.results)
            ]
            for operation in found:
                _copy_for_each_reader(operation)


def _only_fills(operation: Any) -> bool:
    """Whether an operation computes elements for next to nothing and from no other, and all of it is put somewhere."""
    if operation.name != "linalg.generic" or len(operation.results) != 1:
        return False
    body = operation.regions[0].blocks[0]
    if any(is_tensor(v.type) for v in list(operation.operands)[:-1]) or len(list(body.operations)) > _SIMPLE:
        return False
    if list(body.arguments[len(body.arguments) - 1].uses):
        return False
    return all(u.owner.name in _PUTS and not u.operand_number for u in operation.results[0].uses)


def _copy_for_each_reader(operation: Any) -> None:
    # Uses come last first: the first reader keeps the original.
    *others, _ = [*operation.results[0].uses] or [None]
    for use in others:
        reader = use.owner.operation
        with ir.InsertionPoint(reader):
            reader.operands[use.operand_number] = operation.clone().results[0]
