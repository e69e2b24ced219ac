"""Matrix products, and those of filters with windows of images.

ONNX's ``MatMul`` has no accumulator type: its operands are widened to the one that accumulates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import onnx_ir as ir

from pyc.dialects.build import constant_value
from pyc.dialects.types import shape_of
from pyc.dialects.verify import int_array

from .elementwise import convert
from .rule import Rule
from .scope import Scope, dtype_name, known_extents, program_dtype
from .shape import expanded
from .types import arithmetic_type, working_type

#: An end behind all elements.
_FAR = 2**63 - 1


def _matmul(scope: Scope, op: Any) -> ir.Value:
    """Products of narrower floats are exact in the accumulator's type; integers wrap in any type wide enough."""
    result = program_dtype(op.results[0])
    work = working_type("MatMul", arithmetic_type(result))
    a, b = (_widened(scope, scope[v], work) for v in (op.lhs, op.rhs))
    # Vectors as matrices: ONNX Runtime's product of a transposed matrix and a vector is wrong.
    row, column = (len(shape_of(v.type)) == 1 for v in (op.lhs, op.rhs))
    a = scope.op("Unsqueeze", a, scope.constant([0], "i64")) if row else a
    b = scope.op("Unsqueeze", b, scope.constant([1], "i64")) if column else b
    out = scope.op("MatMul", a, b)
    dropped = [*([-2] if row else []), *([-1] if column else [])]
    out = scope.op("Squeeze", out, scope.constant(dropped, "i64")) if dropped else out
    return scope.cast(out, result)


def _widened(scope: Scope, x: ir.Value, dtype: str) -> ir.Value:
    return x if dtype_name(x) == dtype else convert(scope, x, dtype)


def _correlate(scope: Scope, op: Any) -> ir.Value:
    """``Conv``, whose groups lie behind one another among the channels.

    In f64, of which ONNX Runtime has no ``Conv``, it is a sum of matrix products, one for each place in a window.
    """
    result = program_dtype(op.results[0])
    work = arithmetic_type(result)
    images, filters = (_widened(scope, scope[v], work) for v in (op.images, op.filters))
    groups = known_extents(op.images.type)[1]
    strides, dilations = int_array(op.strides), int_array(op.dilations)
    wanted = [constant_value(v) for v in (op.height, op.width)]
    if work == "f64" and None not in known_extents(op.filters.type)[3:]:
        out = _places(scope, op, images, filters, strides, dilations)
        return scope.cast(out, result)
    if groups == 1:
        first, zero = scope.constant([1], "i64"), scope.constant([0], "i64")
        x, w = scope.op("Squeeze", images, first), scope.op("Squeeze", filters, zero)
    else:
        x, w = _joined(scope, images, 1), _joined(scope, filters, 0)
    out = scope.op("Conv", x, w, strides=strides, dilations=dilations, group=groups)
    if _steps(op, strides, dilations) != wanted:
        # There may be more windows than are asked for.
        ends = scope.vector([op.height, op.width])
        out = scope.op("Slice", out, scope.constant([0, 0], "i64"), ends, scope.constant([2, 3], "i64"))
    if groups == 1:
        out = scope.op("Unsqueeze", out, scope.constant([1], "i64"))
    else:
        parts = [_extent(scope, images, 0), _extent(scope, filters, 0), _extent(scope, filters, 1)]
        shape = scope.op("Concat", *parts, scope.vector([op.height, op.width]), axis=0)
        out = scope.op("Reshape", out, shape, allowzero=1)
    return scope.cast(out, result)


def _extent(scope: Scope, x: ir.Value, axis: int, count: int = 1) -> ir.Value:
    """Extents of an array as a vector."""
    return scope.op("Shape", x, dtype="i64", start=axis, end=axis + count)


def _joined(scope: Scope, x: ir.Value, axis: int) -> ir.Value:
    """Five axes as four: one for ``axis`` and the next one."""
    both = scope.op("Mul", _extent(scope, x, axis), _extent(scope, x, axis + 1))
    parts = [_extent(scope, x, 0, axis)] if axis else []
    shape = scope.op("Concat", *parts, both, _extent(scope, x, axis + 2, 3 - axis), axis=0)
    return scope.op("Reshape", x, shape, allowzero=1)


def _steps(op: Any, strides: Sequence[int], dilations: Sequence[int]) -> list[int | None]:
    """How many windows there are at most below and beside each other, where that is known."""
    found: list[int | None] = []
    for axis, stride, dilation in zip((3, 4), strides, dilations, strict=True):
        extent, size = known_extents(op.images.type)[axis], known_extents(op.filters.type)[axis]
        found.append(None if extent is None or size is None else (extent - (size - 1) * dilation - 1) // stride + 1)
    return found


def _places(
    scope: Scope, op: Any, images: ir.Value, filters: ir.Value, strides: Sequence[int], dilations: Sequence[int]
) -> ir.Value:
    """The sum of products of what each place of a filter and of all windows have."""
    rows, columns = (n or 0 for n in known_extents(op.filters.type)[3:])
    axes, sizes = scope.constant([3, 4], "i64"), scope.vector([op.height, op.width])
    lines = scope.op("Concat", _extent(scope, images, 0, 3), scope.constant([-1], "i64"), axis=0)
    shape = [_extent(scope, images, 0), _extent(scope, filters, 0, 2), sizes]
    whole = scope.op("Concat", *shape, axis=0)
    out = expanded(scope, scope.like(images, 0), whole)
    for i in range(rows):
        for j in range(columns):
            places = (i * dilations[0], j * dilations[1])
            start, step = scope.constant(places, "i64"), scope.constant(strides, "i64")
            seen = scope.op("Slice", images, start, scope.constant([_FAR, _FAR], "i64"), axes, step)
            seen = scope.op("Slice", seen, scope.constant([0, 0], "i64"), sizes, axes)
            taps = scope.op("Gather", filters, scope.constant(i, "i64"), axis=3)
            taps = scope.op("Gather", taps, scope.constant(j, "i64"), axis=3)
            product = scope.op("MatMul", taps, scope.op("Reshape", seen, lines))
            out = scope.op("Add", out, scope.op("Reshape", product, whole, allowzero=1))
    return out


RULES: dict[str, Rule] = {"pyc.matmul": _matmul, "pyc.correlate": _correlate}
