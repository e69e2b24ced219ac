"""BUFFER: checks that a later one implies are only made where that one fails.

Before (``int(x)``: a number that is not one, one that is infinite, and one that is too large are told apart)::

    %number = arith.cmpf oeq, %x, %x
    cf.assert %number, "3"
    %size = math.absf %x
    %finite = arith.cmpf une, %size, %infinity
    cf.assert %finite, "4"
    %low = arith.cmpf oge, %x, %least
    %high = arith.cmpf olt, %x, %most
    %fits = arith.andi %low, %high
    cf.assert %fits, "5"

After::

    scf.if %fits {
    } else {
      cf.assert %number, "3"
      cf.assert %finite, "4"
      cf.assert %fits, "5"
    }

Which error is raised is the same: it is looked for in the same order.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir, scf
from pyc.dialects.walk import nested

from .base import BUFFER, Level, Pass, is_function
from .lower_to_linalg.check import VALUES

_OEQ, _OGE, _OLT, _ORD, _UNE = 1, 3, 4, 7, 13


@dataclass(frozen=True)
class MergeChecks(Pass):
    """Check that a float is in a range before what follows from that."""

    name: ClassVar[str] = "merge-checks"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        for check in [op for op in nested(module.operation) if op.name == "cf.assert"]:
            bounded = _bounded(_condition(check))
            implied = [] if bounded is None else _implied(check, bounded)
            if implied:
                _ask_after(check, implied)


def _condition(check: Any) -> Any:
    """What is checked, without the values of the message."""
    value = check.operands[0]
    return value.owner.operands[0] if _is(value, VALUES) else value


def _is(value: Any, name: str) -> bool:
    return not isinstance(value.owner, ir.Block) and value.owner.name == name


def _bounded(condition: Any) -> Any | None:
    """The float that lies between two finite constants where a condition is true."""
    if not _is(condition, "arith.andi"):
        return None
    low, high = (_compared(v) for v in condition.owner.operands)
    if low is None or high is None or (low[0], high[0]) != (_OGE, _OLT) or low[1] != high[1]:
        return None
    ends = [_constant(v) for _, _, v in (low, high)]
    return low[1] if all(end is not None and math.isfinite(end) for end in ends) else None


def _compared(value: Any) -> tuple[int, Any, Any] | None:
    """The predicate and operands of a comparison of floats."""
    if not _is(value, "arith.cmpf"):
        return None
    return ir.IntegerAttr(value.owner.attributes["predicate"]).value, *value.owner.operands


def _constant(value: Any) -> float | None:
    return ir.FloatAttr(value.owner.attributes["value"]).value if _is(value, "arith.constant") else None


def _implied(check: Any, x: Any) -> list[Any]:
    """The checks just before one that pass where ``x`` is finite, in order."""
    found: list[Any] = []
    before = [op.operation for op in check.block.operations]
    for op in reversed(before[: before.index(check)]):
        if op.name == "cf.assert" and _is_of_finite(_condition(op), x):
            found.append(op)
        elif op.name != VALUES and not op.name.startswith("arith.") and not is_function(op.name):
            break
    return found[::-1]


def _is_of_finite(condition: Any, x: Any) -> bool:
    """Whether a condition says that ``x`` is a number, or not infinite."""
    compared = _compared(condition)
    if compared is None:
        return False
    predicate, a, b = compared
    if predicate in (_OEQ, _ORD):
        return (a, b) == (x, x)
    size = a.owner.operands[0] if _is(a, "math.absf") else None
    end = _constant(b)
    return predicate == _UNE and size is not None and size == x and end is not None and math.isinf(end)


def _ask_after(check: Any, implied: list[Any]) -> None:
    with ir.InsertionPoint(check), check.location:
        branch = scf.IfOp(_condition(check), [], has_else=True)
        with ir.InsertionPoint(branch.then_block):
            scf.YieldOp([])
        with ir.InsertionPoint(branch.else_block):
            end = scf.YieldOp([])
    for op in (*implied, check):
        op.move_before(end.operation)
