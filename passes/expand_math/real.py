"""Arithmetic on values of the IR, written as arithmetic: what formulas for functions are spelled with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, math

_EQ, _SLT = 0, 2
_OEQ, _OGT, _OGE, _OLT, _OLE, _UNO = 1, 2, 3, 4, 5, 14


def _element(t: Any) -> Any:
    return t.element_type if isinstance(t, ir.VectorType) else t


def _shaped(t: Any, element: Any) -> Any:
    """Another element type in the shape of a type."""
    return ir.VectorType.get(t.shape, element) if isinstance(t, ir.VectorType) else element


def _constant(t: Any, number: Any) -> Any:
    """A constant, the same in all elements of a vector."""
    return arith.constant(t, ir.DenseElementsAttr.get_splat(t, number) if isinstance(t, ir.VectorType) else number)


@dataclass(frozen=True)
class Real:
    """A floating-point value, or a vector of them. Other operands may be numbers of Python's.

    ``fused`` is whether the chip has fused multiply-adds.
    """

    value: Any
    fused: bool = True

    def of(self, value: Any) -> Real:
        """Another value for the same chip."""
        return Real(value, self.fused)

    def like(self, number: float) -> Real:
        """A constant of the same type."""
        return self.of(_constant(self.value.type, ir.FloatAttr.get(_element(self.value.type), float(number))))

    def _other(self, other: Real | float) -> Any:
        return other.value if isinstance(other, Real) else self.like(other).value

    def __add__(self, other: Real | float) -> Real:
        return self.of(arith.addf(self.value, self._other(other)))

    def __radd__(self, other: float) -> Real:
        return self.like(other) + self

    def __sub__(self, other: Real | float) -> Real:
        return self.of(arith.subf(self.value, self._other(other)))

    def __rsub__(self, other: float) -> Real:
        return self.like(other) - self

    def __mul__(self, other: Real | float) -> Real:
        return self.of(arith.mulf(self.value, self._other(other)))

    def __rmul__(self, other: float) -> Real:
        return self.like(other) * self

    def __truediv__(self, other: Real | float) -> Real:
        return self.of(arith.divf(self.value, self._other(other)))

    def __rtruediv__(self, other: float) -> Real:
        return self.like(other) / self

    def __neg__(self) -> Real:
        return self.of(arith.negf(self.value))

    def __abs__(self) -> Real:
        return self.of(math.absf(self.value))

    def __lt__(self, other: Real | float) -> Truth:
        return self._compared(_OLT, other)

    def __le__(self, other: Real | float) -> Truth:
        return self._compared(_OLE, other)

    def __gt__(self, other: Real | float) -> Truth:
        return self._compared(_OGT, other)

    def __ge__(self, other: Real | float) -> Truth:
        return self._compared(_OGE, other)

    def is_equal(self, other: Real | float) -> Truth:
        return self._compared(_OEQ, other)

    def is_nan(self) -> Truth:
        return self._compared(_UNO, self)

    def _compared(self, predicate: int, other: Real | float) -> Truth:
        return Truth(arith.cmpf(predicate, self.value, self._other(other)))

    def sqrt(self) -> Real:
        return self.of(math.sqrt(self.value))

    def floor(self) -> Real:
        return self.of(math.floor(self.value))

    def signed_as(self, other: Real) -> Real:
        """This magnitude with the sign of another.

        Not as ``copysign``: LLVM rounds its second operand where the result is rounded.
        """
        sign = other.bits() & -(2 ** (_element(self.value.type).width - 1))
        return (self.bits() | sign).as_bits_of(self)

    def bits(self) -> Whole:
        """The representation, as an integer of the same width."""
        t = self.value.type
        return Whole(arith.bitcast(_shaped(t, ir.IntegerType.get_signless(_element(t).width)), self.value))

    def is_single(self) -> bool:
        return isinstance(_element(self.value.type), ir.F32Type)

    def widened(self) -> Real:
        return self.of(arith.extf(_shaped(self.value.type, ir.F64Type.get()), self.value))

    def narrowed(self) -> Real:
        return self.of(arith.truncf(_shaped(self.value.type, ir.F32Type.get()), self.value))


@dataclass(frozen=True)
class Whole:
    """An integer, which wraps around, or a vector of them. Other operands may be numbers of Python's."""

    value: Any

    def like(self, number: int) -> Whole:
        """A constant of the same type."""
        return Whole(_constant(self.value.type, ir.IntegerAttr.get(_element(self.value.type), number)))

    def _other(self, other: Whole | int) -> Any:
        return other.value if isinstance(other, Whole) else self.like(other).value

    def __add__(self, other: Whole | int) -> Whole:
        return Whole(arith.addi(self.value, self._other(other)))

    def __sub__(self, other: Whole | int) -> Whole:
        return Whole(arith.subi(self.value, self._other(other)))

    def __and__(self, other: Whole | int) -> Whole:
        return Whole(arith.andi(self.value, self._other(other)))

    def __or__(self, other: Whole | int) -> Whole:
        return Whole(arith.ori(self.value, self._other(other)))

    def __xor__(self, other: Whole | int) -> Whole:
        return Whole(arith.xori(self.value, self._other(other)))

    def __lshift__(self, other: int) -> Whole:
        return Whole(arith.shli(self.value, self._other(other)))

    def __rshift__(self, other: int) -> Whole:
        """Arithmetic: the sign is shifted in."""
        return Whole(arith.shrsi(self.value, self._other(other)))

    def is_equal(self, other: Whole | int) -> Truth:
        return Truth(arith.cmpi(_EQ, self.value, self._other(other)))

    def __lt__(self, other: Whole | int) -> Truth:
        return Truth(arith.cmpi(_SLT, self.value, self._other(other)))

    def as_bits_of(self, real: Real) -> Real:
        """The value of ``real``'s type that this is the representation of."""
        return real.of(arith.bitcast(real.value.type, self.value))

    def converted(self, real: Real) -> Real:
        """The number as one of ``real``'s type."""
        return real.of(arith.sitofp(real.value.type, self.value))


@dataclass(frozen=True)
class Truth:
    value: Any

    def __and__(self, other: Truth) -> Truth:
        return Truth(arith.andi(self.value, other.value))

    def __or__(self, other: Truth) -> Truth:
        return Truth(arith.ori(self.value, other.value))

    def __xor__(self, other: Truth) -> Truth:
        return Truth(arith.xori(self.value, other.value))

    def __invert__(self) -> Truth:
        one = ir.IntegerAttr.get(_element(self.value.type), 1)
        return Truth(arith.xori(self.value, _constant(self.value.type, one)))


def where(condition: Truth, yes: Real | float, no: Real | float) -> Real:
    """One of two values; one of them may be a number of Python's."""
    if isinstance(yes, Real):
        return yes.of(arith.select(condition.value, yes.value, yes._other(no)))
    assert isinstance(no, Real)
    return no.of(arith.select(condition.value, no.like(yes).value, no.value))


def where_whole(condition: Truth, yes: Whole, no: Whole | int) -> Whole:
    return Whole(arith.select(condition.value, yes.value, yes._other(no)))


def fma(a: Real, b: Real | float, c: Real | float) -> Real:
    """``a * b + c``, rounded once, or twice where the chip cannot do better."""
    return a.of(math.fma(a.value, a._other(b), a._other(c))) if a.fused else a * b + c


def remainder(c: Real | float, a: Real, b: Real) -> Real:
    """``c - a * b`` of a product that is nearly ``c``, rounded once."""
    if a.fused:
        return fma(-a, b, c)
    product = two_product(a, b)
    return (c - product.high) - product.low


def contracted(a: Real, b: Real | float, c: Real | float) -> Real:
    """``a * b + c``, fused where the chip can: for terms of which no last bit counts."""
    flags = ir.Attribute.parse("#arith.fastmath<contract>")
    return a.of(arith.addf(arith.mulf(a.value, a._other(b), fastmath=flags), a._other(c), fastmath=flags))


def polynomial(x: Real, coefficients: Sequence[float], step: Callable[[Real, Real, float], Real] = fma) -> Real:
    """By Horner's rule, the highest coefficient first."""
    total = x.like(coefficients[0])
    for c in coefficients[1:]:
        total = step(total, x, c)
    return total


@dataclass(frozen=True)
class Pair:
    """The sum of two values, of which the second is at most half a unit in the last place of the first."""

    high: Real
    low: Real


def fast_two_sum(a: Real, b: Real) -> Pair:
    """``a + b`` without error, where ``a`` is not smaller than ``b``. Source: Dekker (1971)."""
    total = a + b
    return Pair(total, b - (total - a))


def two_sum(a: Real, b: Real) -> Pair:
    """``a + b`` without error. Source: Knuth, TAOCP 2, 4.2.2."""
    total = a + b
    part = total - a
    return Pair(total, (a - (total - part)) + (b - part))


def two_product(a: Real, b: Real) -> Pair:
    """``a * b`` without error; without fused multiply-adds, where neither is vast. Source: Dekker (1971)."""
    product = a * b
    if a.fused:
        return Pair(product, fma(a, b, -product))
    x, y = _halves(a), _halves(b)
    rest = ((x.high * y.high - product) + x.high * y.low + x.low * y.high) + x.low * y.low
    return Pair(product, rest)


def product_sum(a: Real, b: Real, c: Real) -> Real:
    """``a * b + c`` of a small ``c``, rounded once but for very little."""
    if a.fused:
        return fma(a, b, c)
    product = two_product(a, b)
    return product.high + (product.low + c)


def _halves(x: Real) -> Pair:
    """The upper and the lower half of the bits of an f64."""
    scaled = x * (2.0**27 + 1)
    high = scaled - (scaled - x)
    return Pair(high, x - high)
