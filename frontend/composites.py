"""Tuples, records and arrays of records as parameters, arguments and results: taken apart into numbers and arrays.

Before::

    def kick(b: Body, dt: f64) -> tuple[Body, f64]:
        return Body(b.x + b.v * dt, b.v), dt

After, as a tree::

    def kick(b.x: f64, b.v: f64, dt: f64) -> tuple[f64, f64, f64]:
        b = (b.x, b.v)
        return b.x + b.v * dt, b.v, dt

What a function takes and gives is flat from here on; who calls it takes apart and puts together. ``Function.named`` and
``Function.returned`` remember what the user wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from pyc.source import Span

from . import tree
from .dims import Dim
from .types import NoneType, RecordArrayType, RecordType, TensorType, TupleType, Type, leaf_types


def flat(t: Type) -> Type:
    """What a function returns for a result type: with records in it, a tuple of all the values."""
    return TupleType(leaf_types(t)) if isinstance(t, TupleType) and _has_records(t) else t


def _has_records(t: Type) -> bool:
    return isinstance(t, TupleType) and (type(t) is not TupleType or any(map(_has_records, t.items)))


def leaf_variables(v: tree.Variable) -> tuple[tree.Variable, ...]:
    """The parameters that stand for one of the user's: itself, or one for each number and array in it."""
    if not isinstance(v.type, TupleType):
        return (v,)
    return tuple(tree.Variable(name, t, v.span, str(t)) for name, t in _named_leaves(v.name, v.type))


def _named_leaves(name: str, t: Type) -> Iterator[tuple[str, Type]]:
    """Every value in a type with its path: ``body.v.x``, ``pair.0``."""
    if isinstance(t, TupleType):
        for part, item in zip(names(t), t.items, strict=True):
            yield from _named_leaves(f"{name}.{part}", item)
    elif not isinstance(t, NoneType):
        yield name, t


def names(t: TupleType) -> Sequence[str]:
    """How the items of a tuple or record are called in paths."""
    match t:
        case RecordType(fields=found) | RecordArrayType(record=RecordType(fields=found)):
            return found
        case _:
            return [str(i) for i in range(len(t.items))]


# --- expressions ------------------------------------------------------------------------------------------------------


def item(x: tree.Expression, index: int, span: Span) -> tree.Expression:
    """``x[index]`` of a tuple or record; of one that is written out, that item alone where the others do nothing."""
    assert isinstance(x.type, TupleType)
    t = x.type.items[index]
    if isinstance(x, tree.Tuple) and all(is_idle(other) for i, other in enumerate(x.items) if i != index):
        return x.items[index]
    if isinstance(x, tree.Bind | tree.Checked):
        return replace(x, type=t, body=item(x.body, index, span))
    return tree.TupleItem(span=span, type=t, x=x, index=index)


def is_idle(x: tree.Expression) -> bool:
    """Whether evaluating ``x`` does nothing that can be seen: names, and parts of what names hold.

    The elements that ``bodies[i]`` consists of are all there or none: each checks the same index.
    """
    match x:
        case tree.Constant() | tree.Local() | tree.DimValue() | tree.WeightRef():
            return True
        case tree.TupleItem(x=inner):
            return is_idle(inner)
        case tree.Tuple(items=items):
            return all(map(is_idle, items))
        case tree.Subscript(base=base, items=items) if isinstance(x.type, TensorType):
            values = [v for i in items for v in vars(i).values() if isinstance(v, tree.Expression)]
            return is_idle(base) and all(map(is_idle, values))
        case _:
            return False


def assembled(t: Type, leaves: Iterator[tree.Expression], span: Span) -> tree.Expression:
    """An expression of type ``t`` made of its leaves, taken in order."""
    if isinstance(t, TupleType):
        return tree.Tuple(span=span, type=t, items=tuple(assembled(i, leaves, span) for i in t.items))
    if isinstance(t, NoneType):
        return tree.Tuple(span=span, type=t, items=())
    return next(leaves)


def leaves_of(
    x: tree.Expression, known: Mapping[tree.Variable, tree.Expression] | None = None
) -> list[tree.Expression]:
    """The numbers and arrays in an expression that is idle; ``known`` says what some names hold."""
    if known and isinstance(x, tree.Local) and x.variable in known:
        x = known[x.variable]
    if isinstance(x.type, NoneType):
        return []
    if not isinstance(x.type, TupleType):
        return [x]
    if isinstance(x, tree.Tuple):
        return [leaf for i in x.items for leaf in leaves_of(i, known)]
    if known and isinstance(x, tree.TupleItem):
        inner = _resolved(x.x, known)
        if isinstance(inner, tree.Tuple):
            return leaves_of(inner.items[x.index], known)
    return [leaf for i in range(len(x.type.items)) for leaf in leaves_of(item(x, i, x.span), known)]


def _resolved(x: tree.Expression, known: Mapping[tree.Variable, tree.Expression]) -> tree.Expression:
    if isinstance(x, tree.Local):
        return known.get(x.variable, x)
    if isinstance(x, tree.TupleItem):
        inner = _resolved(x.x, known)
        return inner.items[x.index] if isinstance(inner, tree.Tuple) else x
    return x


# --- functions --------------------------------------------------------------------------------------------------------


def opened(function: tree.Function, body: Sequence[tree.Statement], unbound: frozenset[str]) -> list[tree.Statement]:
    """A body that finds the user's parameters and gives flat results; ``unbound`` are names that it never assigns."""
    leaves = iter(function.parameters)
    prologue: list[tree.Statement] = []
    known: dict[tree.Variable, tree.Expression] = {}
    for v in function.named:
        own = [next(leaves) for _ in leaf_variables(v)]
        if isinstance(v.type, TupleType):
            parts = iter([tree.Local(span=v.span, type=p.type, variable=p) for p in own])
            value = assembled(v.type, parts, v.span)
            prologue.append(tree.Assign(span=v.span, variable=v, value=value))
            if v.name in unbound:
                known[v] = value
    if flat(function.returned) == function.returned and not known:
        return [*prologue, *body]
    return [*prologue, *_returning(body, function, known)]


def _returning(
    body: Sequence[tree.Statement], function: tree.Function, known: Mapping[tree.Variable, tree.Expression]
) -> list[tree.Statement]:
    def taken_apart(s: tree.Return) -> list[tree.Statement]:
        value = s.value
        if value is None or isinstance(value.type, NoneType):
            return [s]
        if not isinstance(value.type, TupleType):
            return [replace(s, value=leaves_of(value, known)[0])] if is_idle(value) else [s]
        before: list[tree.Statement] = []
        if not is_idle(value) and not isinstance(value, tree.Tuple):
            variable = tree.Variable(".result", value.type, value.span)
            before.append(tree.Assign(span=s.span, variable=variable, value=value))
            value = tree.Local(span=value.span, type=value.type, variable=variable)
        items = tuple(leaves_of(value, known) if is_idle(value) else _evaluated(value, known, before))
        whole = assembled(function.result, iter(items), value.span)
        return [*before, replace(s, value=whole)]

    return replaced_returns(body, taken_apart)


def _evaluated(
    x: tree.Expression, known: Mapping[tree.Variable, tree.Expression], out: list[tree.Statement]
) -> list[tree.Expression]:
    """The leaves of an expression whose parts are evaluated once, in order."""
    if isinstance(x, tree.Tuple):
        return [leaf for i in x.items for leaf in _evaluated(i, known, out)]
    if isinstance(x.type, TupleType) and not is_idle(x):
        variable = tree.Variable(".result", x.type, x.span)
        out.append(tree.Assign(span=x.span, variable=variable, value=x))
        x = tree.Local(span=x.span, type=x.type, variable=variable)
    return leaves_of(x, known)


def replaced_returns(
    body: Sequence[tree.Statement], change: Callable[[tree.Return], list[tree.Statement]]
) -> list[tree.Statement]:
    """A body in which each ``return``, however deep, is what ``change`` makes of it."""
    out: list[tree.Statement] = []
    for s in body:
        if isinstance(s, tree.Return):
            out += change(s)
            continue
        inner: dict[str, Any] = {}
        for f in fields(s):
            value = getattr(s, f.name)
            if isinstance(value, tuple) and value and all(isinstance(v, tree.Statement) for v in value):
                inner[f.name] = tuple(replaced_returns(value, change))
            elif isinstance(value, tuple) and value and all(isinstance(v, tree.Handler) for v in value):
                inner[f.name] = tuple(replace(h, body=tuple(replaced_returns(h.body, change))) for h in value)
            elif isinstance(s, tree.Rounds) and f.name == "rounds":
                inner[f.name] = tuple(tuple(replaced_returns(body, change)) for body in value)
        out.append(replace(s, **inner) if inner else s)
    return out


# --- calls ------------------------------------------------------------------------------------------------------------


def flat_arguments(
    arguments: Sequence[tree.Expression], temporary: Callable[[tree.Expression], tree.Variable]
) -> tuple[list[tree.Expression], list[tuple[tree.Variable, tree.Expression]]]:
    """Arguments as a flat function takes them, and what has to be bound to names before, in order."""
    if not any(isinstance(x.type, TupleType) for x in arguments):
        return list(arguments), []
    bound: list[tuple[tree.Variable, tree.Expression]] = []
    out: list[tree.Expression] = []
    for x in arguments:
        if not isinstance(x, tree.Constant | tree.DimValue):
            variable = temporary(x)
            bound.append((variable, x))
            x = tree.Local(span=x.span, type=x.type, variable=variable)
        out += leaves_of(x)
    return out, bound


def first_leaves(arguments: Sequence[tree.Expression]) -> list[int]:
    """For each argument the position of its first array or number among the flat ones."""
    positions, at = [], 0
    for x in arguments:
        positions.append(at)
        at += len(leaf_types(x.type))
    return positions


def extents_of(t: Type) -> tuple[Dim, ...]:
    """The extents of an array or of an array of records; none of anything else."""
    return t.dims if isinstance(t, TensorType | RecordArrayType) else ()
