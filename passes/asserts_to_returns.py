"""FLAT: a failed assertion returns its number.

Before::

    cf.assert %ok, "7"
    <rest>

After::

    cf.cond_br %ok, ^rest, ^failed(%c7)
  ^rest:
    <rest>
  ^failed(%number: i32):
    return {pyc.failure} %number

Assertions before this pass guard nothing: only their order with side effects is kept. From here on what follows an
assertion depends on it, and may be moved freely by anyone who respects control flow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pyc.dialects.mlir import arith, cf, func, ir

from .base import FLAT, Level, Pass

#: Marks the return of an error number: memory still allocated there is freed before it (``track-allocations``).
FAILURE = "pyc.failure"


@dataclass(frozen=True)
class AssertsToReturns(Pass):
    """Make assertions branches to the one place where a function returns an error number."""

    name: ClassVar[str] = "asserts-to-returns"
    takes: ClassVar[Level] = FLAT
    gives: ClassVar[Level] = FLAT

    def apply(self, module: Any) -> None:
        for function in module.body.operations:
            if function.operation.name == "func.func":
                with module.context, function.location:
                    _convert(function)


def _convert(function: Any) -> None:
    region = function.regions[0]
    assertions = [op for block in region.blocks for op in block.operations if op.operation.name == "cf.assert"]
    if not assertions:
        return
    i32 = ir.IntegerType.get_signless(32)
    failed = region.blocks.append(i32, arg_locs=[function.location])
    with ir.InsertionPoint(failed):
        func.ReturnOp([failed.arguments[0]]).operation.attributes[FAILURE] = ir.UnitAttr.get()
    # Last to first: each split then moves only what lies between two assertions.
    for assertion in reversed(assertions):
        _branch(assertion, failed, i32)


def _branch(assertion: Any, failed: Any, i32: Any) -> None:
    block = assertion.operation.block
    rest = block.create_after()
    following = False
    moved = []
    for op in block.operations:
        if following:
            moved.append(op)
        following = following or op.operation == assertion.operation
    for op in moved:
        rest.append(op)
    number = int(ir.StringAttr(assertion.operation.attributes["msg"]).value)
    with ir.InsertionPoint(assertion), assertion.location:
        cf.CondBranchOp(assertion.operation.operands[0], [], [arith.constant(i32, number)], rest, failed)
    assertion.operation.erase()
