"""Comprehensions that become arrays: ``np.array([f(i) for i in range(n)])``.

Before::

    a = np.array([x[i] * 2 for i in range(n) if x[i] > 0])

After, as a tree::

    .out = empty(n); .k = 0
    for i in range(n):
        if x[i] > 0:
            .out[.k] = x[i] * 2
            .k += 1
    a = .out[:.k].copy()

Without a condition the number of elements is known before, and nothing is copied.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from dataclasses import replace

from pyc.dataclass import dataclass
from pyc.precision import Precision
from pyc.source import Span

from . import arrays, tree
from .check_assignments import assign
from .check_lists import from_tuple, listed
from .check_loops import Counted, rounds_of
from .check_operators import with_precision
from .context import Checker, Env, Slot
from .emit_flow import parts
from .emit_liveness import walk
from .flow import named_in
from .report import fix
from .type_words import told_apart
from .types import INT, ScalarType, TensorType, TupleType

Comprehension = ast.ListComp | ast.GeneratorExp
#: Ends the names that a comprehension binds: they are its own, and no one else can write them.
_OWN = "\N{PRIME}"


@dataclass(frozen=True)
class _Level:
    """One ``for``: the number of a round, how many there are, what a round binds first, and what it asks for then.

    ``before`` is what evaluates the number of rounds, where it depends on the ``for`` around it.
    """

    number: tree.Variable
    rounds: tree.Expression
    first: tuple[tree.Statement, ...]
    conditions: tuple[tree.Expression, ...]
    span: Span
    before: tuple[tree.Statement, ...] = ()
    depends: bool = False


def comprehension(c: Checker, node: Comprehension, precision: Precision | None = None) -> tree.Expression:
    """The array that a comprehension makes, with elements of its own type or of the one that is said.

    Raises:
        Invalid: E121, it makes no array; and what its parts report.
    """
    assert c.env is not None
    env, outer = dict(c.env), c.locals
    fresh, names = renamed(node)
    c.locals = outer | names
    named: dict[str, Slot] = {}
    try:
        result = _array(c, fresh, precision)
        named = _named_after(c, node, env)
        return result
    finally:
        c.env, c.locals = env | named, outer


def _named_after(c: Checker, node: Comprehension, before: Env) -> dict[str, Slot]:
    """What ``:=`` in a comprehension has bound: nothing where there are no rounds.

    Raises:
        Invalid: E208, a name had a value of another type, which the first round would read.
    """
    assert c.env is not None
    found: dict[str, Slot] = {}
    for name in named_in(node):
        old, new, span = before.get(name), c.env.get(name), c.span(node)
        if new is None:
            continue
        if old is not None and old.variable is not new.variable:
            one, other = told_apart(old.variable.type, new.variable.type, c.target)
            message = f"{name} is {one} before this comprehension, which makes it {other}"
            raise c.error("E208", message, span, fix("convert one of them, or use another name"))
        found[name] = new if old is not None else replace(new, unbound=new.unbound or span)
    return found


def renamed(node: Comprehension) -> tuple[Comprehension, frozenset[str]]:
    """The comprehension with names of its own, and these."""
    own = {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
    fresh = copy.deepcopy(node)
    # The first iterable is evaluated outside.
    inside = [fresh.elt, *(g.iter for g in fresh.generators[1:])]
    inside += [part for g in fresh.generators for part in (g.target, *g.ifs)]
    for part in inside:
        for n in ast.walk(part):
            if isinstance(n, ast.Name) and n.id in own:
                n.id += _OWN
    return fresh, frozenset(name + _OWN for name in own)


def _array(c: Checker, node: Comprehension, precision: Precision | None) -> tree.Expression:
    body: list[tree.Statement] = []
    first = rounds_of(c, node.generators[0].iter, body)
    if not isinstance(first, Counted):
        result = _written_out(c, node, first, precision, body)
    else:
        levels = _levels(c, node, first, body)
        size = _counted(c, levels, body, c.span(node)) if any(level.depends for level in levels) else None
        if size is not None:
            levels = _levels(c, node, first, body)  # a loop binds variables of its own
        result = _filled(c, levels, _element(c, node.elt), precision, size, body, c.span(node))
    return tree.Do(span=c.span(node), type=result.type, body=tuple(body), value=result) if body else result


def _written_out(
    c: Checker,
    node: Comprehension,
    items: Sequence[tree.Expression],
    precision: Precision | None,
    body: list[tree.Statement],
) -> tree.Expression:
    """The array of a comprehension over a tuple: one element after the other."""
    generator, span = node.generators[0], c.span(node)
    if len(node.generators) > 1 or generator.ifs:
        message = "a comprehension over a tuple takes all of its items, and nothing else"
        raise c.error("E121", message, c.span(generator.iter), fix("loop over an array or a range"))
    elements: list[tree.Expression] = []
    for item in items:
        assign(c, generator.target, item, c.span(generator.iter), body)
        x = _element(c, node.elt)
        variable = c.temporary(x)
        body.append(tree.Assign(span=x.span, variable=variable, value=x))
        elements.append(tree.Local(span=x.span, type=x.type, variable=variable))
    whole = tree.Tuple(span=span, type=TupleType(tuple(e.type for e in elements)), items=tuple(elements))
    return from_tuple(c, whole, span, precision)


def _levels(c: Checker, node: Comprehension, first: Counted, body: list[tree.Statement]) -> list[_Level]:
    """Each ``for``; what an inner one runs over is evaluated once, in ``body``, unless the outer ones decide it."""
    levels = [_level(c, node.generators[0], first)]
    for number, generator in enumerate(node.generators[1:], 1):
        iterable = generator.iter
        bound = {n.id for g in node.generators[:number] for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        depends = bool(bound & {n.id for n in ast.walk(iterable) if isinstance(n, ast.Name)})
        before: list[tree.Statement] = []
        found = rounds_of(c, iterable, before if depends else body)
        if not isinstance(found, Counted):
            raise c.error("E121", "an inner `for` of a comprehension runs over a range or an array", c.span(iterable))
        level = _level(c, generator, found)
        levels.append(replace(level, before=tuple(before), depends=depends))
    return levels


def _counted(c: Checker, levels: Sequence[_Level], body: list[tree.Statement], span: Span) -> tree.Expression:
    """How often the innermost of several loops runs, where that depends on those around it; counted in ``body``.

    Raises:
        Invalid: E121, counting would call functions of the user's twice.
    """
    asked = [e for level in levels for e in (level.rounds, *level.conditions)]
    asked += [e for level in levels for s in level.before for e in parts(s)]
    if any(isinstance(e, tree.Named) for e in walk(*asked)):
        message = "`:=` in a condition, where what an inner `for` runs over depends on the outer ones"
        raise c.error("E121", message, span, fix("fill an array in `for` loops"))
    if any(isinstance(e, tree.Call) for e in walk(*asked)):
        message = "what an inner `for` runs over calls a function, and depends on the outer ones"
        raise c.error("E121", message, span, fix("fill an array in `for` loops"))
    zero = tree.Constant(span=span, type=INT, value=0)
    total = _local(body, c.temporary(zero), zero)
    last = levels[-1]
    sum_ = tree.Binary(span=span, type=INT, op="int_add", lhs=total, rhs=last.rounds)
    inner: tuple[tree.Statement, ...] = (*last.before, tree.Assign(span=span, variable=total.variable, value=sum_))
    body += _around(levels[:-1], inner, span)
    return total


def _around(levels: Sequence[_Level], inner: tuple[tree.Statement, ...], span: Span) -> tuple[tree.Statement, ...]:
    """The loops of a comprehension around what is done in the innermost."""
    zero, one = (tree.Constant(span=span, type=INT, value=n) for n in (0, 1))
    for level in reversed(levels):
        for test in reversed(level.conditions):
            inner = (tree.If(span=test.span, condition=test, then=inner),)
        loop = tree.ForRange(
            span=level.span,
            variable=level.number,
            start=zero,
            stop=level.rounds,
            step=one,
            body=(*level.first, *inner),
        )
        inner = (*level.before, loop)
    return inner


def _level(c: Checker, generator: ast.comprehension, counted: Counted) -> _Level:
    from .check_expressions import condition

    span = c.span(generator.iter)
    number = c.temporary(counted.rounds)
    first: list[tree.Statement] = []
    item = counted.item(tree.Local(span=span, type=INT, variable=number))
    assign(c, generator.target, item, span, first)
    conditions = tuple(condition(c, test) for test in generator.ifs)
    return _Level(number, counted.rounds, tuple(first), conditions, span)


def _element(c: Checker, node: ast.expr) -> tree.Expression:
    """An element, or the array of a row."""
    if isinstance(node, ast.List | ast.Tuple):
        return listed(c, node)
    if isinstance(node, ast.ListComp):
        return comprehension(c, node)
    x = c.expression(node)
    return from_tuple(c, x, x.span) if isinstance(x.type, TupleType) else c.operand(x).x


def _filled(
    c: Checker,
    levels: Sequence[_Level],
    element: tree.Expression,
    precision: Precision | None,
    size: tree.Expression | None,
    body: list[tree.Statement],
    span: Span,
) -> tree.Expression:
    """The array, once ``body`` has filled it; ``size`` is how many elements it has, where that had to be counted."""
    row = element.type
    assert isinstance(row, ScalarType | TensorType)
    dims = row.dims if isinstance(row, TensorType) else ()
    if not all(d.is_known for d in dims):
        message = "the rows of this comprehension have an extent that is found at run time"
        raise c.error("E121", message, element.span, fix("fill an array of rows in a `for` loop"))
    own = row.precision if isinstance(row, TensorType) else Precision.plain(row.dtype)
    policy = precision or own
    if size is None:
        size = levels[0].rounds
        for level in levels[1:]:
            size = tree.Binary(span=span, type=INT, op="int_mul", lhs=size, rhs=level.rounds)
    t = TensorType(policy.storage, (c.extent(size), *dims), policy, c.target)
    made = tree.Empty(span=span, type=t, sizes=(size, *(c.dim_value(d, span) for d in dims)))
    out = _local(body, c.temporary(made), made)
    filtered = any(level.conditions for level in levels)
    zero, one = (tree.Constant(span=span, type=INT, value=n) for n in (0, 1))
    if len(levels) == 1 and not filtered:
        place: tree.Expression = tree.Local(span=span, type=INT, variable=levels[0].number)
        counting: tuple[tree.Statement, ...] = ()
    else:
        place = _local(body, c.temporary(zero), zero)
        assert isinstance(place, tree.Local)
        more = tree.Binary(span=span, type=INT, op="add", lhs=place, rhs=one)
        counting = (tree.Assign(span=span, variable=place.variable, value=more),)
    items = (tree.Index(place, inside=True), *(tree.Range() for _ in dims))
    value = _stored(c, element, policy)
    inner: tuple[tree.Statement, ...] = (
        tree.Store(span=span, base=out, items=items, value=value, dims=dims),
        *counting,
    )
    body += _around(levels, inner, span)
    if not filtered:
        return out
    found = replace(t, dims=(c.fresh_dim(), *dims))
    used = (tree.Range(None, place), *(tree.Range() for _ in dims))
    return tree.Copy(span=span, type=found, x=tree.Subscript(span=span, type=found, base=out, items=used))


def _local(body: list[tree.Statement], variable: tree.Variable, value: tree.Expression) -> tree.Local:
    body.append(tree.Assign(span=value.span, variable=variable, value=value))
    return tree.Local(span=value.span, type=value.type, variable=variable)


def _stored(c: Checker, x: tree.Expression, policy: Precision) -> tree.Expression:
    """An element as the array holds it."""
    if isinstance(x.type, ScalarType):
        return arrays.replace_span(c.cast(x, policy.storage), x.span)
    return with_precision(x, policy.storage, policy)
