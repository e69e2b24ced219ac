"""Floats that arrays hold as bytes: what numbers they are, and which of them is nearest to a number.

``f4e2m1`` is a sign, two bits of exponent and one of mantissa: 0, 0.5, 1, 1.5, 2, 3, 4 and 6. ``f8e8m0`` is the
exponent of a power of two, or NaN.
Source: Open Compute Project, OCP Microscaling Formats (MX) Specification, version 1.0, section 5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pyc.dialects.mlir import arith, ir

_EQ = 0
_OGT, _OGE, _UNO = 2, 3, 14
_F32_BIAS, _F32_MANTISSA = 127, 23
#: Half of the smallest number of f32 that is not subnormal, and a NaN, as bits.
_LOWEST, _NAN = 0x00400000, 0x7FC00000
_HALF = 0x3F000000
#: The middles between two neighbours of f4e2m1, and whether they belong to the upper one, whose mantissa is even then.
_MIDDLES = ((0.25, False), (0.75, True), (1.25, False), (1.75, True), (2.5, False), (3.5, True), (5.0, False))
_SIGN, _NOT_A_NUMBER = 3, 8


def _i32(value: int) -> Any:
    return arith.constant(ir.IntegerType.get_signless(32), value)


def _bits(x: Any) -> Any:
    return arith.extui(ir.IntegerType.get_signless(32), x)


def _number(bits: Any) -> Any:
    return arith.bitcast(ir.F32Type.get(), bits)


def from_f8e8m0(x: Any) -> Any:
    """A power of two as f32, from its exponent."""
    exponent = _bits(x)
    found = arith.shli(exponent, _i32(_F32_MANTISSA))
    found = arith.select(arith.cmpi(_EQ, exponent, _i32(0)), _i32(_LOWEST), found)
    return _number(arith.select(arith.cmpi(_EQ, exponent, _i32(255)), _i32(_NAN), found))


def from_f4e2m1(x: Any) -> Any:
    """A number of 4 bits as f32."""
    bits = _bits(x)
    exponent = arith.andi(arith.shrui(bits, _i32(1)), _i32(3))
    mantissa = arith.andi(bits, _i32(1))
    normal = arith.ori(
        arith.shli(arith.addi(exponent, _i32(_F32_BIAS - 1)), _i32(_F32_MANTISSA)),
        arith.shli(mantissa, _i32(_F32_MANTISSA - 1)),
    )
    small = arith.muli(mantissa, _i32(_HALF))
    magnitude = arith.select(arith.cmpi(_EQ, exponent, _i32(0)), small, normal)
    sign = arith.shli(arith.andi(arith.shrui(bits, _i32(_SIGN)), _i32(1)), _i32(31))
    return _number(arith.ori(magnitude, sign))


def to_f4e2m1(x: Any) -> Any:
    """The nearest number of 4 bits, the even one of two; the largest for what is beyond, and -0 for NaN.

    Source: ml_dtypes, whose results these are.
    """
    bits = arith.bitcast(ir.IntegerType.get_signless(32), x)
    magnitude = _number(arith.andi(bits, _i32(0x7FFFFFFF)))
    code = arith.shli(arith.shrui(bits, _i32(31)), _i32(_SIGN))
    for middle, upper in _MIDDLES:
        limit = arith.constant(ir.F32Type.get(), middle)
        code = arith.addi(code, _bits(arith.cmpf(_OGE if upper else _OGT, magnitude, limit)))
    code = arith.select(arith.cmpf(_UNO, x, x), _i32(_NOT_A_NUMBER), code)
    return arith.trunci(ir.IntegerType.get_signless(8), code)


#: What gives the f32 that a byte of a format is.
WIDEN: Mapping[str, Callable[[Any], Any]] = {"f4e2m1": from_f4e2m1, "f8e8m0": from_f8e8m0}
