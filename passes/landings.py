"""Guarded regions on the way to branches: what can fail in a region is marked with it, and jumps to where it lands.

Before (BUFFER)::

    %go = call @pyc.enter() : () -> i1
    scf.if %go {
      cf.assert %ok, "3"
    }
    %number = call @pyc.caught(%go) : (i1) -> i32

With :func:`mark`::

      cf.assert %ok, "3" {pyc.landing = 0}

After :func:`land` (FLAT)::

    memref.store %c0, %cell
    br ^body
  ^body:
    cf.cond_br %ok, ^rest, ^failed
  ^failed:
    memref.store %c3, %cell
    br ^landing
  ^landing:
    %number = memref.load %cell

What was allocated in a region and is left over there is freed where it lands (``track-allocations``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.control import is_derived
from pyc.dialects.errors import Error
from pyc.dialects.mlir import arith, cf, func, ir
from pyc.dialects.walk import callee_of, nested

from .declarations import declared
from .lower_to_linalg.landing import CAUGHT, ENTER, IS_KIND

#: On what can fail in a guarded region: the number of the region in its function.
LANDING = "pyc.landing"
#: Calls that ``track-allocations`` replaces: a region begins, and it has landed with the number of an error or 0.
MARK, UNWIND = "pyc.mark", "pyc.unwind"
#: Functions of the LLVM level that give a descriptor of nothing, by element type.
NULL = "pyc.null."
_EQ = 0
_CAN_FAIL = frozenset({"cf.assert", "func.call", "memref.alloc"})


def mark(module: Any) -> None:
    """Mark what can fail in guarded regions, the innermost first; a region and its landing get one number."""
    for function in module.body.operations:
        if function.operation.name != "func.func" or not function.regions[0].blocks:
            continue
        enters = [operation for operation in nested(function.operation) if callee_of(operation) == ENTER]
        i64 = ir.IntegerType.get_signless(64, module.context)
        for number, enter in enumerate(enters):
            enter.attributes["pyc.region"] = ir.IntegerAttr.get(i64, number)
        for enter in reversed(_inner_last(enters)):
            for user in _users(enter.results[0]):
                if user.name == "scf.if":
                    _mark_inside(user, enter.attributes["pyc.region"])
                elif user.name == "func.call":
                    user.attributes["pyc.region"] = enter.attributes["pyc.region"]


def _users(go: Any) -> list[Any]:
    """What asks whether a region is entered; MLIR makes one branch of it and of one that fills the region."""
    found = []
    for use in go.uses:
        user = use.owner.operation
        found += _users(user.results[0]) if user.name == "arith.andi" else [user]
    return found


def _inner_last(enters: Sequence[Any]) -> list[Any]:
    """Regions in an order in which the outer ones come first: a walk visits inner operations before outer ones."""

    def depth(operation: Any) -> int:
        count, parent = 0, operation.parent
        while parent is not None and parent.operation.name != "func.func":
            count, parent = count + 1, parent.operation.parent
        return count

    return sorted(enters, key=depth)


def _mark_inside(branch: Any, number: Any) -> None:
    inside = [
        operation for block in branch.regions[0].blocks for op in block.operations for operation in nested(op.operation)
    ]
    for operation in inside:
        if operation.name in _CAN_FAIL and LANDING not in operation.attributes:
            operation.attributes[LANDING] = number


@dataclass
class Landing:
    """Where a guarded region lands: the block, the cell of the number, and the types that the block takes."""

    block: Any
    cell: Any
    types: list[Any]


def land(function: Any, table: Sequence[Error]) -> dict[int, Landing]:
    """The landings of a function by number, once its markers have been replaced."""
    calls: dict[str, list[Any]] = {}
    for block in function.regions[0].blocks:
        for op in block.operations:
            if op.operation.name == "func.call":
                name = callee_of(op.operation)
                calls.setdefault(IS_KIND if name.startswith(IS_KIND) else name, []).append(op.operation)
    for call in calls.get(IS_KIND, ()):
        _answer(call, table)
    cells: dict[int, tuple[Any, Any]] = {}
    for call in calls.get(ENTER, ()):
        number = _region(call)
        cells[number] = _begin(function, call)
    return {_region(call): _landing(call, *cells[_region(call)]) for call in calls.get(CAUGHT, ())}


def _region(call: Any) -> int:
    return ir.IntegerAttr(call.attributes["pyc.region"]).value


def _begin(function: Any, call: Any) -> tuple[Any, Any]:
    """The cell of the number of an error, and that of the mark in the list of temporaries."""
    i32, i64 = ir.IntegerType.get_signless(32), ir.IntegerType.get_signless(64)
    with ir.InsertionPoint.at_block_begin(function.regions[0].blocks[0]), call.location:
        cell, place = (
            ir.Operation.create(
                "memref.alloca", [t], [], {"operandSegmentSizes": ir.DenseI32ArrayAttr.get([0, 0])}
            ).results[0]
            for t in (ir.MemRefType.get([], i32), ir.MemRefType.get([4], i64))
        )
    with ir.InsertionPoint(call), call.location:
        ir.Operation.create("memref.store", [], [arith.constant(i32, 0), cell])
        func.CallOp([], declared(call, MARK, [i64], []), [_address(place)])
        always = arith.constant(ir.IntegerType.get_signless(1), 1)
    call.results[0].replace_all_uses_with(always)
    call.erase()
    return cell, place


def _address(place: Any) -> Any:
    index = ir.IndexType.get()
    pointer = ir.Operation.create("memref.extract_aligned_pointer_as_index", [index], [place]).results[0]
    return arith.index_cast(ir.IntegerType.get_signless(64), pointer)


def _landing(call: Any, cell: Any, place: Any) -> Landing:
    """Begin a block at the call that asks for the number.

    What the block before gives reaches the new one as its arguments: where a region was left in between, there are no
    such values, and nobody reads what stands for them.
    """
    before = call.block
    landing = before.create_after()
    given, moved, behind = list(before.arguments), [], False
    for op in before.operations:
        behind = behind or op.operation == call
        if behind:
            moved.append(op)
        else:
            given += list(op.results)
    for op in moved:
        landing.append(op)
    passed = [v for v in given if any(use.owner.operation.block != before for use in v.uses)]
    for value in passed:
        argument = landing.add_argument(value.type, call.location)
        for use in list(value.uses):
            if use.owner.operation.block != before:
                operand = use.operand_number
                use.owner.operation.operands[operand] = argument
    with ir.InsertionPoint(before), call.location:
        cf.BranchOp(passed, landing)
    with ir.InsertionPoint(call), call.location:
        number = ir.Operation.create("memref.load", [call.results[0].type], [cell]).results[0]
        address = _address(place)
        func.CallOp([], declared(call, UNWIND, [address.type, number.type], []), [address, number])
    call.results[0].replace_all_uses_with(number)
    call.erase()
    return Landing(landing, cell, [v.type for v in passed])


def nothing(function: Any, t: Any) -> Any:
    """A value of a type that is never read: 0, or an array without memory, which may be freed."""
    if isinstance(t, ir.ComplexType):
        part = nothing(function, t.element_type)
        return ir.Operation.create("complex.create", [t], [part, part]).results[0]
    if not isinstance(t, ir.MemRefType):
        return arith.constant(t, 0.0 if isinstance(t, ir.FloatType) else 0)
    one = ir.MemRefType.get([1], t.element_type)
    callee = declared(function.operation, f"{NULL}{t.element_type}", [], [one])
    memory = func.CallOp([one], callee, []).results[0]
    unknown = ir.ShapedType.get_dynamic_stride_or_offset()
    dynamic = ir.ShapedType.get_dynamic_size()
    layout = ir.StridedLayoutAttr.get(unknown, [unknown] * t.rank)
    whole = ir.MemRefType.get([dynamic] * t.rank, t.element_type, layout)
    index = ir.IndexType.get()
    zero = arith.constant(index, 0)
    attributes = {
        "static_offsets": ir.DenseI64ArrayAttr.get([unknown]),
        "static_sizes": ir.DenseI64ArrayAttr.get([dynamic] * t.rank),
        "static_strides": ir.DenseI64ArrayAttr.get([unknown] * t.rank),
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 1, t.rank, t.rank]),
    }
    cast = ir.Operation.create(
        "memref.reinterpret_cast", [whole], [memory, zero, *[zero] * t.rank, *[zero] * t.rank], attributes
    ).results[0]
    return cast if whole == t else ir.Operation.create("memref.cast", [t], [cast]).results[0]


def _answer(call: Any, table: Sequence[Error]) -> None:
    """Whether a number is that of an exception of one of some kinds, or of a kind derived from them."""
    wanted = callee_of(call).removeprefix(IS_KIND).split(".")
    number, i32 = call.operands[0], ir.IntegerType.get_signless(32)
    numbers = [error.number for error in table if is_derived(error.kind, wanted)]
    with ir.InsertionPoint(call), call.location:
        holds = arith.constant(ir.IntegerType.get_signless(1), 0)
        for n in numbers:
            holds = arith.ori(holds, arith.cmpi(_EQ, number, arith.constant(i32, n)))
    call.results[0].replace_all_uses_with(holds)
    call.erase()
