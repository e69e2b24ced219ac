"""BUFFER: sums over the first axis of arrays, in loops over rows that threads share.

Before (in a loop over all rows; ``%s`` has an element a column)::

    linalg.generic {(j) -> (j), (j)} ins(%e) outs(%s) { add }

After (in a loop over the rows of a chunk)::

    %own = memref.alloc(%m)                                     // before the loop, filled with zeros
    linalg.generic {(j) -> (j), (j)} ins(%e) outs(%own) { add }
    linalg.generic {(j) -> (j), (j)} ins(%own) outs(%part) {}   // behind it: %part is a row of what all chunks have
    ...
    linalg.generic {(j) -> (j), (j)} ins(%part) outs(%s) { add }    // behind all chunks, for each in order

What is added up by whom follows from the extents, never from how many threads there are: so do the results.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, linalg, linalg_fill, memref, scf

from .nests import extent_value
from .parallelize_operations import combination, identity
from .structured import Structured

#: On allocations for parts of sums: how many there are follows from how rows are divided.
PARTS = "pyc.parts"


def sums(s: Structured, rows: Sequence[int | None]) -> tuple[int, ...] | None:
    """The outputs of an operation that combine its first loop; ``None`` if one does it in a way of its own.

    ``rows`` says of each operand along which axis the first loop goes.
    """
    found = tuple(k for k in range(len(s.outputs)) if rows[len(s.inputs) + k] is None)
    if s.iterators[0] == "parallel":
        return None if found else ()
    inputs = [o.value for o in s.inputs]
    if any(combination(s, k) is None or s.outputs[k].value in inputs for k in found):
        return None
    whole = all(isinstance(e, ir.AffineDimExpr) for k in found for e in s.outputs[k].expressions)
    return found if whole else None


@dataclass(frozen=True)
class Parts:
    """The parts of a sum: ``every`` of all chunks, ``own`` of the chunk whose body is being made."""

    place: Any
    operation: Any
    every: Any
    own: Any


def parts_of(s: Structured, output: int, chunks: Any) -> tuple[Any, Any, Any]:
    """Where a sum is, how it is combined, and memory for the parts of all chunks, made before these."""
    place = s.outputs[output].value
    t = place.type
    index = ir.IndexType.get()
    dynamic = ir.ShapedType.get_dynamic_size()
    sizes = [extent_value(place, k) for k in range(t.rank) if t.is_dynamic_dim(k)]
    kind = ir.MemRefType.get([dynamic, *t.shape], t.element_type, memory_space=t.memory_space)
    every = memref.alloc(kind, [arith.index_cast(index, chunks), *sizes], [])
    every.owner.operation.attributes[PARTS] = ir.UnitAttr.get()
    return place, combination(s, output), every


def begin(place: Any, operation: Any, every: Any) -> Parts:
    """What a chunk adds up in, in its body: nothing so far."""
    t = place.type
    kind = ir.MemRefType.get(list(t.shape), t.element_type, memory_space=t.memory_space)
    sizes = [extent_value(place, k) for k in range(t.rank) if t.is_dynamic_dim(k)]
    # A variable of the chunk's own stays in a register.
    own = memref.alloc(kind, sizes, []) if t.rank else memref.alloca(kind, [], [])
    if t.rank:
        own.owner.operation.attributes[PARTS] = ir.UnitAttr.get()
    linalg_fill(identity(operation.name, t.element_type), own)
    return Parts(place, operation, every, own)


def end(parts: Parts, chunk: Any) -> None:
    """Put what a chunk has added up beside that of the others, in its body."""
    own = parts.own
    if not own.type.rank:
        memref.store(memref.load(own, []), parts.every, [chunk])
        return
    body = _elementwise(own, _part(parts.every, own, chunk))
    with ir.InsertionPoint(body):
        linalg.YieldOp([body.arguments[0]])
    memref.dealloc(own)


def combine(place: Any, operation: Any, accumulator: int, every: Any, chunks: Any) -> None:
    """Combine the parts of all chunks in order, behind them; ``accumulator`` is which operand is the sum so far."""
    index = ir.IndexType.get()
    loop = scf.ForOp(arith.constant(index, 0), arith.index_cast(index, chunks), arith.constant(index, 1))
    with ir.InsertionPoint(loop.body):
        chunk = loop.induction_variable
        if place.type.rank:
            body = _elementwise(_part(every, place, chunk), place)
            with ir.InsertionPoint(body):
                linalg.YieldOp([_combined(operation, accumulator, body.arguments[1], body.arguments[0])])
        else:
            total = _combined(operation, accumulator, memref.load(place, []), memref.load(every, [chunk]))
            memref.store(total, place, [])
        scf.YieldOp([])
    memref.dealloc(every)


def _combined(operation: Any, accumulator: int, total: Any, part: Any) -> Any:
    clone = operation.clone()
    clone.operands[accumulator], clone.operands[1 - accumulator] = total, part
    return clone.results[0]


def _elementwise(source: Any, target: Any) -> Any:
    """The body of an operation on each element of two arrays, which is yet to be made."""
    rank = source.type.rank
    same = ir.AffineMapAttr.get(ir.AffineMap.get_identity(rank))
    parallel = ir.Attribute.parse("#linalg.iterator_type<parallel>")
    maps, kinds = ir.ArrayAttr.get([same, same]), ir.ArrayAttr.get([parallel] * rank)
    generic = linalg.GenericOp([], [source], [target], maps, kinds)
    return generic.regions[0].blocks.append(source.type.element_type, target.type.element_type)


def _part(every: Any, like: Any, chunk: Any) -> Any:
    """The part of a chunk: an array as ``like`` is one."""
    t, rank = like.type, like.type.rank
    unknown, one = ir.ShapedType.get_dynamic_stride_or_offset(), 1
    strides, _ = every.type.get_strides_and_offset()
    layout = ir.StridedLayoutAttr.get(unknown, list(strides)[1:])
    kind = ir.MemRefType.get(list(t.shape), t.element_type, layout, every.type.memory_space)
    sizes = [extent_value(like, k) for k in range(rank) if t.is_dynamic_dim(k)]
    attributes = {
        "static_offsets": ir.DenseI64ArrayAttr.get([unknown] + [0] * rank),
        "static_sizes": ir.DenseI64ArrayAttr.get([one, *t.shape]),
        "static_strides": ir.DenseI64ArrayAttr.get([1] * (rank + 1)),
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 1, len(sizes), 0]),
    }
    return ir.Operation.create("memref.subview", [kind], [every, chunk, *sizes], attributes).results[0]
