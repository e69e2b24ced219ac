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

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import fields, replace
from functools import cache
from typing import Literal

from pyc.dataclass import dataclass
from pyc.source import Span

from . import emit_try, tree
from .tree import Expression, Statement, Variable
from .types import BOOL, NoneType, TensorType, TupleType, Type

Exit = Literal["fall", "break", "continue", "return", "raise"]
JUMPS: frozenset[Exit] = frozenset({"break", "continue", "return"})
#: Where a node keeps its :func:`parts`: they are asked for many times, and nodes do not change.
_PARTS = "_parts"
_FALL: frozenset[Exit] = frozenset({"fall"})


@dataclass(frozen=True, eq=False, kw_only=True)
class Loop(Statement):
    """A loop that ends by itself, or before the next round once one of ``stops`` is true."""

    loop: tree.ForRange | tree.While
    body: tuple[Statement, ...]
    stops: tuple[Variable, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Guarded(Statement):
    """Statements that an error leaves: its number then is in ``number``, and 0 where they came to their end."""

    body: tuple[Statement, ...]
    number: Variable


@dataclass(frozen=True)
class Structured:
    """The body of a function without jumps.

    ``result`` holds what it returns, but for the positions in ``arguments``: there it returns a parameter itself.
    """

    body: tuple[Statement, ...]
    result: Variable
    arguments: Mapping[int, int]


@dataclass(frozen=True)
class _Flags:
    """The variables that stand for jumps, in a loop or outside of any (``broke`` and ``skipped`` unused there)."""

    result: Variable
    arguments: Mapping[int, int]
    returned: Variable
    broke: Variable
    skipped: Variable
    #: The number of the error that is being handled.
    handled: Variable | None = None

    def of(self, jumps: Iterable[Exit]) -> tuple[Variable, ...]:
        by_name = {"break": self.broke, "continue": self.skipped, "return": self.returned}
        return tuple(by_name[j] for j in ("break", "continue", "return") if j in set(jumps))


def structure(function: tree.Function) -> Structured:
    """The body of a function with its jumps made conditions."""
    span, arguments = function.span, _arguments_returned(function)
    t = function.result
    if isinstance(t, TupleType):
        t = TupleType(tuple(NoneType() if i in arguments else item for i, item in enumerate(t.items)))
    elif arguments:
        t = NoneType()
    result, returned = Variable("return", t, span), Variable("returned", BOOL, span)
    flags = _Flags(result, arguments, returned, returned, returned)
    body = _block(function.body, flags)
    return Structured((_set(returned, False, span), *body), result, arguments)


def straight(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Statements that do not jump out of themselves, with their loops as :class:`Loop`."""
    unused = Variable("unused", BOOL, statements[0].span)
    return _block(statements, _Flags(unused, {}, unused, unused, unused))


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
        case tree.Rounds():
            return _rounds_exits(s)
        case tree.Try():
            return emit_try.exits_of(s)
        case tree.Reraise():
            return frozenset({"raise"})
        case _:
            return frozenset({"fall"})


def _rounds_exits(s: tree.Rounds) -> frozenset[Exit]:
    found: frozenset[Exit] = frozenset()
    left = False
    for body in s.rounds:
        ways = exits(body)
        left = left or "break" in ways
        found |= ways & {"return", "raise"}
        if not ways & {"fall", "continue"}:
            break
    else:
        found |= exits(s.otherwise)
    return found | _FALL if left else found


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
                value = _settled(s, flags)
                return (
                    *out,
                    *_said_of_arguments(s, flags),
                    tree.Assign(span=s.span, variable=flags.result, value=value),
                    _set(flags.returned, True, s.span),
                )
            case tree.Raise():
                return (*out, s)
            case tree.Reraise():
                return (*out, replace(s, number=s.number or flags.handled))
            case tree.Try():
                jumps = exits((s,)) & JUMPS
                out.extend(_set(f, False, s.span) for f in flags.of(jumps - {"return"}))
                out.extend(emit_try.structured(s, flags))
                if jumps:
                    return (*out, *_unless(flags.of(jumps), _block(rest, flags), s.span))
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
            case tree.Rounds():
                return (*out, *_rounds(s, rest, flags))
            case _:
                out.append(s)
    return tuple(out)


def block_of(statements: Sequence[Statement], flags: _Flags) -> tuple[Statement, ...]:
    """Statements without jumps."""
    return _block(statements, flags)


def assigned(flag: Variable, value: bool, span: Span) -> Statement:
    """A flag set to a value that is known."""
    return _set(flag, value, span)


def _settled(s: tree.Return, flags: _Flags) -> Expression:
    """What a ``return`` puts into the result: nothing where it gives an argument."""
    nothing = tree.Tuple(span=s.span, type=NoneType(), items=())
    if s.value is None or (flags.arguments and not isinstance(s.value, tree.Tuple)):
        return nothing
    if not flags.arguments:
        return s.value
    assert isinstance(s.value, tree.Tuple)
    items = tuple(nothing if i in flags.arguments else item for i, item in enumerate(s.value.items))
    return tree.Tuple(span=s.value.span, type=flags.result.type, items=items)


def _loop(s: tree.While | tree.ForRange, rest: tuple[Statement, ...], flags: _Flags) -> tuple[Statement, ...]:
    """The loop, its ``else`` and what follows it."""
    body = exits(s.body)
    broke, skipped = Variable("broke", BOOL, s.span), Variable("skipped", BOOL, s.span)
    inner = replace(flags, broke=broke, skipped=skipped)
    stops = inner.of(body & {"break", "return"})
    out: list[Statement] = [_set(broke, False, s.span)] if "break" in body else []
    out.append(Loop(span=s.span, loop=replace(s, otherwise=()), body=_block(s.body, inner), stops=stops))
    return (*out, *_behind(s, rest, flags, stops, body))


def _rounds(s: tree.Rounds, rest: tuple[Statement, ...], flags: _Flags) -> tuple[Statement, ...]:
    """The rounds of a loop that is written out, each unless one before it has left, its ``else`` and what follows."""
    ways: frozenset[Exit] = frozenset().union(*(exits(body) for body in s.rounds))
    broke = Variable("broke", BOOL, s.span)
    stops = replace(flags, broke=broke).of(ways & {"break", "return"})
    written: tuple[Statement, ...] = ()
    for body in reversed(s.rounds):
        inner = replace(flags, broke=broke, skipped=Variable("skipped", BOOL, s.span))
        leaves = inner.of(exits(body) & {"break", "return"})
        written = (*_block(body, inner), *(_unless(leaves, written, s.span) if leaves else written))
    out = [_set(broke, False, s.span)] if "break" in ways else []
    return (*out, *written, *_behind(s, rest, flags, stops, ways))


def _behind(
    s: tree.While | tree.ForRange | tree.Rounds,
    rest: tuple[Statement, ...],
    flags: _Flags,
    stops: Sequence[Variable],
    body: frozenset[Exit],
) -> tuple[Statement, ...]:
    """The ``else`` of a loop and what follows it; ``stops`` are set where the loop has been left in its ``body``."""
    out: list[Statement] = []
    otherwise = tuple(s.otherwise)
    if not stops:
        return _block((*otherwise, *rest), flags)
    if not otherwise:
        after = _block(rest, flags)
        return _unless((flags.returned,), after, s.span) if "return" in body else after
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


def _said_of_arguments(s: tree.Return, flags: _Flags) -> Iterator[Statement]:
    """What a ``return`` says of the arguments that it gives, which are no result."""
    items = s.value.items if isinstance(s.value, tree.Tuple) else (s.value,)
    for k, item in enumerate(items):
        e = item if k in flags.arguments else None
        while isinstance(e, tree.Conform):
            if isinstance(e, tree.Annotated):
                yield tree.Evaluate(span=s.span, value=e)
                break
            e = e.x


# --- what is returned -------------------------------------------------------------------------------------------------


def result_types(t: Type) -> tuple[Type, ...]:
    """The types of the values that a result consists of: a tuple's items, nested ones flattened; none for None."""
    if isinstance(t, TupleType):
        return tuple(leaf for item in t.items for leaf in result_types(item))
    return () if isinstance(t, NoneType) else (t,)


def _arguments_returned(function: tree.Function) -> dict[int, int]:
    """By position in the result, the parameters whose array every ``return`` gives there."""
    own = {p: i for i, p in enumerate(function.parameters) if isinstance(p.type, TensorType)}
    bound = {s.variable for s in _all(function.body) if isinstance(s, tree.Assign | tree.ForRange)}
    bound |= {v for s in _all(function.body) for v in named(s)}
    found = [
        [_argument(item, own, bound) for item in _items(s.value, function.result)]
        for s in _all(function.body)
        if isinstance(s, tree.Return) and s.value is not None
    ]
    return {k: at[0] for k, at in enumerate(zip(*found, strict=True)) if at[0] is not None and len(set(at)) == 1}


def parts(node: object) -> tuple[Expression, ...]:
    """The expressions directly inside an expression or an index item."""
    known = node.__dict__.get(_PARTS)
    if known is None:
        known = node.__dict__[_PARTS] = tuple(_parts(node))
    return known


def _parts(node: object) -> Iterator[Expression]:
    for name in _names(type(node)):
        value = getattr(node, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Expression):
                yield item
            elif isinstance(item, tree.Index | tree.Range | tree.Chosen | tree.Statement):
                yield from parts(item)


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The names of a node's fields."""
    return tuple(f.name for f in fields(kind))


def named(*nodes: object) -> Iterator[Variable]:
    """The variables that assignment expressions inside a statement or an expression bind, not those of its blocks."""
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Named):
            yield node.variable
        if isinstance(node, tree.Do):
            # A name that is converted where ways of a comprehension meet.
            yield from (
                s.variable for s in _all(node.body) if isinstance(s, tree.Assign) and s.variable.name.isidentifier()
            )
        pending += parts(node)


def _argument(e: Expression, own: Mapping[Variable, int], bound: Set[Variable]) -> int | None:
    while isinstance(e, tree.Conform) and not e.checks:
        e = e.x
    if isinstance(e, tree.Local) and e.variable in own and e.variable not in bound:
        return own[e.variable]
    return None


def _items(e: Expression, result: Type) -> tuple[Expression, ...]:
    """The positions of a result, as far as they can be told apart."""
    if isinstance(result, TupleType):
        return e.items if isinstance(e, tree.Tuple) else (e,) * len(result.items)
    return (e,)


def _all(block: Sequence[Statement]) -> Iterator[Statement]:
    """Every statement of a block that still has its jumps."""
    for s in block:
        yield s
        if isinstance(s, tree.If):
            yield from _all((*s.then, *s.otherwise))
        elif isinstance(s, tree.While | tree.ForRange):
            yield from _all((*s.body, *s.otherwise))
        elif isinstance(s, tree.Rounds):
            yield from _all((*(b for body in s.rounds for b in body), *s.otherwise))
        elif isinstance(s, tree.Try):
            yield from _all((*s.body, *(b for h in s.handlers for b in h.body), *s.otherwise, *s.final))
