"""Which tensors are updates of another one: values that bufferisation can keep in the same memory."""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import ir

#: Operations that give an operand back with changes, and which operand that is.
_UPDATES = {"tensor.insert": 1, "tensor.insert_slice": 1, "tensor.cast": 0}


def root(value: Any) -> Any | None:
    """What ``value`` is an update of, on every path of control flow; ``value`` itself if it is new.

    A loop counts only if each iteration updates what it was given: one that exchanges two arrays does not. ``None``
    where two paths update different values.
    """
    while value is not None:
        owner = value.owner
        if isinstance(owner, ir.Block):
            return value
        if owner.name in _UPDATES:
            value = owner.operands[_UPDATES[owner.name]]
        elif owner.name.startswith("linalg."):
            results = len(owner.results)
            value = owner.operands[len(owner.operands) - results + _number(value)]
        elif owner.name == "scf.for":
            value = _before_for(owner, _number(value))
        elif owner.name == "scf.if":
            one, other = (root(_last(region.blocks[0]).operands[_number(value)]) for region in owner.regions)
            return one if one is not None and other is not None and one == other else None
        elif owner.name == "scf.while":
            value = _before_while(owner, _number(value))
        else:
            return value
    return None


def _updates(value: Any, origin: Any) -> bool:
    found = root(value)
    return found is not None and found == origin


def _number(value: Any) -> int:
    return ir.OpResult(value).result_number


def _last(block: Any) -> Any:
    return block.operations[len(block.operations) - 1].operation


def _before_for(loop: Any, number: int) -> Any | None:
    """The value that a loop starts with, if its iterations update it."""
    body = loop.regions[0].blocks[0]
    carried = body.arguments[1 + number]
    return loop.operands[3 + number] if _updates(_last(body).operands[number], carried) else None


def _before_while(loop: Any, number: int) -> Any | None:
    before, after = (region.blocks[0] for region in loop.regions)
    passed = _last(before).operands[1 + number]
    for start, argument in zip(loop.operands, before.arguments, strict=True):
        if _updates(passed, argument):
            again = _last(after).operands[argument.arg_number]
            return start if _updates(again, after.arguments[number]) else None
    return None
