"""Reads and writes of elements and slices. Offsets lie inside: they have been wrapped, clamped and checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import onnx_ir as ir

from pyc.dialects.build import constant_value
from pyc.dialects.types import DYNAMIC, shape_of
from pyc.dialects.verify import int_array

from .rule import Rule
from .scope import Scope


def _extract(scope: Scope, op: Any) -> ir.Value:
    x, indices = scope[op.x], list(op.indices)
    if not indices:
        return scope.op("Identity", x)
    return scope.moved("GatherND", [x], scope.vector(indices))


def _insert(scope: Scope, op: Any) -> ir.Value:
    value, x, indices = scope[op.value], scope[op.x], list(op.indices)
    if not indices:
        return scope.op("Identity", value)
    return scope.scattered(x, scope.vector(indices), value)


def _slice(scope: Scope, op: Any) -> ir.Value:
    """``offset + size * stride`` may lie past the end: ``Slice`` clamps it, and it is never negative."""
    x, rank = scope[op.x], len(shape_of(op.x.type))
    if rank == 0:
        return scope.op("Identity", x)
    starts, sizes, steps = (scope.vector(list(part)) for part in (op.offsets, op.sizes, op.strides))
    ends = scope.op("Add", starts, scope.op("Mul", sizes, steps))
    out = scope.moved("Slice", [x], starts, ends, scope.constant(range(rank), "i64"), steps)
    dropped = int_array(op.dropped)
    return scope.moved("Squeeze", [out], scope.constant(dropped, "i64")) if dropped else out


def _insert_slice(scope: Scope, op: Any) -> ir.Value:
    """Scattered to the indices of the slice, along the leading axes up to the last that is not written as a whole."""
    value, x, rank = scope[op.value], scope[op.x], len(shape_of(op.x.type))
    sizes = list(op.sizes)
    value = scope.op("Reshape", value, scope.vector(sizes), allowzero=1)
    indexed = rank
    while indexed and _is_whole(op, indexed - 1):
        indexed -= 1
    if not indexed:
        return value
    columns = [_index_column(scope, op, axis, sizes[:indexed]) for axis in range(indexed)]
    indices = columns[0] if len(columns) == 1 else scope.op("Concat", *columns, axis=indexed)
    return scope.scattered(x, indices, value)


def _index_column(scope: Scope, op: Any, axis: int, sizes: Sequence[Any]) -> ir.Value:
    """The index on ``axis`` of every element of the slice: extents ``[*sizes, 1]``."""
    zero, one = scope.constant(0, "i64"), scope.constant(1, "i64")
    index = scope.op("Range", zero, scope[op.sizes[axis]], one)
    if constant_value(op.strides[axis]) != 1:
        index = scope.op("Mul", index, scope[op.strides[axis]])
    if constant_value(op.offsets[axis]) != 0:
        index = scope.op("Add", index, scope[op.offsets[axis]])
    # [size] becomes [size, 1, ..., 1]: the axes after it, and the one that holds the index itself.
    after = list(range(1, len(sizes) - axis + 1))
    column = scope.op("Unsqueeze", index, scope.constant(after, "i64"))
    if len(sizes) == 1:
        return column
    shape = scope.op("Concat", scope.vector(sizes), scope.constant([1], "i64"), axis=0)
    return scope.op("Expand", column, shape)


def _is_whole(op: Any, axis: int) -> bool:
    """Whether the slice takes all of an axis: from 0, in steps of 1, as many as there are."""
    if constant_value(op.offsets[axis]) != 0 or constant_value(op.strides[axis]) != 1:
        return False
    size, extent = op.sizes[axis], shape_of(op.x.type)[axis]
    if constant_value(size) is not None:
        return extent != DYNAMIC and constant_value(size) == extent
    owner = getattr(size.owner, "opview", size.owner)
    return getattr(size.owner, "name", "") == "pyc.dim" and owner.x == op.x and owner.axis.value == axis


RULES: dict[str, Rule] = {
    "pyc.extract": _extract,
    "pyc.insert": _insert,
    "pyc.slice": _slice,
    "pyc.insert_slice": _insert_slice,
}
