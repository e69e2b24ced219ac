"""BUFFER: small temporaries of a known size live in the function's frame.

Before::

    scf.for ... {
      %a = memref.alloc() : memref<f32>          // the accumulator of a sum, say
      ...
      memref.dealloc %a
    }

After::

    %a = memref.alloca() : memref<f32>
    scf.for ... {
      ...
    }

The frame has one for all iterations of a loop: none outlives the block that it is allocated and freed in. LLVM then
keeps accumulators in registers.
"""

from __future__ import annotations

from math import prod
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import callee_of, calls_in, nested

from .base import BUFFER, Level, Pass
from .buffers import element_bytes
from .cells import has_cells
from .outline_parallel import CHUNK

#: What does nothing with an array but read and write its elements, or free it.
_ELEMENTS = frozenset({"memref.load", "memref.store", "memref.copy", "memref.dim", "memref.dealloc"})


@dataclass(frozen=True)
class SmallBuffersOnStack(Pass):
    """Turn allocations of at most ``limit`` bytes that are freed in their own block into variables of the function.

    A function has at most ``frame`` bytes of them, one that may call itself ``recursive`` bytes, for each call has its
    own; what does not fit any more is allocated.
    """

    name: ClassVar[str] = "small-buffers-on-stack"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    limit: int = 1024
    frame: int = 65536
    recursive: int = 512

    def apply(self, module: Any) -> None:
        for function in module.body.operations:
            cells = has_cells(function)
            left = self.recursive if _may_call_itself(function) else self.frame
            allocations = [
                op for op in nested(function.operation) if op.name == "memref.alloc" and not list(op.operands)
            ]
            for allocation in allocations:
                size = _bytes(allocation.results[0].type)
                if (
                    size <= min(self.limit, left)
                    and _is_freed_here(allocation)
                    and not (cells and _may_stay(allocation))
                ):
                    _move(allocation, function)
                    left -= size


def _may_call_itself(function: Any) -> bool:
    """Whether a function is in a circle of calls: what is not, is inlined, or is a loop's."""
    if "sym_visibility" in function.operation.attributes:
        return CHUNK not in function.operation.attributes
    symbol = ir.StringAttr(function.operation.attributes["sym_name"]).value
    return any(callee_of(call) == symbol for call in calls_in(function.operation))


def _bytes(t: Any) -> int:
    return prod(t.shape) * element_bytes(t.element_type)


def _frees(allocation: Any) -> list[Any]:
    return [use.owner.operation for use in allocation.results[0].uses if use.owner.operation.name == "memref.dealloc"]


def _is_freed_here(allocation: Any) -> bool:
    """Whether it is not decided at run time who frees an allocation."""
    frees = _frees(allocation)
    return len(frees) == 1 and frees[0].block == allocation.block


def _may_stay(allocation: Any) -> bool:
    """Whether a cell may refer to an allocation: something is done with it but to read and write its elements."""
    users = [use.owner.operation for use in allocation.results[0].uses]
    return any(not (u.name in _ELEMENTS or u.name.startswith("linalg.")) for u in users)


def _move(allocation: Any, function: Any) -> None:
    """Make one allocation a variable."""
    (free,) = _frees(allocation)
    entry = function.operation.regions[0].blocks[0]
    attributes = {"operandSegmentSizes": ir.DenseI32ArrayAttr.get([0, 0], allocation.context)}
    if "alignment" in allocation.attributes:
        attributes["alignment"] = allocation.attributes["alignment"]
    with allocation.context, allocation.location, ir.InsertionPoint.at_block_begin(entry):
        variable = ir.Operation.create("memref.alloca", [allocation.results[0].type], [], attributes)
    allocation.results[0].replace_all_uses_with(variable.results[0])
    free.erase()
    allocation.erase()
