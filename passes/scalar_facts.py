"""What is known of scalars before the program runs: ranges of numbers, and whether they follow from extents alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir

Number = bool | int | float

_SMALLEST, _LARGEST = -(1 << 63), (1 << 63) - 1
#: No tensor has more elements along an axis: they would not fit in the address space.
_LONGEST = 1 << 48
#: Whole numbers up to here are 64-bit floats as well.
_EXACT = 1 << 53


@dataclass(frozen=True)
class Fact:
    """A scalar lies in ``[low, high]``; ``from_extents`` if it follows from constants and extents of tensors alone.

    Booleans are 0 and 1. ``overflows`` says of an exact operation that its result may not fit in 64 bits.
    """

    low: Number
    high: Number
    from_extents: bool = False
    overflows: bool = False

    @property
    def number(self) -> Number | None:
        """The one number that it can be; ``None`` if there are more."""
        return self.low if self.low == self.high else None


_ANYTHING = Fact(-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Origin:
    """How a value is made: by the operation ``name`` of ``operands``; ``name`` is empty for an argument of a block.

    ``bounds`` is the range of its type, ``predicate`` that of a comparison.
    """

    bounds: tuple[Number, Number] | None
    name: str = ""
    operands: tuple[Any, ...] = ()
    operation: Any = None
    predicate: str = ""


def _origin(value: Any) -> Origin:
    bounds, owner = type_bounds(value.type), value.owner
    if isinstance(owner, ir.Block):
        return Origin(bounds)
    name = owner.name
    predicate = ir.StringAttr(owner.attributes["predicate"]).value if name == "pyc.compare" else ""
    return Origin(bounds, name, tuple(owner.operands), owner, predicate)


class Facts:
    """Facts about the scalars of a function, found on demand and remembered."""

    def __init__(self) -> None:
        self._known: dict[Any, Fact] = {}
        self._origins: dict[Any, Origin] = {}

    def origin(self, value: Any) -> Origin:
        """How a value is made, asked for once: MLIR takes a microsecond for each answer, and analyses ask often."""
        found = self._origins.get(value)
        if found is None:
            found = self._origins[value] = _origin(value)
        return found

    def of(self, value: Any) -> Fact:
        """What is known of an MLIR value."""
        found = self._known.get(value)
        if found is None:
            self._known[value] = _ANYTHING
            found = self._known[value] = self._find(value)
        return found

    def _whole(self, value: Any) -> Fact | None:
        """What is known of a number that is whole: an integer, or a 64-bit float that is one converted exactly."""
        origin = self.origin(value)
        if origin.bounds is not None:
            return self.of(value)
        if value.type != ir.F64Type.get(value.context):
            return None
        found = None
        if origin.name == "pyc.cast" and self.origin(origin.operands[0]).bounds is not None:
            found = self.of(origin.operands[0])
        elif origin.name == "arith.constant":
            number = ir.FloatAttr(origin.operation.attributes["value"]).value
            found = Fact(int(number), int(number), from_extents=True) if number.is_integer() else None
        return found if found is not None and max(-found.low, found.high) <= _EXACT else None

    def _find(self, value: Any) -> Fact:
        origin = self.origin(value)
        bounds = origin.bounds
        if bounds is None:
            return _ANYTHING
        unknown = Fact(*bounds)
        if not origin.name:
            return unknown
        if origin.name == "arith.constant":
            return _constant(origin.operation.attributes["value"])
        if origin.name == "pyc.dim":
            return Fact(0, _LONGEST, from_extents=True)
        name = origin.name.removeprefix("pyc.")
        if name == "compare" and (whole := [self._whole(v) for v in origin.operands]) and None not in whole:
            facts = [f for f in whole if f is not None]
            return _compare(origin, facts, all(f.from_extents for f in facts))
        if name == origin.name or any(self.origin(v).bounds is None for v in origin.operands):
            return unknown
        facts = [self.of(v) for v in origin.operands]
        from_extents = all(f.from_extents for f in facts)
        if name == "compare":
            return _compare(origin, facts, from_extents)
        if name == "select":
            return _select(facts, from_extents)
        if name == "cast":
            return _clamped(facts[0], bounds, from_extents, exact=False)
        if name == "not":
            # Of an integer, -1 - x; without sign, what is missing to the largest.
            total = bounds[0] + bounds[1]
            return Fact(total - facts[0].high, total - facts[0].low, from_extents)
        if name in ("mul", "int_mul") and _extents_of_one_tensor(value) is not None:
            return Fact(0, _LARGEST, from_extents=True)
        exact = name.startswith("int_")
        combine = _RANGES.get(name.removeprefix("int_"))
        if combine is None or any(math.isinf(n) for f in facts for n in (f.low, f.high)):
            return Fact(*bounds, from_extents, overflows=exact)
        result = combine(*facts)
        if result is None:
            return Fact(*bounds, from_extents, overflows=exact and name != "int_mod")
        return _clamped(Fact(*result), bounds, from_extents, exact=exact)


def _extents_of_one_tensor(value: Any) -> tuple[Any, frozenset[int]] | None:
    """The tensor and the axes whose extents ``value`` is the product of: a number of elements, so it fits in 64 bits.

    Also beside an axis without elements: nobody can make an array whose other extents have a larger product. The tensor
    is ``None`` for the factor 1, of no extent at all.
    """
    owner = value.owner
    if isinstance(owner, ir.Block):
        return None
    if owner.name == "arith.constant":
        return (None, frozenset()) if _constant(owner.attributes["value"]).number == 1 else None
    if owner.name == "pyc.dim":
        return owner.operands[0], frozenset({ir.IntegerAttr(owner.attributes["axis"]).value})
    if owner.name not in ("pyc.mul", "pyc.int_mul"):
        return None
    factors = [_extents_of_one_tensor(v) for v in owner.operands]
    found = [f for f in factors if f is not None]
    if len(found) < 2 or found[0][1] & found[1][1]:
        return None
    tensors = [tensor for tensor, _ in found if tensor is not None]
    if len(tensors) == 2 and tensors[0] != tensors[1]:
        return None
    return (tensors[0] if tensors else None), found[0][1] | found[1][1]


def type_bounds(t: Any) -> tuple[Number, Number] | None:
    """The range of a scalar type; ``None`` for a tensor and for floats, of which nothing is followed."""
    if not isinstance(t, ir.IntegerType):
        return None
    if t.width == 1:
        return 0, 1
    if t.is_unsigned:
        return 0, (1 << t.width) - 1
    return -(1 << (t.width - 1)), (1 << (t.width - 1)) - 1


def _constant(attribute: Any) -> Fact:
    value = int(ir.IntegerAttr(attribute).value)
    if ir.IntegerAttr(attribute).type == ir.IntegerType.get_signless(1):
        value &= 1
    return Fact(value, value, from_extents=True)


def _clamped(found: Fact, bounds: tuple[Number, Number], from_extents: bool, *, exact: bool) -> Fact:
    """``found`` where it fits in the type; otherwise it has wrapped, or the exact operation raises."""
    if bounds[0] <= found.low and found.high <= bounds[1]:
        return Fact(found.low, found.high, from_extents)
    if exact and found.low <= bounds[1] and bounds[0] <= found.high:
        return Fact(max(found.low, bounds[0]), min(found.high, bounds[1]), from_extents, overflows=True)
    return Fact(*bounds, from_extents, overflows=exact)


def _compare(origin: Origin, facts: list[Fact], from_extents: bool) -> Fact:
    a, b = facts
    same = origin.operands[0] == origin.operands[1]
    true, false = {
        "eq": (same or (a.number is not None and a.number == b.number), a.high < b.low or b.high < a.low),
        "ne": (a.high < b.low or b.high < a.low, same or (a.number is not None and a.number == b.number)),
        "lt": (a.high < b.low, same or a.low >= b.high),
        "le": (same or a.high <= b.low, a.low > b.high),
        "gt": (a.low > b.high, same or a.high <= b.low),
        "ge": (same or a.low >= b.high, a.high < b.low),
    }[origin.predicate]
    return Fact(int(true), int(not false), from_extents)


def _select(facts: list[Fact], from_extents: bool) -> Fact:
    condition, a, b = facts
    if condition.number is not None:
        chosen = a if condition.number else b
        return Fact(chosen.low, chosen.high, from_extents)
    return Fact(min(a.low, b.low), max(a.high, b.high), from_extents)


def _corners(function: Callable[[Any, Any], Any]) -> Callable[[Fact, Fact], tuple[Number, Number]]:
    """The range of a function that is monotonic in each argument."""

    def combine(a: Fact, b: Fact) -> tuple[Number, Number]:
        values = [function(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
        return min(values), max(values)

    return combine


def _mod(a: Fact, b: Fact) -> tuple[Number, Number] | None:
    if b.low > 0:
        return (a.low, a.high) if a.low >= 0 and a.high < b.low else (0, b.high - 1)
    return (b.low + 1, 0) if b.high < 0 else None


def _floordiv(a: Fact, b: Fact) -> tuple[Number, Number] | None:
    return _corners(lambda x, y: x // y)(a, b) if b.low > 0 or b.high < 0 else None


def _pow(a: Fact, b: Fact) -> tuple[Number, Number] | None:
    """Of small exponents, which are not negative."""
    if b.low < 0 or b.high > 64:
        return None
    if a.low >= 0:
        return a.low**b.low if a.low else 0, max(a.high, 1) ** b.high
    # Signs alternate with the exponent.
    largest = max(-a.low, a.high, 1) ** b.high
    return -largest, largest


def _shl(a: Fact, b: Fact) -> tuple[Number, Number] | None:
    return _corners(lambda x, y: x << y)(a, b) if b.low >= 0 and b.high <= 64 else None


def _shr(a: Fact, b: Fact) -> tuple[Number, Number] | None:
    return _corners(lambda x, y: x >> min(y, 64))(a, b) if b.low >= 0 else None


def _abs(a: Fact) -> tuple[Number, Number]:
    values = (abs(a.low), abs(a.high))
    return 0 if a.low <= 0 <= a.high else min(values), max(values)


def _bitwise(function: Callable[[Any, Any], Any]) -> Callable[[Fact, Fact], tuple[Number, Number] | None]:
    """Of booleans, where the range is that of the four corners; of integers only when both are known."""

    def combine(a: Fact, b: Fact) -> tuple[Number, Number] | None:
        if {a.low, a.high, b.low, b.high} <= {0, 1} or (a.number is not None and b.number is not None):
            return _corners(function)(a, b)
        return None

    return combine


_RANGES: dict[str, Callable[..., tuple[Number, Number] | None]] = {
    "add": _corners(lambda x, y: x + y),
    "sub": _corners(lambda x, y: x - y),
    "mul": _corners(lambda x, y: x * y),
    "maximum": _corners(max),
    "minimum": _corners(min),
    "floordiv": _floordiv,
    "mod": _mod,
    "pow": _pow,
    "shl": _shl,
    "shr": _shr,
    "neg": lambda a: (-a.high, -a.low),
    "abs": _abs,
    "and": _bitwise(lambda x, y: x & y),
    "or": _bitwise(lambda x, y: x | y),
    "xor": lambda a, b: _bitwise(lambda x, y: x ^ y)(a, b) if a.number is not None and b.number is not None else None,
}
