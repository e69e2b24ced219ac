"""Operations of a block at a place. Blocks are linked lists: an operation found by its number is found by counting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .mlir import ir


def terminator(block: Any) -> Any:
    """The operation that ends a block."""
    return ir.InsertionPoint.at_block_terminator(block).ref_operation.operation


def following(operation: Any) -> Iterator[Any]:
    """The operations behind one, in order, to the end of its block."""
    while (after := ir.InsertionPoint.after(operation).ref_operation) is not None:
        operation = after.operation
        yield operation
