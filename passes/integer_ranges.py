"""The ranges of integers where they are used: conditions that guard them, loops that count, additions that repeat.

An interval is kept for every integer and boolean scalar, and refined where control flow says more: behind
``pyc.check(%i < %n)``, in the branches of an ``scf.if``, in the body of a loop. What a loop carries is found in three
rounds over its body: with the values at its entry; with bounds widened until they hold; and, where a carried number
only has something added to it in each round, with the product of that and the number of rounds::

    count = 0                         # [0, 0]
    for i in range(len(x)):           # i in [0, 2**48 - 1], at most 2**48 rounds
        if x[i] > 0.0:
            count += 1                # adds [0, 1]: count in [0, 2**48], which fits
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import ir

from .linear_bounds import LinearBounds
from .scalar_facts import Fact, Facts, Number, Origin, type_bounds

#: Loops nested deeper than this are walked once, with nothing known of what they carry.
_DEEPEST = 3

#: What reads comparisons that should not be made.
_GUARDS = frozenset({"pyc.check", "pyc.and", "pyc.select"})
_NEGATED = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}
_MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}

Walk = Callable[[Sequence[Fact | None]], Sequence[Fact | None]]


@dataclass(frozen=True, slots=True)
class _Step:
    """An operation of a block, which is walked over many times: its name, its blocks, its results that are integers.

    ``guards`` says of a comparison that a check or a selection reads it.
    """

    operation: Any
    name: str
    regions: tuple[tuple[Any, ...], ...]
    numbers: tuple[Any, ...]
    guards: bool


def _step(op: Any) -> _Step:
    name = op.name
    guards = name == "pyc.compare" and any(use.owner.operation.name in _GUARDS for use in op.results[0].uses)
    numbers = tuple(r for r in op.results if type_bounds(r.type) is not None)
    return _Step(op, name, tuple(tuple(region.blocks) for region in op.regions), numbers, guards)


class IntegerRanges(Facts):
    """Ranges of the scalars of a function, each as it is where the scalar is defined.

    ``visit`` is called for every operation behind its operands, possibly more than once: what is known at the last call
    is what holds.
    """

    def __init__(self, visit: Callable[[Any, IntegerRanges], None]) -> None:
        super().__init__()
        self._visit = visit
        self._refined: dict[Any, Fact] = {}
        self._bounds = LinearBounds(self.of, self._chosen, self.origin)
        self._depth = 0
        self._steps: dict[Any, list[_Step]] = {}

    def of(self, value: Any) -> Fact:
        fact = self._known.get(value) or super().of(value)
        refined = self._refined.get(value)
        return fact if refined is None else _both(fact, refined)

    def walk(self, block: Any) -> None:
        """Find the ranges in a block, in order."""
        steps = self._steps.get(block)
        if steps is None:
            steps = self._steps[block] = [_step(op.operation) for op in block.operations]
        for step in steps:
            self._operation(step)

    def _operation(self, step: _Step) -> None:
        op = step.operation
        match step.name:
            case "scf.if":
                self._if(op)
            case "scf.for":
                self._for(op)
            case "scf.while":
                self._while(op)
            case _:
                for blocks in step.regions:
                    with self._scope():
                        for block in blocks:
                            self.walk(block)
                for result in step.numbers:
                    self._known[result] = (self._related(result) if step.guards else None) or self._find(result)
                self._visit(op, self)
                if step.name == "pyc.check":
                    self._refine(op.operands[0], holds=True)

    # --- conditions ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _scope(self) -> Iterator[None]:
        """What is refined inside is forgotten behind it."""
        before, mark = dict(self._refined), self._bounds.mark()
        try:
            yield
        finally:
            self._refined = before
            self._bounds.forget(mark)

    def _refine(self, condition: Any, *, holds: bool) -> None:
        """Use that a condition is known to hold, or not to."""
        self._narrow(condition, Fact(int(holds), int(holds)))
        owner = self.origin(condition)
        match owner.name:
            case "pyc.compare":
                self._compared(owner, holds=holds)
            case "pyc.not":
                self._refine(owner.operands[0], holds=not holds)
            case "pyc.and" if holds:
                for part in owner.operands:
                    self._refine(part, holds=True)
            case "pyc.or" if not holds:
                for part in owner.operands:
                    self._refine(part, holds=False)
            case "scf.if" | "pyc.select":
                self._refine_chosen(condition, holds=holds)

    def _refine_chosen(self, condition: Any, *, holds: bool) -> None:
        """Use that what one of two ways gave holds, or not, where that cannot have been the other way."""
        owner = self.origin(condition)
        if owner.name == "pyc.select":
            ends = list(owner.operands)[1:]
        else:
            which = list(owner.operation.results).index(condition)
            ends = [terminator(r.blocks[0]).operands[which] for r in owner.operation.regions if len(r.blocks)]
        possible = [self.of(end).number in (None, int(holds)) for end in ends]
        if possible in ([True, False], [False, True]):
            taken = possible.index(True)
            self._refine(owner.operands[0], holds=taken == 0)
            self._refine(ends[taken], holds=holds)

    def _at_most(self, a: Any, b: Any, apart: int = 0) -> None:
        """Know that ``a + apart <= b``."""
        for value, fact in self._bounds.at_most(a, b, apart):
            self._narrow(value, fact)

    def _compared(self, comparison: Origin, *, holds: bool) -> None:
        a, b = comparison.operands
        if self.origin(a).bounds is None:
            return
        predicate = comparison.predicate if holds else _NEGATED[comparison.predicate]
        left, right = self.of(a), self.of(b)
        match predicate:
            case "lt" | "le":
                self._at_most(a, b, int(predicate == "lt"))
            case "gt" | "ge":
                self._at_most(b, a, int(predicate == "gt"))
            case "eq":
                self._at_most(a, b)
                self._at_most(b, a)
            case _:
                self._bounds.apart(a, b)
        self._narrow(a, _where(predicate, left, right))
        self._narrow(b, _where(_MIRRORED[predicate], right, left))
        self._unwrap(predicate, a, b)

    def _unwrap(self, predicate: str, a: Any, b: Any) -> None:
        """Know of ``i`` that ``-n <= i < n`` where it is said of ``i + n if i < 0 else i`` that it is an index."""
        if predicate == "lt" and (found := self._wrapped(a)) is not None and found[1] == b:
            self._at_most(found[0], b, 1)
            self._narrow(found[0], Fact(-math.inf, self.of(b).high - 1))
        elif predicate == "le" and (found := self._wrapped(b)) is not None and self.of(a).low >= 0:
            self._narrow(found[0], Fact(-self.of(found[1]).high, math.inf))

    def _wrapped(self, value: Any) -> tuple[Any, Any] | None:
        """``i`` and ``n``, which is not negative, where a value is ``i + n if i < 0 else i``."""
        choice = self.origin(value)
        if choice.name != "pyc.select":
            return None
        test, added = (self.origin(v) for v in choice.operands[:2])
        i = choice.operands[2]
        if test.name != "pyc.compare" or test.predicate != "lt" or test.operands[0] != i:
            return None
        if added.name not in ("pyc.add", "pyc.int_add") or added.operands[0] != i:
            return None
        n = added.operands[1]
        return (i, n) if self.of(test.operands[1]).number == 0 and self.of(n).low >= 0 else None

    def _related(self, value: Any) -> Fact | None:
        """The value of a comparison of two numbers that follows from what is known of their difference."""
        comparison = self.origin(value)
        a, b = comparison.operands
        if self.origin(a).bounds is None or (found := self._find(value)).number is not None:
            return None
        follows = self._bounds.follows
        match comparison.predicate:
            case "lt":
                found = 1 if follows(a, b, 1) else 0 if follows(b, a) else None
            case "le":
                found = 1 if follows(a, b) else 0 if follows(b, a, 1) else None
            case "gt":
                found = 1 if follows(b, a, 1) else 0 if follows(a, b) else None
            case "ge":
                found = 1 if follows(b, a) else 0 if follows(a, b, 1) else None
            case "eq":
                found = 1 if follows(a, b) and follows(b, a) else 0 if self._bounds.differ(a, b) else None
            case _:
                found = 1 if self._bounds.differ(a, b) else 0 if follows(a, b) and follows(b, a) else None
        return None if found is None else Fact(found, found)

    def at(self, op: Any, value: Any) -> Fact:
        """What is known of a scalar where an operation stands, which may be more than where the scalar was computed."""
        fact = self.of(value)
        origin = self.origin(value)
        if (
            fact.number is None
            and origin.name == "pyc.compare"
            and origin.operation.operation.block != op.operation.block
        ):
            return self._related(value) or fact
        return fact

    def extreme(self, op: Any) -> str | None:
        """Which operand, ``first`` or ``second``, the less or the greater of two scalars is, if it is known."""
        first, second = op.operands
        less, greater = self._bounds.follows(first, second), self._bounds.follows(second, first)
        if op.name == "pyc.maximum":
            less, greater = greater, less
        return "first" if less else "second" if greater else None

    def _chosen(self, value: Any) -> Any:
        """``value``, or the operand that a selection is known to give: an index that needs no wrapping is itself."""
        while (origin := self.origin(value)).name == "pyc.select":
            condition, on_true, on_false = origin.operands
            number = self.of(condition).number
            if number is None:
                break
            value = on_true if number else on_false
        return value

    def _narrow(self, value: Any, fact: Fact) -> None:
        known = self._refined.get(value)
        self._refined[value] = fact if known is None else _both(known, fact)

    # --- control flow -------------------------------------------------------------------------------------------------

    def _if(self, op: Any) -> None:
        condition = op.operands[0]
        ends: list[Sequence[Fact | None]] = []
        for holds, region in zip((True, False), op.regions, strict=True):
            if not len(region.blocks):
                continue
            with self._scope():
                self._refine(condition, holds=holds)
                self.walk(region.blocks[0])
                if self.of(condition).number in (None, int(holds)):
                    ends.append(self._terminated(region.blocks[0]))
        for i, result in enumerate(op.results):
            self._set(result, _union([end[i] for end in ends]))

    def _for(self, op: Any) -> None:
        low, high, step = (self.of(v) for v in op.operands[:3])
        body = op.regions[0].blocks[0]
        counter, *carried = body.arguments
        rounds = math.inf
        if step.low >= 1:
            rounds = max(high.high - low.low, 0)
            self._known[counter] = Fact(low.low, max(high.high - 1, low.low))
        else:
            self._known.pop(counter, None)
        entry = [self._fact(v) for v in op.operands[3:]]

        def run(facts: Sequence[Fact | None]) -> Sequence[Fact | None]:
            with self._scope():
                for argument, fact in zip(carried, facts, strict=True):
                    self._set(argument, fact)
                if high.high > low.low:
                    self._narrow(counter, Fact(low.low, high.high - 1))
                self._at_most(counter, op.operands[1], 1)
                if step.low >= 1:
                    self._at_most(op.operands[0], counter)
                self.walk(body)
                return self._terminated(body)

        ends = self._loop(carried, entry, run, rounds, body)
        for i, (result, start) in enumerate(zip(op.results, entry, strict=True)):
            added = self._added(carried[i], terminator(body).operands[i], 0)
            self._set(result, _union([start, _meet(ends[i], _repeated(start, added, rounds))]))

    def _while(self, op: Any) -> None:
        before, after = (region.blocks[0] for region in op.regions)
        entry = [self._fact(v) for v in op.operands]
        rounds = self._while_rounds(op, entry)
        leaving: list[Fact | None] = []

        def run(facts: Sequence[Fact | None]) -> Sequence[Fact | None]:
            nonlocal leaving
            with self._scope():
                for argument, fact in zip(before.arguments, facts, strict=True):
                    self._set(argument, fact)
                self.walk(before)
                condition, *values = terminator(before).operands
                with self._scope():
                    self._refine(condition, holds=False)
                    leaving = [self._fact(v) for v in values]
                self._refine(condition, holds=True)
                for argument, value in zip(after.arguments, values, strict=True):
                    self._set(argument, self._fact(value))
                    self._bounds.same(argument, value)
                self.walk(after)
                return self._terminated(after)

        # What the condition changes on the way is not followed.
        passed = zip(before.arguments, after.arguments, terminator(before).operands[1:], strict=False)
        seen = [inside if argument == value else None for argument, inside, value in passed]
        self._loop(list(before.arguments), entry, run, rounds, after, seen)
        for result, fact in zip(op.results, leaving, strict=True):
            self._set(result, fact)

    def _while_rounds(self, op: Any, entry: Sequence[Fact | None]) -> Number:
        """How often a loop runs whose condition compares something that rises by one in every round."""
        before, after = (region.blocks[0] for region in op.regions)
        condition, *values = terminator(before).operands
        ends = terminator(after).operands
        for k, (start, argument) in enumerate(zip(entry, before.arguments, strict=True)):
            limit = _limit(condition, argument)
            if start is None or limit is None or values[k] != argument or _is_inside(limit, before):
                continue
            if _is_counter(after.arguments[k], ends[k]):
                return max(self.of(limit).high - start.low, 0)
        return math.inf

    def _loop(
        self,
        carried: Sequence[Any],
        entry: Sequence[Fact | None],
        run: Walk,
        rounds: Number,
        body: Any,
        seen: Sequence[Any | None] | None = None,
    ) -> Sequence[Fact | None]:
        """Find ranges of what a loop carries that hold in every round; gives those at the end of a round.

        ``carried`` are the values at the start of a round, ``seen`` the same where the body is entered.
        """
        widest = [None if f is None else Fact(*_type(v)) for v, f in zip(carried, entry, strict=True)]
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                return run(widest)
            facts = list(entry)
            ends = run(facts)
            if _within(ends, facts):
                return ends
            facts = [_widened(f, e, w) for f, e, w in zip(facts, ends, widest, strict=True)]
            ends = run(facts)
            if not _within(ends, facts):
                facts = [w if not _within([e], [f]) else f for f, e, w in zip(facts, ends, widest, strict=True)]
                ends = run(facts)
                if not _within(ends, facts):
                    facts = widest
                    ends = run(facts)
            narrower = list(facts)
            for i, (start, value) in enumerate(zip(entry, terminator(body).operands, strict=True)):
                added = self._added((seen or carried)[i], value, 0) if start is not None else None
                narrower[i] = _meet(facts[i], _union([start, _repeated(start, added, rounds - 1)]))
                # Every round begins as the first one does, or as another one ends.
                narrower[i] = _meet(narrower[i], _union([start, ends[i]]))
            return ends if narrower == facts else run(narrower)
        finally:
            self._depth -= 1

    def _added(self, start: Any, end: Any, depth: int) -> Fact | None:
        """What is added to ``start`` to give ``end``, if ``end`` is that; found where the body has been walked."""
        if start == end:
            return Fact(0, 0)
        owner = end.owner
        if isinstance(owner, ir.Block) or depth > 16:
            return None
        if owner.name in ("pyc.int_add", "pyc.add"):
            for x, other in (owner.operands, reversed(owner.operands)):
                rest = self._added(start, x, depth + 1)
                if rest is not None:
                    more = self._known.get(other) or self.of(other)
                    return Fact(rest.low + more.low, rest.high + more.high)
        if owner.name == "pyc.int_sub":
            rest, less = self._added(start, owner.operands[0], depth + 1), self.of(owner.operands[1])
            return None if rest is None else Fact(rest.low - less.high, rest.high - less.low)
        if owner.name == "pyc.select":
            parts = [self._added(start, v, depth + 1) for v in owner.operands[1:]]
            return _union(parts)
        if owner.name == "scf.if":
            which = list(owner.results).index(end)
            ends = [terminator(r.blocks[0]).operands[which] for r in owner.regions if len(r.blocks)]
            return _union([self._added(start, v, depth + 1) for v in ends])
        return None

    # --- values -------------------------------------------------------------------------------------------------------

    def _fact(self, value: Any) -> Fact | None:
        """The range of an integer, ``None`` for anything else."""
        return None if self.origin(value).bounds is None else self.of(value)

    def _set(self, value: Any, fact: Fact | None) -> None:
        if fact is None:
            self._known.pop(value, None)
        else:
            self._known[value] = Fact(fact.low, fact.high)

    def _terminated(self, block: Any) -> list[Fact | None]:
        return [self._fact(v) for v in terminator(block).operands]


def _type(value: Any) -> tuple[Number, Number]:
    bounds = type_bounds(value.type)
    assert bounds is not None
    return bounds


def _is_inside(value: Any, block: Any) -> bool:
    """Whether a value is made in a block, and so may be another in every round."""
    owner = value.owner
    return (owner if isinstance(owner, ir.Block) else owner.operation.block) == block


def _limit(condition: Any, counter: Any) -> Any | None:
    """``n`` where a condition says ``counter < n``, possibly among others."""
    owner = condition.owner
    if isinstance(owner, ir.Block):
        return None
    if owner.name == "pyc.and":
        return next((n for part in owner.operands if (n := _limit(part, counter)) is not None), None)
    if owner.name == "pyc.compare" and ir.StringAttr(owner.attributes["predicate"]).value == "lt":
        return owner.operands[1] if owner.operands[0] == counter else None
    return None


def _is_counter(start: Any, end: Any) -> bool:
    """Whether a number rises by one."""
    owner = end.owner
    if isinstance(owner, ir.Block) or owner.name not in ("pyc.add", "pyc.int_add"):
        return False
    a, b = owner.operands
    constant = (
        None if isinstance(b.owner, ir.Block) or b.owner.name != "arith.constant" else b.owner.attributes["value"]
    )
    return a == start and constant is not None and ir.IntegerAttr(constant).value == 1


# --- intervals --------------------------------------------------------------------------------------------------------


def _both(a: Fact, b: Fact) -> Fact:
    """What two facts say together. Where they contradict each other, nothing is run: either will do."""
    low, high = max(a.low, b.low), min(a.high, b.high)
    return Fact(low, high, a.from_extents, a.overflows) if low <= high else a


def _meet(a: Fact | None, b: Fact | None) -> Fact | None:
    return a if b is None else b if a is None else _both(a, b)


def _union(facts: Sequence[Fact | None]) -> Fact | None:
    found = [f for f in facts if f is not None]
    if not found or len(found) < len(facts):
        return None
    return Fact(min(f.low for f in found), max(f.high for f in found))


def _within(inner: Sequence[Fact | None], outer: Sequence[Fact | None]) -> bool:
    pairs = zip(inner, outer, strict=True)
    return all(i is None or o is None or (o.low <= i.low and i.high <= o.high) for i, o in pairs)


def _widened(fact: Fact | None, end: Fact | None, widest: Fact | None) -> Fact | None:
    """A range that may hold in every round, from those of the first and behind it."""
    if fact is None or end is None or widest is None:
        return widest
    low = fact.low if end.low >= fact.low else 0 if end.low >= 0 else widest.low
    return Fact(low, fact.high if end.high <= fact.high else widest.high)


def _repeated(start: Fact | None, added: Fact | None, rounds: Number) -> Fact | None:
    """The range after at most ``rounds`` rounds in each of which something is added."""
    if start is None or added is None:
        return None
    times = max(rounds, 0)
    low = start.low + (times * added.low if added.low < 0 else 0)
    high = start.high + (times * added.high if added.high > 0 else 0)
    return Fact(low, high)


def _where(predicate: str, a: Fact, b: Fact) -> Fact:
    """What is known of a number that compares with ``b`` in that way."""
    match predicate:
        case "lt":
            return Fact(-math.inf, b.high - 1)
        case "le":
            return Fact(-math.inf, b.high)
        case "gt":
            return Fact(b.low + 1, math.inf)
        case "ge":
            return Fact(b.low, math.inf)
        case "eq":
            return Fact(b.low, b.high)
    low = a.low + 1 if b.number == a.low else -math.inf
    high = a.high - 1 if b.number == a.high else math.inf
    return Fact(low, high)
