"""Reductions over axes."""

from __future__ import annotations

from typing import Any

import onnx_ir as ir

from pyc.dialects.types import shape_of
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
    axes, keepdims = int_array(op.axes), int(op.keepdims.value)

    def reduced(name: str, v: ir.Value) -> ir.Value:
        return _along(scope, name, v, axes, keepdims)

    if kind == "prod" and DTYPES[result].is_integer:
        return _product(scope, x, len(shape_of(op.x.type)), axes, keepdims)
    if kind in ("max", "min"):
        return _extremum(scope, _OPERATIONS[kind], x, reduced)
    wide = scope.cast(x, arithmetic_type(result))
    work = working_type(_OPERATIONS[kind], dtype_name(wide))
    return scope.cast(reduced(_OPERATIONS[kind], scope.cast(wide, work)), result)


def _along(scope: Scope, name: str, x: ir.Value, axes: list[int], keepdims: int) -> ir.Value:
    """``name`` of ``x`` along axes. They were an attribute, of which no axes were all, before they were an input."""
    if scope.operators.version >= 18 or name == "ReduceSum":
        return scope.op(name, x, scope.constant(axes, "i64"), keepdims=keepdims, noop_with_empty_axes=1)
    return scope.op(name, x, axes=axes, keepdims=keepdims) if axes else scope.op("Identity", x)


def _product(scope: Scope, x: ir.Value, rank: int, axes: list[int], keepdims: int) -> ir.Value:
    """A product that wraps: element after element in a ``Scan``, because ONNX Runtime's ``ReduceProd`` saturates."""
    for number, axis in enumerate(reversed(axes)):
        if axis:
            # ONNX's own evaluator scans along the first axis only.
            rest = [i for i in range(rank - number) if i != axis]
            x = scope.op("Transpose", x, perm=[axis, *rest])
        shape = scope.op("Shape", x, dtype="i64", start=1)
        ones = scope.op("Expand", scope.like(x, 1), shape)
        body = scope.nested()
        total, element = body.input("total", dtype_name(x)), body.input("element", dtype_name(x))
        graph = body.graph([total, element], [body.op("Mul", total, element)])
        # One more element, so that there is one where the axis is empty.
        more = scope.op("Concat", scope.op("Unsqueeze", ones, scope.constant([0], "i64")), x, axis=0)
        x = scope.node("Scan", [ones, more], dtype_name(x), {"body": graph, "num_scan_inputs": 1})
    return scope.op("Unsqueeze", x, scope.constant(axes, "i64")) if keepdims and axes else x


def _extremum(scope: Scope, name: str, x: ir.Value, reduced: Any) -> ir.Value:
    """NaN if there is one: ONNX does not say so, and ONNX Runtime gives a number."""
    dtype = dtype_name(x)
    ordered = _ordered(scope, name, x)
    out = reduced(name, ordered)
    if DTYPES[dtype].is_float:
        some = reduced("ReduceMax", scope.cast(scope.op("IsNaN", ordered, dtype="bool"), "u8"))
        out = scope.choose(scope.cast(some, "bool"), scope.like(out, float("nan")), out)
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
    nan = scope.cast(scope.op("IsNaN", ordered, dtype="bool"), "u8")
    some = _along(scope, "ReduceMax", nan, [axis], keepdims)
    return scope.choose(scope.cast(some, "bool"), found("ArgMax", nan), index)


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
