"""LINALG: every call is replaced by the body of its function, and private functions go.

Targets see one function for each export: fusion and in-place updates then work across what the user split up. Before::

    func.func @f(...) { call @g(%x) ... }           // at line 9 of f
    func.func private @g(...) { cf.assert %ok, "3" }

After, where the table of errors knows that error 5 is error 3, called from line 9 of f::

    func.func @f(...) { cf.assert %ok, "5" }
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pyc.dialects import errors
from pyc.dialects.mlir import arith, ir

from . import encodings
from .base import LINALG, Level, Pass, run_upstream
from .lower_to_linalg.tell import PREFIX


@dataclass(frozen=True)
class InlineCalls(Pass):
    """Inline all calls and drop functions that are not exported."""

    name: ClassVar[str] = "inline-calls"
    takes: ClassVar[Level] = LINALG
    gives: ClassVar[Level] = LINALG

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in module.body.operations:
                _name_calls(function.operation)
        # The default pipeline of the inliner canonicalises every callee again for each caller.
        run_upstream(module, "inline{default-pipeline=canonicalize max-iterations=64},symbol-dce")
        table = errors.ErrorTable(errors.read(module))
        with module.context, ir.Location.unknown():
            module.operation.walk(encodings.restore, ir.WalkOrder.PRE_ORDER)
            _renumber(module, table)
        errors.attach(module, table.errors)


def _name_calls(function: Any) -> None:
    """Let the locations of calls say which function of the user's they are in: the inliner gives them to the callee."""
    attributes = function.attributes
    if "sym_name" not in attributes:
        return
    name = ir.StringAttr(attributes["pyc.name"] if "pyc.name" in attributes else attributes["sym_name"]).value

    def visit(operation: Any) -> Any:
        if operation.name == "func.call" and not isinstance(operation.location, ir.CallSiteLoc | ir.NameLoc):
            operation.location = errors.within(name, operation.location)
        return ir.WalkResult.ADVANCE

    function.walk(visit)


def _renumber(module: Any, table: errors.ErrorTable) -> None:
    """Give checks in bodies that were inlined numbers of their own, which say where they were called."""

    def visit(operation: Any) -> Any:
        if not isinstance(operation.location, ir.CallSiteLoc):
            return ir.WalkResult.ADVANCE
        if operation.name == "cf.assert":
            number = int(ir.StringAttr(operation.attributes["msg"]).value)
            called = table.called(number, operation.location)
            operation.attributes["msg"] = ir.StringAttr.get(str(called))
        elif operation.name == "func.call" and _callee(operation).startswith(PREFIX):
            told.append(operation)
        return ir.WalkResult.ADVANCE

    told: list[Any] = []
    module.operation.walk(visit)
    for call in told:
        number = ir.IntegerAttr(call.operands[0].owner.attributes["value"]).value
        with ir.InsertionPoint(call), call.location:
            called = table.called(number, call.location)
            call.operands[0] = arith.constant(ir.IntegerType.get_signless(32), called)


def _callee(call: Any) -> str:
    return ir.FlatSymbolRefAttr(call.attributes["callee"]).value
