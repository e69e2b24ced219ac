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
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .base import VECTOR, Level, Pass


@dataclass(frozen=True)
class SeparateDestinations(Pass):
    """Copy empty and filled tensors for each of their readers."""

    name: ClassVar[str] = "separate-destinations"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        # Filled tensors first: their copies are more readers of the empty ones.
        for name in ("linalg.fill", "tensor.empty"):
            found = [
                operation for operation in nested(module.operation) if operation.name == name and len(operation.results)
            ]
            for operation in found:
                _copy_for_each_reader(operation)


def _copy_for_each_reader(operation: Any) -> None:
    # Uses come last first: the first reader keeps the original.
    *others, _ = [*operation.results[0].uses] or [None]
    for use in others:
        reader = use.owner.operation
        with ir.InsertionPoint(reader):
            reader.operands[use.operand_number] = operation.clone().results[0]
