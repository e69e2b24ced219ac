"""BUFFER: what is cheap and read in slices only is computed again by who reads it.

Before (``d = u[1:] - u[:-1]; v[1:-1] = d[1:] - d[:-1]``)::

    linalg.generic ins(%u_1, %u_0) outs(%d) { subtract }
    %d_1 = memref.subview %d[1] [%m] [1]
    %d_0 = memref.subview %d[0] [%m] [1]
    linalg.generic ins(%d_1, %d_0) outs(%v) { subtract }

After::

    %u_11 = memref.subview %u_1[1] [%m] [1]
    ...
    linalg.generic ins(%u_11, %u_01, %u_10, %u_00) outs(%v) { subtract; subtract; subtract }

A few operations on elements that are in the nearest cache cost less than an array that is written and read. They give
the same each time. Nothing that they read may be written before, or by, who reads. What is computed of the same slices
is computed once, so that stencils of stencils stay small::

    %0 = arith.subf %u_2, %u_1         // u_11 and u_01 above are slices of u from 2 and from 1
    %1 = arith.subf %u_1, %u_0         // u_10 too is one from 1
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.mlir import ir, linalg

from .base import BUFFER, Level, Pass
from .nests import Order, Promises, blocks
from .structured import Operand, Structured, is_used, read

#: What is computed again has so many operations and inputs at most, and is read at so many places.
_OPERATIONS, _INPUTS, _PLACES = 8, 8, 8
#: So many operations are computed again at most, in all places together; and what is read more than once an element
#: has no more than these.
_ALL, _SINGLE = 32, 2
_CHEAP = frozenset(
    f"arith.{name}"
    for name in (
        "addf", "subf", "mulf", "negf", "maximumf", "minimumf", "cmpf", "addi", "subi", "muli", "maxsi", "minsi",
        "cmpi", "andi", "ori", "xori", "select", "extf", "constant",
    )
)  # fmt: skip


@dataclass(frozen=True)
class RecomputeSlices(Pass):
    """Compute cheap operations again where slices of their results are read."""

    name: ClassVar[str] = "recompute-slices"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                promises = Promises.of(function)
                for block in list(blocks(function.operation)):
                    generics = [op.operation for op in block.operations if op.operation.name == "linalg.generic"]
                    # Readers first: what they compute again may read what is computed again in turn.
                    for operation in generics[-2::-1]:
                        s = read(operation)
                        if _is_cheap(s):
                            _recompute(s, block, promises)


def _is_cheap(s: Structured) -> bool:
    """Whether an operation is a few simple ones on the elements of arrays at the same position, into a temporary."""
    if s.reduced or not s.iterators or len(s.outputs) != 1 or not 0 < len(s.inputs) <= _INPUTS:
        return False
    place = s.outputs[0].value
    if isinstance(place.owner, ir.Block) or place.owner.name != "memref.alloc" or is_used(s.accumulators[0]):
        return False
    identity = tuple(ir.AffineDimExpr.get(i) for i in range(len(s.iterators)))
    if not all(o.is_buffer and o.expressions == identity for o in (*s.inputs, *s.outputs)):
        return False
    *body, _ = s.body.operations
    return _cost(s) <= _OPERATIONS and all(op.operation.name in _CHEAP for op in body)


def _cost(s: Structured) -> int:
    """How many operations there are on an element."""
    *body, _ = s.body.operations
    return sum(op.operation.name != "arith.constant" for op in body)


def _recompute(s: Structured, block: Any, promises: Promises) -> None:
    """Let all that read what an operation computes do so themselves, if they read slices of it."""
    place = s.outputs[0].value
    others = [use.owner.operation for use in place.uses if use.owner.operation != s.operation]
    views = [u for u in others if u.name == "memref.subview"]
    frees = [u for u in others if u.name == "memref.dealloc"]
    if not views or len(views) > _PLACES or len(views) + len(frees) != len(others) or not all(map(_is_slice, views)):
        return
    uses = [use for view in views for use in view.results[0].uses]
    readers = list(dict.fromkeys(use.owner.operation for use in uses))
    if len(uses) > _PLACES or len(uses) * _cost(s) > _ALL:
        return
    order = Order(block, promises)
    if not all(_may_read(reader, s, order) for reader in readers):
        return
    if _cost(s) > _SINGLE and not all(_reads_once(reader, views) for reader in readers):
        return
    for reader in readers:
        _read_again(reader, s, [v.results[0] for v in views])
    for op in (*views, *frees, s.operation, place.owner.operation):
        op.erase()
    for operand in s.inputs:
        _drop_unused(operand.value)


def _drop_unused(value: Any) -> None:
    """Take away a slice that nobody uses, and those that it is of."""
    while not is_used(value) and not isinstance(value.owner, ir.Block) and value.owner.name == "memref.subview":
        view = value.owner.operation
        value = view.operands[0]
        view.erase()


def _is_slice(view: Any) -> bool:
    """Whether a view has all axes of the array, with steps of 1."""
    strides = list(ir.DenseI64ArrayAttr(view.attributes["static_strides"]))
    return view.results[0].type.rank == view.operands[0].type.rank and all(stride == 1 for stride in strides)


def _may_read(reader: Any, s: Structured, order: Order) -> bool:
    """Whether an operation finds what ``s`` reads as ``s`` does, and may read it by itself."""
    if reader.name != "linalg.generic" or reader not in order.operations:
        return False
    written = {o.value for o in read(reader).outputs}
    views = {use.owner for use in s.outputs[0].value.uses}
    if any(not isinstance(v.owner, ir.Block) and v.owner in views for v in written):
        return False
    start, end = order.operations.index(s.operation), order.operations.index(reader)
    for op in order.operations[start + 1 : end + 1]:
        effects = order.effects(op)
        if effects.opaque or any(order.overlap(w, o.value) for w in effects.writes for o in s.inputs):
            return False
    return True


def _reads_once(reader: Any, views: Sequence[Any]) -> bool:
    """Whether an operation reads each element of some views once."""
    values, s = [v.results[0] for v in views], read(reader)
    loops = {ir.AffineDimExpr.get(i) for i in range(len(s.iterators))}
    return all(set(o.expressions) == loops for o in s.inputs if o.value in values)


def _read_again(reader: Any, s: Structured, views: Sequence[Any]) -> None:
    """Replace an operation by one that computes what it reads of some views."""
    old = read(reader)
    inputs: list[Operand] = []
    given: list[list[int]] = []
    known = [o for o in old.inputs if o.value not in views]
    with ir.InsertionPoint(reader), reader.location:
        for operand in old.inputs:
            read_now = [operand]
            if operand.value in views:
                view = operand.value.owner.operation
                alike = [o for o in known if o.expressions == operand.expressions]
                read_now = [Operand(_sliced(o.value, view, alike), operand.expressions) for o in s.inputs]
            for o in read_now:
                if o not in inputs:
                    inputs.append(o)
            known += read_now
            given.append([inputs.index(o) for o in read_now])
        loops = len(old.iterators)
        operands = (*inputs, *old.outputs)
        maps = [ir.AffineMapAttr.get(ir.AffineMap.get(loops, 0, list(o.expressions))) for o in operands]
        kinds = reader.attributes["iterator_types"]
        values = [o.value for o in inputs], [o.value for o in old.outputs]
        location = ir.Location.fused([s.operation.location, reader.location])
        generic = linalg.GenericOp([], *values, ir.ArrayAttr.get(maps), kinds, loc=location)
    types = [v.type.element_type if isinstance(v.type, ir.MemRefType) else v.type for v in (*values[0], *values[1])]
    body = generic.regions[0].blocks.append(*types)
    with ir.InsertionPoint(body):
        for argument, operand, numbers in zip(old.body.arguments, old.inputs, given, strict=False):
            elements = [body.arguments[n] for n in numbers]
            argument.replace_all_uses_with(_computed(s, elements) if operand.value in views else elements[0])
    for argument, new in zip(old.accumulators, list(body.arguments)[len(inputs) :], strict=True):
        argument.replace_all_uses_with(new)
    for op in list(old.body.operations):
        op.operation.detach_from_parent()
        body.append(op.operation)
    _compute_once(body)
    reader.erase()


def _compute_once(body: Any) -> None:
    """Let what a body computes of the same values be computed once."""
    known: dict[tuple[Any, ...], Any] = {}
    for op in list(body.operations):
        if op.operation.name not in _CHEAP:
            continue
        key = (op.operation.name, str(op.operation.attributes), *op.operation.operands, op.operation.results[0].type)
        same = known.setdefault(key, op.operation)
        if same != op.operation:
            op.operation.results[0].replace_all_uses_with(same.results[0])
            op.operation.erase()


def _computed(s: Structured, elements: Sequence[Any]) -> Any:
    """What an operation computes of some elements, at the current insertion point."""
    known = dict(zip(s.body.arguments, elements, strict=False))
    *body, end = s.body.operations
    for op in body:
        copy = op.operation.clone()
        for i, operand in enumerate(op.operation.operands):
            copy.operands[i] = known.get(operand, operand)
        known[op.operation.results[0]] = copy.results[0]
    result = end.operation.operands[0]
    return known.get(result, result)


def _sliced(value: Any, view: Any, known: Sequence[Operand]) -> Any:
    """The slice of an array that a view is of another one; one of those that are ``known``, where it is the same.

    These are read by the same operation at the same loops, so that their extents are the view's.
    """
    offsets, given, sizes = _slice(view)
    while (inner := _slice_of(value)) is not None:
        combined = _combined(inner[0], inner[1], offsets, given)
        if combined is None:
            break
        offsets, given = combined
        value = value.owner.operands[0]
    t = value.type
    strides, begin = t.get_strides_and_offset()
    layout = ir.StridedLayoutAttr.get(_begin(begin, offsets, strides), strides)
    kind = ir.MemRefType.get(list(view.results[0].type.shape), t.element_type, layout, t.memory_space)
    attributes = {name: view.attributes[name] for name in ("static_sizes", "static_strides")}
    attributes["static_offsets"] = ir.DenseI64ArrayAttr.get(offsets)
    attributes["operandSegmentSizes"] = ir.DenseI32ArrayAttr.get([1, len(given), len(sizes), 0])
    new = ir.Operation.create("memref.subview", [kind], [value, *given, *sizes], attributes)
    for other in known:
        owner = other.value.owner
        if not isinstance(owner, ir.Block) and owner.name == "memref.subview" and _begins_alike(owner.operation, new):
            new.erase()
            return other.value
    return new.results[0]


def _slice(view: Any) -> tuple[list[int], list[Any], list[Any]]:
    """Where a slice begins: numbers, and the values of those that are not known; and the values of its sizes."""
    _, begins, sizes, _ = ir.DenseI32ArrayAttr(view.attributes["operandSegmentSizes"])
    values = list(view.operands)[1:]
    return list(ir.DenseI64ArrayAttr(view.attributes["static_offsets"])), values[:begins], values[begins:][:sizes]


def _slice_of(value: Any) -> tuple[list[int], list[Any], list[Any]] | None:
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.name != "memref.subview" or not _is_slice(owner.operation):
        return None
    return _slice(owner.operation)


def _combined(
    a: Sequence[int], given_a: Sequence[Any], b: Sequence[int], given_b: Sequence[Any]
) -> tuple[list[int], list[Any]] | None:
    """Where a slice of a slice begins; ``None`` where that is a sum of numbers that are not known."""
    unknown = ir.ShapedType.get_dynamic_stride_or_offset()
    offsets, given = [], []
    first, second = iter(given_a), iter(given_b)
    for x, y in zip(a, b, strict=True):
        values = [next(source) for number, source in ((x, first), (y, second)) if number == unknown]
        if values and (x, y) not in ((unknown, 0), (0, unknown)):
            return None
        offsets.append(unknown if values else x + y)
        given += values
    return offsets, given


def _begins_alike(a: Any, b: Any) -> bool:
    """Whether two slices of the same extents are the same."""
    (first, values, _), (second, others, _) = _slice(a), _slice(b)
    same = a.operands[0] == b.operands[0] and first == second and values == others
    return same and a.results[0].type == b.results[0].type and _is_slice(a)


def _begin(begin: int, offsets: Sequence[int], strides: Sequence[int]) -> int:
    """Where a slice begins, in elements, as its type says it."""
    unknown = ir.ShapedType.get_dynamic_stride_or_offset()
    steps = [(offset, stride) for offset, stride in zip(offsets, strides, strict=True) if offset]
    if begin == unknown or any(unknown in step for step in steps):
        return unknown
    return begin + sum(offset * stride for offset, stride in steps)
