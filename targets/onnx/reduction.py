"""Reductions over axes."""

from __future__ import annotations

from typing import Any

import onnx_ir as ir

from pyc.dialects.verify import int_array
from pyc.precision import DTYPES

from .elementwise import convert
from .rule import Rule
from .scope import Scope, dtype_name, program_dtype, text
from .types import arithmetic_type, working_type

_OPERATIONS = {
    "sum": "ReduceSum", "prod": "ReduceProd", "max": "ReduceMax", "min": "ReduceMin", "any": "ReduceMax",
    "all": "ReduceMin",
}  # fmt: skip
#: The top bit of ``u64``: flipping it makes the order of the bits as ``i64`` that of the numbers.
_TOP = 1 << 63


def _reduce(scope: Scope, op: Any) -> ir.Value:
    """Elements are converted to the result's type first: it is the type that accumulates."""
    kind, result = text(op.attributes["kind"]), program_dtype(op.results[0])
    x = convert(scope, scope[op.x], result) if dtype_name(scope[op.x]) != result else scope[op.x]
    axes, keepdims = scope.constant(int_array(op.axes), "i64"), int(op.keepdims.value)

    def reduced(name: str, v: ir.Value) -> ir.Value:
        return scope.op(name, v, axes, keepdims=keepdims, noop_with_empty_axes=1)

    if kind in ("max", "min"):
        return _extremum(scope, _OPERATIONS[kind], x, reduced)
    wide = scope.cast(x, arithmetic_type(result))
    work = working_type(_OPERATIONS[kind], dtype_name(wide))
    return scope.cast(reduced(_OPERATIONS[kind], scope.cast(wide, work)), result)


def _extremum(scope: Scope, name: str, x: ir.Value, reduced: Any) -> ir.Value:
    """NaN if there is one: ONNX does not say so, and ONNX Runtime gives a number."""
    dtype = dtype_name(x)
    ordered = _ordered(scope, name, x)
    out = reduced(name, ordered)
    if DTYPES[dtype].is_float:
        some = reduced("ReduceMax", scope.op("IsNaN", ordered, dtype="bool"))
        out = scope.choose(some, scope.like(out, float("nan")), out)
    return _restored(scope, out, dtype)


def _arg_reduce(scope: Scope, op: Any) -> ir.Value:
    """The first NaN if there is one, else the first of the extreme elements."""
    x = scope[op.x]
    name = "ArgMax" if text(op.attributes["kind"]) == "max" else "ArgMin"
    (axis,), keepdims = int_array(op.axes), int(op.keepdims.value)

    def found(operation: str, v: ir.Value) -> ir.Value:
        return scope.op(operation, v, dtype="i64", axis=axis, keepdims=keepdims, select_last_index=0)

    ordered = _ordered(scope, name, x)
    index = found(name, ordered)
    if not DTYPES[dtype_name(x)].is_float:
        return index
    nan = scope.op("IsNaN", ordered, dtype="bool")
    some = scope.op("ReduceMax", nan, scope.constant([axis], "i64"), keepdims=keepdims)
    return scope.choose(some, found("ArgMax", scope.cast(nan, "u8")), index)


def _ordered(scope: Scope, name: str, x: ir.Value) -> ir.Value:
    """``x`` in a type that ``name`` takes, with its order."""
    dtype = dtype_name(x)
    if dtype == "u64" and working_type(name, dtype) == "i64":
        x = scope.op("BitwiseXor", x, scope.like(x, _TOP))
    return scope.cast(x, working_type(name, dtype))


def _restored(scope: Scope, x: ir.Value, dtype: str) -> ir.Value:
    """The inverse of :func:`_ordered`."""
    x = scope.cast(x, dtype)
    return scope.op("BitwiseXor", x, scope.like(x, _TOP)) if dtype == "u64" else x


RULES: dict[str, Rule] = {"pyc.reduce": _reduce, "pyc.arg_reduce": _arg_reduce}
