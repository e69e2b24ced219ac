"""What is known of the elements of an array of integers: how small and how large they are, at PYC."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pyc.dialects.mlir import ir
from pyc.dialects.types import is_tensor

from .scalar_facts import Fact

#: Operations that give elements of their operands, by how many operands have them: all where it is -1.
_MOVES = {
    "pyc.copy": 1, "pyc.reshape": 1, "pyc.broadcast": 1, "pyc.transpose": 1, "pyc.fill": 1, "pyc.gather": 1,
    "pyc.reverse": 1, "pyc.extract": 1, "pyc.slice": 1, "pyc.concat": -1,
}  # fmt: skip
_COMPUTED = frozenset({"pyc.minimum", "pyc.maximum", "pyc.select", "pyc.iota", "pyc.add"})
_ANY = Fact(-math.inf, math.inf)
#: How deep operations are looked through, and up to where a sum wraps in no type.
_DEEP, _LARGE = 12, 2**62


def holds(condition: Any, of: Callable[[Any], Fact]) -> bool:
    """Whether a condition, on numbers or on all elements of arrays, follows from the ranges of scalars."""
    if isinstance(condition.owner, ir.Block):
        return False
    op = condition.owner.operation
    match op.name:
        case "pyc.reduce":
            return ir.StringAttr(op.attributes["kind"]).value == "all" and holds(op.operands[0], of)
        case "pyc.and":
            return all(holds(v, of) for v in op.operands)
        case "pyc.compare":
            a, b = (elements(v, of) for v in op.operands)
            match ir.StringAttr(op.attributes["predicate"]).value:
                case "lt":
                    return a.high < b.low
                case "le":
                    return a.high <= b.low
                case "gt":
                    return a.low > b.high
                case "ge":
                    return a.low >= b.high
    return False


def elements(value: Any, of: Callable[[Any], Fact], depth: int = 0) -> Fact:
    """The range of an integer, or of all elements of an array of integers."""
    if not is_tensor(value.type):
        return of(value) if isinstance(value.type, ir.IntegerType) else _ANY
    if isinstance(value.owner, ir.Block) or depth > _DEEP:
        return _ANY
    op = value.owner.operation
    if not _is_signed_64(value.type.element_type) or op.name not in (*_MOVES, *_COMPUTED):
        return _ANY
    given = [elements(v, of, depth + 1) for v in op.operands]
    match op.name:
        case "pyc.minimum":
            return Fact(min(f.low for f in given), min(f.high for f in given))
        case "pyc.maximum":
            return Fact(max(f.low for f in given), max(f.high for f in given))
        case "pyc.select":
            return Fact(min(f.low for f in given[1:]), max(f.high for f in given[1:]))
        case "pyc.iota":
            return Fact(0, max(given[0].high - 1, 0))
        case "pyc.add":
            low, high = given[0].low + given[1].low, given[0].high + given[1].high
            return Fact(low, high) if low > -_LARGE and high < _LARGE else _ANY
        case name:
            moved = given if _MOVES[name] < 0 else given[: _MOVES[name]]
            return Fact(min(f.low for f in moved), max(f.high for f in moved))


def _is_signed_64(t: Any) -> bool:
    """Whether elements are those in which a sum of numbers that are not very large does not wrap."""
    return isinstance(t, ir.IntegerType) and t.width == 64 and not t.is_unsigned
