"""Extents, rearrangements and creation. Elements are moved as they are; f8 goes through a wider type where it must."""

from __future__ import annotations

from typing import Any

import onnx_ir as ir

from pyc.dialects.verify import int_array

from .elementwise import convert
from .rule import Rule
from .scope import Scope, dtype_name, program_dtype


def _dim(scope: Scope, op: Any) -> ir.Value:
    axis = op.axis.value
    vector = scope.op("Shape", scope[op.x], dtype="i64", start=axis, end=axis + 1)
    scalar = scope.op("Squeeze", vector, scope.constant([0], "i64"))
    scope.remember_vector(scalar, vector)
    return scalar


def _copy(scope: Scope, op: Any) -> ir.Value:
    return scope.moved("Identity", [scope[op.x]])


def _transpose(scope: Scope, op: Any) -> ir.Value:
    return scope.op("Transpose", scope[op.x], perm=int_array(op.permutation))


def _reshape(scope: Scope, op: Any) -> ir.Value:
    """A size of 0 is an empty axis here, not "as it was"."""
    return scope.op("Reshape", scope[op.x], scope.vector(list(op.sizes)), allowzero=1)


def _broadcast(scope: Scope, op: Any) -> ir.Value:
    return expanded(scope, scope[op.x], scope.vector(list(op.sizes)))


def expanded(scope: Scope, x: ir.Value, sizes: ir.Value) -> ir.Value:
    """``x`` stretched to the extents in the vector ``sizes``."""
    return scope.moved("Expand", [x], sizes)


def _concat(scope: Scope, op: Any) -> ir.Value:
    return scope.moved("Concat", [scope[v] for v in op.inputs], axis=op.axis.value)


def _fill(scope: Scope, op: Any) -> ir.Value:
    return expanded(scope, scope[op.value], scope.vector(list(op.sizes)))


def _empty(scope: Scope, op: Any) -> ir.Value:
    """Zeros: a model has no memory to leave as it is."""
    return expanded(scope, scope.constant(0, program_dtype(op.results[0])), scope.vector(list(op.sizes)))


def _iota(scope: Scope, op: Any) -> ir.Value:
    """Counted in ``i64``, which ``Range`` has kernels for, and converted."""
    (size,) = op.sizes
    count = scope.op("Range", scope.constant(0, "i64"), scope[size], scope.constant(1, "i64"))
    dtype = program_dtype(op.results[0])
    return count if dtype == dtype_name(count) else convert(scope, count, dtype)


RULES: dict[str, Rule] = {
    "pyc.copy": _copy,
    "pyc.dim": _dim,
    "pyc.transpose": _transpose,
    "pyc.reshape": _reshape,
    "pyc.broadcast": _broadcast,
    "pyc.concat": _concat,
    "pyc.fill": _fill,
    "pyc.empty": _empty,
    "pyc.iota": _iota,
}
