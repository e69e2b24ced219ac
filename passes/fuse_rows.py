"""BUFFER: operations that go over the rows of the same arrays do so together, one row after the other.

Before (a softmax; ``%e`` is a matrix)::

    linalg.fill ins(%lowest) outs(%m)
    linalg.generic {(i, j) -> (i, j), (i)} ins(%x) outs(%m) { max }
    linalg.fill ins(%zero) outs(%s)
    linalg.generic {(i, j) -> (i, j), (i), (i, j), (i)} ins(%x, %m) outs(%e, %s) { subtract, exp; add }
    linalg.generic {(i, j) -> (i, j), (i), (i, j)} ins(%e, %s) outs(%y) { divide }

After (``%e`` is a row; ``%m`` and ``%s`` are numbers)::

    scf.for %i = %c0 to %rows step %c1 {
      %x_i = memref.subview %x[%i, 0] [1, %n] [1, 1]
      %y_i = memref.subview %y[%i, 0] [1, %n] [1, 1]
      linalg.fill ins(%lowest) outs(%m)
      linalg.generic {(j) -> (j), ()} ins(%x_i) outs(%m) { max }
      linalg.fill ins(%zero) outs(%s)
      linalg.generic {(j) -> (j), (), (j), ()} ins(%x_i, %m) outs(%e, %s) { subtract, exp; add }
      linalg.generic {(j) -> (j), (), (j)} ins(%e, %s) outs(%y_i) { divide }
    }

A row then still is in the nearest cache when the next operation reads it. Of an array, what one of the operations
writes the others may access in the same row only; a row may be a matrix again, and is looked at in the same way. Chunks
of rows are shared by threads, as those of single operations are. Nothing moves over a check that could see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from functools import reduce
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.mlir import arith, ir, linalg, linalg_fill, memref, scf
from pyc.dialects.walk import nested

from .base import BUFFER, Level, Pass
from .chunk_parallel import PARALLEL
from .chunks import Bounds, ceil_divide, chunk_loop, cost_of, number, size_of, work_of
from .lower_to_linalg.memory import cast_to, metadata
from .nests import Extents, Order, Promises, blocks, drop_idle_views, extent_value, resolve_dims
from .row_sums import begin, combine, parts_of, sums
from .row_sums import end as finish
from .structured import Operand, Structured, read

#: On a loop over rows.
ROWS = "pyc.rows"
#: A group has no more operations than this, and what does not join it is passed over so many times.
_MOST, _PASSED = 32, 8
#: Rows of a known extent below this are computed one operation after the other.
_SHORT = 2
#: A chunk that adds up rows has at least so many: the sum is read and written once more.
_SUMMED = 4


@dataclass(frozen=True)
class FuseRows(Pass):
    """Let operations go over rows together, divided into at most ``chunks`` of at least ``least`` simple operations.

    With ``chunks`` 0, rows are not divided.
    """

    name: ClassVar[str] = "fuse-rows"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    chunks: int = 64
    least: int = 32768

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                if not function.regions[0].blocks:
                    continue
                resolve_dims(function.operation)
                drop_idle_views(function.operation)
                promises = Promises.of(function)
                for block in list(blocks(function.operation)):
                    divided = self.chunks if not _is_shared(block) else 0
                    _fuse(block, promises, _Division(divided, self.least))


@dataclass(frozen=True)
class _Division:
    chunks: int
    least: int


def _is_shared(block: Any) -> bool:
    """Whether a block is in a loop whose rounds threads share."""
    operation = block.owner.operation
    while operation.name not in ("func.func", "builtin.module"):
        if PARALLEL in operation.attributes:
            return True
        operation = operation.parent.operation
    return False


@dataclass(eq=False)
class _Member:
    """An operation over rows: its operands, and the extents of its loops, of which the first is over rows."""

    operation: Any
    operands: list[Operand]
    written: list[Operand]
    loops: int
    rows: list[int | None]
    structured: Structured | None
    #: The outputs that combine rows.
    sums: tuple[int, ...] = ()
    extents: list[Any] = field(default_factory=list)

    def learn(self, extents: Extents) -> list[Any]:
        """The extents of its loops, which are known to agree with those of its operands from then on."""
        self.extents = extents.of_operands(self.operands, self.loops)
        return self.extents


# --- which operations -------------------------------------------------------------------------------------------------


def _fuse(block: Any, promises: Promises, division: _Division) -> None:
    members = [m for op in block.operations if (m := _member(op.operation)) is not None]
    extents, order = Extents(), Order(block, promises)
    # Operations of one loop are worth a loop over rows only among others.
    while sum(m.loops > 1 for m in members) > 1:
        # Only what stands before an operation has made sure that its extents are the others'.
        members[0].learn(extents)
        group = [] if members[0].sums else _trimmed(_group(members, order, extents.copy()))
        needed = order.before_all([m.operation for m in group]) if _gains(group) else None
        if needed is None:
            members = members[1:]
            continue
        for op in needed:
            op.move_before(group[0].operation)
        inner = _emit(group, division)
        _fuse(inner, promises, _Division(0, 0))
        members = [m for m in members if m not in group]
        order = Order(block, promises)


def _member(operation: Any) -> _Member | None:
    """An operation whose first loop goes over rows of all that it accesses by it."""
    s = None
    if operation.name == "linalg.fill":
        target = operation.operands[1]
        loops = target.type.rank
        operands = written = [Operand(target, tuple(ir.AffineDimExpr.get(i) for i in range(loops)))]
    elif operation.name == "linalg.generic":
        s = read(operation)
        operands, written, loops = [*s.inputs, *s.outputs], list(s.outputs), len(s.iterators)
        if not loops or _is_product(s):
            return None
    else:
        return None
    if not loops or not all(o.is_buffer for o in written):
        return None
    rows: list[int | None] = []
    without = ir.AffineMap.get(loops, 0, [ir.AffineConstantExpr.get(0), *map(ir.AffineDimExpr.get, range(1, loops))])
    for operand in operands:
        uses = [k for k, e in enumerate(operand.expressions) if e.compose(without) != e]
        if len(uses) > 1 or not all(isinstance(operand.expressions[k], ir.AffineDimExpr) for k in uses):
            return None
        rows.append(uses[0] if uses else None)
    known = [
        t.get_dim_size(k)
        for o, k in zip(operands, rows, strict=True)
        if k is not None and not (t := o.value.type).is_dynamic_dim(k)
    ]
    if any(extent < _SHORT for extent in known):
        return None
    combined = () if s is None else sums(s, rows)
    return None if combined is None else _Member(operation, operands, written, loops, rows, s, combined)


def _is_product(s: Structured) -> bool:
    """Whether no operand has an element of its own for each round of the loops, as in a product of matrices."""
    loops = set(range(len(s.iterators)))
    return bool(s.reduced) and not any(
        {e.position for e in o.expressions if isinstance(e, ir.AffineDimExpr)} == loops for o in s.inputs
    )


def _group(members: Sequence[_Member], order: Order, extents: Extents) -> list[_Member]:
    """The first of some operations, and those after it that can go over rows together with it."""
    group, passed = [members[0]], 0
    for member in members[1:]:
        if len(group) == _MOST or passed == _PASSED:
            break
        own = member.learn(extents)
        if (
            extents.same(group[0].extents[:1], own[:1])
            and (not member.sums or _reads_rows_of(member, group))
            and all(_in_same_rows(m, member, order) for m in group)
            and order.before_all([*(m.operation for m in group), member.operation]) is not None
        ):
            group.append(member)
        else:
            passed += 1
    return group


def _reads_rows_of(member: _Member, group: Sequence[_Member]) -> bool:
    """Whether an operation that combines rows reads those that others of a group have just written.

    Columns are added up faster some at a time, where nothing but a number a row is saved.
    """
    written = {
        o.value for m in group for o, k in zip(m.written, m.rows[-len(m.written) :], strict=True) if k is not None
    }
    read_ = [(o.value, k) for o, k in zip(member.operands, member.rows, strict=True) if o.value in written]
    if all(not member.written[k].value.type.rank for k in member.sums):
        return bool(read_)
    return any(n != 1 for v, k in read_ for axis, n in enumerate(v.type.shape) if axis != k)


def _in_same_rows(first: _Member, second: _Member, order: Order) -> bool:
    """Whether what one operation writes, the other accesses in the same row or not at all."""
    for writer, other in ((first, second), (second, first)):
        offset = len(writer.operands) - len(writer.written)
        effects = order.effects(other.operation)
        if effects.opaque:
            return False
        for i, written in enumerate(writer.written, offset):
            # What a body reads by itself is anywhere, also in what the operation goes over.
            if any(order.overlap(written.value, v) for v in effects.loads):
                return False
            for j, accessed in enumerate(other.operands):
                if not accessed.is_buffer:
                    continue
                if accessed.value == written.value:
                    if writer.rows[i] is None or writer.rows[i] != other.rows[j]:
                        return False
                elif order.overlap(written.value, accessed.value):
                    return False
    return True


def _trimmed(group: list[_Member]) -> list[_Member]:
    """A group without operations of one loop at its ends; what is filled for the others belongs to it."""
    wide = [i for i, m in enumerate(group) if m.loops > 1]
    if len(wide) < 2:
        return []
    used = {o.value for m in group[wide[0] :] for o in m.operands}
    before = [m for m in group[: wide[0]] if m.structured is None and m.operands[0].value in used]
    return [*before, *group[wide[0] : wide[-1] + 1]]


def _gains(group: Sequence[_Member]) -> bool:
    """Whether two operations access the rows of one array."""
    seen: set[Any] = set()
    for member in group:
        own = {o.value for i, o in enumerate(member.operands) if member.rows[i] is not None and o.value.type.rank > 1}
        if member.loops > 1 and own & seen:
            return True
        seen |= own
    return False


# --- the loop ---------------------------------------------------------------------------------------------------------


def _emit(group: Sequence[_Member], division: _Division) -> Any:
    """Put a loop over rows in the place of a group; gives its body."""
    index = ir.IndexType.get()
    location = ir.Location.fused([m.operation.location for m in group])
    with ir.InsertionPoint(group[0].operation), location:
        count = _extent(group[0], 0)
        zero, one = (arith.constant(index, n) for n in (0, 1))
        if division.chunks:
            i64 = ir.IntegerType.get_signless(64)
            work = _work(group)
            rows = arith.index_cast(i64, count)
            size = size_of(rows, work, division.chunks, division.least)
            if any(m.written[k].value.type.rank for m in group for k in m.sums):
                size = arith.maxsi(size, number(_SUMMED))
            chunks = ceil_divide(rows, size)
            combined = [
                (m.structured, k, parts_of(m.structured, k, chunks)) for m in group if m.structured for k in m.sums
            ]
            with ir.InsertionPoint(chunk_loop(chunks)):
                chunk = ir.InsertionPoint.current.block.arguments[0]
                first, length = Bounds(rows, size).of(chunk)
                own = [begin(*parts) for _, _, parts in combined]
                loop = scf.ForOp(first, arith.addi(first, length), one)
                for parts in own:
                    finish(parts, arith.index_cast(index, chunk))
            for s, k, (place, operation, every) in combined:
                combine(place, operation, list(operation.operands).index(s.accumulators[k]), every, chunks)
        else:
            loop, own = scf.ForOp(zero, count, one), []
        loop.operation.attributes[ROWS] = ir.UnitAttr.get()
        with ir.InsertionPoint(loop.body):
            end = scf.YieldOp([])
        _Rows(group, loop.induction_variable, end, {(p.place, None): p.own for p in own}).emit()
    return loop.body


def _work(group: Sequence[_Member]) -> Any:
    """About how many simple operations a row takes, as a value before the group."""
    i64 = ir.IntegerType.get_signless(64)
    costs: dict[Any, int] = {}
    alike = {}
    for member in group:
        extents = tuple(member.extents[1:])
        costs[extents] = costs.get(extents, 0) + (cost_of(member.structured) if member.structured else 1)
        alike[extents] = member
    parts = [
        work_of(cost, [arith.index_cast(i64, _extent(alike[extents], k)) for k in range(1, alike[extents].loops)])
        for extents, cost in costs.items()
    ]
    return reduce(arith.addf, parts)


def _extent(member: _Member, loop: int) -> Any:
    """The extent of a loop, as a value before the group."""
    for operand in member.operands:
        for axis, e in enumerate(operand.expressions):
            if isinstance(e, ir.AffineDimExpr) and e.position == loop:
                return extent_value(operand.value, axis)
    raise AssertionError("each loop goes along an axis of an operand")


@dataclass
class _Rows:
    """The operations of a group on one row, being made at the end of a loop's body."""

    group: Sequence[_Member]
    row: Any
    end: Any
    _slices: dict[tuple[Any, int | None], Any] = field(default_factory=dict)
    _shrunk: list[Any] = field(default_factory=list)

    def emit(self) -> None:
        self._shrink()
        for member in self.group:
            with ir.InsertionPoint(self.end), member.operation.location:
                if member.structured is None:
                    value = member.operation.operands[0]
                    linalg_fill(value, self._slice(member.operands[0].value, member.rows[0]))
                else:
                    self._generic(member, member.structured)
        for member in self.group:
            member.operation.erase()
        for old in self._shrunk:
            for use in list(old.uses):
                use.owner.operation.erase()
            old.owner.operation.erase()

    def _shrink(self) -> None:
        """Make a row of what only the group accesses, by rows."""
        operations = [m.operation for m in self.group]
        accessed = [(o.value, m.rows[i]) for m in self.group for i, o in enumerate(m.operands)]
        for value, axis in dict.fromkeys(accessed):
            maker = None if isinstance(value.owner, ir.Block) else value.owner.operation
            if maker is None or maker.name != "memref.alloc" or axis is None:
                continue
            if any(other == value and along != axis for other, along in accessed):
                continue
            users = [use.owner.operation for use in value.uses]
            if not all(u in operations or u.name == "memref.dealloc" for u in users):
                continue
            row = _row_of(maker, axis)
            self._shrunk.append(value)
            self._slices[value, axis] = row
            for user in users:
                if user.name == "memref.dealloc":
                    with ir.InsertionPoint(user), user.location:
                        memref.dealloc(row)

    def _slice(self, value: Any, axis: int | None) -> Any:
        """The row of an array that the loop is at; arrays that are not accessed by rows stay."""
        if axis is None:
            return self._slices.get((value, None), value)
        if (value, axis) not in self._slices:
            self._slices[value, axis] = _subview(value, axis, self.row)
        return self._slices[value, axis]

    def _generic(self, member: _Member, s: Structured) -> None:
        loops = member.loops
        inner = [ir.AffineConstantExpr.get(0), *(ir.AffineDimExpr.get(i) for i in range(loops - 1))]
        renamed = ir.AffineMap.get(loops - 1, 0, inner)
        values, maps = [], []
        for i, operand in enumerate(member.operands):
            axis = member.rows[i]
            values.append(self._slice(operand.value, axis))
            kept = [e for k, e in enumerate(operand.expressions) if k != axis]
            maps.append(ir.AffineMap.get(loops - 1, 0, [e.compose(renamed) for e in kept]))
        kinds = ir.ArrayAttr.get(list(ir.ArrayAttr(s.operation.attributes["iterator_types"]))[1:])
        inputs = len(s.inputs)
        indexing = ir.ArrayAttr.get([ir.AffineMapAttr.get(m) for m in maps])
        generic = linalg.GenericOp([], values[:inputs], values[inputs:], indexing, kinds)
        s.body.append_to(generic.regions[0])
        self._renumber(generic.regions[0].blocks[0])

    def _renumber(self, body: Any) -> None:
        """Let a body that asks for its loops hear of the row, and of the others by their new numbers."""
        inside = [operation for op in body.operations for operation in nested(op.operation)]
        for operation in (o for o in inside if o.name == "linalg.index"):
            number = ir.IntegerAttr(operation.attributes["dim"])
            if number.value:
                operation.attributes["dim"] = ir.IntegerAttr.get(number.type, number.value - 1)
            else:
                operation.results[0].replace_all_uses_with(self.row)
                operation.erase()


def _row_of(allocation: Any, axis: int) -> Any:
    """An array as an allocation is one, but without one of its axes."""
    t = allocation.results[0].type
    shape, sizes = list(t.shape), list(allocation.operands)
    if t.is_dynamic_dim(axis):
        del sizes[sum(1 for k in range(axis) if t.is_dynamic_dim(k))]
    del shape[axis]
    kind = ir.MemRefType.get(shape, t.element_type, memory_space=t.memory_space)
    with ir.InsertionPoint(allocation), allocation.location:
        alignment = ir.IntegerAttr(allocation.attributes["alignment"]) if "alignment" in allocation.attributes else None
        return memref.alloc(kind, sizes, [], alignment=alignment)


def _subview(value: Any, axis: int, at: Any) -> Any:
    """The part of an array at a position along an axis, without that axis."""
    t = value.type
    unknown = ir.ShapedType.get_dynamic_stride_or_offset()
    rest = [k for k in range(t.rank) if k != axis]
    if any(t.shape[k] == 1 for k in rest):
        # Which of two axes of one element is left out a subview does not say.
        base, start, sizes, steps = metadata(value)
        layout = ir.StridedLayoutAttr.get(unknown, [unknown] * len(rest))
        kind = ir.MemRefType.get([t.shape[k] for k in rest], t.element_type, layout, t.memory_space)
        start = arith.addi(start, arith.muli(at, steps[axis]))
        return cast_to(base, start, [sizes[k] for k in rest], [steps[k] for k in rest], kind)
    strides, _ = t.get_strides_and_offset()
    layout = ir.StridedLayoutAttr.get(unknown, [strides[k] for k in rest])
    kind = ir.MemRefType.get([t.shape[k] for k in rest], t.element_type, layout, t.memory_space)
    sizes = [extent_value(value, k) for k in rest if t.is_dynamic_dim(k)]
    attributes = {
        "static_offsets": ir.DenseI64ArrayAttr.get([unknown if k == axis else 0 for k in range(t.rank)]),
        "static_sizes": ir.DenseI64ArrayAttr.get([1 if k == axis else t.shape[k] for k in range(t.rank)]),
        "static_strides": ir.DenseI64ArrayAttr.get([1] * t.rank),
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 1, len(sizes), 0]),
    }
    return ir.Operation.create("memref.subview", [kind], [value, at, *sizes], attributes).results[0]
