"""Elements at computed positions, read and written; the positions of true elements; axes that are read backwards."""

from __future__ import annotations

from typing import Any

import onnx_ir as ir

from pyc.dialects.build import constant_value
from pyc.dialects.types import shape_of
from pyc.dialects.verify import int_array

from .rule import Rule
from .scope import Scope

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


def _gather(scope: Scope, op: Any) -> ir.Value:
    x, indices = scope[op.x], [scope[i] for i in op.indices]
    axes, position = int_array(op.axes), op.position.value
    rank, common = len(shape_of(op.x.type)), len(shape_of(next(iter(op.indices)).type))
    if len(axes) == 1 and axes[0] == position:
        return scope.moved("Gather", [x], indices[0], axis=axes[0])
    kept = [a for a in range(rank) if a not in axes]
    x = _transposed(scope, x, [*axes, *kept])
    found = scope.moved("GatherND", [x], _columns(scope, indices, common))
    behind = range(common, common + len(kept))
    return _transposed(scope, found, [*behind[:position], *range(common), *behind[position:]])


def _nonzero(scope: Scope, op: Any) -> ir.Value:
    return scope.op("NonZero", scope[op.x], dtype="i64")


def _scatter(scope: Scope, op: Any) -> ir.Value:
    """Of several writes to one element the last counts, which ``ScatterND`` does not promise.

    So it says, for each element, the number of the last row that is written there, by the greatest; the rows are then
    gathered by number. A row more, of no meaning, is the last: that of the elements whose number is -1.
    """
    x, value, indices = scope[op.x], scope[op.value], [scope[i] for i in op.indices]
    axes, position = int_array(op.axes), op.position.value
    rank, common = len(shape_of(op.x.type)), len(shape_of(next(iter(op.indices)).type))
    kept = [a for a in range(rank) if a not in axes]
    order = [*axes, *kept]
    x = _transposed(scope, x, order)
    written = scope.op("Shape", x, dtype="i64", start=0, end=len(axes))
    # An end of 0 would be one from the other side.
    rest = scope.op("Shape", x, dtype="i64", start=len(axes))
    place = _columns(scope, indices, common)
    several = scope.op("Shape", indices[0], dtype="i64")

    # The rows: [number of them, axes that are kept...].
    before = scope.op("Slice", rest, *(scope.constant([n], "i64") for n in (0, position)))
    after = scope.op("Slice", rest, *(scope.constant([n], "i64") for n in (position, _HIGHEST)))
    region = scope.op("Concat", before, several, after, axis=0)
    behind = range(position + common, common + len(kept))
    rows = scope.moved("Expand", [value], region)
    rows = _transposed(scope, rows, [*range(position, position + common), *range(position), *behind])
    count = scope.op("Size", indices[0], dtype="i64")
    length = scope.op("Unsqueeze", count, scope.constant([0], "i64"))
    rows = scope.op("Reshape", rows, scope.op("Concat", length, rest, axis=0), allowzero=1)
    none = scope.moved("Expand", [scope.like(x, 0)], scope.op("Concat", scope.constant([1], "i64"), rest, axis=0))
    rows = scope.moved("Concat", [rows, none], axis=0)

    numbers = scope.op("Range", scope.constant(0, "i64"), count, scope.constant(1, "i64"))
    numbers = scope.op("Reshape", numbers, several, allowzero=1)
    nobody = scope.op("Expand", scope.constant(-1, "i64"), written)
    if scope.operators.version < 18:
        scope.lacks("a ScatterND of the greatest, which ONNX has from opset 18 on")
    last = scope.node("ScatterND", [nobody, place, numbers], "i64", {"reduction": "max"})
    found = scope.moved("Gather", [rows], last, axis=0)
    untouched = scope.comparison("Less", last, scope.constant(0, "i64"))
    if kept:
        untouched = scope.op("Unsqueeze", untouched, scope.constant(range(len(axes), rank), "i64"))
    return _transposed(scope, scope.choose(untouched, x, found), [order.index(a) for a in range(rank)])


def _columns(scope: Scope, indices: list[ir.Value], common: int) -> ir.Value:
    """Positions as ``GatherND`` and ``ScatterND`` take them: those along each axis side by side in a last one."""
    last = scope.constant([common], "i64")
    columns = [scope.op("Unsqueeze", i, last) for i in indices]
    return columns[0] if len(columns) == 1 else scope.op("Concat", *columns, axis=common)


def _transposed(scope: Scope, x: ir.Value, order: list[int]) -> ir.Value:
    return x if order == sorted(order) else scope.moved("Transpose", [x], perm=order)


def _reverse(scope: Scope, op: Any) -> ir.Value:
    """From the last element down to before the first, or all as they are where a condition does not hold."""
    axes, conditions = int_array(op.axes), list(op.conditions)
    parts = [
        _chosen(scope, conditions, backwards, forwards)
        for backwards, forwards in ((-1, 0), (_LOWEST, _HIGHEST), (-1, 1))
    ]
    return scope.moved("Slice", [scope[op.x]], *parts[:2], scope.constant(axes, "i64"), parts[2])


def _chosen(scope: Scope, conditions: list[Any], on_true: int, on_false: int) -> ir.Value:
    """A vector with one of two numbers for each condition."""
    if all(constant_value(c) is not None for c in conditions):
        return scope.constant([on_true if constant_value(c) else on_false for c in conditions], "i64")
    zero = scope.constant([0], "i64")
    parts = [
        scope.choose(
            scope.op("Unsqueeze", scope[c], zero), scope.constant([on_true], "i64"), scope.constant([on_false], "i64")
        )
        for c in conditions
    ]
    return parts[0] if len(parts) == 1 else scope.op("Concat", *parts, axis=0)


RULES: dict[str, Rule] = {
    "pyc.gather": _gather,
    "pyc.scatter": _scatter,
    "pyc.nonzero": _nonzero,
    "pyc.reverse": _reverse,
}
