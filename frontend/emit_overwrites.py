"""Which functions in value form would lose a write: ``b[:] = x``, then what may raise, then ``b[:] = y``.

As values, the second write makes the first one idle, and MLIR drops it. After an exception, the caller's array has to
hold what was written before; in memory form, it does.
"""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

_WRITE = "pyc.insert_slice"
#: What ends a function with an exception, or may.
_RAISES = ("pyc.check", "func.call")


def loses_writes(function: Any) -> bool:
    """Whether part of an argument of a ``func.func`` is written, and again behind something that may raise."""
    for operation in nested(function.operation):
        if operation.name == _WRITE:
            earlier = operation.operands[1].owner
            if (
                not isinstance(earlier, ir.Block)
                and earlier.name == _WRITE
                and _is_same_part(earlier, operation)
                and _is_argument(earlier.operands[1], function)
                and _may_raise_between(earlier, operation)
            ):
                return True
    return False


def _is_same_part(one: Any, two: Any) -> bool:
    """Whether two writes are to the same part of an array; the first operands are what is written, and to what."""
    places = zip(list(one.operands)[2:], list(two.operands)[2:], strict=False)
    return len(one.operands) == len(two.operands) and all(_is_same(a, b) for a, b in places)


def _is_same(a: Any, b: Any) -> bool:
    """Whether two numbers of a place are computed alike."""
    if a == b:
        return True
    x, y = a.owner, b.owner
    if isinstance(x, ir.Block) or isinstance(y, ir.Block) or x.name != y.name or x.attributes != y.attributes:
        return False
    return x.name in ("pyc.dim", "arith.constant")


def _is_argument(value: Any, function: Any) -> bool:
    """Whether an array is an argument of the function, with or without what was written to it."""
    entry = function.operation.regions[0].blocks[0]
    while not isinstance(value.owner, ir.Block):
        operation = value.owner
        if operation.name in (_WRITE, "pyc.insert"):
            value = operation.operands[1]
        elif operation.name == "scf.for":
            initial = len(operation.operands) - len(operation.results)
            value = operation.operands[initial + ir.OpResult(value).result_number]
        else:
            return False
    return value.owner == entry


def _may_raise_between(earlier: Any, later: Any) -> bool:
    block, last = earlier.operation.block, later.operation
    while last.block != block:
        last = last.block.owner.operation
    behind = False
    for operation in block.operations:
        if operation.operation == earlier.operation:
            behind = True
        elif operation.operation == last and not last.regions:
            return False
        elif behind and _may_raise(operation.operation):
            return True
        if operation.operation == last:
            return False
    return False


def _may_raise(operation: Any) -> bool:
    return any(inner.name in _RAISES for inner in nested(operation))
