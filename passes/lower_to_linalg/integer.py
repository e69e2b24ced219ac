"""Python's exact ``int`` in 64 bits: wrapping arithmetic and an assertion that it did not wrap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyc.dialects.mlir import arith, ir, scf

from . import integer_math
from .integer_math import number
from .site import Rule, Site

_EQ, _NE, _SLT, _SGT, _ULT, _ULE, _UGE = 0, 1, 2, 4, 6, 7, 9
_MESSAGE = "int does not fit in 64 bits"
_SMALLEST = -(1 << 63)


def _fits(site: Site, condition: Any) -> None:
    site.assertion(condition, "OverflowError", _MESSAGE)


def _add(site: Site) -> Any:
    """With a constant on the right the condition is one comparison, which loop bounds can prove."""
    a, b = site.operands
    total = arith.addi(a, b)
    decreased, negative = arith.cmpi(_SLT, total, a), arith.cmpi(_SLT, b, number(b, 0))
    _fits(site, arith.cmpi(_EQ, decreased, negative))
    return total


def _sub(site: Site) -> Any:
    a, b = site.operands
    difference = arith.subi(a, b)
    decreased, positive = arith.cmpi(_SLT, difference, a), arith.cmpi(_SGT, b, number(b, 0))
    _fits(site, arith.cmpi(_EQ, decreased, positive))
    return difference


def _product(a: Any, b: Any) -> tuple[Any, Any]:
    """The low 64 bits of a product, and whether they are all of it: the high ones repeat the sign."""
    extended = arith.MulSIExtendedOp(a, b)
    low, high = extended.results
    return low, arith.cmpi(_EQ, high, arith.shrsi(low, number(low, 63)))


def _mul(site: Site) -> Any:
    low, fits = _product(*site.operands)
    _fits(site, fits)
    return low


def _floordiv(site: Site) -> Any:
    """Only the smallest number divided by -1 leaves the range."""
    a, b = site.operands
    overflows = arith.andi(arith.cmpi(_EQ, a, number(a, _SMALLEST)), arith.cmpi(_EQ, b, number(b, -1)))
    _fits(site, _not(overflows))
    return integer_math.floordiv(a, b, signed=True)


def _mod(site: Site) -> Any:
    a, b = site.operands
    return integer_math.mod(a, b, signed=True)


def _div(site: Site) -> Any:
    """Where both numbers are floats exactly, their float quotient; else a quotient of 55 bits, rounded once."""
    a, b = site.operands
    f64 = ir.F64Type.get()
    exact = arith.andi(_is_exact_float(a), _is_exact_float(b))
    # A zero has no leading bit, which the long division looks for.
    direct = arith.ori(exact, arith.cmpi(_EQ, a, number(a, 0)))
    branch = scf.IfOp(direct, [f64], has_else=True)
    with ir.InsertionPoint(branch.then_block):
        scf.YieldOp([arith.divf(arith.sitofp(f64, a), arith.sitofp(f64, b))])
    with ir.InsertionPoint(branch.else_block):
        scf.YieldOp([_long_division(a, b)])
    return branch.results[0]


def _is_exact_float(x: Any) -> Any:
    """Whether ``|x| <= 2**53``."""
    shifted = arith.addi(x, number(x, 1 << 53))
    return arith.cmpi(_ULE, shifted, number(x, 1 << 54))


def _long_division(a: Any, b: Any) -> Any:
    """``a / b`` for ``a`` and ``b`` not 0, correctly rounded.

    Bits of the quotient are made until there are 55, two more than a float keeps; the last one stands for all that are
    not made. Converting rounds to nearest even, and scaling by a power of two is exact.
    """
    t, f64 = a.type, ir.F64Type.get()
    one, zero = number(a, 1), number(a, 0)
    negative = arith.xori(arith.cmpi(_SLT, a, zero), arith.cmpi(_SLT, b, zero))
    numerator, divisor = _magnitude(a), _magnitude(b)
    whole, rest = arith.divui(numerator, divisor), arith.remui(numerator, divisor)
    loop = scf.WhileOp([t, t, t], [whole, rest, zero])
    before, after = (region.blocks.append(t, t, t) for region in loop.regions)
    with ir.InsertionPoint(before):
        quotient = before.arguments[0]
        scf.ConditionOp(arith.cmpi(_ULT, quotient, number(a, 1 << 54)), list(before.arguments))
    with ir.InsertionPoint(after):
        quotient, rest, shift = after.arguments
        # The remainder is below 2**63, so that twice it fits without sign.
        doubled = arith.shli(rest, one)
        larger = arith.cmpi(_UGE, doubled, divisor)
        bit = arith.extui(t, larger)
        less = arith.subi(doubled, arith.select(larger, divisor, zero))
        scf.YieldOp([arith.ori(arith.shli(quotient, one), bit), less, arith.addi(shift, one)])
    quotient, rest, shift = loop.results
    sticky = arith.extui(t, arith.cmpi(_NE, rest, zero))
    rounded = arith.uitofp(f64, arith.ori(quotient, sticky))
    # 2.0 ** -shift, by its bits: shift is at most 118.
    scale = arith.bitcast(f64, arith.shli(arith.subi(number(a, 1023), shift), number(a, 52)))
    scaled = arith.mulf(rounded, scale)
    return arith.select(negative, arith.negf(scaled), scaled)


def _magnitude(x: Any) -> Any:
    """``|x|`` without sign: the smallest number too."""
    return arith.select(arith.cmpi(_SLT, x, number(x, 0)), arith.subi(number(x, 0), x), x)


def _pow(site: Site) -> Any:
    """By repeated squaring. A square that overflows matters only if it is used afterwards."""
    base, exponent = site.operands
    t = base.type
    loop = scf.WhileOp([t, t, t], [number(base, 1), base, exponent])
    before, after = (region.blocks.append(t, t, t) for region in loop.regions)
    with ir.InsertionPoint(before):
        result, square, left = before.arguments
        scf.ConditionOp(arith.cmpi(_SGT, left, number(base, 0)), [result, square, left])
    with ir.InsertionPoint(after):
        result, square, left = after.arguments
        odd = arith.cmpi(_NE, arith.andi(left, number(left, 1)), number(left, 0))
        factor = arith.select(odd, square, number(square, 1))
        product, fits = _product(result, factor)
        _fits(site, fits)
        rest = arith.shrsi(left, number(left, 1))
        more = arith.cmpi(_SGT, rest, number(rest, 0))
        squared, square_fits = _product(square, arith.select(more, square, number(square, 0)))
        _fits(site, square_fits)
        scf.YieldOp([product, squared, rest])
    return loop.results[0]


def _shl(site: Site) -> Any:
    """Nothing is lost if shifting back gives the operand; 0 may be shifted by any count."""
    a, count = site.operands
    inside = arith.cmpi(_ULT, count, number(count, 64))
    safe = arith.select(inside, count, number(count, 0))
    shifted = arith.shli(a, safe)
    back = arith.cmpi(_EQ, arith.shrsi(shifted, safe), a)
    zero = arith.cmpi(_EQ, a, number(a, 0))
    _fits(site, arith.ori(zero, arith.andi(inside, back)))
    return shifted


def _shr(site: Site) -> Any:
    a, count = site.operands
    return integer_math.binary("shr", "i64", a, count)


def _neg(site: Site) -> Any:
    (x,) = site.operands
    _fits(site, arith.cmpi(_NE, x, number(x, _SMALLEST)))
    return arith.subi(number(x, 0), x)


def _abs(site: Site) -> Any:
    (x,) = site.operands
    _fits(site, arith.cmpi(_NE, x, number(x, _SMALLEST)))
    return arith.select(arith.cmpi(_SLT, x, number(x, 0)), arith.subi(number(x, 0), x), x)


def _not(condition: Any) -> Any:
    return arith.xori(condition, arith.constant(condition.type, 1))


_OPERATIONS: dict[str, Callable[[Site], Any]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "floordiv": _floordiv,
    "mod": _mod,
    "div": _div,
    "pow": _pow,
    "shl": _shl,
    "shr": _shr,
    "neg": _neg,
    "abs": _abs,
}
RULES: dict[str, Rule] = {f"pyc.int_{name}": rule for name, rule in _OPERATIONS.items()}
