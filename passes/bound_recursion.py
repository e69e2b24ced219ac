"""FLAT: functions that call themselves count how deep they are, look at the stack, and raise before it ends.

Before::

    func.func private @fib(%n: i64) -> i64 {
      ...
      %0 = call @fib(%less) : (i64) -> i64

After::

    func.func private @fib(%n: i64, %depth: i64, %slot: i64) -> i64 {
      cf.assert %below, "4"                       // depth < limit
      %room = call @pyc.stack.room(%slot) : (i64) -> i1
      cf.assert %room, "4"
      ...
      %deeper = arith.addi %depth, %c1
      %0 = call @fib(%less, %deeper, %slot) : (i64, i64, i64) -> i64

The call that enters a circle of functions starts from 0, and with a slot of its own in which its thread's stack is
described (``targets/cpu/stack.py``). So does the function of a chunk, which may run in another thread than its loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import errors
from pyc.dialects.mlir import arith, func, ir
from pyc.dialects.walk import callee_of, calls_in

from .base import FLAT, Level, Pass
from .declarations import declared
from .outline_parallel import CHUNK

#: What makes a slot ready, and what says whether there is room on the stack.
BEGIN, ROOM = "pyc.stack.begin", "pyc.stack.room"
_LESS = 2
_MESSAGE = "maximum recursion depth exceeded"


@dataclass(frozen=True)
class BoundRecursion(Pass):
    """Let functions call themselves at most ``limit`` deep, and less where the stack of a thread has no more room."""

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
            slots = {
                symbol: self._count(function, table) for symbol, function in functions.items() if symbol in circles
            }
            for symbol, found in calls.items():
                entering = [call for call in found if callee_of(call) in circles]
                if entering and slots.get(symbol) is None:
                    slots[symbol] = _slot(functions[symbol])
                for call in entering:
                    _pass_depth(call, functions[symbol], slots[symbol], deeper=symbol in circles)
        errors.attach(module, table.errors)

    def _count(self, function: Any, table: errors.ErrorTable) -> Any:
        """Add the parameters, and the checks at the entry; returns the slot, ``None`` where it is another thread's."""
        i64 = ir.IntegerType.get_signless(64)
        entry = function.regions[0].blocks[0]
        depth, slot = entry.add_argument(i64, function.location), entry.add_argument(i64, function.location)
        t = ir.TypeAttr(function.attributes["function_type"]).value
        function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get([*t.inputs, i64, i64], t.results))
        label = (
            function.attributes["pyc.name"] if "pyc.name" in function.attributes else function.attributes["sym_name"]
        )
        number = table.number("RecursionError", _MESSAGE, function.location, ir.StringAttr(label).value)
        message = {"msg": ir.StringAttr.get(str(number))}
        with ir.InsertionPoint.at_block_begin(entry), function.location:
            below = arith.cmpi(_LESS, depth, arith.constant(i64, self.limit))
            ir.Operation.create("cf.assert", [], [below], message)
            if CHUNK in function.attributes:
                return None
            i1 = ir.IntegerType.get_signless(1)
            room = func.CallOp([i1], declared(function, ROOM, [i64], [i1]), [slot])
            ir.Operation.create("cf.assert", [], [room.operation.results[0]], message)
        return slot


def _slot(function: Any) -> Any:
    """The address of a slot in the frame of a function, for the thread that runs it."""
    i64 = ir.IntegerType.get_signless(64)
    with ir.InsertionPoint.at_block_begin(function.regions[0].blocks[0]), function.location:
        held = ir.Operation.create(
            "memref.alloca",
            [ir.MemRefType.get([], i64)],
            attributes={"operandSegmentSizes": ir.DenseI32ArrayAttr.get([0, 0])},
        ).results[0]
        address = ir.Operation.create("memref.extract_aligned_pointer_as_index", [ir.IndexType.get()], [held])
        slot = ir.Operation.create("arith.index_cast", [i64], [address.results[0]]).results[0]
        func.CallOp([], declared(function, BEGIN, [i64], []), [slot])
    return slot


def _pass_depth(call: Any, function: Any, slot: Any, *, deeper: bool) -> None:
    i64 = ir.IntegerType.get_signless(64)
    with ir.InsertionPoint(call), call.location:
        depth = arith.constant(i64, 0)
        if deeper:
            arguments = function.regions[0].blocks[0].arguments
            depth = arith.addi(arguments[len(arguments) - 2], arith.constant(i64, 1))
        new = ir.Operation.create(
            "func.call",
            [r.type for r in call.results],
            [*call.operands, depth, slot],
            {name: call.attributes[name] for name in call.attributes},
        )
    for old, result in zip(call.results, new.results, strict=True):
        old.replace_all_uses_with(result)
    call.erase()


def symbol_of(function: Any) -> str:
    return ir.StringAttr(function.operation.attributes["sym_name"]).value


def recursive(calls: Mapping[str, list[Any]]) -> set[str]:
    """The functions that can reach themselves."""
    reach = {symbol: {callee_of(c) for c in found} for symbol, found in calls.items()}
    while True:
        wider = {s: to | {far for t in to for far in reach.get(t, ())} for s, to in reach.items()}
        if wider == reach:
            return {s for s, to in reach.items() if s in to}
        reach = wider
