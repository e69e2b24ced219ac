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

A function that is called by others gives its number beside its results, 0 where nothing failed; what calls it returns
that number in its turn::

    %0:2 = call @f(%x) : (i64) -> (i32, i64)
    cf.cond_br %fine, ^rest, ^failed(%0#0)

On the way, the number of the call is said, so that the traceback has it (``call @pyc.tell.1(%site, %number)``). Where
calls are guarded, it is said that an error has landed, and that it is raised again.

Where the message has values, which a cast keeps with the condition, they are said on the way::

  ^said:
    call @pyc.tell.2(%c7, %i, %n)
    br ^failed(%c7)

Assertions before this pass guard nothing: only their order with side effects is kept. From here on what follows an
assertion depends on it, and may be moved freely by anyone who respects control flow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import errors
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import arith, cf, func, ir
from pyc.dialects.walk import callee_of

from .base import FLAT, Level, Pass
from .bound_recursion import symbol_of
from .declarations import declared
from .landings import LANDING, Landing, land, nothing
from .lower_to_linalg.check import VALUES
from .lower_to_linalg.landing import CAUGHT, ENTER, IS_KIND, RERAISE
from .lower_to_linalg.tell import PREFIX

#: Marks the return of an error number: memory still allocated there is freed before it (``track-allocations``).
FAILURE = "pyc.failure"
#: What is said with the number of an error that a guarded region has caught, and of one that is raised again.
LANDED, AGAIN = 0, -1
_EQ = 0


@dataclass(frozen=True)
class AssertsToReturns(Pass):
    """Make assertions branches to the one place where a function returns an error number."""

    name: ClassVar[str] = "asserts-to-returns"
    takes: ClassVar[Level] = FLAT
    gives: ClassVar[Level] = FLAT

    def apply(self, module: Any) -> None:
        functions = [op for op in module.body.operations if op.operation.name == "func.func" and op.regions[0].blocks]
        called = {symbol_of(op): op for op in functions if _is_private(op)}
        with module.context:
            for function in called.values():
                with function.location:
                    _give_status(function)
            table = errors.ErrorTable(errors.read(module))
            for function in functions:
                with function.location:
                    _convert(function, called, land(function, table.errors), table)
            errors.attach(module, table.errors)
            _forget(module)


def _is_private(function: Any) -> bool:
    attributes = function.operation.attributes
    return "sym_visibility" in attributes and ir.StringAttr(attributes["sym_visibility"]).value == "private"


def _give_status(function: Any) -> None:
    """Make a function return a number before its results."""
    i32 = ir.IntegerType.get_signless(32)
    t = ir.TypeAttr(function.attributes["function_type"]).value
    function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(t.inputs, [i32, *t.results]))
    for block in function.regions[0].blocks:
        ending = terminator(block)
        if ending.name == "func.return":
            with ir.InsertionPoint(ending), ending.location:
                func.ReturnOp([arith.constant(i32, 0), *ending.operands])
            ending.erase()


def _forget(module: Any) -> None:
    """Take away the declarations of calls that have been replaced."""
    for op in list(module.body.operations):
        if op.operation.name == "func.func" and symbol_of(op).startswith((ENTER, CAUGHT, IS_KIND, RERAISE)):
            op.operation.erase()


def _convert(
    function: Any, called: Mapping[str, Any], landings: Mapping[int, Landing], table: errors.ErrorTable
) -> None:
    region = function.regions[0]
    blocks = [[op.operation for op in block.operations] for block in region.blocks]
    if not any(_can_fail(op, called) for operations in blocks for op in operations):
        return
    i32 = ir.IntegerType.get_signless(32)
    failed = region.blocks.append(i32, arg_locs=[function.location])
    others = ir.TypeAttr(function.attributes["function_type"]).value.results[1:]
    with ir.InsertionPoint(failed):
        func.ReturnOp([failed.arguments[0], *(nothing(function, t) for t in others)]).operation.attributes[FAILURE] = (
            ir.UnitAttr.get()
        )
    steps = _Steps(function, table, called, any(_lands(op, called) for operations in blocks for op in operations))
    aborted = {number: _aborted(function, landing, steps) for number, landing in landings.items()}
    for operations in blocks:
        _split(operations, called, failed, aborted, steps)


@dataclass(frozen=True)
class _Steps:
    """What a function says of the way of errors through it; ``catches`` if some may land that calls have given it."""

    function: Any
    table: errors.ErrorTable
    called: Mapping[str, Any]
    catches: bool

    def of(self, operation: Any) -> int | None:
        """What is said where an operation gives the number of an error; ``None`` if nothing is."""
        if operation.name != "func.call":
            return None
        if callee_of(operation) == RERAISE:
            return AGAIN if self.catches else None
        attributes = self.function.operation.attributes
        name = ir.StringAttr(attributes["pyc.name"] if "pyc.name" in attributes else attributes["sym_name"]).value
        return self.table.step(operation.location, name) or None

    def say(self, step: int, number: Any) -> None:
        """Say that the error ``number`` came by."""
        i32, i64 = ir.IntegerType.get_signless(32), ir.IntegerType.get_signless(64)
        callee = declared(self.function.operation, f"{PREFIX}1", [i32, i64], [i32])
        wide = ir.Operation.create("arith.extsi", [i64], [number]).results[0]
        func.CallOp([i32], callee, [arith.constant(i32, step), wide])


def _lands(operation: Any, called: Mapping[str, Any]) -> bool:
    """Whether an operation is a guarded call of a function that stays one."""
    return operation.name == "func.call" and LANDING in operation.attributes and callee_of(operation) in called


def _split(
    operations: Sequence[Any], called: Mapping[str, Any], failed: Any, aborted: Mapping[int, Any], steps: _Steps
) -> None:
    """End the block of some operations at the first that can fail, and begin a block behind each."""
    i32 = ir.IntegerType.get_signless(32)
    rest = None
    for op in operations:
        if rest is not None:
            rest.append(op)
        if not _can_fail(op, called):
            continue
        rest = op.block.create_after()
        to = aborted[ir.IntegerAttr(op.attributes[LANDING]).value] if LANDING in op.attributes else failed
        with ir.InsertionPoint(op), op.location:
            said: list[Any] = []
            if op.name == "cf.assert":
                fine, *said = _with_values(op.operands[0])
                number = arith.constant(i32, int(ir.StringAttr(op.attributes["msg"]).value))
            else:
                number = op.operands[0] if callee_of(op) == RERAISE else _call(op, i32)
                fine = arith.cmpi(_EQ, number, arith.constant(i32, 0))
            step = steps.of(op)
            if said:
                cf.CondBranchOp(fine, [], [], rest, _saying(op, number, said, to))
            elif step is not None:
                passing = op.block.region.blocks.append()
                with ir.InsertionPoint(passing):
                    steps.say(step, number)
                    cf.BranchOp([number], to)
                cf.CondBranchOp(fine, [], [], rest, passing)
            else:
                cf.CondBranchOp(fine, [], [number], rest, to)
        condition = op.operands[0] if op.name == "cf.assert" else None
        op.erase()
        if said and condition is not None and not list(condition.uses):
            condition.owner.erase()


def _with_values(condition: Any) -> list[Any]:
    """The condition of an assertion, then the values in its message."""
    owner = condition.owner
    if isinstance(owner, ir.Block) or owner.name != VALUES:
        return [condition]
    return list(owner.operands)


def _saying(operation: Any, number: Any, values: Sequence[Any], to: Any) -> Any:
    """A block that hands the values of a message to Python, and goes on with the number of the error."""
    i32, i64 = ir.IntegerType.get_signless(32), ir.IntegerType.get_signless(64)
    callee = declared(operation, f"{PREFIX}{len(values)}", [i32, *[i64] * len(values)], [i32])
    block = operation.block.region.blocks.append()
    with ir.InsertionPoint(block):
        func.CallOp([i32], callee, [number, *values])
        cf.BranchOp([number], to)
    return block


def _aborted(function: Any, landing: Landing, steps: _Steps) -> Any:
    """The block that keeps the number of an error and goes to where its guarded region lands."""
    i32 = ir.IntegerType.get_signless(32)
    block = function.regions[0].blocks.append(i32, arg_locs=[function.location])
    with ir.InsertionPoint(block):
        ir.Operation.create("memref.store", [], [block.arguments[0], landing.cell])
        if steps.catches:
            steps.say(LANDED, block.arguments[0])
        cf.BranchOp([nothing(function, t) for t in landing.types], landing.block)
    return block


def _can_fail(operation: Any, called: Mapping[str, Any]) -> bool:
    if operation.name == "func.call":
        return callee_of(operation) in called or callee_of(operation) == RERAISE
    return operation.name == "cf.assert"


def _call(operation: Any, i32: Any) -> Any:
    """The number that a call gives, of the same call with it, which stands for the one without from now on."""
    attributes = {name: operation.attributes[name] for name in operation.attributes if name != LANDING}
    types = [i32, *(r.type for r in operation.results)]
    new = ir.Operation.create("func.call", types, list(operation.operands), attributes)
    for old, result in zip(operation.results, list(new.results)[1:], strict=True):
        old.replace_all_uses_with(result)
    return new.results[0]
