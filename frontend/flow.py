"""Where control flow joins: names that agree go on, literals adapt, the rest is an error where it is used.

A loop is checked until its head agrees with its end: a literal that meets another number type there is converted before
the loop, and the body is looked at again. Conversions at a ``break`` or ``continue`` are remembered in the checker and
written the next time the body is looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from typing import TypeVar

from pyc.dataclass import dataclass
from pyc.source import Span

from . import tree
from .conform import literal_fits
from .context import Checker, Env, Loop, Slot
from .dims import Dim
from .report import Unresolved
from .types import COMPLEX, FLOAT, INT, TensorType, Type

T = TypeVar("T")


@dataclass(frozen=True)
class Way:
    """A way into a join. ``statements`` is where it ends, or ``None`` where it leaves from inside (``node``)."""

    env: Env
    statements: list[tree.Statement] | None
    span: Span
    node: ast.stmt | None = None


@dataclass
class Attempt:
    """One look at a loop. ``falls_out`` says that the loop can end by itself, not by ``break`` alone.

    ``tested`` are the names where its condition has failed.
    """

    body: list[tree.Statement] = field(default_factory=list)
    otherwise: list[tree.Statement] = field(default_factory=list)
    test: tree.Expression | None = None
    falls_out: bool = True
    tested: dict[str, Slot] | None = None


def join(c: Checker, ways: Sequence[Way], at: Span) -> dict[str, Slot]:
    """The names after a join. Conversions are appended to the ways, or asked for where a way has left already."""
    if len(ways) == 1:
        return dict(ways[0].env)
    out: dict[str, Slot] = {}
    for name in dict.fromkeys(n for way in ways for n in way.env):
        out[name] = _joined(c, name, ways, at)
    return out


def _joined(c: Checker, name: str, ways: Sequence[Way], at: Span) -> Slot:
    have = [(way, way.env[name]) for way in ways if name in way.env]
    first = have[0][1]
    missing = next((way.span for way in ways if name not in way.env), None)
    unbound = missing or next((s.unbound for _, s in have if s.unbound is not None), None)
    if any(s.conflict is not None for _, s in have):
        return next(s for _, s in have if s.conflict is not None)
    if all(s.variable is first.variable for _, s in have):
        return replace(first, literal=all(s.literal for _, s in have), unbound=unbound)
    common = agreement(c, name, [s for _, s in have], at)
    if common is None:
        _ask_of_loop(c, name, [s.variable.type for _, s in have])
        other = next(s for _, s in have if s.variable is not first.variable)
        return replace(first, literal=False, unbound=unbound, conflict=other)
    variable = c.variable(name, common, first.span)
    for way, slot in have:
        if slot.variable is not variable:
            _convert(c, name, slot, common, way)
    span = next((s.span for _, s in have if s.variable is variable), first.span)
    return Slot(variable, span, all(s.literal for _, s in have), unbound)


def _ask_of_loop(c: Checker, name: str, types: Sequence[Type]) -> None:
    """Have a literal converted before the loop around, where what a round makes of it has both its type and another.

    ``total = 0.0`` before a loop, and ``total += x[i]`` on one path of it, ``total -= 1`` on the other: from the next
    look on, both are what the elements are.
    """
    slot = c.loops[-1].start.get(name) if c.loops else None
    others = {t for t in types if slot is not None and t != slot.variable.type}
    if slot is not None and slot.literal and len(others) == 1:
        (t,) = others
        if literal_fits(slot.variable.type, t):
            c.conversions[(c.loops[-1].node, name)] = t


def agreement(c: Checker, name: str, slots: Sequence[Slot], at: object = None) -> Type | None:
    """The type in which slots of a name can meet; ``None`` if there is none.

    Literals become what the others are, and an array of mixed precision that was not computed with yet widens, where
    nothing writes to it. Arrays that differ in extents meet in an array whose extents are found at run time: those of
    this name, ``at`` this place.
    """
    if len({s.variable.type for s in slots}) == 1:
        return slots[0].variable.type
    fixed = list(dict.fromkeys(s.variable.type for s in slots if not s.literal))
    literals = list(dict.fromkeys(s.variable.type for s in slots if s.literal))
    if not fixed:
        return next((t for t in (COMPLEX, FLOAT) if t in literals and set(literals) <= {INT, FLOAT, COMPLEX}), None)
    if len(fixed) == 2 and name not in c.stored:
        fixed = _computed(fixed)
    if len(fixed) > 1 and at is not None and c.target.name == "cpu":
        fixed = of_any_extent(c, name, fixed, at)
    if len(fixed) == 1 and all(t == fixed[0] or literal_fits(t, fixed[0]) for t in literals):
        return fixed[0]
    return None


def _computed(types: list[Type]) -> list[Type]:
    a, b = types
    if isinstance(a, TensorType) and isinstance(b, TensorType) and replace(a, dtype=b.dtype) == b:
        return [a if a.dtype == a.precision.compute else b]
    return types


def differ_in_extents(a: Type, b: Type) -> bool:
    """Whether two types are those of arrays that differ in their extents alone."""
    return a != b and isinstance(a, TensorType) and isinstance(b, TensorType) and replace(a, dims=b.dims) == b


def of_any_extent(c: Checker, name: str, types: list[Type], at: object) -> list[Type]:
    """The type of arrays that differ in their extents alone, with extents of its own; ``types`` if others differ."""
    first = types[0]
    if not isinstance(first, TensorType):
        return types
    for t in types[1:]:
        if not isinstance(t, TensorType) or t.rank != first.rank or replace(t, dims=first.dims) != first:
            return types
    dims: list[Dim] = []
    for axis in range(first.rank):
        found = {t.dims[axis] for t in types if isinstance(t, TensorType)}
        if len(found) == 1:
            dims.append(first.dims[axis])
            continue
        key = (at, name, axis)
        if key not in c.open_extents:
            c.open_extents[key] = c.fresh_dim()
        dims.append(c.open_extents[key])
    return [replace(first, dims=tuple(dims))]


def _convert(c: Checker, name: str, slot: Slot, t: Type, way: Way) -> None:
    if way.statements is None:
        assert way.node is not None
        c.conversions[(way.node, name)] = t
        return
    way.statements.append(conversion(c, name, slot, t, way.span))


def conversion(c: Checker, name: str, slot: Slot, t: Type, span: Span) -> tree.Statement:
    """``name = t(name)``: the value under the variable that the name is when it holds a ``t``."""
    local = tree.Local(span=span, type=slot.variable.type, variable=slot.variable)
    have = slot.variable.type
    if have == t:
        value: tree.Expression = local
    elif isinstance(have, TensorType) and isinstance(t, TensorType) and replace(have, dims=t.dims) == t:
        value = tree.Conform(span=span, type=t, x=local, checks=(), opened=f"'{name}'")
    else:
        value = tree.Cast(span=span, type=t, x=local)
    return tree.Assign(span=span, variable=c.variable(name, t, slot.span), value=value)


def convert(c: Checker, node: ast.stmt, env: dict[str, Slot], out: list[tree.Statement], span: Span) -> None:
    """Write the conversions that a join asked for at a statement."""
    for (at, name), t in c.conversions.items():
        slot = env.get(name)
        if at is node and slot is not None and slot.variable is not c.variable(name, t, slot.span):
            out.append(conversion(c, name, slot, t, span))
            env[name] = replace(slot, variable=c.variable(name, t, slot.span), literal=slot.literal)


# --- conditions that bind names ---------------------------------------------------------------------------------------


def maybe(c: Checker, evaluate: Callable[[], T], span: Span) -> T:
    """``evaluate()``, of an expression that may not be evaluated: names that it binds may have no value afterwards."""
    assert c.env is not None
    before = dict(c.env)
    result = evaluate()
    c.env = merged(before, c.env, span)
    return result


def resolved(c: Checker, evaluate: Callable[[], T]) -> T | None:
    """``evaluate()``; ``None`` where it needs a result that is not known yet, and something else says the type."""
    before = c.env
    try:
        return evaluate()
    except Unresolved as call:
        c.unresolved |= call.keys
        c.env = before
        return None


def merged(one: Env, other: Env, span: Span) -> dict[str, Slot]:
    """The names after one of two ways through an expression, where nothing can be converted."""
    out: dict[str, Slot] = {}
    for name in dict.fromkeys((*one, *other)):
        a, b = one.get(name), other.get(name)
        slot = a or b
        assert slot is not None
        if a is b:
            out[name] = slot
        elif a is None or b is None:
            out[name] = replace(slot, unbound=slot.unbound or span)
        elif a.variable is b.variable:
            conflict = a.conflict or b.conflict
            out[name] = replace(a, literal=a.literal and b.literal, unbound=a.unbound or b.unbound, conflict=conflict)
        else:
            out[name] = replace(a, literal=False, conflict=b, unbound=a.unbound or b.unbound)
    return out


def assuming(c: Checker, test: ast.expr, *, truth: bool) -> dict[str, Slot]:
    """The names behind a condition that was evaluated, where it holds, or does not.

    ``if n > 0 and (y := g(n)) > 3:`` has evaluated all of its parts where it holds, so that ``y`` has a value there.
    """
    assert c.env is not None
    env = dict(c.env)
    for name in _surely(test, truth):
        if name in c.named:
            env[name] = c.named[name]
    return env


def _surely(test: ast.AST, truth: bool | None) -> Iterator[str]:
    """The names that an expression has bound where it has come out as ``truth``, or either way where that is None."""
    match test:
        case ast.BoolOp(op=op, values=values):
            for value in values if truth is not None and isinstance(op, ast.And) == truth else values[:1]:
                yield from _surely(value, truth)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _surely(operand, None if truth is None else not truth)
        case ast.NamedExpr(target=target, value=value):
            yield target.id
            yield from _surely(value, truth)
        case ast.Compare(left=left, comparators=comparators):
            yield from _surely(left, None)
            yield from _surely(comparators[0], None)
        case ast.IfExp(test=inner):
            yield from _surely(inner, None)
        case ast.BinOp() | ast.UnaryOp() | ast.Call() | ast.Subscript() | ast.Tuple() | ast.keyword():
            for part in ast.iter_child_nodes(test):
                yield from _surely(part, None)


# --- branches ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """One side of a branch: what checks its statements, the names at its beginning, and where it is."""

    look: Callable[[list[tree.Statement]], None]
    env: dict[str, Slot]
    span: Span


def branch(c: Checker, test: tree.Expression, sides: Sequence[Side], span: Span, out: list[tree.Statement]) -> None:
    """``if test`` with its two sides; afterwards the names are what both leave."""
    done: list[list[tree.Statement]] = []
    ways: list[Way] = []
    for side in sides:
        c.env = side.env
        statements: list[tree.Statement] = []
        side.look(statements)
        done.append(statements)
        if c.env is not None:
            ways.append(Way(c.env, statements, side.span))
    c.env = join(c, ways, span) if ways else None
    out.append(tree.If(span=span, condition=test, then=tuple(done[0]), otherwise=tuple(done[1])))


def bound_names(*nodes: ast.AST) -> Iterator[str]:
    """Each name that statements bind, as often as they bind it; not those of comprehensions and inner functions.

    What ``:=`` binds in a comprehension is a name of the function, bound in each of its rounds.
    """
    own = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.Lambda | ast.FunctionDef | ast.ClassDef
    todo: list[ast.AST] = list(nodes)
    while todo:
        n = todo.pop()
        match n:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.AugAssign(target=ast.Name(id=name)):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                for a in names:
                    yield a.asname or a.name.split(".")[0]
        if isinstance(n, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            for name in named_in(n):
                yield from (name, name)
        if not isinstance(n, own):
            todo += ast.iter_child_nodes(n)


def named_in(node: ast.AST) -> list[str]:
    """The names that ``:=`` in a comprehension binds in the function around it, each once."""
    found: dict[str, None] = {}
    todo: list[ast.AST] = [node]
    while todo:
        n = todo.pop()
        if isinstance(n, ast.NamedExpr):
            found[n.target.id] = None
        if not isinstance(n, ast.Lambda):
            todo += ast.iter_child_nodes(n)
    return list(found)


def may_come(c: Checker, name: str) -> bool:
    """Whether a round before may have given a value to a name that has none here; notes that it is asked for."""
    found = [this for this in c.loops if name not in this.absent and name in bound_names(this.node)]
    for this in found:
        this.missing.add(name)
    return bool(found)


# --- loops ------------------------------------------------------------------------------------------------------------


@dataclass
class _Head:
    """What is known of the names at the head of a loop, besides how they come in."""

    conflicts: dict[str, Slot] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)
    deleted: dict[str, Span] = field(default_factory=dict)
    #: Names that have no value before the loop, and are read where a round before may have given them one.
    late: dict[str, Slot] = field(default_factory=dict)
    #: Those that no round before gives a value.
    absent: frozenset[str] = frozenset()

    def copy(self) -> _Head:
        return _Head(dict(self.conflicts), set(self.computed), dict(self.deleted), dict(self.late), self.absent)


def loop(
    c: Checker, node: ast.For | ast.While, attempt: Callable[[Attempt], None], out: list[tree.Statement]
) -> Attempt:
    """A loop, looked at until its head agrees with its end. Conversions before it are appended to ``out``."""
    assert c.env is not None
    entry, head = dict(c.env), _Head()
    errors, returns, broken = c.report.mark(), len(c.returns), set(c.broken)
    while True:
        known = dict(c.conversions), head.copy()
        before: list[tree.Statement] = []
        done, exit_env = _look(c, node, attempt, entry, head, before)
        if (dict(c.conversions), head) == known:
            out += before
            c.env = exit_env
            return done
        c.report.rewind(errors)
        del c.returns[returns:]
        c.broken = set(broken)


def _look(
    c: Checker,
    node: ast.For | ast.While,
    attempt: Callable[[Attempt], None],
    entry: Env,
    head: _Head,
    before: list[tree.Statement],
) -> tuple[Attempt, dict[str, Slot] | None]:
    """One look at a loop: what it became, and the names after it. Finds out what must change for the next look."""
    at = _first_line(c, node)
    start = dict(entry)
    convert(c, node, start, before, at)
    for name, slot in head.late.items():
        t = c.conversions.get((node, name))
        start[name] = slot if t is None else replace(slot, variable=c.variable(name, t, slot.span))
    for name, other in head.conflicts.items():
        if start[name].variable is other.variable:
            continue  # a conversion that was found since has made them agree
        start[name] = replace(start[name], conflict=other, literal=False)
    for name in head.computed:
        start[name] = replace(start[name], literal=False)
    for name, where in head.deleted.items():
        start[name] = replace(start[name], unbound=start[name].unbound or where)
    c.env, this, done = dict(start), Loop(node, absent=head.absent, start=start), Attempt()
    c.loops.append(this)
    try:
        attempt(done)
    except Unresolved:
        if not this.missing:
            raise
        # The condition of `while` asks for them: before the first round, none has a value.
        head.absent |= this.missing
        return done, None
    finally:
        c.loops.pop()
    ends: list[Way] = [Way(env, None, at, leaving) for leaving, env in this.continues]
    if c.env is not None:
        ends.append(Way(c.env, done.body, at))
    for name, slot in start.items():
        _meet(c, node, name, slot, ends, head)
    for name in this.missing:
        given = next((way.env[name] for way in ends if name in way.env), None)
        if given is not None and name not in start:
            head.late[name] = replace(given, unbound=at)
        else:
            head.absent |= {name}
    return done, _after(c, node, done, start, ends, this, at)


def _meet(c: Checker, node: ast.stmt, name: str, slot: Slot, ends: Sequence[Way], head: _Head) -> None:
    """Make a name at the end of a loop's body agree with the head, or note what must change."""
    for way in ends:
        other = way.env.get(name)
        if name in c.broken and (other is None or other.unbound is not None):
            continue  # its assignment had an error, which has been reported
        if other is None:
            head.deleted.setdefault(name, way.span)
            continue
        if other.unbound is not None and slot.unbound is None:
            head.deleted.setdefault(name, other.unbound)
        if slot.conflict is not None:
            continue
        if other.variable is slot.variable and other.conflict is not None:
            head.conflicts[name] = other.conflict  # an inner loop may have bound it to another type
            continue
        if other.variable is slot.variable:
            if slot.literal and not other.literal:
                head.computed.add(name)
            continue
        common = agreement(c, name, [slot, other], node) if other.conflict is None else None
        if common is None:
            head.conflicts[name] = other
        elif slot.variable is not c.variable(name, common, slot.span):
            c.conversions[(node, name)] = common
        else:
            _convert(c, name, other, common, way)


def _after(
    c: Checker,
    node: ast.For | ast.While,
    done: Attempt,
    start: Env,
    ends: Sequence[Way],
    this: Loop,
    at: Span,
) -> dict[str, Slot] | None:
    """The names after a loop: by its own end, through ``else``, or by a ``break``."""
    from .check_statements import block

    ways = [Way(env, None, at, leaving) for leaving, env in this.breaks]
    if done.falls_out:
        # Names that only the body binds have a value if it ran.
        inside = {n: replace(s, unbound=s.unbound or at) for way in ends for n, s in way.env.items() if n not in start}
        c.env = {**inside, **(start if done.tested is None else done.tested)}
        block(c, node.orelse, done.otherwise)
        if c.env is not None:
            ways.append(Way(c.env, done.otherwise, at))
    if not ways:
        return None
    return join(c, ways, at)


def rounds(
    c: Checker, node: ast.For, attempts: Sequence[Callable[[list[tree.Statement]], None]], out: list[tree.Statement]
) -> tuple[list[list[tree.Statement]], list[tree.Statement]]:
    """The rounds of a loop that is written out, and its ``else``: looked at until no join asks for a conversion."""
    assert c.env is not None
    entry = dict(c.env)
    errors, returns, broken = c.report.mark(), len(c.returns), set(c.broken)
    while True:
        known = dict(c.conversions)
        c.env = dict(entry)
        done = _look_at_rounds(c, node, attempts)
        if dict(c.conversions) == known:
            return done
        c.report.rewind(errors)
        del c.returns[returns:]
        c.broken = set(broken)


def _look_at_rounds(
    c: Checker, node: ast.For, attempts: Sequence[Callable[[list[tree.Statement]], None]]
) -> tuple[list[list[tree.Statement]], list[tree.Statement]]:
    from .check_statements import block

    at = _first_line(c, node)
    this = Loop(node, absent=frozenset(bound_names(node)))
    bodies: list[list[tree.Statement]] = []
    for attempt in attempts:
        if c.env is None:
            break
        body: list[tree.Statement] = []
        c.loops.append(this)
        try:
            attempt(body)
        finally:
            c.loops.pop()
        ways = [Way(env, None, at, leaving) for leaving, env in this.continues]
        this.continues.clear()
        if c.env is not None:
            ways.append(Way(c.env, body, at))
        c.env = join(c, ways, at) if ways else None
        bodies.append(body)
    ends = [Way(env, None, at, leaving) for leaving, env in this.breaks]
    otherwise: list[tree.Statement] = []
    if c.env is not None:
        block(c, node.orelse, otherwise)
        if c.env is not None:
            ends.append(Way(c.env, otherwise, at))
    c.env = join(c, ends, at) if ends else None
    return bodies, otherwise


def _first_line(c: Checker, node: ast.stmt) -> Span:
    span = c.span(node)
    line = span.text.split("\n")[0]
    return Span(span.source, span.start, span.start + len(line.rstrip()))
