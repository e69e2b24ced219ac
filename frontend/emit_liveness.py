"""What statements without jumps read and bind, and which variables are read later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field

from pyc.dataclass import dataclass

from . import tree
from .emit_flow import Guarded, Loop, named, parts
from .tree import Expression, Statement, Variable


def walk(*expressions: Expression | None) -> Iterable[Expression]:
    """Every expression in the given ones, outermost first."""
    pending = [e for e in expressions if e is not None]
    while pending:
        e = pending.pop()
        yield e
        pending += parts(e)


def own(s: Statement) -> list[Expression]:
    """The expressions that a statement evaluates itself, not those of its blocks."""
    match s:
        case tree.Assign() | tree.Evaluate():
            return [s.value]
        case tree.Store():
            items = (*s.items, *([s.chosen] if s.chosen is not None else []))
            return [s.value, s.base, *(e for item in items for e in parts(item))]
        case tree.Tell():
            return list(s.values)
        case tree.If() | tree.Assert():
            return [s.condition]
        case Loop(loop=tree.While() as loop):
            return [loop.condition]
        case Loop(loop=tree.ForRange() as loop):
            return [loop.start, loop.stop, loop.step]
        case _:
            return []


def statements(block: Sequence[Statement]) -> Iterable[Statement]:
    """Every statement in a block, in order, with those inside them."""
    for s in block:
        yield s
        match s:
            case tree.If():
                yield from statements(s.then)
                yield from statements(s.otherwise)
            case Loop() | Guarded():
                yield from statements(s.body)


def assigned(block: Sequence[Statement]) -> list[Variable]:
    """The variables that a block binds, each once, in order."""
    found: dict[Variable, None] = {}
    for s in statements(block):
        for expression in own(s):
            found.update(dict.fromkeys(named(expression)))
        if isinstance(s, tree.Assign):
            found[s.variable] = None
        elif isinstance(s, Loop) and isinstance(s.loop, tree.ForRange):
            found[s.loop.variable] = None
        elif isinstance(s, Guarded):
            found[s.number] = None
    return list(found)


@dataclass(frozen=True)
class Liveness:
    """Which variables are read later: ``after`` each statement, and at the ``head`` of each loop."""

    after: dict[Statement, frozenset[Variable]]
    head: dict[Statement, frozenset[Variable]]
    #: What is read behind the guarded bodies around a statement, which any error leads to.
    landing: list[frozenset[Variable]] = field(default_factory=list)


def liveness(body: Sequence[Statement], at_end: Iterable[Variable]) -> Liveness:
    """The live variables of a structured body after which ``at_end`` are read."""
    found = Liveness({}, {})
    _before(body, frozenset(at_end), found)
    return found


def read_first(block: Sequence[Statement]) -> frozenset[Variable]:
    """The variables that a block may read before it binds them."""
    return _before(block, frozenset(), Liveness({}, {}))


def _uses(s: Statement, live: frozenset[Variable] = frozenset()) -> frozenset[Variable]:
    """The variables live before a statement's own expressions where ``live`` are after them."""
    for e in reversed(own(s)):
        live = _through(e, live)
    return live


def _through(e: Expression, live: frozenset[Variable]) -> frozenset[Variable]:
    """The variables live before an expression is evaluated where ``live`` are afterwards."""
    match e:
        case tree.Local(variable=variable):
            return live | {variable}
        case tree.Bind() | tree.Named():
            return _through(e.value, _through(e.body, live) - {e.variable})
        case tree.Conditional():
            return _through(e.condition, _through(e.on_true, live) | _through(e.on_false, live))
        case tree.ShortCircuit():
            return _through(e.lhs, live | _through(e.rhs, live))
        case tree.Do():
            # Its loops may have no rounds: what they bind may still be what it was before.
            kept = live & frozenset(named(e))
            for part in reversed(parts(e)):
                live = _through(part, live)
            return live | kept
        case _:
            for part in reversed(parts(e)):
                live = _through(part, live)
            return live


def _before(block: Sequence[Statement], live: frozenset[Variable], found: Liveness) -> frozenset[Variable]:
    for s in reversed(block):
        if found.landing:
            live = live | found.landing[-1]
        found.after[s] = live
        match s:
            case tree.Assign():
                live = _uses(s, live - {s.variable})
            case tree.Raise():
                live = frozenset()
            case tree.Reraise():
                live = frozenset({s.number} if s.number is not None else ())
            case Guarded():
                after = live - {s.number}
                found.landing.append(after | (found.landing[-1] if found.landing else frozenset()))
                live = after | _before(s.body, after, found)
                found.landing.pop()
            case tree.If():
                live = _uses(s, _before(s.then, live, found) | _before(s.otherwise, live, found))
            case Loop():
                live = _before_loop(s, live, found)
            case _:
                live = _uses(s, live)
    return live


def _before_loop(s: Loop, after: frozenset[Variable], found: Liveness) -> frozenset[Variable]:
    counts = isinstance(s.loop, tree.ForRange)
    bound = frozenset({s.loop.variable}) if isinstance(s.loop, tree.ForRange) else frozenset[Variable]()
    head = after | frozenset(s.stops) | (frozenset() if counts else _uses(s))
    while True:
        found.head[s] = head
        wider = head | (_before(s.body, head, found) - bound)
        if wider == head:
            return _uses(s, head) if counts else head
        head = wider
