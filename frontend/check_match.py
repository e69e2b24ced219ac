"""``match``: a chain of conditions on one subject.

Before::

    match a, b:
        case 0, y: return y
        case x, 1 | 2 if x > 3: return x
        case _: return 0

After, as a tree::

    if a == 0:
        y = b
        return y
    elif (b == 1 or b == 2) and (x := a, x > 3):
        return x
    else:
        return 0

What a pattern asks of a type is known when the file is compiled: ``case int():`` and ``case (a, b):`` always match, or
never.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from pyc.dataclass import dataclass
from pyc.source import Span

from . import check_operators, flow, tree
from .check_assignments import bind
from .check_expressions import condition
from .check_records import field_of, record_of
from .conform import agreed
from .context import Checker, Slot
from .report import Invalid, closest, fix
from .static_conditions import is_record_of
from .types import BOOL, FLOAT, INT, RecordArrayType, RecordType, ScalarType, TupleType, Type
from .values import Applied, Definition, PythonType, Value

#: A subject or a part of it.
Subject = tree.Expression | Value
#: What must hold for a pattern to match, or whether it does.
Test = tree.Expression | bool


@dataclass(frozen=True)
class _Found:
    """When a pattern matches, and the names that it binds then, with what."""

    test: Test
    captures: tuple[tuple[str, Subject, Span], ...] = ()


def match(c: Checker, node: ast.Match, span: Span, out: list[tree.Statement]) -> None:
    """Check ``match``.

    Raises:
        Invalid: E120, a pattern is not supported; E101, a case can never be reached.
    """
    subject = c.value(node.subject)
    if isinstance(subject, tree.Expression):
        subject = _kept(c, subject, out)
    for case in node.cases[:-1]:
        if case.guard is None and _is_irrefutable(case.pattern):
            message = "this pattern matches everything: the patterns behind it are never reached"
            raise c.error("E101", message, c.scope.span(case.pattern))
    _cases(c, node.cases, subject, span, out)


def _is_irrefutable(pattern: ast.pattern) -> bool:
    match pattern:
        case ast.MatchAs(pattern=None):
            return True
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _is_irrefutable(inner)
        case ast.MatchOr(patterns=patterns):
            return any(map(_is_irrefutable, patterns))
        case _:
            return False


def _kept(c: Checker, x: tree.Expression, out: list[tree.Statement]) -> tree.Expression:
    """The subject, evaluated once; the items of a tuple one by one."""
    if isinstance(x, tree.Constant | tree.DimValue | tree.Static):
        return x
    if isinstance(x, tree.Tuple):
        items = tuple(_kept(c, i, out) for i in x.items)
        return tree.Tuple(span=x.span, type=x.type, items=items)
    variable = c.temporary(x)
    dim = c.dim_of(x)
    if dim is not None:
        c.dims[variable] = dim
    out.append(tree.Assign(span=x.span, variable=variable, value=x))
    return tree.Local(span=x.span, type=x.type, variable=variable)


def _cases(
    c: Checker, cases: Sequence[ast.match_case], subject: Subject, span: Span, out: list[tree.Statement]
) -> None:
    from .check_statements import block

    if not cases:
        return
    case, rest = cases[0], cases[1:]
    found = _pattern(c, case.pattern, subject)
    if found.test is False:
        _cases(c, rest, subject, span, out)
        return
    at = c.span(case.body[0])

    def body(statements: list[tree.Statement]) -> None:
        if case.guard is None:
            for name, value, where in found.captures:
                bind(c, name, c.item(value, where), where, statements, where)
        block(c, case.body, statements)

    def others(statements: list[tree.Statement]) -> None:
        _cases(c, rest, subject, span, statements)

    if case.guard is None:
        if found.test is True:
            body(out)
            return
        assert c.env is not None
        sides = (flow.Side(body, dict(c.env), at), flow.Side(others, dict(c.env), span))
        flow.branch(c, _expression(found.test, span), sides, span, out)
        return
    test, matched = _guarded(c, found, case.guard, span)
    assert c.env is not None
    sides = (flow.Side(body, matched, at), flow.Side(others, dict(c.env), span))
    flow.branch(c, test, sides, span, out)


def _guarded(c: Checker, found: _Found, guard: ast.expr, span: Span) -> tuple[tree.Expression, dict[str, Slot]]:
    """A pattern's test and its guard as one condition, and the names where it holds; captures come before the guard."""
    matched: dict[str, Slot] = {}

    def evaluated() -> tree.Expression:
        assert c.env is not None
        bound: list[tuple[tree.Variable, tree.Expression]] = []
        for name, value, where in found.captures:
            x = c.runtime(value, where)
            variable = c.variable(name, x.type, where)
            c.env[name] = Slot(variable, where)
            bound.append((variable, x))
        test = condition(c, guard)
        matched.update(flow.assuming(c, guard, truth=True))
        for variable, x in reversed(bound):
            test = tree.Named(span=test.span, type=BOOL, variable=variable, value=x, body=test)
        return test

    if found.test is True:
        return evaluated(), matched
    test = flow.maybe(c, evaluated, span)
    first = _expression(found.test, span)
    return tree.ShortCircuit(span=span, type=BOOL, op="and", lhs=first, rhs=test), matched


# --- patterns ---------------------------------------------------------------------------------------------------------


def _pattern(c: Checker, pattern: ast.pattern, subject: Subject) -> _Found:
    span = c.scope.span(pattern)
    match pattern:
        case ast.MatchValue(value=value):
            return _Found(_equal(c, subject, value, span))
        case ast.MatchSingleton(value=value):
            return _Found(_same(c, subject, value, span))
        case ast.MatchAs(pattern=None, name=None):
            return _Found(True)
        case ast.MatchAs(pattern=inner, name=str(name)):
            found = _Found(True) if inner is None else _pattern(c, inner, subject)
            return _Found(found.test, (*found.captures, (name, subject, span)))
        case ast.MatchOr(patterns=patterns):
            return _either(c, [_pattern(c, p, subject) for p in patterns], span)
        case ast.MatchSequence(patterns=patterns):
            return _sequence(c, patterns, subject, span)
        case ast.MatchClass():
            return _class(c, pattern, subject, span)
    what = {ast.MatchMapping: "a mapping pattern", ast.MatchStar: "a starred pattern"}.get(
        type(pattern), "this pattern"
    )
    notes = fix("patterns are constants, names, tuples of patterns, `|` of them, and int(), float(), bool()")
    raise c.error("E120", f"{what} is not supported in compiled code", span, notes)


def _equal(c: Checker, subject: Subject, node: ast.expr, span: Span) -> Test:
    """``subject == value``."""
    value = c.value(node)
    constant = value.value if isinstance(value, tree.Constant) else value
    if not isinstance(subject, tree.Expression):
        return subject == constant
    if isinstance(subject.type, TupleType) or not isinstance(constant, bool | int | float):
        return False
    x = c.operand(c.runtime(value, span))
    test = c.truth(check_operators.compare(c, ast.Eq(), c.operand(subject), x, span))
    if isinstance(subject, tree.Constant):
        return bool(subject.value == constant)
    return test


def _same(c: Checker, subject: Subject, value: object, span: Span) -> Test:
    """``subject is value``, of True, False and None."""
    if not isinstance(subject, tree.Expression):
        return subject is value
    if subject.type != BOOL or value is None:
        return False
    if isinstance(subject, tree.Constant):
        return bool(subject.value) is value
    return subject if value else tree.Unary(span=span, type=BOOL, op="not", x=subject)


def _sequence(c: Checker, patterns: Sequence[ast.pattern], subject: Subject, span: Span) -> _Found:
    """A tuple of patterns: the subject's type says how many items it has. Arrays are no sequences to ``match``."""
    parts = _parts(subject)
    if parts is None:
        return _Found(False)
    star = next((i for i, p in enumerate(patterns) if isinstance(p, ast.MatchStar)), None)
    if len(parts) < len(patterns) - (star is not None) or (star is None and len(parts) != len(patterns)):
        return _Found(False)
    found: list[_Found] = []
    behind = len(patterns) if star is None else len(patterns) - star - 1
    for i, p in enumerate(patterns):
        if isinstance(p, ast.MatchStar):
            items = parts[i : len(parts) - behind]
            middle = tuple(c.runtime(x, span) for x in items)
            whole = tree.Tuple(span=span, type=TupleType(tuple(x.type for x in middle)), items=middle)
            found.append(_Found(True, ((p.name, whole, span),) if p.name is not None else ()))
            continue
        k = i if star is None or i < star else len(parts) - (len(patterns) - i)
        found.append(_pattern(c, p, parts[k]))
    test: Test = reduce(_and, (f.test for f in found), True)
    return _Found(test, tuple(x for f in found for x in f.captures))


def _parts(subject: Subject) -> Sequence[Subject] | None:
    if isinstance(subject, tuple):
        return subject
    if isinstance(subject, tree.Expression) and isinstance(subject.type, RecordType | RecordArrayType):
        return None  # NumPy's records are no sequences to Python
    if isinstance(subject, tree.Tuple):
        return subject.items
    if isinstance(subject, tree.Expression) and isinstance(subject.type, TupleType):
        return [tree.TupleItem(span=subject.span, type=t, x=subject, index=i) for i, t in enumerate(subject.type.items)]
    return None


def _class(c: Checker, pattern: ast.MatchClass, subject: Subject, span: Span) -> _Found:
    """``int()``, ``float(x)``, ``bool()``, ``Body(x, mass=m)``: the type of the subject is known."""
    known = c.value(pattern.cls)
    t = subject.type if isinstance(subject, tree.Expression) else None
    if not isinstance(known, PythonType):
        return _record(c, pattern, known, subject, span)
    if known.name not in _INSTANCES or pattern.kwd_patterns or len(pattern.patterns) > 1:
        raise _unknown_class(c, span)
    if t not in _INSTANCES[known.name]:
        return _Found(False)
    if not pattern.patterns:
        return _Found(True)
    return _pattern(c, pattern.patterns[0], subject)


def _unknown_class(c: Checker, span: Span) -> Invalid:
    message = f"the pattern {span.text} is not supported in compiled code"
    return c.error("E120", message, span, fix("patterns of classes are int(), float(), bool() and those of records"))


def _record(
    c: Checker, pattern: ast.MatchClass, known: tree.Expression | Value, subject: Subject, span: Span
) -> _Found:
    """``Body(x, mass=m)``: fields by position, then by name; a record of another class never matches."""
    if not isinstance(known, Definition | Applied) or not _is_class_of_records(c, known):
        raise _unknown_class(c, span)
    if not isinstance(subject, tree.Expression) or not isinstance(subject.type, RecordType | RecordArrayType):
        return _Found(False)
    if isinstance(subject.type, RecordArrayType) and subject.type.dims:
        return _Found(False)
    t = record_of(subject.type)
    if not is_record_of(t, known):
        return _Found(False)
    if len(pattern.patterns) > len(t.fields):
        message = f"{t} has {len(t.fields)} fields, and the pattern {len(pattern.patterns)}"
        raise c.error("E120", message, span, fix("leave out what the record does not have"))
    inner = list(zip(t.fields, pattern.patterns, strict=False))
    for name, p in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
        at = c.scope.span(p)
        if name not in t.fields:
            raise c.error("E217", f"a {t} has no field {name}", at, *closest(name, t.fields))
        if any(name == other for other, _ in inner):
            raise c.error("E101", f"the pattern asks for the field {name} twice", at)
        inner.append((name, p))
    found = [_pattern(c, p, _field(c, subject, name, c.scope.span(p))) for name, p in inner]
    test: Test = reduce(_and, (f.test for f in found), True)
    return _Found(test, tuple(x for f in found for x in f.captures))


def _is_class_of_records(c: Checker, known: Definition | Applied) -> bool:
    definition = known.definition if isinstance(known, Applied) else known
    return c.instances.declarations.record_layout(definition) is not None


def _field(c: Checker, subject: tree.Expression, name: str, span: Span) -> tree.Expression:
    """A field of a record. Of an element of an array too, a ``bool`` is Python's, which ``case True:`` asks for."""
    t = record_of(subject.type)
    x = field_of(c, subject, name, span)
    return replace(x, type=BOOL) if t.items[t.fields.index(name)] == BOOL else x


#: What is an instance of a built-in class: ``bool`` is an ``int``, and NumPy's ``float64`` a ``float``.
_INSTANCES: dict[str, tuple[Type, ...]] = {
    "int": (INT, BOOL),
    "bool": (BOOL,),
    "float": (FLOAT, ScalarType("f64")),
}


def _either(c: Checker, found: Sequence[_Found], span: Span) -> _Found:
    """One of several patterns, which bind the same names; the first that matches says what they hold."""
    possible = [f for f in found if f.test is not False]
    if not possible:
        return _Found(False)
    test: Test = reduce(_or, (f.test for f in possible), False)
    names = [name for name, _, _ in possible[0].captures]
    for f in possible:
        if {n for n, _, _ in f.captures} != set(names):
            raise c.error("E101", "alternative patterns bind different names", span)
    captures: list[tuple[str, Subject, Span]] = []
    for name in names:
        values = [next((v, at) for n, v, at in f.captures if n == name) for f in possible]
        result = c.runtime(*values[-1])
        for f, value in zip(reversed(possible[:-1]), reversed(values[:-1]), strict=True):
            if f.test is True:
                result = c.runtime(*value)
                continue
            a, b = agreed(c, c.runtime(*value), result, span)
            assert isinstance(f.test, tree.Expression)
            result = tree.Conditional(span=span, type=a.type, condition=f.test, on_true=a, on_false=b)
        captures.append((name, result, span))
    return _Found(test, tuple(captures))


def _and(a: Test, b: Test) -> Test:
    if isinstance(a, bool):
        return b if a else False
    if isinstance(b, bool):
        return a if b else False
    return tree.ShortCircuit(span=a.span, type=BOOL, op="and", lhs=a, rhs=b)


def _or(a: Test, b: Test) -> Test:
    if isinstance(a, bool):
        return True if a else b
    if isinstance(b, bool):
        return True if b else a
    return tree.ShortCircuit(span=a.span, type=BOOL, op="or", lhs=a, rhs=b)


def _expression(test: Test, span: Span) -> tree.Expression:
    return test if isinstance(test, tree.Expression) else tree.Constant(span=span, type=BOOL, value=test)
