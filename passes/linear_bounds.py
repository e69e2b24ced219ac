"""What follows from sums: ``i - 1 < n`` where ``i`` counts up to ``n - 1``.

A scalar is written as a sum of other scalars with factors, and a number. What is known is kept as sums that are not
positive, and to show that one more is not, they are taken away from it until only numbers are left::

    for i in range(1, n - 1):         # 1 - i <= 0 and i - n + 2 <= 0
        x[i + 1]                      # i + 1 - n + 1 <= 0, which is i - n + 2

Sums that may have left 64 bits are scalars of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import ir
from pyc.dialects.verify import int_array

from .scalar_facts import Fact, Origin

#: How many sums are tried at most to show one.
_MOST = 60
#: In a function where more than so many were tried, few are tried for each of the others: it is long, and its checks
#: are many.
_ENOUGH, _FEW = 6000, 6
#: Operations whose results are equal where their operands are, with the attribute that says which they are.
_NUMBERED = {
    **dict.fromkeys(("minimum", "maximum", "add", "sub", "mul", "int_add", "int_sub", "int_mul", "select"), ""),
    "dim": "axis",
    "compare": "predicate",
}
#: How deep the operations are that a sum is made of.
_DEEPEST = 12

Factor = int | Fraction


@dataclass(frozen=True)
class Sum:
    """``constant`` and each scalar of ``terms`` times its factor, which is not 0."""

    terms: dict[Any, Factor]
    constant: Factor

    def plus(self, other: Sum, times: Factor = 1) -> Sum:
        terms = dict(self.terms)
        for value, factor in other.terms.items():
            added = terms.get(value, 0) + factor * times
            if added:
                terms[value] = added
            else:
                terms.pop(value, None)
        return Sum(terms, self.constant + other.constant * times)


class LinearBounds:
    """Sums that are known not to be positive where the analysis is at the moment."""

    def __init__(
        self, fact: Callable[[Any], Fact], chosen: Callable[[Any], Any], origin: Callable[[Any], Origin]
    ) -> None:
        """``fact`` gives a scalar's range, ``origin`` how it is made, ``chosen`` what a selection is known to give."""
        self._fact, self._chosen, self._origin = fact, chosen, origin
        self._by_scalar: dict[Any, list[Sum]] = {}
        self._order: list[Any] = []
        self._not_zero: list[Sum] = []
        self._same: dict[Any, Any] = {}
        self._first: dict[Any, Any] = {}
        self._firsts: dict[tuple[Any, ...], Any] = {}
        self._tried = 0

    # --- what is known ------------------------------------------------------------------------------------------------

    def mark(self) -> tuple[int, int]:
        """A place to :meth:`forget` back to."""
        return len(self._order), len(self._not_zero)

    def forget(self, mark: tuple[int, int]) -> None:
        """Know only what was known at a place."""
        sums, differences = mark
        while len(self._order) > sums:
            self._by_scalar[self._order.pop()].pop()
        del self._not_zero[differences:]

    def same(self, value: Any, other: Any) -> None:
        """Know that a scalar is another one."""
        self._same[value] = other

    def apart(self, a: Any, b: Any) -> None:
        """Know that ``a`` and ``b`` differ."""
        self._not_zero.append(self.sum_of(a).plus(self.sum_of(b), -1))

    def at_most(self, a: Any, b: Any, apart: int = 0) -> Iterator[tuple[Any, Fact]]:
        """Know that ``a + apart <= b``; gives the ranges of scalars that follow: of ``i`` from ``2 * i + 1 < n``."""
        found = self.sum_of(a).plus(self.sum_of(b), -1)
        found = Sum(found.terms, found.constant + apart)
        for value in found.terms:
            self._by_scalar.setdefault(value, []).append(found)
            self._order.append(value)
        yield from self._ranges(found)
        for value in found.terms:
            # 3 * (n // 3) <= n: what is known of the quotient is known of n.
            if self._origin(value).name in ("pyc.floordiv", "pyc.int_floordiv"):
                for known in self._of_operation(value):
                    yield from self._ranges(known)

    def _ranges(self, known: Sum) -> Iterator[tuple[Any, Fact]]:
        """Ranges of the scalars of a sum that is not positive."""
        for value, factor in known.terms.items():
            # The sum of the others is at least this.
            rest = Sum({}, 0).plus(known, -1).plus(Sum({value: factor}, 0))
            least = -self._largest(rest)
            if math.isinf(least):
                continue
            bound = Fraction(-least) / factor
            yield value, Fact(-math.inf, math.floor(bound)) if factor > 0 else Fact(math.ceil(bound), math.inf)

    # --- what follows -------------------------------------------------------------------------------------------------

    def follows(self, a: Any, b: Any, apart: int = 0) -> bool:
        """Whether ``a + apart <= b`` is shown."""
        wanted = self.sum_of(a).plus(self.sum_of(b), -1)
        allowed = self._left = _MOST if self._tried < _ENOUGH else _FEW
        found = self._not_positive(Sum(wanted.terms, wanted.constant + apart), set())
        self._tried += allowed - self._left
        return found

    def differ(self, a: Any, b: Any) -> bool:
        """Whether ``a != b`` is shown."""
        if self.follows(a, b, 1) or self.follows(b, a, 1):
            return True
        if not self._not_zero:
            return False
        found = self.sum_of(a).plus(self.sum_of(b), -1)
        return any(found == known or found == Sum({}, 0).plus(known, -1) for known in self._not_zero)

    def _not_positive(self, wanted: Sum, seen: set[tuple[Any, ...]]) -> bool:
        # Scalars are whole, so that a half is as good as nothing.
        if self._largest(wanted) < 1:
            return True
        key = (wanted.constant, frozenset((id(v), v, f) for v, f in wanted.terms.items()))
        if key in seen or self._left <= 0 or len(wanted.terms) > 4:
            return False
        seen.add(key)
        self._left -= 1
        for value, factor in wanted.terms.items():
            for known in self._known_of(value):
                if self._left <= 0:
                    return False
                own = known.terms.get(value, 0)
                if own * factor > 0 and self._not_positive(wanted.plus(known, -_ratio(factor, own)), seen):
                    return True
            ways = self._either(value)
            if ways is not None and all(self._not_positive(self._with(wanted, value, w), seen) for w in ways):
                return True
        return False

    def _either(self, value: Any) -> list[Any] | None:
        """The scalars of which one is this one, without those that its range says it is not."""
        ways = _ways(value, self._origin(value))
        if ways is None:
            return None
        here = self._fact(value)
        facts = [self._fact(w) for w in ways]
        return [w for w, f in zip(ways, facts, strict=True) if f.low <= here.high and here.low <= f.high]

    def _with(self, wanted: Sum, value: Any, other: Any) -> Sum:
        """``wanted`` with another scalar for one of its own."""
        factor = wanted.terms[value]
        return wanted.plus(Sum({value: 1}, 0), -factor).plus(self.sum_of(other), factor)

    def _known_of(self, value: Any) -> Iterator[Sum]:
        yield from reversed(self._by_scalar.get(value, ()))
        yield from self._of_operation(value)

    def _of_operation(self, value: Any) -> Iterator[Sum]:
        """What the operation that makes a scalar says of it."""
        owner = self._origin(value)
        if not owner.name.startswith("pyc."):
            return
        itself = Sum({value: 1}, 0)
        name = owner.name.removeprefix("pyc.").removeprefix("int_")
        if name in ("minimum", "maximum"):
            sign = 1 if name == "minimum" else -1
            for operand in owner.operands:
                yield Sum({}, 0).plus(itself, sign).plus(self.sum_of(operand), -sign)
        elif name == "select" and (sign := _extreme(owner, self._origin(owner.operands[0]))):
            for operand in owner.operands[1:]:
                yield Sum({}, 0).plus(itself, sign).plus(self.sum_of(operand), -sign)
        elif name == "mod" and self._fact(owner.operands[1]).low > 0:
            below = itself.plus(self.sum_of(owner.operands[1]), -1)
            yield Sum(below.terms, below.constant + 1)
        elif name == "floordiv" and (divisor := self._fact(owner.operands[1]).number) is not None and divisor > 0:
            # divisor * value <= dividend < divisor * value + divisor
            least = Sum({}, 0).plus(itself, int(divisor)).plus(self.sum_of(owner.operands[0]), -1)
            yield least
            yield Sum({}, 1 - int(divisor)).plus(least, -1)

    def _largest(self, wanted: Sum) -> Factor | float:
        """A number that a sum is at most."""
        total: Factor | float = wanted.constant
        for value, factor in wanted.terms.items():
            fact = self._fact(value)
            bound = fact.high if factor > 0 else fact.low
            if math.isinf(bound):
                return math.inf
            total += factor * int(bound)
        return total

    # --- sums ---------------------------------------------------------------------------------------------------------

    def sum_of(self, value: Any, depth: int = 0) -> Sum:
        """A scalar as a sum."""
        value = self._same.get(value, value)
        value = self._chosen(value)
        number = self._fact(value).number
        if number is not None:
            return Sum({}, int(number))
        owner = self._origin(value)
        if depth < _DEEPEST and owner.name.startswith("pyc."):
            found = self._of(owner, depth + 1)
            if found is not None:
                return found
        return Sum({self._numbered(value): 1}, 0)

    def _numbered(self, value: Any) -> Any:
        """The first of the scalars seen that are computed as this one is: the less of the same two, say."""
        if value not in self._first:
            owner = self._origin(value)
            name = owner.name.removeprefix("pyc.")
            if name == "arith.constant":
                key: tuple[Any, ...] = (name, owner.operation.attributes["value"])
            elif name != owner.name and name in _NUMBERED:
                attribute = _NUMBERED[name]
                kind = owner.operation.attributes[attribute] if attribute else None
                key = (name, kind, *map(self._numbered, owner.operands))
            else:
                return value
            self._first[value] = self._firsts.setdefault(key, value)
        return self._first[value]

    def _of(self, owner: Origin, depth: int) -> Sum | None:
        name = owner.name.removeprefix("pyc.")
        exact = name.startswith("int_")
        match name.removeprefix("int_"):
            case "add" | "sub" as name if exact or self._fits(owner, 1 if name == "add" else -1):
                a, b = (self.sum_of(v, depth) for v in owner.operands)
                return a.plus(b, 1 if name == "add" else -1)
            case "neg" if exact:
                return Sum({}, 0).plus(self.sum_of(owner.operands[0], depth), -1)
            case "not" if owner.bounds is not None:
                return Sum({}, int(sum(owner.bounds))).plus(self.sum_of(owner.operands[0], depth), -1)
            case "mul" if exact or self._product_fits(owner):
                for value, other in (owner.operands, reversed(owner.operands)):
                    if (times := self._fact(other).number) is not None:
                        return Sum({}, 0).plus(self.sum_of(value, depth), int(times))
            case "dim":
                extent = _extent_of_part(owner.operation)
                return None if extent is None else self.sum_of(extent, depth)
            case "cast":
                source, here = self._origin(owner.operands[0]).bounds, owner.bounds
                if source is not None and here is not None and here[0] <= source[0] and source[1] <= here[1]:
                    return self.sum_of(owner.operands[0], depth)
        return None

    def _fits(self, owner: Origin, sign: int) -> bool:
        """Whether a sum that would wrap does not."""
        bounds = owner.bounds
        if bounds is None:
            return False
        a, b = (self._fact(v) for v in owner.operands)
        low, high = (a.low + b.low, a.high + b.high) if sign > 0 else (a.low - b.high, a.high - b.low)
        return bounds[0] <= low and high <= bounds[1]

    def _product_fits(self, owner: Origin) -> bool:
        """Whether a product that would wrap does not."""
        bounds = owner.bounds
        facts = [self._fact(v) for v in owner.operands]
        if bounds is None or any(math.isinf(n) for f in facts for n in (f.low, f.high)):
            return False
        a, b = facts
        products = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        return bounds[0] <= min(products) and max(products) <= bounds[1]


def _ratio(a: Factor, b: Factor) -> Factor:
    found = Fraction(a) / Fraction(b)
    return int(found) if found.denominator == 1 else found


def _extent_of_part(dim: Any) -> Any | None:
    """The scalar that is the extent of an axis of a slice."""
    owner = dim.operands[0].owner
    if isinstance(owner, ir.Block) or owner.name != "pyc.slice":
        return None
    starts, lengths, _ = list(ir.DenseI32ArrayAttr(owner.attributes["operandSegmentSizes"]))[1:]
    dropped = int_array(owner.attributes["dropped"])
    kept = [axis for axis in range(lengths) if axis not in dropped]
    return owner.operands[1 + starts + kept[ir.IntegerAttr(dim.attributes["axis"]).value]]


def _extreme(select: Origin, condition: Origin) -> int:
    """1 for a selection that gives the less of two scalars, -1 for the greater, 0 for another."""
    if condition.name != "pyc.compare":
        return 0
    sign = {"lt": 1, "le": 1, "gt": -1, "ge": -1}.get(condition.predicate, 0)
    (a, b), (on_true, on_false) = condition.operands, select.operands[1:]
    return sign if (a, b) == (on_true, on_false) else -sign if (b, a) == (on_true, on_false) else 0


def _ways(value: Any, origin: Origin) -> tuple[Any, ...] | None:
    """The scalars of which one is this one: of a selection, the less or the greater, or the ways through ``scf.if``."""
    if origin.name == "pyc.select":
        return origin.operands[1:]
    if origin.name in ("pyc.minimum", "pyc.maximum"):
        return origin.operands
    if origin.name == "scf.if":
        which = list(origin.operation.results).index(value)
        blocks = [r.blocks[0] for r in origin.operation.regions if len(r.blocks)]
        return tuple(terminator(b).operands[which] for b in blocks)
    return None
