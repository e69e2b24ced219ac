"""VECTOR: what is written over is written over in the array that it was written into.

Before (``c[k] = a; d = c[j]; c[k] = b``; MLIR folds the two writes where only the array after both is asked for)::

    %1 = tensor.insert_slice %a into %c[%k] [1] [1]
    %d = tensor.extract_slice %1[%j] [1] [1]
    %2 = tensor.insert_slice %b into %c[%k] [1] [1]

After::

    %1 = tensor.insert_slice %a into %c[%k] [1] [1]
    %d = tensor.extract_slice %1[%j] [1] [1]
    %2 = tensor.insert_slice %b into %1[%k] [1] [1]

The result is the same, as the second slice is that of the first. But before, ``%c`` had two successors, and
bufferisation would have copied all of it for one of them: the first write would be nowhere when something fails behind
it. So it is where the second write is in a branch or a loop behind the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.walk import nested

from .base import VECTOR, Level, Pass

_PLACE = ("static_offsets", "static_sizes", "static_strides")


@dataclass(frozen=True)
class ChainInsertions(Pass):
    """Write a slice again into the array that has it written, not into the one before."""

    name: ClassVar[str] = "chain-insertions"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        chain(module)


def chain(module: Any) -> None:
    """Write slices that are written again into the arrays that have them written."""
    for operation in nested(module.operation):
        if operation.name == "tensor.insert_slice" and operation.operands[0] == operation.operands[1]:
            operation.results[0].replace_all_uses_with(operation.operands[1])
            operation.erase()
    # By the block, by what a slice is written into, and which it is: the last array that has it written.
    last: dict[tuple[Any, ...], Any] = {}
    for operation in nested(module.operation, outer_first=True):
        if operation.name == "tensor.insert_slice":
            _, whole, *numbers = operation.operands
            slice_ = (*(operation.attributes[name] for name in _PLACE), *numbers)
            earlier = next((last[key] for b in _blocks(operation) if (key := (b, whole, *slice_)) in last), None)
            if earlier is not None:
                operation.operands[1] = earlier
            for array in {whole, operation.operands[1]}:
                last[operation.block, array, *slice_] = operation.results[0]


def _blocks(operation: Any) -> Iterator[Any]:
    """The blocks that an operation is in, from the inside."""
    while operation.name != "func.func":
        yield operation.block
        operation = operation.parent.operation
