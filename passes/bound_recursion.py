"""FLAT: functions that call themselves count how deep they are, and raise RecursionError before the stack ends.

Before::

    func.func private @fib(%n: i64) -> i64 {
      ...
      %0 = call @fib(%less) : (i64) -> i64

After::

    func.func private @fib(%n: i64, %depth: i64) -> i64 {
      cf.assert %below, "4"                       // depth < limit
      ...
      %deeper = arith.addi %depth, %c1
      %0 = call @fib(%less, %deeper) : (i64, i64) -> i64

The call that enters a circle of functions starts from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pyc.dialects import errors
from pyc.dialects.mlir import arith, ir

from .base import FLAT, Level, Pass

_LESS = 2
_MESSAGE = "maximum recursion depth exceeded"


@dataclass(frozen=True)
class BoundRecursion(Pass):
    """Let functions call themselves at most ``limit`` deep: frames of 2.7 kB fit into a stack of 8 MB so often."""

    name: ClassVar[str] = "bound-recursion"
    takes: ClassVar[Level] = FLAT
    gives: ClassVar[Level] = FLAT

    limit: int = 3000

    def apply(self, module: Any) -> None:
        functions = {symbol_of(op): op.operation for op in module.body.operations if op.operation.name == "func.func"}
        calls = {symbol: calls_in(function) for symbol, function in functions.items()}
        circles = recursive(calls)
        if not circles:
            return
        table = errors.ErrorTable(errors.read(module))
        with module.context, ir.Location.unknown():
            for symbol in circles:
                self._count(functions[symbol], table)
            for symbol, found in calls.items():
                for call in found:
                    if callee_of(call) in circles:
                        _pass_depth(call, functions[symbol], deeper=symbol in circles)
        errors.attach(module, table.errors)

    def _count(self, function: Any, table: errors.ErrorTable) -> None:
        """Add the parameter, and the check at the entry."""
        i64 = ir.IntegerType.get_signless(64)
        entry = function.regions[0].blocks[0]
        depth = entry.add_argument(i64, function.location)
        t = ir.TypeAttr(function.attributes["function_type"]).value
        function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get([*t.inputs, i64], t.results))
        label = (
            function.attributes["pyc.name"] if "pyc.name" in function.attributes else function.attributes["sym_name"]
        )
        number = table.number("RecursionError", _MESSAGE, function.location, ir.StringAttr(label).value)
        with ir.InsertionPoint.at_block_begin(entry), function.location:
            below = arith.cmpi(_LESS, depth, arith.constant(i64, self.limit))
            ir.Operation.create("cf.assert", [], [below], {"msg": ir.StringAttr.get(str(number))})


def _pass_depth(call: Any, function: Any, *, deeper: bool) -> None:
    i64 = ir.IntegerType.get_signless(64)
    with ir.InsertionPoint(call), call.location:
        depth = arith.constant(i64, 0)
        if deeper:
            arguments = function.regions[0].blocks[0].arguments
            depth = arith.addi(arguments[len(arguments) - 1], arith.constant(i64, 1))
        new = ir.Operation.create(
            "func.call",
            [r.type for r in call.results],
            [*call.operands, depth],
            {name: call.attributes[name] for name in call.attributes},
        )
    for old, result in zip(call.results, new.results, strict=True):
        old.replace_all_uses_with(result)
    call.erase()


def symbol_of(function: Any) -> str:
    return ir.StringAttr(function.operation.attributes["sym_name"]).value


def callee_of(call: Any) -> str:
    return ir.FlatSymbolRefAttr(call.attributes["callee"]).value


def calls_in(function: Any) -> list[Any]:
    """The calls in a function."""
    found: list[Any] = []

    def visit(operation: Any) -> Any:
        if operation.name == "func.call":
            found.append(operation)
        return ir.WalkResult.ADVANCE

    function.walk(visit)
    return found


def recursive(calls: Mapping[str, list[Any]]) -> set[str]:
    """The functions that can reach themselves."""
    reach = {symbol: {callee_of(c) for c in found} for symbol, found in calls.items()}
    while True:
        wider = {s: to | {far for t in to for far in reach.get(t, ())} for s, to in reach.items()}
        if wider == reach:
            return {s for s, to in reach.items() if s in to}
        reach = wider
