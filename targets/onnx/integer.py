"""Arithmetic of sized integers and booleans: it wraps, divides towards minus infinity, and never traps."""

from __future__ import annotations

import onnx_ir as ir

from pyc.precision import DTYPES

from .scope import Scope, dtype_name

_BITWISE = {"and": "BitwiseAnd", "or": "BitwiseOr", "xor": "BitwiseXor"}
_LOGICAL = {"and": "And", "or": "Or", "xor": "Xor"}
_PLAIN = {"add": "Add", "sub": "Sub", "mul": "Mul", "maximum": "Max", "minimum": "Min"}


def unary(scope: Scope, name: str, x: ir.Value) -> ir.Value:
    """``pyc.<name>`` of integers or booleans."""
    d = DTYPES[dtype_name(x)]
    match name:
        case "not":
            return scope.op("Not", x) if d.kind == "bool" else _complement(scope, x)
        case "neg":
            # ONNX negates signed integers only.
            return scope.op("Neg", x) if d.kind == "int" else scope.op("Sub", scope.like(x, 0), x)
        case "abs":
            return scope.op("Abs", x) if d.kind == "int" else scope.op("Identity", x)
    raise ValueError(f"pyc.{name} of {d}")


def _complement(scope: Scope, x: ir.Value) -> ir.Value:
    """``~x``, also as a difference, which operator sets have that have no operations on bits."""
    if scope.operators.version >= 18:
        return scope.op("BitwiseNot", x)
    d = DTYPES[dtype_name(x)]
    return scope.op("Sub", scope.like(x, -1 if d.kind == "int" else (1 << d.bits) - 1), x)


def binary(scope: Scope, name: str, a: ir.Value, b: ir.Value) -> ir.Value:
    """``pyc.<name>`` of two integers or booleans."""
    d = DTYPES[dtype_name(a)]
    if d.kind == "bool":
        return scope.op(_LOGICAL[name], a, b)
    if name in _BITWISE:
        return scope.op(_BITWISE[name], a, b)
    if name in _PLAIN:
        return scope.through(_PLAIN[name], a, b)
    signed = d.kind == "int"
    match name:
        case "floordiv":
            return _floordiv(scope, a, b) if signed else _unsigned_floordiv(scope, a, b)
        case "mod":
            return _mod(scope, a, b)
        case "shl":
            return _shift_left(scope, a, b)
        case "shr":
            return _shift_right(scope, a, b, signed=signed)
        case "pow":
            return _power(scope, a, b)
    raise ValueError(f"pyc.{name} of {d}")


def _equal(scope: Scope, a: ir.Value, number: int) -> ir.Value:
    return scope.comparison("Equal", a, scope.like(a, number))


def _safe_divisor(scope: Scope, b: ir.Value) -> ir.Value:
    """``b``, or 1 where dividing by it may stop the process: 0, and -1 with the smallest number."""
    unsafe = _equal(scope, b, 0)
    if DTYPES[dtype_name(b)].kind == "int":
        unsafe = scope.op("Or", unsafe, _equal(scope, b, -1))
    return scope.choose(unsafe, scope.like(b, 1), b)


def _unsigned_floordiv(scope: Scope, a: ir.Value, b: ir.Value) -> ir.Value:
    quotient = scope.op("Div", a, _safe_divisor(scope, b))
    return scope.choose(_equal(scope, b, 0), scope.like(a, 0), quotient)


def _floordiv(scope: Scope, a: ir.Value, b: ir.Value) -> ir.Value:
    """ONNX's quotient is truncated: one less where a remainder is left whose sign is not the divisor's."""
    zero = scope.like(a, 0)
    divisor = _safe_divisor(scope, b)
    quotient = scope.op("Div", a, divisor)
    rest = scope.op("Sub", a, scope.op("Mul", quotient, divisor))
    signs = scope.op("Xor", scope.comparison("Less", rest, zero), scope.comparison("Less", divisor, zero))
    adjust = scope.op("And", scope.op("Not", scope.comparison("Equal", rest, zero)), signs)
    floor = scope.choose(adjust, scope.op("Sub", quotient, scope.like(a, 1)), quotient)
    floor = scope.choose(_equal(scope, b, -1), scope.op("Neg", a), floor)
    return scope.choose(_equal(scope, b, 0), zero, floor)


def _mod(scope: Scope, a: ir.Value, b: ir.Value) -> ir.Value:
    """The sign is the divisor's, as ONNX's is too. A divisor of 1 in place of 0 or -1 leaves the 0 that is wanted."""
    return scope.op("Mod", a, _safe_divisor(scope, b))


def _unsigned(dtype: str) -> str:
    """The type that ONNX Runtime shifts in: its ``BitShift`` takes ``u32`` and ``u64``, and no signed integers."""
    return "u64" if DTYPES[dtype].bits == 64 else "u32"


def _inside(scope: Scope, count: ir.Value) -> ir.Value:
    """Whether a shift count is below the width, and not negative."""
    width = DTYPES[dtype_name(count)].bits
    below = scope.comparison("Less", count, scope.like(count, width))
    if DTYPES[dtype_name(count)].kind == "uint":
        return below
    return scope.op("And", below, scope.comparison("GreaterOrEqual", count, scope.like(count, 0)))


def _shift_left(scope: Scope, a: ir.Value, count: ir.Value) -> ir.Value:
    dtype, wide = dtype_name(a), _unsigned(dtype_name(a))
    fits = _inside(scope, count)
    safe = scope.choose(fits, count, scope.like(count, 0))
    shifted = scope.op("BitShift", scope.cast(a, wide), scope.cast(safe, wide), direction="LEFT")
    return scope.choose(fits, scope.cast(shifted, dtype), scope.like(a, 0))


def _shift_right(scope: Scope, a: ir.Value, count: ir.Value, *, signed: bool) -> ir.Value:
    """Negative numbers are shifted as their complement, which is not negative, and complemented again."""
    dtype, wide = dtype_name(a), _unsigned(dtype_name(a))
    fits = _inside(scope, count)
    if not signed:
        safe = scope.choose(fits, count, scope.like(count, 0))
        shifted = scope.op("BitShift", scope.cast(a, wide), scope.cast(safe, wide), direction="RIGHT")
        return scope.choose(fits, scope.cast(shifted, dtype), scope.like(a, 0))
    safe = scope.choose(fits, count, scope.like(count, DTYPES[dtype].bits - 1))
    negative = scope.comparison("Less", a, scope.like(a, 0))
    magnitude = scope.choose(negative, _complement(scope, a), a)
    shifted = scope.op("BitShift", scope.cast(magnitude, wide), scope.cast(safe, wide), direction="RIGHT")
    back = scope.cast(shifted, dtype)
    return scope.choose(negative, _complement(scope, back), back)


def _power(scope: Scope, base: ir.Value, exponent: ir.Value) -> ir.Value:
    """By repeated squaring in a ``Loop`` over the bits of the exponent: ONNX's ``Pow`` goes through floats.

    All values have the shape of the result from the start, since a runtime infers one shape for what a loop carries.
    """
    dtype, d = dtype_name(base), DTYPES[dtype_name(base)]
    zeros = scope.op("Mul", scope.op("Mul", base, exponent), scope.like(base, 0))
    start = [scope.op("Add", zeros, v) for v in (scope.like(base, 1), base, exponent)]
    body = scope.nested()
    step, again = body.input("step", "i64", []), body.input("again", "bool", [])
    result, square, left = (body.input(n, dtype) for n in ("result", "square", "left"))
    two = body.like(base, 2)
    even = body.comparison("Equal", body.op("Mod", left, two), body.like(base, 0))
    outputs = [
        body.op("Identity", again),
        body.op("Mul", result, body.choose(even, body.like(base, 1), square)),
        body.op("Mul", square, square),
        body.op("Div", left, two),
    ]
    graph = body.graph([step, again, result, square, left], outputs)
    bits = d.bits - (1 if d.kind == "int" else 0)
    trips, condition = scope.constant(bits, "i64"), scope.constant(True, "bool")
    return scope.nodes_of("Loop", [trips, condition, *start], [dtype] * 3, {"body": graph})[0]
