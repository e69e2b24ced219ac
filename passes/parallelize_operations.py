"""BUFFER: large operations on arrays are divided into chunks, as loops over ``prange`` are.

Before::

    linalg.generic {(i, j) -> ...} ins(%x) outs(%y) { exp }

After::

    scf.for %chunk = %c0 to %chunks step %c1 {
      %from = memref.subview %x[%first, 0] [%rows, %m] [1, 1]
      %to = memref.subview %y[%first, 0] [%rows, %m] [1, 1]
      linalg.generic {(i, j) -> ...} ins(%from) outs(%to) { exp }
    } {pyc.parallel}

A reduction to one number computes one of each chunk, and combines these in order. What a chunk is follows from the
extents and from what is computed for an element, never from how many threads there are: so do the results. Small
operations are one chunk, which is called without threads, or stay what they are where their extents are known; what has
two takes some 10 microseconds. In loops, operations along one axis stay what they are: they are mostly short, and what
LLVM makes of a loop around them counts for more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, memref, scf
from pyc.dialects.walk import around

from .base import BUFFER, Level, Pass
from .chunk_parallel import PARALLEL
from .chunks import Bounds, ceil_divide, chunk_loop, cost_of, number, size_of, work_of
from .gpu_kernel import Unmapped
from .structured import Operand, Structured, read

_GT = 4
#: A matrix of more elements than this is packed, and does not stay in a level 2 cache.
_CACHED = 1 << 18
#: Where rows are combined, a chunk has whole multiples of so many columns: memory is read in long pieces.
_BROAD = 2048
#: Axes of a known extent below this are not divided.
_SHORT = 16
#: The operations of reductions whose parts can be combined, and what they begin with, as a float and as bits.
_COMBINED: dict[str, float | str] = {
    "arith.addf": -0.0,
    "arith.mulf": 1.0,
    "arith.addi": "0",
    "arith.muli": "1",
    "arith.andi": "-1",
    "arith.ori": "0",
    "arith.xori": "0",
    "arith.maximumf": float("-inf"),
    "arith.minimumf": float("inf"),
    "arith.maxui": "0",
    "arith.minui": "-1",
    "arith.maxsi": "lowest",
    "arith.minsi": "highest",
}


@dataclass(frozen=True)
class ParallelizeOperations(Pass):
    """Divide operations on arrays into at most ``chunks`` parts, each of at least about ``least`` simple operations."""

    name: ClassVar[str] = "parallelize-operations"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    chunks: int = 64
    least: int = 32768

    def apply(self, module: Any) -> None:
        found: list[Any] = []

        def visit(operation: Any) -> Any:
            if operation.name == "scf.for" and PARALLEL in operation.attributes:
                return ir.WalkResult.SKIP
            if operation.name == "linalg.generic" and (
                len(read(operation).iterators) > 1 or not _is_in_loop(operation)
            ):
                found.append(operation)
            return ir.WalkResult.ADVANCE

        module.operation.walk(visit, ir.WalkOrder.PRE_ORDER)
        with module.context, ir.Location.unknown():
            for operation in found:
                s = read(operation)
                axis = _axis(s)
                if axis is not None and not self._is_small(s):
                    with operation.location:
                        self._divide(s, axis)

    def _is_small(self, s: Structured) -> bool:
        """Whether an operation is one chunk by the extents that are known."""
        extents = [s.static_extent(loop) for loop in range(len(s.iterators))]
        return cost_of(s) * math.prod(e if e is not None else math.inf for e in extents) <= self.least

    def _divide(self, s: Structured, axis: int) -> None:
        i64 = ir.IntegerType.get_signless(64)
        with ir.InsertionPoint(s.operation):
            try:
                extents = [arith.index_cast(i64, e) for e in s.extents()]
            except Unmapped:
                return  # windows: what a chunk reads is not a part of its own
            count = extents[axis]
            work = work_of(cost_of(s), [e for i, e in enumerate(extents) if i != axis])
            size = size_of(count, work, self.chunks, self.least)
            if _rereads(s, axis):
                size = arith.maxsi(size, _rows(extents, axis))
            if _is_across(s, axis):
                size = arith.muli(ceil_divide(size, number(_BROAD)), number(_BROAD))
            chunks = ceil_divide(count, size)
            if s.parallel:
                with ir.InsertionPoint(chunk_loop(chunks)):
                    _part(s, axis, Bounds(count, size), {})
            else:
                _reduce(s, axis, Bounds(count, size), chunks, self.chunks)
        s.operation.erase()


def _is_in_loop(operation: Any) -> bool:
    return any(op.name in ("scf.for", "scf.while") for op in around(operation))


def _axis(s: Structured) -> int | None:
    """The loop that is divided: the first parallel one that is not short; of a reduction to a number, the first."""
    if not all(o.is_buffer for o in s.outputs):
        return None
    if s.parallel:
        return next((i for i in s.parallel if _is_long(s, i) and _divides(s, s.outputs, i)), None)
    numbers = [k for k, o in enumerate(s.outputs) if not o.value.type.rank]
    if not numbers or any(combination(s, k) is None for k in numbers):
        return None
    arrays = [o for o in s.outputs if o.value.type.rank]
    return next((i for i in s.reduced if _is_long(s, i) and _divides(s, arrays, i)), None)


def _is_long(s: Structured, loop: int) -> bool:
    known = s.static_extent(loop)
    return known is None or known >= _SHORT


def _divides(s: Structured, outputs: Sequence[Operand], loop: int) -> bool:
    """Whether each round of a loop writes elements of its own, at positions that are the round's number."""
    written = all(any(_is_loop(e, loop) for e in o.expressions) for o in outputs)
    return written and all(_is_plain(o, loop) for o in (*s.inputs, *s.outputs))


def _is_loop(expression: Any, loop: int) -> bool:
    return isinstance(expression, ir.AffineDimExpr) and expression.position == loop


def _is_plain(operand: Operand, loop: int) -> bool:
    """Whether an operand is indexed by a loop at most once, and by itself."""
    plain = [e for e in operand.expressions if _is_loop(e, loop)]
    others = [e for e in operand.expressions if not isinstance(e, ir.AffineDimExpr | ir.AffineConstantExpr)]
    return len(plain) <= 1 and not others


def _rereads(s: Structured, axis: int) -> bool:
    """Whether every chunk reads a whole matrix, which a product then packs for itself."""
    return bool(s.reduced) and any(
        o.is_buffer and o.value.type.rank > 1 and not any(_is_loop(e, axis) for e in o.expressions) for o in s.inputs
    )


def _is_across(s: Structured, axis: int) -> bool:
    """Whether an axis is the last one of an array whose rows are combined: memory is read along it."""
    return bool(s.reduced) and any(o.is_buffer and o.value.type.rank > 1 and s.innermost(o) == axis for o in s.inputs)


def _rows(extents: Sequence[Any], axis: int) -> Any:
    """How much a chunk has at least for that to be worth its while: more of a matrix that does not fit a cache."""
    elements = number(1)
    for i, extent in enumerate(extents):
        if i != axis:
            elements = arith.muli(elements, extent)
    return arith.select(arith.cmpi(_GT, elements, number(_CACHED)), number(256), number(32))


# --- a chunk ----------------------------------------------------------------------------------------------------------


def _part(s: Structured, axis: int, bounds: Bounds, own: Mapping[int, Any]) -> None:
    """The operation on one chunk of its operands, in the body of a loop over chunks; ``own`` stand for its outputs."""
    chunk = ir.InsertionPoint.current.block.arguments[0]
    first, length = bounds.of(chunk)
    operands = [_section(o, axis, first, length) for o in s.inputs]
    operands += [own.get(k, _section(o, axis, first, length)) for k, o in enumerate(s.outputs)]
    clone = s.operation.clone()
    for i, operand in enumerate(operands):
        clone.operands[i] = operand
    _shift(clone.regions[0].blocks[0], axis, first)


def _section(operand: Operand, axis: int, first: Any, length: Any) -> Any:
    """The part of an operand that a chunk accesses."""
    at = next((k for k, e in enumerate(operand.expressions) if _is_loop(e, axis)), None)
    if at is None:
        return operand.value
    t = operand.value.type
    dynamic = ir.ShapedType.get_dynamic_size()
    unknown = ir.ShapedType.get_dynamic_stride_or_offset()
    shape = [dynamic if k == at else n for k, n in enumerate(t.shape)]
    strides, _ = t.get_strides_and_offset()
    layout = ir.StridedLayoutAttr.get(unknown, strides)
    kind = ir.MemRefType.get(shape, t.element_type, layout, t.memory_space)
    sizes = [length if k == at else _extent(operand.value, k) for k in range(t.rank) if shape[k] == dynamic]
    attributes = {
        "static_offsets": ir.DenseI64ArrayAttr.get([unknown if k == at else 0 for k in range(t.rank)]),
        "static_sizes": ir.DenseI64ArrayAttr.get(shape),
        "static_strides": ir.DenseI64ArrayAttr.get([1] * t.rank),
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 1, len(sizes), 0]),
    }
    return ir.Operation.create("memref.subview", [kind], [operand.value, first, *sizes], attributes).results[0]


def _extent(value: Any, axis: int) -> Any:
    return memref.dim(value, arith.constant(ir.IndexType.get(), axis))


def _shift(body: Any, axis: int, first: Any) -> None:
    """Let a body that asks for its position along the divided axis hear that in the whole."""
    for op in list(body.operations):
        operation = op.operation
        if operation.name == "linalg.index" and ir.IntegerAttr(operation.attributes["dim"]).value == axis:
            with ir.InsertionPoint.after(operation):
                shifted = arith.addi(operation.results[0], first)
            operation.results[0].replace_all_uses_except(shifted, shifted.owner.operation)


# --- reductions to a number -------------------------------------------------------------------------------------------


def combination(s: Structured, output: int) -> Any | None:
    """The operation that combines a number so far with that of an element, if parts can be combined by it."""
    total, acc = s.yielded[output], s.accumulators[output]
    owner = total.owner
    if isinstance(owner, ir.Block) or owner.operation.name not in _COMBINED or owner.operation.block != s.body:
        return None
    uses = list(acc.uses)
    return owner.operation if len(uses) == 1 and uses[0].owner.operation == owner.operation else None


def identity(name: str, t: Any) -> Any:
    """What changes nothing when it is combined."""
    value = _COMBINED[name]
    if isinstance(value, float):
        return arith.constant(t, value)
    bits = t.width
    numbers = {"lowest": -(1 << (bits - 1)), "highest": (1 << (bits - 1)) - 1}
    number = numbers[value] if value in numbers else int(value)
    return arith.constant(t, -1 if bits == 1 and number else number)


def _reduce(s: Structured, axis: int, bounds: Bounds, chunks: Any, most: int) -> None:
    """Numbers of each chunk, and all of them combined in order."""
    numbers = [k for k, o in enumerate(s.outputs) if not o.value.type.rank]
    combinations: dict[int, Any] = {k: combination(s, k) for k in numbers}
    types = {k: s.outputs[k].value.type.element_type for k in numbers}
    parts = {k: memref.alloc(ir.MemRefType.get([most], t), [], []) for k, t in types.items()}
    index = ir.IndexType.get()
    yielded = chunk_loop(chunks)
    with ir.InsertionPoint(yielded):
        # A variable of the chunk's own stays in a register.
        own = {k: memref.alloca(ir.MemRefType.get([], t), [], []) for k, t in types.items()}
        for k, place in own.items():
            memref.store(identity(combinations[k].name, types[k]), place, [])
        _part(s, axis, bounds, own)
        chunk = arith.index_cast(index, ir.InsertionPoint.current.block.arguments[0])
        for k, place in own.items():
            memref.store(memref.load(place, []), parts[k], [chunk])
    places = {k: s.outputs[k].value for k in numbers}
    last = scf.ForOp(number(0), chunks, number(1), [memref.load(place, []) for place in places.values()])
    with ir.InsertionPoint(last.body):
        chunk = arith.index_cast(index, last.induction_variable)
        totals = []
        for k, so_far in zip(numbers, last.inner_iter_args, strict=True):
            operands = [so_far, memref.load(parts[k], [chunk])]
            if combinations[k].operands[1] == s.accumulators[k]:
                operands.reverse()
            clone = combinations[k].clone()
            for i, operand in enumerate(operands):
                clone.operands[i] = operand
            totals.append(clone.results[0])
        scf.YieldOp(totals)
    for total, place in zip(last.results, places.values(), strict=True):
        memref.store(total, place, [])
    for part in parts.values():
        memref.dealloc(part)
