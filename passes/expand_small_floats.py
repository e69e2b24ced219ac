"""FLAT: conversions of bf16, f8 and f16 become integer arithmetic.

Before::

    %n = arith.truncf %x : f32 to bf16

After::

    %bits = arith.bitcast %x : f32 to i32
    ...                                        // round to nearest even, keep infinities and NaN
    %n = arith.bitcast %low : i16 to bf16

LLVM turns such conversions into calls of ``__truncsfbf2`` and its kin, which the system may not have, unless the chip
has an instruction; only conversions occur, because all arithmetic on these formats runs in f32. What comes from f64 is
first rounded to f32 *to odd*, so that the second rounding is right.

Source: Sylvie Boldo and Guillaume Melquiond, When double rounding is odd, 2004.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir
from pyc.dialects.walk import nested

from .base import FLAT, Level, Pass

_EQ, _NE, _ULT, _UGT, _UGE = 0, 1, 6, 8, 9
_FLOAT_GREATER, _FLOAT_NOT_EQUAL = 2, 13
_F32_INFINITY = 0x7F800000
_CONVERSIONS = frozenset(f"arith.{name}" for name in ("extf", "truncf", "sitofp", "uitofp", "fptosi", "fptoui"))


@dataclass(frozen=True)
class Format:
    """A small float: 1 sign bit, ``exponent`` and ``mantissa`` bits, with or without infinities."""

    exponent: int
    mantissa: int
    infinities: bool = True

    @property
    def bits(self) -> int:
        return 1 + self.exponent + self.mantissa

    @property
    def bias(self) -> int:
        return (1 << (self.exponent - 1)) - 1

    @property
    def shift(self) -> int:
        """How many mantissa bits f32 has more."""
        return 23 - self.mantissa

    @property
    def overflow(self) -> int:
        """The bits of infinity, or of NaN in a format that has none: what is too large becomes this."""
        every = (1 << (self.bits - 1)) - 1
        return ((1 << self.exponent) - 1) << self.mantissa if self.infinities else every

    @property
    def nan(self) -> int:
        return self.overflow | (1 << (self.mantissa - 1)) if self.infinities else self.overflow


FORMATS = {
    "bf16": Format(8, 7),
    "f16": Format(5, 10),
    "f8E4M3FN": Format(4, 3, infinities=False),
    "f8E5M2": Format(5, 2),
}


@dataclass(frozen=True)
class ExpandSmallFloats(Pass):
    """Expand conversions of bf16 and f8, and of f64 to f16; with ``half`` all those of f16."""

    name: ClassVar[str] = "expand-small-floats"
    takes: ClassVar[Level] = FLAT
    gives: ClassVar[Level] = FLAT

    half: bool = False

    def apply(self, module: Any) -> None:
        conversions = [operation for operation in nested(module.operation) if operation.name in _CONVERSIONS]
        for operation in conversions:
            types = [str(_element(v.type)) for v in (operation.operands[0], operation.results[0])]
            if any(t in FORMATS for t in types) and not self._is_native(*types):
                with module.context, ir.InsertionPoint(operation), operation.location:
                    value = self._from_f32(self._to_f32(operation), operation)
                operation.results[0].replace_all_uses_with(value)
                operation.erase()

    def _is_native(self, source: str, to: str) -> bool:
        """Whether the chip has an instruction: those with F16C convert between f16 and f32, and LLVM builds on it."""
        return not self.half and all(t == "f16" or t not in FORMATS for t in (source, to)) and source != "f64"

    def _is_expanded(self, t: Any) -> bool:
        name = str(_element(t))
        return name in FORMATS and (self.half or name != "f16")

    def _to_f32(self, operation: Any) -> Any:
        """The operand as f32; from f64 rounded to odd, because it is rounded again."""
        x, f32 = operation.operands[0], ir.F32Type.get()
        if self._is_expanded(x.type):
            return _extended(x)
        match str(x.type):
            case "f32":
                return x
            case "f64":
                return _round_to_odd(x)
            case "f16":
                return arith.extf(f32, x)
        return ir.Operation.create(operation.name, [f32], [x]).results[0]

    def _from_f32(self, x: Any, operation: Any) -> Any:
        to = operation.results[0].type
        if self._is_expanded(to):
            return _truncated(x, to)
        match str(_element(to)):
            case "f32":
                return x
            case "f64":
                return arith.extf(to, x)
            case "f16":
                return arith.truncf(to, x)
        return ir.Operation.create(operation.name, [to], [x]).results[0]


def _i32(value: int) -> Any:
    wrapped = value - (1 << 32) if value >> 31 else value
    return arith.constant(ir.IntegerType.get_signless(32), wrapped)


def _element(t: Any) -> Any:
    return t.element_type if isinstance(t, ir.VectorType) else t


def _extended(x: Any) -> Any:
    """A small float, or a vector of such, as f32, exactly: its bits moved into place, and the exponent's bias mended.

    The multiplication by a power of two is what makes subnormal numbers come out right.
    """
    shape = list(x.type.shape) if isinstance(x.type, ir.VectorType) else None

    def typed(t: Any) -> Any:
        return t if shape is None else ir.VectorType.get(shape, t)

    def splat(scalar: Any) -> Any:
        t = typed(scalar.type)
        return scalar if shape is None else ir.Operation.create("vector.broadcast", [t], [scalar]).results[0]

    def bits_of(value: int) -> Any:
        return splat(_i32(value))

    f, f32, i32 = FORMATS[str(_element(x.type))], typed(ir.F32Type.get()), typed(ir.IntegerType.get_signless(32))
    small = arith.bitcast(typed(ir.IntegerType.get_signless(f.bits)), x)
    bits = arith.extui(i32, small)
    if f.exponent == 8:
        return arith.bitcast(f32, arith.shli(bits, bits_of(f.shift)))
    magnitude = arith.andi(bits, bits_of((1 << (f.bits - 1)) - 1))
    sign = arith.shli(arith.andi(bits, bits_of(1 << (f.bits - 1))), bits_of(32 - f.bits))
    placed = arith.shli(magnitude, bits_of(f.shift))
    scale = splat(arith.constant(ir.F32Type.get(), 2.0 ** (127 - f.bias)))
    scaled = arith.mulf(arith.bitcast(f32, placed), scale)
    special = arith.cmpi(_UGE, magnitude, bits_of(f.overflow))
    value = arith.select(special, arith.ori(placed, bits_of(_F32_INFINITY)), arith.bitcast(i32, scaled))
    return arith.bitcast(f32, arith.ori(value, sign))


def _truncated(x: Any, to: Any) -> Any:
    """An f32 rounded to a small float, to nearest even."""
    f, i32 = FORMATS[str(to)], ir.IntegerType.get_signless(32)
    bits = arith.bitcast(i32, x)
    magnitude = arith.andi(bits, _i32(0x7FFFFFFF))
    sign = arith.shrui(arith.andi(bits, _i32(1 << 31)), _i32(32 - f.bits))
    normal = _rounded(magnitude, f)
    # Only a format with a smaller exponent has subnormal numbers where f32 has none.
    value = normal if f.exponent == 8 else arith.select(_is_subnormal(magnitude, f), _subnormal(magnitude, f), normal)
    value = arith.minui(value, _i32(f.overflow))
    value = arith.select(arith.cmpi(_UGT, magnitude, _i32(_F32_INFINITY)), _i32(f.nan), value)
    low = arith.trunci(ir.IntegerType.get_signless(f.bits), arith.ori(value, sign))
    return arith.bitcast(to, low)


def _rounded(magnitude: Any, f: Format) -> Any:
    """Exponent, rebiased, and mantissa, rounded by adding just under a half, or a half where the last bit is odd."""
    odd = arith.andi(arith.shrui(magnitude, _i32(f.shift)), _i32(1))
    half = _i32((1 << (f.shift - 1)) - 1)
    rebiased = arith.subi(magnitude, _i32((127 - f.bias) << 23))
    return arith.shrui(arith.addi(arith.addi(rebiased, half), odd), _i32(f.shift))


def _is_subnormal(magnitude: Any, f: Format) -> Any:
    return arith.cmpi(_ULT, magnitude, _i32((128 - f.bias) << 23))


def _subnormal(magnitude: Any, f: Format) -> Any:
    """The mantissa in the small format's last place, which the addition of a power of two rounds to."""
    f32, i32 = ir.F32Type.get(), ir.IntegerType.get_signless(32)
    magic = _i32((127 - f.bias + 23 - f.mantissa + 1) << 23)
    total = arith.addf(arith.bitcast(f32, magnitude), arith.bitcast(f32, magic))
    return arith.subi(arith.bitcast(i32, total), magic)


def _round_to_odd(x: Any) -> Any:
    """An f64 as f32: exact values stay; others become the one of their two neighbours whose last bit is odd."""
    f32, i32 = ir.F32Type.get(), ir.IntegerType.get_signless(32)
    nearest = arith.truncf(f32, x)
    back = arith.extf(x.type, nearest)
    bits, one = arith.bitcast(i32, nearest), _i32(1)
    inexact = arith.cmpf(_FLOAT_NOT_EQUAL, back, x)
    away = _magnitude_exceeds(back, x)
    towards_zero = arith.subi(bits, arith.extui(i32, away))
    odd = arith.ori(towards_zero, one)
    return arith.bitcast(f32, arith.select(inexact, odd, bits))


def _magnitude_exceeds(a: Any, b: Any) -> Any:
    i64 = ir.IntegerType.get_signless(64)
    mask = arith.constant(i64, (1 << 63) - 1)
    return arith.cmpi(_UGT, arith.andi(arith.bitcast(i64, a), mask), arith.andi(arith.bitcast(i64, b), mask))
