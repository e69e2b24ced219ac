"""Arithmetic on single values: what an operation means for one element of one element type.

Everything here takes and gives signless scalars; ``dtype`` (a name of ``pyc.precision.DTYPES``) says what they mean.
Floats of 8 and 16 bits are widened to f32, computed, and rounded once. Nothing here traps, whatever the operands are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pyc.dialects import build
from pyc.dialects.mlir import arith, ir, math
from pyc.precision import DTYPES, STORED, DType

from ..base import OWN_FUNCTIONS
from . import complex_math, integer_math, stored_floats

_INTEGER_PREDICATES = {"eq": 0, "ne": 1, "lt": 2, "le": 3, "gt": 4, "ge": 5}
#: Ordered comparisons, false with NaN; only ``ne`` is the unordered one.
_FLOAT_PREDICATES = {"eq": 1, "gt": 2, "ge": 3, "lt": 4, "le": 5, "ne": 13}
_UNSIGNED_OFFSET = 4
#: Floats that arrays hold and nothing computes with.
_BYTES = frozenset(DTYPES[d].mlir for d in STORED if DTYPES[d].is_float)


def element(dtype: str) -> Any:
    """The MLIR type of an element below PYC, where integers are signless, and have a byte at least."""
    d = DTYPES[dtype]
    if dtype in STORED:
        return ir.IntegerType.get_signless(8)
    return ir.IntegerType.get_signless(d.bits) if d.kind == "uint" else ir.Type.parse(d.mlir)


def signless(t: Any) -> Any:
    """A type with signless elements; every other type as it is."""
    if isinstance(t, ir.RankedTensorType):
        inner = signless(t.element_type)
        return t if inner is t.element_type else ir.RankedTensorType.get(list(t.shape), inner, t.encoding)
    if isinstance(t, ir.MemRefType):
        inner = signless(t.element_type)
        same = inner is t.element_type
        return t if same else ir.MemRefType.get(list(t.shape), inner, t.layout, t.memory_space)
    if isinstance(t, ir.IntegerType) and not t.is_signless:
        return ir.IntegerType.get_signless(max(t.width, 8))
    if isinstance(t, ir.FloatType) and str(t) in _BYTES:
        return ir.IntegerType.get_signless(8)
    return t


def compute_dtype(dtype: str) -> str:
    """The element type that arithmetic on ``dtype`` runs in."""
    return "f32" if DTYPES[dtype].is_float and DTYPES[dtype].bits < 32 else dtype


def constant(value: float, dtype: str) -> Any:
    t = element(dtype)
    if isinstance(t, ir.ComplexType):
        return complex_math.constant(value, dtype)
    if isinstance(t, ir.IntegerType):
        bits = t.width
        wrapped = int(value) & ((1 << bits) - 1)
        return arith.constant(t, wrapped - (1 << bits) if bits > 1 and wrapped >> (bits - 1) else wrapped)
    return arith.constant(t, float(value))


def lowest(dtype: str) -> float:
    """The identity of ``max``."""
    d = DTYPES[dtype]
    if d.is_float:
        return -_largest_float(dtype)
    return 0 if d.kind in ("uint", "bool") else -(1 << (d.bits - 1))


def highest(dtype: str) -> float:
    """The identity of ``min``."""
    d = DTYPES[dtype]
    if d.is_float:
        return _largest_float(dtype)
    return (1 << d.bits) - 1 if d.kind in ("uint", "bool") else (1 << (d.bits - 1)) - 1


def _largest_float(dtype: str) -> float:
    """Infinity, or the largest number of the one format that has none."""
    return 448.0 if dtype == "f8e4m3" else float("inf")


def unary(name: str, dtype: str, x: Any) -> Any:
    """``pyc.<name>`` of one value."""
    d = DTYPES[dtype]
    if d.is_float:
        wide = compute_dtype(dtype)
        return convert(_FLOAT_UNARY[name](convert(x, dtype, wide)), wide, dtype)
    if d.kind == "complex":
        return complex_math.unary(name, x)
    match name:
        case "neg":
            return arith.subi(constant(0, dtype), x)
        case "abs":
            return math.absi(x) if d.kind == "int" else x
        case "not":
            return arith.xori(x, constant(-1 if d.kind != "bool" else 1, dtype))
    raise ValueError(f"pyc.{name} of {dtype}")


def binary(name: str, dtype: str, lhs: Any, rhs: Any) -> Any:
    """``pyc.<name>`` of two values."""
    if DTYPES[dtype].is_float:
        wide = compute_dtype(dtype)
        return convert(_FLOAT_BINARY[name](convert(lhs, dtype, wide), convert(rhs, dtype, wide)), wide, dtype)
    if DTYPES[dtype].kind == "complex":
        return complex_math.binary(name, lhs, rhs)
    return integer_math.binary(name, dtype, lhs, rhs)


def compare(predicate: str, dtype: str, lhs: Any, rhs: Any) -> Any:
    d = DTYPES[dtype]
    if d.is_float:
        wide = compute_dtype(dtype)
        return arith.cmpf(_FLOAT_PREDICATES[predicate], convert(lhs, dtype, wide), convert(rhs, dtype, wide))
    if d.kind == "complex":
        return complex_math.compare(predicate, lhs, rhs)
    code = _INTEGER_PREDICATES[predicate]
    return arith.cmpi(code + _UNSIGNED_OFFSET if d.kind != "int" and code > 1 else code, lhs, rhs)


def is_nan(dtype: str, x: Any) -> Any | None:
    """Whether a float is NaN; ``None`` for element types without."""
    return compare("ne", dtype, x, x) if DTYPES[dtype].is_float else None


def convert(x: Any, source: str, to: str) -> Any:
    """``x`` in another element type, as NumPy's ``astype``.

    A narrower float rounds to nearest even; floats truncate towards zero on their way to integers; integers wrap. A
    float that fits no integer, or is NaN, gives what NumPy gives on x86: the low bits of the smallest integer.
    """
    if source == to:
        return x
    if source in stored_floats.WIDEN:
        return convert(stored_floats.WIDEN[source](x), "f32", to)
    if source in STORED:
        return convert(_read_low_bits(x, DTYPES[source]), "i32", to)
    s, d = DTYPES[source], DTYPES[to]
    if to == "f4e2m1":
        return stored_floats.to_f4e2m1(convert(x, source, "f32"))
    if to in STORED:
        return arith.andi(convert(x, source, f"{to[0]}8"), constant((1 << d.bits) - 1, "u8"))
    if d.kind == "bool":
        return compare("ne", source, x, constant(0, source))
    if s.kind == "complex" or d.kind == "complex":
        return _with_complex(x, source, to)
    if s.kind == "bool":
        return convert_bool(x, to)
    if s.is_float:
        return _float_to_float(x, source, to) if d.is_float else _float_to_integer(x, source, to)
    if d.is_float:
        wide = compute_dtype(to)
        make = arith.sitofp if s.kind == "int" else arith.uitofp
        return convert(make(element(wide), x), wide, to)
    if d.bits == s.bits:
        return x
    if d.bits < s.bits:
        return arith.trunci(element(to), x)
    return (arith.extsi if s.kind == "int" else arith.extui)(element(to), x)


def _read_low_bits(x: Any, source: DType) -> Any:
    """The number of 32 bits that the low bits of a byte are, whatever the others are."""
    low = arith.andi(arith.extui(element("i32"), x), constant((1 << source.bits) - 1, "i32"))
    if source.kind == "uint":
        return low
    sign = constant(1 << (source.bits - 1), "i32")
    return arith.subi(arith.xori(low, sign), sign)


def _with_complex(x: Any, source: str, to: str) -> Any:
    """A number with no imaginary part as one with 0, and the other way without it: NumPy warns of that."""
    part = complex_math.PART.get(to, to)
    if source not in complex_math.PART:
        return complex_math.made(convert(x, source, part), constant(0, part))
    re, im = complex_math.parts(x)
    own = complex_math.PART[source]
    if to not in complex_math.PART:
        return convert(re, own, to)
    return complex_math.made(convert(re, own, to=part), convert(im, own, to=part))


def convert_bool(x: Any, to: str) -> Any:
    if DTYPES[to].is_float:
        wide = compute_dtype(to)
        return convert(arith.uitofp(element(wide), x), wide, to)
    return arith.extui(element(to), x)


def _float_to_float(x: Any, source: str, to: str) -> Any:
    s, d = DTYPES[source], DTYPES[to]
    if s.bits < d.bits:
        return arith.extf(element(to), x)
    if s.bits > d.bits:
        return arith.truncf(element(to), x)
    return arith.truncf(element(to), arith.extf(element("f32"), x))


def _float_to_integer(x: Any, source: str, to: str) -> Any:
    """Through the integer type that x86 converts to: i32 up to 32 signed bits, i64 above.

    The operand of ``fptosi`` is 0 where the value does not fit, because the result would be poison.
    """
    d = DTYPES[to]
    wide = "f64" if source == "f64" else "f32"
    x = convert(x, source, wide)
    via = "i32" if d.bits < 32 or to == "i32" else "i64"
    limit = float(1 << (DTYPES[via].bits - 1))
    if to == "u64":
        return _float_to_u64(x, wide)
    return convert(_checked_fptosi(x, wide, via, limit), via, to)


def _checked_fptosi(x: Any, wide: str, via: str, limit: float) -> Any:
    fits = arith.andi(compare("ge", wide, x, constant(-limit, wide)), compare("lt", wide, x, constant(limit, wide)))
    inside = arith.fptosi(element(via), arith.select(fits, x, constant(0, wide)))
    return arith.select(fits, inside, constant(lowest(via), via))


def _float_to_u64(x: Any, wide: str) -> Any:
    """The upper half of the range is converted with its top bit taken off."""
    half = float(1 << 63)
    upper = compare("ge", wide, x, constant(half, wide))
    shifted = arith.select(upper, arith.subf(x, constant(half, wide)), x)
    low = _checked_fptosi(shifted, wide, "i64", half)
    return arith.select(upper, arith.xori(low, constant(1 << 63, "u64")), low)


def _floor_mod(a: Any, b: Any) -> tuple[Any, Any, Any]:
    """(zero divisor?, the remainder with the divisor's sign, whether it was adjusted), as CPython and NumPy do."""
    zero, t = _like(a, 0.0), a.type
    raw = arith.remf(a, b)
    nonzero = arith.cmpf(_FLOAT_PREDICATES["ne"], raw, zero)
    signs = arith.xori(arith.cmpf(_FLOAT_PREDICATES["lt"], raw, zero), arith.cmpf(_FLOAT_PREDICATES["lt"], b, zero))
    adjust = arith.andi(nonzero, signs)
    assert raw.type == t
    signed_zero = math.copysign(zero, b)
    modulus = arith.select(nonzero, arith.select(adjust, arith.addf(raw, b), raw), signed_zero)
    return arith.cmpf(_FLOAT_PREDICATES["eq"], b, zero), (raw, modulus), adjust


def _mod(a: Any, b: Any) -> Any:
    divides_zero, (raw, modulus), _ = _floor_mod(a, b)
    return arith.select(divides_zero, raw, modulus)


def _floordiv(a: Any, b: Any) -> Any:
    """The quotient is found from the exact remainder, because ``floor(a / b)`` rounds up across an integer."""
    divides_zero, (raw, _), adjust = _floor_mod(a, b)
    quotient = arith.divf(a, b)
    exact = arith.divf(arith.subf(a, raw), b)
    exact = arith.select(adjust, arith.subf(exact, _like(a, 1.0)), exact)
    floor = math.floor(exact)
    above = arith.cmpf(_FLOAT_PREDICATES["gt"], arith.subf(exact, floor), _like(a, 0.5))
    floor = arith.select(above, arith.addf(floor, _like(a, 1.0)), floor)
    signed_zero = math.copysign(_like(a, 0.0), quotient)
    nonzero = arith.cmpf(_FLOAT_PREDICATES["ne"], exact, _like(a, 0.0))
    return arith.select(divides_zero, quotient, arith.select(nonzero, floor, signed_zero))


def _like(x: Any, value: float) -> Any:
    return arith.constant(x.type, value)


_FLOAT_UNARY: dict[str, Callable[[Any], Any]] = {
    "neg": arith.negf,
    "abs": math.absf,
    "rint": math.roundeven,
    **{
        name: getattr(math, name)
        for name in (
            "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "sin", "cos", "tan", "tanh", "erf",
            "erfc", "sinh", "cosh", "asin", "acos", "atan", "asinh", "acosh", "atanh", "cbrt", "floor", "ceil", "trunc",
            "rsqrt",
        )
    },
    **{name.removeprefix("pyc."): partial(build.unary, name.removeprefix("pyc.")) for name in sorted(OWN_FUNCTIONS)},
}  # fmt: skip

_FLOAT_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": arith.addf,
    "sub": arith.subf,
    "mul": arith.mulf,
    "div": arith.divf,
    "floordiv": _floordiv,
    "mod": _mod,
    "pow": math.powf,
    "fmod": arith.remf,
    "atan2": math.atan2,
    "copysign": math.copysign,
    "maximum": arith.maximumf,
    "minimum": arith.minimumf,
}
