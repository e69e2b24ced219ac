"""What a ``for`` loop runs over: ranges, arrays, tuples, and ``enumerate``, ``zip`` and ``reversed`` of these.

Every iterable is a number of rounds and what a round's number gives. A loop over an array of rows counts, and binds the
row, a view, at the head of its body. A loop over a tuple, whose items may have different types, is written out round by
round, each checked with the types of its own items.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Sequence
from dataclasses import replace

from pyc.dataclass import dataclass
from pyc.source import Span

from . import (
    arrays,
    check_flat,
    check_parallel,
    check_record_arrays,
    check_records,
    check_unpacking,
    flow,
    record_protocols,
    tree,
)
from .check_assignments import assign
from .check_subscripts import integer, selected
from .check_tuple_items import indexes_modules
from .composites import is_idle
from .context import Checker, Slot
from .dims import Dim
from .report import fix
from .types import BOOL, INT, RecordArrayType, TensorType, TupleType, is_array
from .values import PythonType, Value, described

#: More rounds than this are not written out.
_LONGEST = 1024
_HELP = "loops run over range, arrays, tuples, and enumerate, zip and reversed of these"


@dataclass(frozen=True)
class RangeOf:
    """A range, its bounds not evaluated yet; ``parallel`` if it is a ``prange``."""

    start: tree.Expression
    stop: tree.Expression
    step: tree.Expression
    span: Span
    parallel: bool = False


@dataclass(frozen=True)
class Counted:
    """``rounds`` is how often the loop runs; ``item`` gives what a round binds, from its number."""

    rounds: tree.Expression
    item: Callable[[tree.Expression], tree.Expression]


@dataclass(frozen=True)
class Written:
    """The items of a loop that is written out. A round with a condition runs where that holds."""

    items: tuple[tree.Expression, ...]
    conditions: tuple[tree.Expression | None, ...]


@dataclass(frozen=True)
class Iterable:
    """What a loop runs over. ``ends`` are checks after its last round: ``zip(..., strict=True)``."""

    over: RangeOf | Counted | Written
    ends: tuple[tree.Statement, ...] = ()


def loop_over(c: Checker, node: ast.For, span: Span, out: list[tree.Statement]) -> None:
    """Check ``for target in iterable``.

    Raises:
        Invalid: E120, loops do not run over this.
    """
    found = _iterable(c, node.iter, out)
    if isinstance(found.over, RangeOf) and not found.over.parallel and indexes_modules(c, node):
        numbers = _known_range(found.over)
        if numbers is not None and len(numbers) <= _LONGEST:
            found = _written(tuple(c.runtime(n, found.over.span) for n in numbers))
    match found.over:
        case Written() as written:
            _written_out(c, node, span, written, found.ends, out)
        case RangeOf() | Counted() as over:
            _counted(c, node, span, over, found.ends, out)


def _counted(
    c: Checker,
    node: ast.For,
    span: Span,
    over: RangeOf | Counted,
    ends: tuple[tree.Statement, ...],
    out: list[tree.Statement],
) -> None:
    at = c.span(node.target)
    if isinstance(over, RangeOf):
        start, stop, step = over.start, over.stop, over.step
    else:
        start, stop, step = _number(0, span), over.rounds, _number(1, span)
    name = node.target.id if isinstance(node.target, ast.Name) and isinstance(over, RangeOf) else None
    variable = c.variable(name, INT, at) if name is not None else c.temporary(start)

    def attempt(loop: flow.Attempt) -> None:
        from .check_statements import block

        assert c.env is not None
        if name is not None:
            c.env[name] = Slot(variable, at)
        else:
            number = tree.Local(span=at, type=INT, variable=variable)
            item = over.item(number) if isinstance(over, Counted) else number
            assign(c, node.target, item, c.span(node.iter), loop.body)
        block(c, node.body, loop.body)

    done = flow.loop(c, node, attempt, out)
    parallel = isinstance(over, RangeOf) and over.parallel
    if parallel:
        check_parallel.refuse_jumps(c, done.body)
    out.append(
        tree.ForRange(
            span=span,
            variable=variable,
            start=start,
            stop=stop,
            step=step,
            body=tuple(done.body),
            otherwise=(*ends, *done.otherwise),
            parallel=parallel,
        )
    )


# --- loops that are written out ---------------------------------------------------------------------------------------


def _written_out(
    c: Checker,
    node: ast.For,
    span: Span,
    written: Written,
    ends: tuple[tree.Statement, ...],
    out: list[tree.Statement],
) -> None:
    # What a name holds in one round says nothing about another round.
    c.once -= frozenset(flow.bound_names(node))
    # Each round has its own syntax: what a join asks for at a `break` is remembered for one round.
    bodies = [copy.deepcopy(node.body) for _ in written.items]

    def attempt(i: int) -> Callable[[list[tree.Statement]], None]:
        def look(statements: list[tree.Statement]) -> None:
            _round(c, node, span, written.items[i], written.conditions[i], bodies[i], statements)

        return look

    rounds, otherwise = flow.rounds(c, node, [attempt(i) for i in range(len(bodies))], out)
    out.append(
        tree.Rounds(
            span=span,
            rounds=tuple(tuple(r) for r in rounds),
            otherwise=(*ends, *otherwise),
        )
    )


def _round(
    c: Checker,
    node: ast.For,
    span: Span,
    item: tree.Expression,
    condition: tree.Expression | None,
    body: Sequence[ast.stmt],
    out: list[tree.Statement],
) -> None:
    from .check_statements import block

    assert c.env is not None
    before, inner = dict(c.env), out if condition is None else []
    if isinstance(node.target, ast.Name) and isinstance(item, tree.Constant) and item.type in (INT, BOOL):
        _bind_constant(c, node.target.id, item, c.span(node.target), inner)
    else:
        assign(c, node.target, item, c.span(node.iter), inner)
    block(c, body, inner)
    if condition is None:
        return
    at = c.span(node.iter)
    otherwise: list[tree.Statement] = []
    ways = [flow.Way(before, otherwise, at)]
    if c.env is not None:
        ways.append(flow.Way(c.env, inner, at))
    c.env = flow.join(c, ways, at)
    out.append(tree.If(span=span, condition=condition, then=tuple(inner), otherwise=tuple(otherwise)))


def _bind_constant(c: Checker, name: str, item: tree.Constant, at: Span, out: list[tree.Statement]) -> None:
    """A name that holds a number known at compile time in this round: an axis, a size."""
    assert c.env is not None
    variable = tree.Variable(name, item.type, at)
    out.append(tree.Assign(span=at, variable=variable, value=item))
    c.env[name] = Slot(variable, at)
    if item.type == INT:
        c.dims[variable] = Dim.of(int(item.value))


# --- iterables --------------------------------------------------------------------------------------------------------


def _iterable(c: Checker, node: ast.expr, out: list[tree.Statement]) -> Iterable:
    """What an expression gives to a loop; evaluated once, into ``out``.

    Raises:
        Invalid: E120, nothing that loops run over.
    """
    if isinstance(node, ast.Call) and (name := _function(c, node.func)) is not None:
        if check_unpacking.is_unpacked(node):
            node, bound = check_unpacking.written_out(c, node)
            out += [tree.Assign(span=value.span, variable=variable, value=value) for variable, value in bound]
        return _CALLS[name](c, node, out)
    span = c.span(node)
    if isinstance(node, ast.List):
        return _items(tuple(c.expression(e) for e in check_unpacking.listed(c, node.elts)), out, c)
    if (elements := check_flat.array_of(c, node)) is not None:
        return Iterable(Counted(*check_flat.rounds(c, _kept(c, elements, out), span)))
    value = c.value(node)
    if isinstance(value, tuple):
        return _items(tuple(c.item(v, span) for v in value), out, c)
    if not isinstance(value, tree.Expression):
        raise _refused(c, node, described(value))
    if check_records.is_record(value.type):
        x = _kept(c, check_records.value_of(c, value), out)
        if (parts := record_protocols.yielded(c, x, node, span)) is not None:
            return _written(parts)
        raise _refused(c, node, f"a {check_records.record_of(value.type)}")
    if isinstance(value, tree.Tuple) and not isinstance(value.type, RecordArrayType):
        return _items(value.items, out, c)
    whole = _kept(c, value, out)
    if isinstance(value.type, RecordArrayType):
        return Iterable(
            Counted(arrays.extent(c, check_records.first_array(whole), 0, span), lambda k: _row(c, whole, k, span))
        )
    if isinstance(value.type, TupleType):
        items = tuple(tree.TupleItem(span=span, type=t, x=whole, index=i) for i, t in enumerate(value.type.items))
        return _written(items)
    if is_array(value.type) and value.type.rank:
        return Iterable(Counted(arrays.extent(c, whole, 0, span), lambda k: _row(c, whole, k, span)))
    if is_array(value.type):
        raise c.error("E120", "iteration over a 0-d array", span, fix("`x[()]` is its element"))
    raise _refused(c, node, f"a {value.type}")


def rounds_of(c: Checker, node: ast.expr, out: list[tree.Statement]) -> Counted | tuple[tree.Expression, ...]:
    """What a comprehension runs over: a number of rounds, or the items of a tuple.

    Raises:
        Invalid: E120, E121, comprehensions do not run over this.
    """
    found = _iterable(c, node, out)
    over = found.over
    if found.ends or (isinstance(over, Written) and any(x is not None for x in over.conditions)):
        message = "a comprehension over this is not supported"
        raise c.error("E121", message, c.span(node), fix("fill an array in a `for` loop"))
    if isinstance(over, Written):
        return tuple(i if is_idle(i) else _kept(c, i, out) for i in over.items)
    return _counting(c, over, out)


def _refused(c: Checker, node: ast.expr, what: str):
    text = c.span(node).text
    message = f"a `for` loop in compiled code does not run over {what}"
    loop = f"`for i in range({text}):`" if text.isidentifier() and what in ("a int", "an int") else _HELP
    return c.error("E120", message, c.span(node), fix(loop))


def _items(items: tuple[tree.Expression, ...], out: list[tree.Statement], c: Checker) -> Iterable:
    """Items of a tuple that is written where the loop is, all evaluated before the first round."""
    return _written(tuple(i if isinstance(i, tree.Constant) else _kept(c, i, out) for i in items))


def _written(items: tuple[tree.Expression, ...]) -> Iterable:
    return Iterable(Written(items, (None,) * len(items)))


def _kept(c: Checker, x: tree.Expression, out: list[tree.Statement]) -> tree.Expression:
    """``x`` under a name of its own: what the user's name holds later does not matter to the loop."""
    if isinstance(x, tree.Constant | tree.DimValue | tree.Static):
        return x
    variable = c.temporary(x)
    dim = c.dim_of(x)
    if dim is not None:
        c.dims[variable] = dim
    out.append(tree.Assign(span=x.span, variable=variable, value=x))
    return tree.Local(span=x.span, type=x.type, variable=variable)


def _row(c: Checker, array: tree.Expression, k: tree.Expression, span: Span) -> tree.Expression:
    """Element or row ``k`` of an array: a view."""
    t = array.type
    assert isinstance(t, TensorType | RecordArrayType)
    items = (tree.Index(k, inside=True), *(tree.Range() for _ in t.dims[1:]))
    if isinstance(t, RecordArrayType):
        return check_record_arrays.selected(array, items, t.dims[1:], span)
    return selected(c, array, items, t.dims[1:], span)


def _function(c: Checker, function: ast.expr) -> str | None:
    """The name of the built-in that makes an iterable, if ``function`` is one."""
    if isinstance(function, ast.Name) and function.id in c.locals:
        return None
    if not isinstance(function, ast.Name | ast.Attribute):
        return None
    if isinstance(function, ast.Attribute) and isinstance(c.value(function.value), tree.Expression):
        return None  # a method
    value: tree.Expression | Value = c.value(function)
    name = value.name if isinstance(value, PythonType) else str(value)
    return name if name in _CALLS else None


def _range(c: Checker, node: ast.Call, out: list[tree.Statement]) -> Iterable:
    span = c.span(node)
    if node.keywords or not 1 <= len(node.args) <= 3:
        raise c.error("E203", "range takes one to three arguments", span)
    values = [integer(c, a, "a bound of range") for a in node.args]
    zero, one = c.runtime(0, span), c.runtime(1, span)
    if len(values) == 1:
        values = [zero, values[0]]
    start, stop, step = (*values, one)[:3]
    if isinstance(step, tree.Constant) and step.value == 0:
        raise c.error("E210", "range() arg 3 must not be zero", step.span)
    return Iterable(RangeOf(start, stop, step, span))


def _prange(c: Checker, node: ast.Call, out: list[tree.Statement]) -> Iterable:
    over = _range(c, node, out).over
    assert isinstance(over, RangeOf)
    return Iterable(replace(over, parallel=True))


def _enumerate(c: Checker, node: ast.Call, out: list[tree.Statement]) -> Iterable:
    span = c.span(node)
    nodes = {k.arg: k.value for k in node.keywords}
    if not 1 <= len(node.args) <= 2 or not set(nodes) <= {"start"} or (nodes and len(node.args) == 2):
        raise c.error("E203", "enumerate takes an iterable and a start", span)
    inner = _iterable(c, node.args[0], out)
    given = node.args[1] if len(node.args) == 2 else nodes.get("start")
    start = _kept(c, integer(c, given, "the start of enumerate"), out) if given is not None else _number(0, span)

    def numbered(k: tree.Expression, item: tree.Expression) -> tree.Expression:
        at = k
        if isinstance(start, tree.Constant) and isinstance(k, tree.Constant):
            at = _number(int(start.value) + int(k.value), span)
        elif not _is(start, 0):
            at = tree.Binary(span=span, type=INT, op="int_add", lhs=start, rhs=k)
        return _tuple(span, (at, item))

    if isinstance(inner.over, Written):
        items = tuple(numbered(_number(k, span), item) for k, item in enumerate(inner.over.items))
        return Iterable(Written(items, inner.over.conditions), inner.ends)
    over = _counting(c, inner.over, out)
    return Iterable(Counted(over.rounds, lambda k: numbered(k, over.item(k))), inner.ends)


def _reversed(c: Checker, node: ast.Call, out: list[tree.Statement]) -> Iterable:
    span = c.span(node)
    if len(node.args) != 1 or node.keywords:
        raise c.error("E203", "reversed takes one argument", span)
    inner = node.args[0]
    if isinstance(inner, ast.Call) and _function(c, inner.func) in ("enumerate", "zip", "reversed"):
        raise c.error(
            "E120", f"reversed does not take {c.span(inner.func).text}", c.span(inner), fix("reverse the arrays")
        )
    found = _iterable(c, inner, out)
    if isinstance(found.over, Written):
        return _written(found.over.items[::-1])
    over = found.over
    if isinstance(over, RangeOf) and over.parallel:
        raise check_parallel.not_alone(c, over.span)
    if isinstance(over, RangeOf) and _is(over.start, 0) and _is(over.step, 1):
        last = _plain("sub", _at_least_zero(over.stop), _number(1, span))
        return Iterable(RangeOf(last, _number(-1, span), _number(-1, span), span))
    over = _counting(c, over, out)
    rounds = _kept(c, over.rounds, out)
    last = _plain("sub", rounds, _number(1, span))
    return Iterable(Counted(rounds, lambda k: over.item(_plain("sub", last, k))))


def _zip(c: Checker, node: ast.Call, out: list[tree.Statement]) -> Iterable:
    span = c.span(node)
    strict = False
    for k in node.keywords:
        value = c.value(k.value)
        if k.arg != "strict" or not (isinstance(value, tree.Constant) and isinstance(value.value, bool)):
            raise c.error("E203", "zip takes iterables and strict=True or strict=False", span)
        strict = value.value
    parts = [_iterable(c, a, out) for a in node.args]
    for p, a in zip(parts, node.args, strict=True):
        if p.ends:
            raise c.error("E120", "`zip(..., strict=True)` inside zip is not supported", c.span(a))
    if not parts:
        return _written(())
    over = [p.over if isinstance(p.over, Written) else _counting(c, p.over, out) for p in parts]
    lengths = [_length(c, o, span, out) for o in over]
    ends = _strict(c, lengths, span) if strict else ()
    if any(isinstance(o, Written) for o in over):
        return Iterable(_zipped(over, lengths, span), ends)
    counted = [o for o in over if isinstance(o, Counted)]
    shortest = lengths[0]
    for length in lengths[1:]:
        shortest = _smaller(shortest, length)
    return Iterable(Counted(shortest, lambda k: _tuple(span, tuple(o.item(k) for o in counted))), ends)


def _zipped(over: Sequence[Counted | Written], lengths: Sequence[tree.Expression], span: Span) -> Written:
    """Tuples beside arrays: as many rounds as the shortest tuple has, each if the arrays have as many."""
    count = min(len(o.items) for o in over if isinstance(o, Written))
    count = min([count, *(int(n.value) for n in lengths if isinstance(n, tree.Constant))])
    items: list[tree.Expression] = []
    conditions: list[tree.Expression | None] = []
    for i in range(count):
        k = _number(i, span)
        condition: tree.Expression | None = None
        for o, length in zip(over, lengths, strict=True):
            if isinstance(o, Written) and (also := o.conditions[i]) is not None:
                condition = _both(condition, also)
            if isinstance(o, Counted) and not isinstance(length, tree.Constant):
                condition = _both(condition, _compare("gt", length, k))
        conditions.append(condition)
        items.append(_tuple(span, tuple(o.items[i] if isinstance(o, Written) else o.item(k) for o in over)))
    return Written(tuple(items), tuple(conditions))


def _strict(c: Checker, lengths: Sequence[tree.Expression], span: Span) -> tuple[tree.Statement, ...]:
    """What ``zip(..., strict=True)`` raises when its shortest argument has ended, in CPython's words."""
    shortest = lengths[0]
    for length in lengths[1:]:
        shortest = _smaller(shortest, length)
    out: tuple[tree.Statement, ...] = ()
    for i in reversed(range(1, len(lengths))):
        others = "argument 1" if i == 1 else f"arguments 1-{i}"
        for relation, test in (
            ("longer", _both(_compare("gt", lengths[i], lengths[0]), _compare("eq", lengths[0], shortest))),
            ("shorter", _both(_compare("lt", lengths[i], lengths[0]), _compare("eq", lengths[i], shortest))),
        ):
            raised = tree.Raise(
                span=span, exception="ValueError", message=f"zip() argument {i + 1} is {relation} than {others}"
            )
            out = (tree.If(span=span, condition=test, then=(raised,)), *out)
    # A longer argument is seen only where the first one has ended.
    return out


def _static_range(c: Checker, node: ast.Call, out: list[tree.Statement]) -> Iterable:
    """``static_range(start, stop, step)``: as many rounds written out, each number known at compile time."""
    over = _range(c, node, out).over
    assert isinstance(over, RangeOf)
    numbers = _known_range(over)
    if numbers is None:
        message = "the bounds of static_range are known at compile time"
        raise c.error("E112", message, over.span, fix("`range` takes bounds that are computed"))
    if len(numbers) > _LONGEST:
        message = f"static_range of {len(numbers)} rounds: at most {_LONGEST} are written out"
        raise c.error("E112", message, over.span, fix("`range` makes a loop"))
    return _written(tuple(c.runtime(n, over.span) for n in numbers))


def _known_range(over: RangeOf) -> range | None:
    """The numbers of a range with constant bounds."""
    bounds = [x.value if isinstance(x, tree.Constant) else None for x in (over.start, over.stop, over.step)]
    return range(*(int(b) for b in bounds if b is not None)) if all(isinstance(b, int) for b in bounds) else None


#: The built-ins that make an iterable.
_CALLS: dict[str, Callable[[Checker, ast.Call, list[tree.Statement]], Iterable]] = {
    "range": _range,
    "pyc.prange": _prange,
    "pyc.static_range": _static_range,
    "enumerate": _enumerate,
    "reversed": _reversed,
    "zip": _zip,
}


# --- numbers of rounds ------------------------------------------------------------------------------------------------


def _counting(c: Checker, over: RangeOf | Counted, out: list[tree.Statement]) -> Counted:
    """A loop by the number of its rounds; the bounds of a range are evaluated here, once."""
    if isinstance(over, Counted):
        return over
    if over.parallel:
        raise check_parallel.not_alone(c, over.span)
    span = over.span
    start, stop, step = (_kept(c, x, out) for x in (over.start, over.stop, over.step))
    if not isinstance(step, tree.Constant):
        raised = tree.Raise(span=span, exception="ValueError", message="range() arg 3 must not be zero")
        out.append(tree.If(span=span, condition=_compare("eq", step, _number(0, span)), then=(raised,)))
    rounds = _kept(c, _range_length(start, stop, step), out)

    def item(k: tree.Expression) -> tree.Expression:
        offset = k if _is(step, 1) else _plain("mul", k, step)
        return offset if _is(start, 0) else _plain("add", start, offset)

    return Counted(rounds, item)


def _range_length(start: tree.Expression, stop: tree.Expression, step: tree.Expression) -> tree.Expression:
    """``len(range(start, stop, step))``, where the distance fits in 64 bits: more rounds nobody has the time for."""
    if _is(start, 0) and _is(step, 1):
        return _at_least_zero(stop)

    def towards(low: tree.Expression, high: tree.Expression, by: tree.Expression) -> tree.Expression:
        one = _number(1, low.span)
        distance = tree.Binary(span=low.span, type=INT, op="int_sub", lhs=high, rhs=low)
        rounds: tree.Expression = distance
        if not _is(by, 1):
            rounds = _plain("add", _plain("floordiv", _plain("sub", distance, one), by), one)
        return _choice(_compare("lt", low, high), rounds, _number(0, low.span))

    if isinstance(step, tree.Constant):
        if step.value > 0:
            return towards(start, stop, step)
        return towards(stop, start, _number(-int(step.value), step.span))
    negated = tree.Unary(span=step.span, type=INT, op="int_neg", x=step)
    rising = _compare("gt", step, _number(0, step.span))
    return _choice(rising, towards(start, stop, step), towards(stop, start, negated))


def _length(c: Checker, over: Counted | Written, span: Span, out: list[tree.Statement]) -> tree.Expression:
    if isinstance(over, Counted):
        return _kept(c, over.rounds, out)
    return _number(len(over.items), span)


# --- small expressions ------------------------------------------------------------------------------------------------


def _number(value: int, span: Span) -> tree.Constant:
    return tree.Constant(span=span, type=INT, value=value)


def _is(x: tree.Expression, value: int) -> bool:
    return isinstance(x, tree.Constant) and x.value == value


def _plain(op: str, lhs: tree.Expression, rhs: tree.Expression) -> tree.Expression:
    """Arithmetic that cannot leave 64 bits: positions in what is in memory or in a range."""
    return tree.Binary(span=lhs.span, type=INT, op=op, lhs=lhs, rhs=rhs)


def _compare(predicate: str, lhs: tree.Expression, rhs: tree.Expression) -> tree.Expression:
    return tree.Compare(span=lhs.span, type=BOOL, predicate=predicate, lhs=lhs, rhs=rhs)


def _both(lhs: tree.Expression | None, rhs: tree.Expression) -> tree.Expression:
    return rhs if lhs is None else tree.Binary(span=rhs.span, type=BOOL, op="and", lhs=lhs, rhs=rhs)


def _choice(test: tree.Expression, on_true: tree.Expression, on_false: tree.Expression) -> tree.Expression:
    return tree.Conditional(span=test.span, type=INT, condition=test, on_true=on_true, on_false=on_false)


def _at_least_zero(x: tree.Expression) -> tree.Expression:
    if isinstance(x, tree.Constant):
        return _number(max(int(x.value), 0), x.span)
    return x if isinstance(x, tree.DimValue) else _plain("maximum", x, _number(0, x.span))


def _smaller(a: tree.Expression, b: tree.Expression) -> tree.Expression:
    if isinstance(a, tree.Constant) and isinstance(b, tree.Constant):
        return a if a.value <= b.value else b
    if isinstance(a, tree.DimValue) and isinstance(b, tree.DimValue) and a.dim == b.dim:
        return a
    return _plain("minimum", a, b)


def _tuple(span: Span, items: tuple[tree.Expression, ...]) -> tree.Tuple:
    return tree.Tuple(span=span, type=TupleType(tuple(i.type for i in items)), items=items)
