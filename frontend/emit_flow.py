"""Control flow without jumps: ``break``, ``continue`` and early ``return`` become assignments and conditions.

Before::

    for i in range(n):
        if a[i] > x:
            return i
        s += a[i]
    return -1

After, as a tree::

    returned = False
    for i in range(n), until returned:
        if a[i] > x:
            result = i; returned = True
        else:
            s += a[i]
    if not returned:
        result = -1; returned = True

What follows a branch that always jumps moves into the other branch; only where neither branch always jumps does a flag
guard the rest. A flag that nobody reads is never emitted: it is an assignment to a variable that is not live.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from pyc.source import Span

from . import tree
from .tree import Expression, Statement, Variable
from .types import BOOL, Type

Exit = Literal["fall", "break", "continue", "return", "raise"]
JUMPS: frozenset[Exit] = frozenset({"break", "continue", "return"})
_FALL: frozenset[Exit] = frozenset({"fall"})


@dataclass(frozen=True, eq=False, kw_only=True)
class Loop(Statement):
    """A loop that ends by itself, or before the next round once one of ``stops`` is true."""

    loop: tree.ForRange | tree.While
    body: tuple[Statement, ...]
    stops: tuple[Variable, ...]


@dataclass(frozen=True)
class Structured:
    """The body of a function without jumps; ``result`` holds what it returns."""

    body: tuple[Statement, ...]
    result: Variable
    returned: Variable


@dataclass(frozen=True)
class _Flags:
    """The variables that stand for jumps, in a loop or outside of any (``broke`` and ``skipped`` unused there)."""

    result: Variable
    returned: Variable
    broke: Variable
    skipped: Variable

    def of(self, jumps: Iterable[Exit]) -> tuple[Variable, ...]:
        by_name = {"break": self.broke, "continue": self.skipped, "return": self.returned}
        return tuple(by_name[j] for j in ("break", "continue", "return") if j in set(jumps))


def structure(function: tree.Function) -> Structured:
    """The body of a function with its jumps made conditions."""
    span = function.span
    result, returned = Variable("return", function.result, span), Variable("returned", BOOL, span)
    flags = _Flags(result, returned, returned, returned)
    body = _block(function.body, flags)
    return Structured((_set(returned, False, span), *body), result, returned)


def exits(statements: Sequence[Statement]) -> frozenset[Exit]:
    """How control can leave a sequence of statements."""
    found: frozenset[Exit] = frozenset()
    for s in statements:
        found = (found - _FALL) | _exits(s)
        if "fall" not in found:
            return found
    return found | _FALL


def _exits(s: Statement) -> frozenset[Exit]:
    match s:
        case tree.Break():
            return frozenset({"break"})
        case tree.Continue():
            return frozenset({"continue"})
        case tree.Return():
            return frozenset({"return"})
        case tree.Raise():
            return frozenset({"raise"})
        case tree.If():
            return exits(s.then) | exits(s.otherwise)
        case tree.While() | tree.ForRange():
            body = exits(s.body)
            found: frozenset[Exit] = body & {"return", "raise"}
            endless = isinstance(s, tree.While) and isinstance(s.condition, tree.Constant) and bool(s.condition.value)
            if not endless:
                found |= exits(s.otherwise)
            return found | _FALL if "break" in body else found
        case _:
            return frozenset({"fall"})


def _block(statements: Sequence[Statement], flags: _Flags) -> tuple[Statement, ...]:
    out: list[Statement] = []
    for i, s in enumerate(statements):
        rest = tuple(statements[i + 1 :])
        match s:
            case tree.Break():
                return (*out, _set(flags.broke, True, s.span))
            case tree.Continue():
                return (*out, _set(flags.skipped, True, s.span))
            case tree.Return():
                value = s.value if s.value is not None else tree.Tuple(span=s.span, type=flags.result.type, items=())
                return (
                    *out,
                    tree.Assign(span=s.span, variable=flags.result, value=value),
                    _set(flags.returned, True, s.span),
                )
            case tree.Raise():
                return (*out, s)
            case tree.If():
                then, otherwise = exits(s.then), exits(s.otherwise)
                jumps = (then | otherwise) & JUMPS
                if not jumps:
                    out.append(replace(s, then=_block(s.then, flags), otherwise=_block(s.otherwise, flags)))
                elif "fall" not in then:
                    rest = rest if "fall" in otherwise else ()
                    return (
                        *out,
                        replace(s, then=_block(s.then, flags), otherwise=_block((*s.otherwise, *rest), flags)),
                    )
                elif "fall" not in otherwise:
                    return (
                        *out,
                        replace(s, then=_block((*s.then, *rest), flags), otherwise=_block(s.otherwise, flags)),
                    )
                else:
                    out.extend(_set(f, False, s.span) for f in flags.of(jumps - {"return"}))
                    out.append(replace(s, then=_block(s.then, flags), otherwise=_block(s.otherwise, flags)))
                    return (*out, *_unless(flags.of(jumps), _block(rest, flags), s.span))
            case tree.While() | tree.ForRange():
                return (*out, *_loop(s, rest, flags))
            case _:
                out.append(s)
    return tuple(out)


def _loop(s: tree.While | tree.ForRange, rest: tuple[Statement, ...], flags: _Flags) -> tuple[Statement, ...]:
    """The loop, its ``else`` and what follows it."""
    body = exits(s.body)
    broke, skipped = Variable("broke", BOOL, s.span), Variable("skipped", BOOL, s.span)
    inner = replace(flags, broke=broke, skipped=skipped)
    stops = inner.of(body & {"break", "return"})
    out: list[Statement] = [_set(broke, False, s.span)] if "break" in body else []
    out.append(Loop(span=s.span, loop=replace(s, otherwise=()), body=_block(s.body, inner), stops=stops))
    otherwise = tuple(s.otherwise)
    if not stops:
        return (*out, *_block((*otherwise, *rest), flags))
    if not otherwise:
        after = _block(rest, flags)
        return (*out, *(_unless((flags.returned,), after, s.span) if "return" in body else after))
    # The `else` runs where the loop was not left; its own jumps skip what follows, as those of the body do.
    jumps = exits(otherwise) & JUMPS
    out.extend(_set(f, False, s.span) for f in flags.of(jumps - {"return"}))
    out.extend(_unless(stops, _block(otherwise, flags), s.span))
    after, guards = _block(rest, flags), flags.of(jumps | (body & {"return"}))
    return (*out, *(_unless(guards, after, s.span) if guards else after))


def _set(variable: Variable, value: bool, span: Span) -> Statement:
    return tree.Assign(span=span, variable=variable, value=tree.Constant(span=span, type=BOOL, value=value))


def _unless(flags: Sequence[Variable], body: tuple[Statement, ...], span: Span) -> tuple[Statement, ...]:
    if not body:
        return ()
    return (tree.If(span=span, condition=negation(flags, span), then=body),)


def negation(flags: Sequence[Variable], span: Span) -> Expression:
    """None of the flags is set."""
    condition: Expression = tree.Local(span=span, type=BOOL, variable=flags[0])
    for f in flags[1:]:
        other = tree.Local(span=span, type=BOOL, variable=f)
        condition = tree.Binary(span=span, type=BOOL, op="or", lhs=condition, rhs=other)
    return tree.Unary(span=span, type=BOOL, op="not", x=condition)


# --- what is read, written and live -----------------------------------------------------------------------------------


def parts(node: object) -> list[Expression]:
    """The expressions directly inside an expression or an index item."""
    found: list[Expression] = []
    for f in fields(node):  # type: ignore[arg-type]
        value = getattr(node, f.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Expression):
                found.append(item)
            elif isinstance(item, tree.Index | tree.Range):
                found += parts(item)
    return found


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
            return [s.base, s.value, *(e for item in s.items for e in parts(item))]
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
            case Loop():
                yield from statements(s.body)


def assigned(block: Sequence[Statement]) -> list[Variable]:
    """The variables that a block binds, each once, in order."""
    found: dict[Variable, None] = {}
    for s in statements(block):
        if isinstance(s, tree.Assign):
            found[s.variable] = None
        elif isinstance(s, Loop) and isinstance(s.loop, tree.ForRange):
            found[s.loop.variable] = None
    return list(found)


@dataclass(frozen=True)
class Liveness:
    """Which variables are read later: ``after`` each statement, and at the ``head`` of each loop."""

    after: dict[Statement, frozenset[Variable]]
    head: dict[Statement, frozenset[Variable]]


def liveness(body: Sequence[Statement], at_end: Iterable[Variable]) -> Liveness:
    """The live variables of a structured body after which ``at_end`` are read."""
    found = Liveness({}, {})
    _before(body, frozenset(at_end), found)
    return found


def _uses(s: Statement) -> frozenset[Variable]:
    return frozenset(e.variable for e in walk(*own(s)) if isinstance(e, tree.Local))


def _before(block: Sequence[Statement], live: frozenset[Variable], found: Liveness) -> frozenset[Variable]:
    for s in reversed(block):
        found.after[s] = live
        match s:
            case tree.Assign():
                live = (live - {s.variable}) | _uses(s)
            case tree.Raise():
                live = frozenset()
            case tree.If():
                live = _uses(s) | _before(s.then, live, found) | _before(s.otherwise, live, found)
            case Loop():
                live = _before_loop(s, live, found)
            case _:
                live = live | _uses(s)
    return live


def _before_loop(s: Loop, after: frozenset[Variable], found: Liveness) -> frozenset[Variable]:
    counts = isinstance(s.loop, tree.ForRange)
    bound = frozenset({s.loop.variable}) if isinstance(s.loop, tree.ForRange) else frozenset[Variable]()
    head = after | frozenset(s.stops) | (frozenset() if counts else _uses(s))
    while True:
        found.head[s] = head
        wider = head | (_before(s.body, head, found) - bound)
        if wider == head:
            return head | (_uses(s) if counts else frozenset())
        head = wider


def result_types(t: Type) -> tuple[Type, ...]:
    """The types of the values that a result consists of: a tuple's items, nested ones flattened; none for None."""
    from .types import NoneType, TupleType

    if isinstance(t, TupleType):
        return tuple(leaf for item in t.items for leaf in result_types(item))
    return () if isinstance(t, NoneType) else (t,)
