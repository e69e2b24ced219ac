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
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.mlir import arith, func, ir
from pyc.dialects.walk import nested

from .base import BUFFER, Level, Pass
from .blocks import terminator
from .chunk_parallel import PARALLEL
from .disjoint import disjoint
from .lower_to_linalg.check import VALUES

#: On the function of a chunk, and on that of all chunks, whose value is the first one's symbol.
CHUNK, CHUNKS = "pyc.chunk", "pyc.chunks"
#: At which parameters a function that promises nothing of the others has memory that is no other parameter's.
DISJOINT = "pyc.disjoint"
_MAY_OVERLAP = "pyc.may_overlap"
_NAME = "pyc.name"


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
