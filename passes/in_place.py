"""Which tensors are updates of another one: values that bufferisation can keep in the same memory."""

from __future__ import annotations

from typing import Any

from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import ir

#: Operations that give an operand back with changes, and which operand that is.
_UPDATES = {"tensor.insert": 1, "tensor.insert_slice": 1, "tensor.cast": 0}
#: Operations that give a part or another shape of an operand, the first.
_VIEWS = ("tensor.extract_slice", "tensor.expand_shape", "tensor.collapse_shape")


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
            one, other = (root(terminator(region.blocks[0]).operands[_number(value)]) for region in owner.regions)
            return one if one is not None and other is not None and one == other else None
        elif owner.name == "scf.while":
            value = _before_while(owner, _number(value))
        else:
            return value
    return None


def origins(value: Any) -> set[Any]:
    """The empty tensors that ``value`` may be computed in, on any path of control flow."""
    found: set[Any] = set()
    seen: set[Any] = set()
    open_values = [value]
    while open_values:
        value = open_values.pop()
        if value in seen:
            continue
        seen.add(value)
        owner = value.owner
        if isinstance(owner, ir.Block):
            open_values += _given(owner, value)
        elif owner.name == "tensor.empty":
            found.add(value)
        elif owner.name in _UPDATES:
            open_values.append(owner.operands[_UPDATES[owner.name]])
        elif owner.name in _VIEWS:
            open_values.append(owner.operands[0])
        elif owner.name == "bufferization.materialize_in_destination":
            open_values += [owner.operands[0], owner.operands[1]]
        elif owner.name.startswith("linalg."):
            open_values.append(owner.operands[len(owner.operands) - len(owner.results) + _number(value)])
        elif owner.name == "scf.while":
            open_values.append(terminator(owner.regions[0].blocks[0]).operands[1 + _number(value)])
        elif owner.name in ("scf.for", "scf.if"):
            open_values += [terminator(r.blocks[0]).operands[_number(value)] for r in owner.regions if len(r.blocks)]
            if owner.name == "scf.for":
                open_values.append(owner.operands[3 + _number(value)])
    return found


def _given(block: Any, argument: Any) -> list[Any]:
    """The values that an argument of a loop's block may be."""
    loop, number = block.owner, argument.arg_number
    if loop.name == "scf.for":
        return [loop.operands[2 + number], terminator(block).operands[number - 1]] if number else []
    if loop.name == "scf.while":
        before, after = (region.blocks[0] for region in loop.regions)
        if block == before:
            return [loop.operands[number], terminator(after).operands[number]]
        return [terminator(before).operands[1 + number]]
    return []


def _updates(value: Any, origin: Any) -> bool:
    found = root(value)
    return found is not None and found == origin


def _number(value: Any) -> int:
    return ir.OpResult(value).result_number


def _before_for(loop: Any, number: int) -> Any | None:
    """The value that a loop starts with, if its iterations update it."""
    body = loop.regions[0].blocks[0]
    carried = body.arguments[1 + number]
    return loop.operands[3 + number] if _updates(terminator(body).operands[number], carried) else None


def _before_while(loop: Any, number: int) -> Any | None:
    before, after = (region.blocks[0] for region in loop.regions)
    passed = terminator(before).operands[1 + number]
    for start, argument in zip(loop.operands, before.arguments, strict=True):
        if _updates(passed, argument):
            again = terminator(after).operands[argument.arg_number]
            return start if _updates(again, after.arguments[number]) else None
    return None
