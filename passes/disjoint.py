"""Which arrays in memory certainly have no element in common, at VECTOR and BUFFER.

Parameters do not overlap (callers see to that), unless the function says that they may. What is allocated overlaps
nothing that was there before. Through branches and loops a reference is one of several: two are disjoint if all that
they may be are, and two that a loop carries if they are so at first and each iteration, taking it for granted, leaves
them so: ``u, v = v, u`` does.
"""

from __future__ import annotations

from typing import Any

from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import ir

from .buffers import root

#: What makes memory: allocations, and values that are made arrays (``elide-copies``).
_NEW = frozenset({"memref.alloc", "memref.alloca", "bufferization.to_buffer"})
Pairs = list[tuple[Any, Any]]


def disjoint(a: Any, b: Any, *, parameters: bool) -> bool:
    """Whether two memrefs that are in scope together share no element; ``parameters`` says that parameters do not."""
    pending, seen = [(root(a), root(b))], []
    while pending:
        pair = pending.pop()
        if pair in seen:
            continue
        seen.append(pair)
        further = _step(*pair, parameters)
        if further is None:
            return False
        pending += [(root(x), root(y)) for x, y in further]
    return True


def _step(x: Any, y: Any, parameters: bool) -> Pairs | None:
    """The pairs that have to be disjoint for ``x`` and ``y`` to be so; ``None`` if they may overlap."""
    if x == y:
        return None
    first, second = _maker(x), _maker(y)
    new, other_new = first in _NEW, second in _NEW
    if (new and other_new) or "memref.get_global" in (first, second):
        return []
    if not first and not second and _is_parameter(x) and _is_parameter(y):
        return [] if parameters else None
    if (new and precedes(y, x)) or (other_new and precedes(x, y)):
        return []
    together = _together(x, y)
    if together is not None:
        return together
    # Whichever was made last is one of what was there before; the other one stays as it is.
    later, other = (y, x) if precedes(x, y) else (x, y)
    origins = _origins(later)
    if origins is None or _is_inside(other, later):
        later, other = other, later
        origins = _origins(later)
        if origins is None or _is_inside(other, later):
            return None
    return [(origin, other) for origin in origins]


def _maker(value: Any) -> str:
    return "" if isinstance(value.owner, ir.Block) else value.owner.name


def _is_parameter(value: Any) -> bool:
    return isinstance(value.owner, ir.Block) and value.owner.owner.operation.name == "func.func"


def _source(value: Any) -> Any:
    """The operation that a value is a result of, or whose region it is an argument of."""
    owner = value.owner.owner if isinstance(value.owner, ir.Block) else value.owner
    return owner.operation


def _together(x: Any, y: Any) -> Pairs | None:
    """For two that are carried, or chosen, by the same operation: what they are at the same time."""
    if _source(x) != _source(y) or isinstance(x.owner, ir.Block) != isinstance(y.owner, ir.Block):
        return None
    if isinstance(x.owner, ir.Block) and x.owner != y.owner:
        return None
    first, second = _origins(x), _origins(y)
    if first is None or second is None:
        return None
    return list(zip(first, second, strict=True))


def _origins(value: Any) -> list[Any] | None:
    """What a reference may be, in an order that is the same for all of one operation; ``None`` if it is not known."""
    op = _source(value)
    if isinstance(value.owner, ir.Block):
        number = ir.BlockArgument(value).arg_number
        if op.name == "scf.for" and number:
            return [op.operands[number + 2], _last(op, 0).operands[number - 1]]
        if op.name == "scf.while":
            if value.owner == op.regions[0].blocks[0]:
                return [op.operands[number], _last(op, 1).operands[number]]
            return [_last(op, 0).operands[number + 1]]
        return None
    number = ir.OpResult(value).result_number
    match op.name:
        case "scf.if":
            return [_last(op, 0).operands[number], _last(op, 1).operands[number]]
        case "scf.for":
            return [op.operands[number + 3], _last(op, 0).operands[number]]
        case "scf.while":
            return [_last(op, 0).operands[number + 1]]
        case "arith.select":
            return list(op.operands)[1:]
    return None


def _last(op: Any, region: int) -> Any:
    return terminator(op.regions[region].blocks[0])


def _is_inside(value: Any, carried: Any) -> bool:
    """Whether ``value`` is made in, or by, the loop that carries ``carried`` into each iteration.

    What that was in the iteration before tells nothing of a value of this one.
    """
    if not isinstance(carried.owner, ir.Block):
        return False
    loop = _source(carried)
    if loop.name == "scf.while" and carried.owner == loop.regions[1].blocks[0]:
        return False  # it comes from the same iteration
    around = within(loop.block, _source(value))
    return around is not None and around == loop


def within(block: Any, operation: Any) -> Any | None:
    """The operation of ``block`` that is ``operation``, or that it is in a region of."""
    while operation is not None and operation.name not in ("func.func", "builtin.module"):
        if operation.block == block:
            return operation
        operation = operation.parent.operation
    return None


def precedes(x: Any, y: Any) -> bool:
    """Whether ``x`` is there wherever ``y`` is made."""
    block = x.owner if isinstance(x.owner, ir.Block) else x.owner.operation.block
    if isinstance(y.owner, ir.Block) and y.owner == block:
        return False
    at = within(block, _source(y))
    if at is None:
        return False
    return isinstance(x.owner, ir.Block) or (x.owner.operation != at and x.owner.operation.is_before_in_block(at))
