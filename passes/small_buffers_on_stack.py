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

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

from pyc.dialects.mlir import ir

from .base import BUFFER, Level, Pass
from .buffers import element_bytes


@dataclass(frozen=True)
class SmallBuffersOnStack(Pass):
    """Turn allocations of at most ``limit`` bytes that are freed in their own block into variables of the function."""

    name: ClassVar[str] = "small-buffers-on-stack"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    limit: int = 1024

    def apply(self, module: Any) -> None:
        for function in module.body.operations:
            found: list[Any] = []

            def visit(operation: Any, found: list[Any] = found) -> Any:
                if operation.name == "memref.alloc" and not list(operation.operands):
                    found.append(operation)
                return ir.WalkResult.ADVANCE

            function.operation.walk(visit)
            for allocation in found:
                if _bytes(allocation.results[0].type) <= self.limit:
                    _move(allocation, function)


def _bytes(t: Any) -> int:
    return prod(t.shape) * element_bytes(t.element_type)


def _move(allocation: Any, function: Any) -> None:
    """Make one allocation a variable, unless who frees it is decided at run time."""
    frees = [use.owner.operation for use in allocation.results[0].uses if use.owner.operation.name == "memref.dealloc"]
    if len(frees) != 1 or frees[0].block != allocation.block:
        return
    entry = function.operation.regions[0].blocks[0]
    attributes = {"operandSegmentSizes": ir.DenseI32ArrayAttr.get([0, 0], allocation.context)}
    if "alignment" in allocation.attributes:
        attributes["alignment"] = allocation.attributes["alignment"]
    with allocation.context, allocation.location, ir.InsertionPoint.at_block_begin(entry):
        variable = ir.Operation.create("memref.alloca", [allocation.results[0].type], [], attributes)
    allocation.results[0].replace_all_uses_with(variable.results[0])
    frees[0].erase()
    allocation.erase()
