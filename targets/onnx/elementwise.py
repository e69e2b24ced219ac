"""Elementwise operations of floats and booleans, comparisons, choices and casts. Integers are in ``integer.py``.

Floats of 8 and 16 bits compute in f32 between explicit casts: each operation rounds once, on every runtime.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx_ir as ir

from pyc.dialects.mlir import ir as mlir
from pyc.dialects.types import shape_of
from pyc.precision import DTYPES

from . import error_function, integer
from .rule import Rule
from .scope import Scope, dtype_name, program_dtype
from .types import TYPES

_LN2 = 0.6931471805599453
_LN10 = 2.302585092994046
_PI = 3.141592653589793
#: The version that brought ``Gelu``; and the factors in its approximation, the first twice sqrt(2 / pi).
_GELU, _SLOPE, _CUBE = 20, 1.5957691216057308, 0.044715


def _unary(name: str) -> Rule:
    def rule(scope: Scope, op: Any) -> ir.Value:
        x = scope[op.operands[0]]
        dtype = dtype_name(x)
        if DTYPES[dtype].is_float:
            return scope.cast(_FLOAT_UNARY[name](scope, scope.widened(x)), dtype)
        return integer.unary(scope, name, x)

    return rule


def _binary(name: str) -> Rule:
    def rule(scope: Scope, op: Any) -> ir.Value:
        a, b = (scope[v] for v in op.operands)
        dtype = dtype_name(a)
        if name in ("mul", "div") and dtype == "f64":
            types = [v.type for v in op.operands]
            a, b = _factor(scope, a, types[0], b, types[1]), _factor(scope, b, types[1], a, types[0])
        if DTYPES[dtype].is_float:
            return scope.cast(_FLOAT_BINARY[name](scope, scope.widened(a), scope.widened(b)), dtype)
        return integer.binary(scope, name, a, b)

    return rule


def _factor(scope: Scope, x: ir.Value, t: Any, other: ir.Value, matrix: Any) -> ir.Value:
    """A number that scales a matrix, as many times as the matrix has columns.

    ONNX Runtime makes the factor of a product of matrices an attribute of it where that is one number, in f32.
    """
    extents = shape_of(matrix)
    long = [i for i, extent in enumerate(extents) if extent != 1]
    if shape_of(t) or len(extents) < 2 or not long or not _is_foldable(x):
        return x
    axis = long[-1]
    size = scope.op("Shape", other, dtype="i64", start=axis, end=axis + 1)
    if axis != len(extents) - 1:
        size = scope.op("Concat", size, scope.constant([1] * (len(extents) - 1 - axis), "i64"), axis=0)
    return scope.op("Expand", x, size)


def _is_foldable(x: ir.Value) -> bool:
    """Whether a runtime may compute a value before it is given inputs; extents may be known then as well."""
    producer = x.producer()
    if producer is None:
        return False
    if producer.op_type in ("Constant", "Shape"):
        return True
    return not producer.domain and all(v is not None and _is_foldable(v) for v in producer.inputs)


# --- floats, in f32 or f64 ------------------------------------------------------------------------------------------


def _native(op_type: str) -> Callable[..., ir.Value]:
    return lambda scope, *inputs: scope.op(op_type, *inputs)


def _in_double(function: Callable[[Scope, ir.Value], ir.Value]) -> Callable[[Scope, ir.Value], ir.Value]:
    """``function`` computed in f64, because its formula loses some bits."""

    def wide(scope: Scope, x: ir.Value) -> ir.Value:
        return scope.cast(function(scope, scope.cast(x, "f64")), dtype_name(x))

    return wide


def _exp2(scope: Scope, x: ir.Value) -> ir.Value:
    return scope.op("Pow", scope.like(x, 2.0), x)


def _expm1(scope: Scope, x: ir.Value) -> ir.Value:
    """``(u - 1) x / log(u)`` for ``u = exp(x)``: the rounding of ``u`` cancels. Plain ``u - 1`` far from 0.

    Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 1.14.1.
    """
    u = scope.op("Exp", x)
    less = scope.op("Sub", u, scope.like(x, 1.0))
    corrected = scope.op("Div", scope.op("Mul", less, x), scope.op("Log", u))
    near = _less(scope, scope.op("Abs", x), scope.like(x, 1.0))
    same = _equal(scope, u, scope.like(x, 1.0))
    return scope.choose(same, x, scope.choose(near, corrected, less))


def _log1p(scope: Scope, x: ir.Value) -> ir.Value:
    """``log(u) x / (u - 1)`` for ``u = 1 + x``: the rounding of ``u`` cancels. Plain ``log(u)`` far from 0."""
    u = scope.op("Add", x, scope.like(x, 1.0))
    log = scope.op("Log", u)
    corrected = scope.op("Div", scope.op("Mul", log, x), scope.op("Sub", u, scope.like(x, 1.0)))
    near = _less(scope, scope.op("Abs", x), scope.like(x, 1.0))
    same = _equal(scope, u, scope.like(x, 1.0))
    return scope.choose(same, x, scope.choose(near, corrected, log))


def _log_to(base: float) -> Callable[[Scope, ir.Value], ir.Value]:
    """Division, not multiplication by the reciprocal: ``log2(8)`` should be 3."""
    return lambda scope, x: scope.op("Div", scope.op("Log", x), scope.like(x, base))


def _tan(scope: Scope, x: ir.Value) -> ir.Value:
    """``Tan`` of f64 has no kernel in ONNX Runtime."""
    if dtype_name(x) == "f32":
        return scope.op("Tan", x)
    return scope.op("Div", scope.op("Sin", x), scope.op("Cos", x))


def _single(op_type: str, double: Callable[[Scope, ir.Value], ir.Value]) -> Callable[[Scope, ir.Value], ir.Value]:
    """An operator that has a kernel for f32 only in ONNX Runtime; ``double`` says it of f64."""
    return lambda scope, x: scope.op(op_type, x) if dtype_name(x) == "f32" else double(scope, x)


def _signed(scope: Scope, x: ir.Value, magnitude: ir.Value) -> ir.Value:
    """``magnitude`` with the sign of ``x``, also where that is a zero."""
    return scope.op("Mul", scope.choose(_negative(scope, x), scope.like(x, -1.0), scope.like(x, 1.0)), magnitude)


def _negative(scope: Scope, x: ir.Value) -> ir.Value:
    """Whether the sign is set: of zeros, their reciprocals tell."""
    zero = scope.like(x, 0.0)
    below = _less(scope, scope.op("Div", scope.like(x, 1.0), x), zero)
    return scope.op("Or", _less(scope, x, zero), scope.op("And", _equal(scope, x, zero), below))


def _sinh(scope: Scope, x: ir.Value) -> ir.Value:
    """``(e + e / (e + 1)) / 2`` for ``e = expm1(|x|)``; where that overflows, ``exp(|x| / 2)`` twice."""
    magnitude, one, half = scope.op("Abs", x), scope.like(x, 1.0), scope.like(x, 0.5)
    e = _expm1(scope, magnitude)
    small = scope.op("Mul", half, scope.op("Add", e, scope.op("Div", e, scope.op("Add", e, one))))
    root = scope.op("Exp", scope.op("Mul", magnitude, half))
    large = scope.op("Mul", scope.op("Mul", root, half), root)
    near = _less(scope, magnitude, scope.like(x, 30.0))
    return _signed(scope, x, scope.choose(near, small, large))


def _cosh(scope: Scope, x: ir.Value) -> ir.Value:
    half = scope.like(x, 0.5)
    root = scope.op("Exp", scope.op("Mul", scope.op("Abs", x), half))
    return scope.op(
        "Add", scope.op("Mul", scope.op("Mul", root, half), root), scope.op("Div", scope.op("Div", half, root), root)
    )


def _asinh(scope: Scope, x: ir.Value) -> ir.Value:
    """``log1p(a + a^2 / (1 + sqrt(1 + a^2)))`` of the magnitude ``a``; ``log(2 a)`` where the square is too large."""
    a, one = scope.op("Abs", x), scope.like(x, 1.0)
    square = scope.op("Mul", a, a)
    root = scope.op("Sqrt", scope.op("Add", one, square))
    small = _log1p(scope, scope.op("Add", a, scope.op("Div", square, scope.op("Add", one, root))))
    large = scope.op("Add", scope.op("Log", a), scope.like(x, _LN2))
    return _signed(scope, x, scope.choose(_less(scope, a, scope.like(x, 1e8)), small, large))


def _acosh(scope: Scope, x: ir.Value) -> ir.Value:
    t = scope.op("Sub", x, scope.like(x, 1.0))
    root = scope.op("Sqrt", scope.op("Mul", t, scope.op("Add", x, scope.like(x, 1.0))))
    small = _log1p(scope, scope.op("Add", t, root))
    large = scope.op("Add", scope.op("Log", x), scope.like(x, _LN2))
    return scope.choose(_less(scope, x, scope.like(x, 1e8)), small, large)


def _atanh(scope: Scope, x: ir.Value) -> ir.Value:
    a = scope.op("Abs", x)
    ratio = scope.op("Div", scope.op("Add", a, a), scope.op("Sub", scope.like(x, 1.0), a))
    return _signed(scope, x, scope.op("Mul", scope.like(x, 0.5), _log1p(scope, ratio)))


def _atan(scope: Scope, x: ir.Value) -> ir.Value:
    """The f32 angle, corrected: what is left is an angle so small that three terms of its series are exact enough."""
    a, one = scope.op("Abs", x), scope.like(x, 1.0)
    large = scope.op("Less", one, a, dtype="bool")
    inner = scope.choose(large, scope.op("Div", one, a), a)
    first = scope.cast(scope.op("Atan", scope.cast(inner, "f32")), "f64")
    tangent = scope.op("Div", scope.op("Sin", first), scope.op("Cos", first))
    rest = scope.op("Div", scope.op("Sub", inner, tangent), scope.op("Add", one, scope.op("Mul", inner, tangent)))
    cube = scope.op("Mul", rest, scope.op("Mul", rest, rest))
    angle = scope.op("Add", first, scope.op("Sub", rest, scope.op("Div", cube, scope.like(x, 3.0))))
    return _signed(scope, x, scope.choose(large, scope.op("Sub", scope.like(x, _PI / 2), angle), angle))


def _asin(scope: Scope, x: ir.Value) -> ir.Value:
    one = scope.like(x, 1.0)
    root = scope.op("Sqrt", scope.op("Mul", scope.op("Sub", one, x), scope.op("Add", one, x)))
    return _atan(scope, scope.op("Div", x, root))


def _acos(scope: Scope, x: ir.Value) -> ir.Value:
    one = scope.like(x, 1.0)
    root = scope.op("Sqrt", scope.op("Div", scope.op("Sub", one, x), scope.op("Add", one, x)))
    return scope.op("Mul", scope.like(x, 2.0), _atan(scope, root))


def _atan2(scope: Scope, y: ir.Value, x: ir.Value) -> ir.Value:
    """The angle from the ratio of the magnitudes, in the quadrant of the signs."""
    a, b, zero, one = scope.op("Abs", y), scope.op("Abs", x), scope.like(x, 0.0), scope.like(x, 1.0)
    both_zero = scope.op("And", _equal(scope, a, zero), _equal(scope, b, zero))
    same = scope.op("And", _equal(scope, a, b), scope.op("Not", both_zero))
    ratio = scope.choose(same, one, scope.choose(both_zero, zero, scope.op("Div", a, b)))
    angle = scope.op("Atan", ratio) if dtype_name(x) == "f32" else _atan(scope, ratio)
    angle = scope.choose(_negative(scope, x), scope.op("Sub", scope.like(x, _PI), angle), angle)
    nan = scope.op("Add", scope.op("Sub", x, x), scope.op("Sub", y, y))
    missing = scope.op("Or", scope.op("IsNaN", x, dtype="bool"), scope.op("IsNaN", y, dtype="bool"))
    return scope.choose(missing, nan, _signed(scope, y, angle))


def _cbrt(scope: Scope, x: ir.Value) -> ir.Value:
    """The power, made better by one step of Newton's; zeros and infinities as they are."""
    a, third = scope.op("Abs", x), scope.like(x, 1.0 / 3.0)
    root = scope.op("Pow", a, third)
    square = scope.op("Mul", root, root)
    error = scope.op(
        "Div", scope.op("Sub", scope.op("Mul", square, root), a), scope.op("Mul", scope.like(x, 3.0), square)
    )
    zero, infinite = scope.like(x, 0.0), scope.like(x, float("inf"))
    edge = scope.op("Or", _equal(scope, a, zero), _equal(scope, a, infinite))
    return _signed(scope, x, scope.choose(edge, a, scope.op("Sub", root, error)))


def _rsqrt(scope: Scope, x: ir.Value) -> ir.Value:
    return scope.op("Reciprocal", scope.op("Sqrt", x))


def _gelu(scope: Scope, x: ir.Value) -> ir.Value:
    """The operator where the version has it, which ONNX Runtime knows of f32 only; else the formula of it."""
    if dtype_name(x) == "f32" and scope.operators.version >= _GELU:
        return scope.op("Gelu", x)
    scaled = scope.op("Mul", x, scope.like(x, 0.5**0.5))
    if dtype_name(x) == "f64":
        # From -40 on downwards it is a zero, and infinity times that would be none.
        half = scope.op("Mul", scope.op("Max", x, scope.like(x, -40.0)), scope.like(x, 0.5))
        return scope.op("Mul", half, error_function.erfc(scope, scope.op("Neg", scaled)))
    half = scope.op("Mul", x, scope.like(x, 0.5))
    return scope.op("Mul", half, scope.op("Add", scope.op("Erf", scaled), scope.like(x, 1.0)))


def _gelu_tanh(scope: Scope, x: ir.Value) -> ir.Value:
    if dtype_name(x) == "f32" and scope.operators.version >= _GELU:
        return scope.op("Gelu", x, approximate="tanh")
    cubic = scope.op("Mul", scope.op("Mul", x, x), scope.like(x, _CUBE * _SLOPE))
    doubled = scope.op("Mul", x, scope.op("Add", cubic, scope.like(x, _SLOPE)))
    return scope.op("Mul", x, scope.op("Sigmoid", doubled))


def _copysign(scope: Scope, a: ir.Value, b: ir.Value) -> ir.Value:
    return _signed(scope, b, scope.op("Abs", a))


def _trunc(scope: Scope, x: ir.Value) -> ir.Value:
    negative = _less(scope, x, scope.like(x, 0.0))
    return scope.choose(negative, scope.op("Ceil", x), scope.op("Floor", x))


def _remainder(scope: Scope, a: ir.Value, b: ir.Value) -> tuple[ir.Value, ir.Value]:
    """(the exact remainder with the sign of ``a``, whether its sign is not the divisor's), as CPython computes them."""
    zero = scope.like(a, 0.0)
    raw = scope.op("Mod", a, b, fmod=1)
    signs = scope.op("Xor", _less(scope, raw, zero), _less(scope, b, zero))
    nonzero = scope.op("Not", _equal(scope, raw, zero))
    return raw, scope.op("And", nonzero, signs)


def _mod(scope: Scope, a: ir.Value, b: ir.Value) -> ir.Value:
    """A zero remainder takes the divisor's sign; a zero divisor gives the NaN that the remainder is."""
    zero = scope.like(a, 0.0)
    raw, adjust = _remainder(scope, a, b)
    modulus = scope.choose(adjust, scope.op("Add", raw, b), raw)
    signed_zero = scope.choose(_less(scope, b, zero), scope.like(a, -0.0), zero)
    return scope.choose(_equal(scope, raw, zero), signed_zero, modulus)


def _floordiv(scope: Scope, a: ir.Value, b: ir.Value) -> ir.Value:
    """Found from the exact remainder, because ``floor(a / b)`` rounds up across an integer."""
    zero, one = scope.like(a, 0.0), scope.like(a, 1.0)
    raw, adjust = _remainder(scope, a, b)
    quotient = scope.op("Div", a, b)
    exact = scope.op("Div", scope.op("Sub", a, raw), b)
    exact = scope.choose(adjust, scope.op("Sub", exact, one), exact)
    floor = scope.op("Floor", exact)
    above = scope.op("Greater", scope.op("Sub", exact, floor), scope.like(a, 0.5), dtype="bool")
    floor = scope.choose(above, scope.op("Add", floor, one), floor)
    signed_zero = scope.op("Mul", quotient, zero)
    floor = scope.choose(_equal(scope, exact, zero), signed_zero, floor)
    return scope.choose(_equal(scope, b, zero), quotient, floor)


def _less(scope: Scope, a: ir.Value, b: ir.Value) -> ir.Value:
    return scope.op("Less", a, b, dtype="bool")


def _equal(scope: Scope, a: ir.Value, b: ir.Value) -> ir.Value:
    return scope.op("Equal", a, b, dtype="bool")


_FLOAT_UNARY: dict[str, Callable[[Scope, ir.Value], ir.Value]] = {
    **{name: _native(op_type) for name, op_type in (
        ("neg", "Neg"), ("abs", "Abs"), ("exp", "Exp"), ("log", "Log"), ("sqrt", "Sqrt"), ("sin", "Sin"),
        ("cos", "Cos"), ("tanh", "Tanh"), ("floor", "Floor"), ("ceil", "Ceil"), ("rint", "Round"),
        ("sigmoid", "Sigmoid"),
    )},
    **{name: _single(op_type, double) for name, op_type, double in (
        ("sinh", "Sinh", _sinh), ("cosh", "Cosh", _cosh), ("asin", "Asin", _asin), ("acos", "Acos", _acos),
        ("atan", "Atan", _atan), ("asinh", "Asinh", _asinh), ("acosh", "Acosh", _acosh), ("atanh", "Atanh", _atanh),
    )},
    "erf": _single("Erf", error_function.erf),
    "erfc": _in_double(error_function.erfc),
    "cbrt": _in_double(_cbrt),
    "tan": _tan,
    "trunc": _trunc,
    "rsqrt": _rsqrt,
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "exp2": _exp2,
    "expm1": _in_double(_expm1),
    "log1p": _in_double(_log1p),
    "log2": _in_double(_log_to(_LN2)),
    "log10": _in_double(_log_to(_LN10)),
}  # fmt: skip

#: ``Max`` and ``Min`` give NaN where an operand is NaN, in ONNX's reference and in ONNX Runtime.
_FLOAT_BINARY: dict[str, Callable[[Scope, ir.Value, ir.Value], ir.Value]] = {
    "add": _native("Add"),
    "sub": _native("Sub"),
    "mul": _native("Mul"),
    "div": _native("Div"),
    "pow": _native("Pow"),
    "maximum": _native("Max"),
    "minimum": _native("Min"),
    "mod": _mod,
    "floordiv": _floordiv,
    "fmod": lambda scope, a, b: scope.op("Mod", a, b, fmod=1),
    "atan2": _atan2,
    "copysign": _copysign,
}


# --- any element type -----------------------------------------------------------------------------------------------

_PREDICATES = {
    "eq": "Equal", "ne": "Equal", "lt": "Less", "le": "LessOrEqual", "gt": "Greater", "ge": "GreaterOrEqual",
}  # fmt: skip


def _compare(scope: Scope, op: Any) -> ir.Value:
    """Integers and floats as they are, or in a wider type; ``ne`` is what ``eq`` is not, also for NaN."""
    a, b = scope[op.lhs], scope[op.rhs]
    predicate = op.predicate.value
    out = scope.comparison(_PREDICATES[predicate], a, b)
    return scope.op("Not", out) if predicate == "ne" else out


def _select(scope: Scope, op: Any) -> ir.Value:
    return scope.choose(scope[op.condition], scope[op.on_true], scope[op.on_false])


def _cast(scope: Scope, op: Any) -> ir.Value:
    x, to = scope[op.x], program_dtype(op.results[0])
    known = number(op.x)
    if known is not None and DTYPES[to].is_float:
        return scope.constant(rounded_once(known, to), to)
    if dtype_name(x) == to:
        # The policy changes and the element type stays: a node of its own carries the annotation.
        return scope.op("Identity", x)
    return convert(scope, x, to)


def _bitcast(scope: Scope, op: Any) -> ir.Value:
    to = program_dtype(op.results[0])
    return scope.node("BitCast", [scope[op.x]], to, {"to": int(TYPES[to])})


def number(program: Any) -> float | None:
    """The number that a scalar of f64 is known to be; ``None`` for anything else."""
    owner = program.owner
    if getattr(owner, "name", "") != "arith.constant" or str(program.type) != "f64":
        return None
    return mlir.FloatAttr(owner.attributes["value"]).value


def rounded_once(value: float, to: str) -> float:
    """``value``, or the f32 beside it whose last bit is odd: it can be rounded to ``to`` by way of f32.

    Such a number is no middle between two of a narrower type, and lies on the same side of it as ``value``.
    Source: S. Boldo and G. Melquiond, When double rounding is odd, IMACS 2005.
    """
    single = np.float32(value)
    if DTYPES[to].bits >= 32 or float(single) == value or not np.isfinite(single):
        return value
    if single.view(np.uint32) % 2 == 0:
        single = np.nextafter(single, np.float32(np.inf if value > float(single) else -np.inf))
    return float(single)


def convert(scope: Scope, x: ir.Value, to: str) -> ir.Value:
    """``x`` in another element type, as NumPy's ``astype``.

    A float goes to a small integer through a larger one, since ONNX defines wrapping from integer to integer only.
    """
    source, d = DTYPES[dtype_name(x)], DTYPES[to]
    if source.is_float and d.is_integer:
        wide = scope.widened(x)
        if to == "u64":
            return scope.cast(wide, to)
        return scope.cast(scope.cast(wide, "i32" if d.bits < 32 or to == "i32" else "i64"), to)
    if d.kind == "bool":
        return scope.cast(scope.widened(x), to)
    if source.name == "f64" and d.bits < 32:
        return _narrowed(scope, x, to)
    if d.is_float and d.bits < 32 and not (source.is_float and source.bits > d.bits):
        # Integers, and the other float of the same width, are rounded from f32.
        return scope.cast(scope.cast(x, "f32"), to)
    return scope.cast(x, to)


def _narrowed(scope: Scope, x: ir.Value, to: str) -> ir.Value:
    """An f64 rounded once to a float of 8 or 16 bits. ONNX Runtime's ``Cast`` rounds to f32 in between.

    That goes wrong only where the f32 lies in the middle between two numbers of the narrow type. The other one is then
    as far on its other side, and may be closer to ``x``; the distances are exact.
    """
    single = scope.cast(x, "f32")
    rounded = scope.cast(single, to)
    doubled = scope.op("Add", scope.cast(single, "f64"), scope.cast(single, "f64"))
    other = scope.cast(scope.cast(scope.op("Sub", doubled, scope.cast(rounded, "f64")), "f32"), to)
    distances = [scope.op("Abs", scope.op("Sub", x, scope.cast(v, "f64"))) for v in (other, rounded)]
    return scope.choose(_less(scope, *distances), other, rounded)


_UNARY_NAMES = (*_FLOAT_UNARY, "not")
_BINARY_NAMES = (*_FLOAT_BINARY, "and", "or", "xor", "shl", "shr")
RULES: dict[str, Rule] = {
    **{f"pyc.{name}": _unary(name) for name in _UNARY_NAMES},
    **{f"pyc.{name}": _binary(name) for name in _BINARY_NAMES},
    "pyc.compare": _compare,
    "pyc.select": _select,
    "pyc.cast": _cast,
    "pyc.bitcast": _bitcast,
}
