"""Arithmetic on single integers that wraps, as NumPy's sized integers do. Nothing here traps."""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import arith, ir, scf
from pyc.precision import DTYPES

_EQ, _NE, _SLT, _SGT, _ULT = 0, 1, 2, 4, 6


def binary(name: str, dtype: str, lhs: Any, rhs: Any) -> Any:
    """``pyc.<name>`` of two integers or booleans."""
    signed = DTYPES[dtype].kind == "int"
    match name:
        case "add":
            return arith.addi(lhs, rhs)
        case "sub":
            return arith.subi(lhs, rhs)
        case "mul":
            return arith.muli(lhs, rhs)
        case "and":
            return arith.andi(lhs, rhs)
        case "or":
            return arith.ori(lhs, rhs)
        case "xor":
            return arith.xori(lhs, rhs)
        case "maximum":
            return (arith.maxsi if signed else arith.maxui)(lhs, rhs)
        case "minimum":
            return (arith.minsi if signed else arith.minui)(lhs, rhs)
        case "floordiv":
            return floordiv(lhs, rhs, signed=signed)
        case "mod":
            return mod(lhs, rhs, signed=signed)
        case "shl":
            return _shl(lhs, rhs)
        case "shr":
            return _shr(lhs, rhs, signed=signed)
        case "pow":
            return power(lhs, rhs)
    raise ValueError(f"pyc.{name} of {dtype}")


def number(like: Any, value: int) -> Any:
    """A constant of the type of ``like``."""
    return arith.constant(like.type, value)


def floordiv(a: Any, b: Any, *, signed: bool) -> Any:
    """The floor of the quotient; 0 for a zero divisor; the smallest number divided by -1 is itself."""
    zero, one = number(a, 0), number(a, 1)
    by_zero = arith.cmpi(_EQ, b, zero)
    if not signed:
        return arith.select(by_zero, zero, arith.divui(a, arith.select(by_zero, one, b)))
    by_minus_one = arith.cmpi(_EQ, b, number(a, -1))
    divisor = arith.select(arith.ori(by_zero, by_minus_one), one, b)
    quotient = arith.divsi(a, divisor)
    floor = arith.select(_adjusts(arith.remsi(a, divisor), divisor), arith.subi(quotient, one), quotient)
    return arith.select(by_zero, zero, arith.select(by_minus_one, arith.subi(zero, a), floor))


def mod(a: Any, b: Any, *, signed: bool) -> Any:
    """The remainder with the divisor's sign; 0 for a zero divisor."""
    zero, one = number(a, 0), number(a, 1)
    by_zero = arith.cmpi(_EQ, b, zero)
    if not signed:
        # A divisor of 1 in place of 0 leaves no remainder: the 0 that is wanted.
        return arith.remui(a, arith.select(by_zero, one, b))
    by_minus_one = arith.cmpi(_EQ, b, number(a, -1))
    divisor = arith.select(arith.ori(by_zero, by_minus_one), one, b)
    remainder = arith.remsi(a, divisor)
    return arith.select(_adjusts(remainder, divisor), arith.addi(remainder, divisor), remainder)


def power(base: Any, exponent: Any) -> Any:
    """By repeated squaring; a negative exponent, which is checked before, counts as unsigned."""
    t = base.type
    loop = scf.WhileOp([t, t, t], [number(base, 1), base, exponent])
    before = loop.regions[0].blocks.append(t, t, t)
    after = loop.regions[1].blocks.append(t, t, t)
    with ir.InsertionPoint(before):
        result, square, left = before.arguments
        scf.ConditionOp(arith.cmpi(_NE, left, number(base, 0)), [result, square, left])
    with ir.InsertionPoint(after):
        result, square, left = after.arguments
        one = number(base, 1)
        odd = arith.cmpi(_NE, arith.andi(left, one), number(base, 0))
        product = arith.select(odd, arith.muli(result, square), result)
        scf.YieldOp([product, arith.muli(square, square), arith.shrui(left, one)])
    return loop.results[0]


def _adjusts(remainder: Any, divisor: Any) -> Any:
    """Whether a remainder that truncation gives has the wrong sign."""
    zero = number(remainder, 0)
    wrong_sign = arith.cmpi(_SLT, arith.xori(remainder, divisor), zero)
    return arith.andi(arith.cmpi(_NE, remainder, zero), wrong_sign)


def _inside(count: Any) -> tuple[Any, Any]:
    """Whether a shift count is below the width (a negative one is not), and the count or 0."""
    fits = arith.cmpi(_ULT, count, number(count, count.type.width))
    return fits, arith.select(fits, count, number(count, 0))


def _shl(a: Any, count: Any) -> Any:
    fits, safe = _inside(count)
    return arith.select(fits, arith.shli(a, safe), number(a, 0))


def _shr(a: Any, count: Any, *, signed: bool) -> Any:
    fits, safe = _inside(count)
    if not signed:
        return arith.select(fits, arith.shrui(a, safe), number(a, 0))
    # Past the width only copies of the sign remain.
    return arith.shrsi(a, arith.select(fits, safe, number(a, a.type.width - 1)))
