"""BUFFER: the body of a loop over chunks becomes a function of its own, which threads can be given.

Before::

    func.func @f(%x: memref<?xf64, strided<[?], offset: ?>>, ...) -> i32 {
      scf.for %chunk = %c0 to %chunks step %c1 {
        ...
      } {pyc.parallel}

After::

    func.func private @f.chunk0(%chunk: i64, %x: memref<...>, %n: i64) attributes {pyc.chunk = "f"} {
      ...
    }
    func.func private @f.chunks0(%count: i64, %x: memref<...>, %n: i64) attributes {pyc.chunks = @f.chunk0} {
      scf.for %chunk = %c0 to %count step %c1 {
        call @f.chunk0(%chunk, %x, %n)
      }
    }
    func.func @f(...) -> i32 {
      call @f.chunks0(%chunks, %x, %n)

The second function is what running the chunks means: one after the other, ending with the first error. Threads do it
from LLVM's level on (``share-work``), with the same outcome.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import arith, func, ir, memref
from pyc.dialects.walk import nested

from .base import BUFFER, Level, Pass
from .chunk_parallel import PARALLEL
from .disjoint import disjoint
from .lower_to_linalg.check import VALUES

#: On the function of a chunk, and on that of all chunks, whose value is the first one's symbol.
CHUNK, CHUNKS = "pyc.chunk", "pyc.chunks"
#: At which parameters a function that promises nothing of the others has memory that is no other parameter's.
DISJOINT = "pyc.disjoint"
_MAY_OVERLAP = "pyc.may_overlap"
_NAME = "pyc.name"
#: A number that is known at run time only, in an attribute.
_DYNAMIC = ir.ShapedType.get_dynamic_stride_or_offset()


@dataclass(frozen=True)
class OutlineParallel(Pass):
    """Make functions of the bodies of parallel loops."""

    name: ClassVar[str] = "outline-parallel"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                for number, loop in enumerate(_loops(function.operation)):
                    with loop.location:
                        _outline(function.operation, loop, number)


def _loops(function: Any) -> list[Any]:
    found: list[Any] = []

    def visit(operation: Any) -> Any:
        if operation.name == "scf.for" and PARALLEL in operation.attributes:
            found.append(operation)
            return ir.WalkResult.SKIP
        return ir.WalkResult.ADVANCE

    function.walk(visit, ir.WalkOrder.PRE_ORDER)
    return found


def _outline(function: Any, loop: Any, number: int) -> None:
    _own_temporaries(loop)
    _own_conditions(loop)
    _own_steps(loop)
    constants, captured = _captured(loop)
    symbol = ir.StringAttr(function.attributes["sym_name"]).value
    chunk, chunks = f"{symbol}.chunk{number}", f"{symbol}.chunks{number}"
    parameters = _MAY_OVERLAP not in function.attributes
    attributes = {
        _NAME: function.attributes[_NAME] if _NAME in function.attributes else function.attributes["sym_name"],
        _MAY_OVERLAP: ir.UnitAttr.get(),
        DISJOINT: ir.DenseI64ArrayAttr.get(_apart(captured, parameters)),
    }
    types = [ir.IntegerType.get_signless(64), *(v.type for v in captured)]
    with ir.InsertionPoint(function):
        one = func.FuncOp(chunk, (types, []), visibility="private")
        every = func.FuncOp(chunks, (types, []), visibility="private")
    for op, mark in ((one, (CHUNK, ir.StringAttr.get(symbol))), (every, (CHUNKS, ir.FlatSymbolRefAttr.get(chunk)))):
        for name, value in (*attributes.items(), mark):
            op.operation.attributes[name] = value
    low, high = list(loop.operands)[:2]
    with ir.InsertionPoint(loop):
        func.CallOp([], ir.FlatSymbolRefAttr.get(chunks), [arith.subi(high, low), *captured])
    _fill(one, loop, constants, captured)
    _call_for_each(every, chunk, types)
    loop.erase()


def _fill(one: Any, loop: Any, constants: Sequence[Any], captured: Sequence[Any]) -> None:
    """Move the body of a loop into a function; what it uses from outside are parameters, or constants again."""
    block = loop.regions[0].blocks[0]
    block.append_to(one.operation.regions[0])
    inside = [block.add_argument(v.type, loop.location) for v in captured]
    for old, new in zip(captured, inside, strict=True):
        _replace(old, new, block)
    with ir.InsertionPoint.at_block_begin(block):
        for old in constants:
            _replace(old, old.owner.operation.clone().results[0], block)
    ending = terminator(block)
    with ir.InsertionPoint(ending):
        func.ReturnOp([])
    ending.erase()


def _replace(old: Any, new: Any, block: Any) -> None:
    """Let what is in a block, or inside its operations, use ``new`` for ``old``."""
    for use in list(old.uses):
        user = use.owner.operation
        if user != new.owner and _is_in(user, block):
            user.operands[use.operand_number] = new


def _is_in(operation: Any, block: Any) -> bool:
    while operation is not None and operation.name != "builtin.module":
        if operation.block == block:
            return True
        operation = operation.parent.operation
    return False


def _call_for_each(every: Any, chunk: str, types: Sequence[Any]) -> None:
    i64 = ir.IntegerType.get_signless(64)
    block = every.operation.regions[0].blocks.append(*types)
    with ir.InsertionPoint(block):
        zero, one = (arith.constant(i64, n) for n in (0, 1))
        op = ir.Operation.create("scf.for", operands=[zero, block.arguments[0], one], regions=1)
        func.ReturnOp([])
    body = op.regions[0].blocks.append(i64)
    with ir.InsertionPoint(body):
        func.CallOp([], ir.FlatSymbolRefAttr.get(chunk), [body.arguments[0], *list(block.arguments)[1:]])
        ir.Operation.create("scf.yield")


def _captured(loop: Any) -> tuple[list[Any], list[Any]]:
    """What the body of a loop uses from outside: constants, and all else."""
    constants: list[Any] = []
    captured: list[Any] = []
    block = loop.regions[0].blocks[0]
    used = [value for op in block.operations for inner in nested(op.operation) for value in inner.operands]
    for value in used:
        if _is_inside(value, block) or value in captured or value in constants:
            continue
        is_constant = not isinstance(value.owner, ir.Block) and value.owner.name == "arith.constant"
        (constants if is_constant else captured).append(value)
    return constants, captured


def _is_inside(value: Any, block: Any) -> bool:
    if isinstance(value.owner, ir.Block):
        return value.owner == block or _is_in(value.owner.owner.operation, block)
    return _is_in(value.owner.operation, block)


def _own_conditions(loop: Any) -> None:
    """Have conditions with the values of their message, shared with code outside, in the rounds: they are no values."""
    block = loop.regions[0].blocks[0]
    for old in [v for v in _captured(loop)[1] if not isinstance(v.owner, ir.Block) and v.owner.name == VALUES]:
        with ir.InsertionPoint.at_block_begin(block):
            _replace(old, old.owner.operation.clone().results[0], block)


def _own_steps(loop: Any) -> None:
    """Have slices that are read and step over elements in the rounds: how far they step is a number there.

    LLVM reads whole vectors and picks elements only where it knows that. Of several slices of an array it should know
    where each begins as well: together they are all elements. A single one begins outside, at an address that is not a
    sum of a number and something unknown, which LLVM would not take for one inside the array.
    """
    block = loop.regions[0].blocks[0]
    found: dict[Any, list[Any]] = {}
    for value in _captured(loop)[1]:
        if _is_stepped(value) and not _is_more_than_read(value, block):
            found.setdefault(value.owner.operation.operands[0], []).append(value)
    for slices in found.values():
        for old in slices:
            slice = old.owner.operation
            if len(slices) == 1:
                with ir.InsertionPoint(slice), slice.location:
                    slice = _with_start_outside(slice)
            with ir.InsertionPoint.at_block_begin(block):
                starts = [(number, arith.constant(ir.IndexType.get(), n)) for number, n in _known_starts(slice)]
                copy = slice.clone()
                for number, start in starts:
                    copy.operands[number] = start
                _replace(old, copy.results[0], block)
            if slice != old.owner.operation:
                slice.erase()


def _with_start_outside(slice: Any) -> Any:
    """A slice that is the same, of a slice that begins there."""
    array, rank = slice.operands[0], slice.operands[0].type.rank
    index, offsets, given = ir.IndexType.get(), [], 1
    for start in ir.DenseI64ArrayAttr(slice.attributes["static_offsets"]):
        offsets.append(slice.operands[given] if start == _DYNAMIC else arith.constant(index, start))
        given += start == _DYNAMIC
    known = slice.results[0].type.get_strides_and_offset()[1] != _DYNAMIC
    if known or all(start == 0 for start in ir.DenseI64ArrayAttr(slice.attributes["static_offsets"])):
        return slice
    sizes = [arith.subi(memref.dim(array, arith.constant(index, axis)), start) for axis, start in enumerate(offsets)]
    loose = ir.StridedLayoutAttr.get(_DYNAMIC, array.type.get_strides_and_offset()[0])
    t = ir.MemRefType.get([ir.ShapedType.get_dynamic_size()] * rank, array.type.element_type, loose)
    rest = memref.SubViewOp(t, array, offsets, sizes, [], [_DYNAMIC] * rank, [_DYNAMIC] * rank, [1] * rank)
    zeros = ir.DenseI64ArrayAttr.get([0] * rank)
    segments = list(ir.DenseI32ArrayAttr(slice.attributes["operandSegmentSizes"]))
    attributes = {name: slice.attributes[name] for name in slice.attributes}
    attributes |= {"static_offsets": zeros, "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 0, *segments[2:]])}
    return ir.Operation.create(
        "memref.subview", [slice.results[0].type], [rest.result, *list(slice.operands)[given:]], attributes
    )


def _is_more_than_read(value: Any, block: Any) -> bool:
    """Whether a slice is anything but an input of operations in a block.

    Elements that lie apart are written one by one however that is said, and are read so backwards.
    """
    for use in value.uses:
        user = use.owner.operation
        if not _is_in(user, block):
            continue
        if user.name == "memref.dim":
            continue
        if user.name == "memref.subview":
            if _is_more_than_read(user.results[0], block):
                return True
        elif user.name != "linalg.generic" or use.operand_number >= _inputs(user):
            return True
    return False


def _inputs(generic: Any) -> int:
    return next(iter(ir.DenseI32ArrayAttr(generic.attributes["operandSegmentSizes"])))


def _is_stepped(value: Any) -> bool:
    if isinstance(value.owner, ir.Block) or value.owner.name != "memref.subview":
        return False
    return any(step not in (1, _DYNAMIC) for step in ir.DenseI64ArrayAttr(value.owner.attributes["static_strides"]))


def _known_starts(slice: Any) -> list[tuple[int, int]]:
    """Which operands of a slice are a number or the extent, where that is less, and the number.

    At the extent there is nothing, which is as well after it.
    """
    found, number = [], 0
    for axis, start in enumerate(ir.DenseI64ArrayAttr(slice.attributes["static_offsets"])):
        if start != _DYNAMIC:
            continue
        number += 1
        least = _made_by(_uncast(slice.operands[number]), "arith.minsi")
        for a, b in permutations(least.operands) if least is not None else ():
            known, extent = _made_by(a, "arith.constant"), _made_by(_uncast(b), "memref.dim")
            if known is None or extent is None or extent.operands[0] != slice.operands[0]:
                continue
            along = _made_by(extent.operands[1], "arith.constant")
            if along is not None and _number(along) == axis and _number(known) >= 0:
                found.append((number, _number(known)))
    return found


def _made_by(value: Any, name: str) -> Any | None:
    """The operation that makes a value, if it is one of that name."""
    return value.owner.operation if not isinstance(value.owner, ir.Block) and value.owner.name == name else None


def _uncast(value: Any) -> Any:
    cast = _made_by(value, "arith.index_cast")
    return value if cast is None else cast.operands[0]


def _number(constant: Any) -> int:
    return ir.IntegerAttr(constant.attributes["value"]).value


def _own_temporaries(loop: Any) -> None:
    """Move temporaries that only the rounds use, and that passes have shared between them, into each."""
    block = loop.regions[0].blocks[0]
    _, captured = _captured(loop)
    for value in captured:
        if isinstance(value.owner, ir.Block) or value.owner.name != "memref.alloc":
            continue
        users = [use.owner.operation for use in value.uses]
        frees = [u for u in users if u.name == "memref.dealloc"]
        if len(frees) == 1 and all(u in frees or _is_in(u, block) for u in users) and not _is_in(frees[0], block):
            value.owner.operation.move_before(block.operations[0].operation)
            frees[0].move_before(terminator(block))


def _apart(captured: Sequence[Any], parameters: bool) -> list[int]:
    """The positions, from 1 on, of arrays in memory that are certainly apart from all others."""
    memory = {i: v for i, v in enumerate(captured, 1) if isinstance(v.type, ir.MemRefType)}
    return [
        i
        for i, v in memory.items()
        if all(i == j or disjoint(v, other, parameters=parameters) for j, other in memory.items())
    ]
