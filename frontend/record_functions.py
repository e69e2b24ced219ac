"""NumPy's functions that move, choose or repeat the elements of arrays of records.

What gives new arrays is done to positions: ``np.roll(bodies, 1)`` is ``bodies[np.roll(np.arange(len(bodies)), 1)]``,
so that axes, other arguments and errors are those of the function of numbers. Views, choices and repetitions of one
record are made field by field.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pyc.precision import Precision
from pyc.source import Span

from . import arrays, check_records, library_calls, numpy_records, numpy_shapes, tree
from .arguments import bound
from .check_records import first_array, is_record, record_of, without_more
from .composites import assembled, is_idle, item
from .context import Checker
from .dims import Dim
from .evaluated import Evaluated
from .report import fix
from .types import RecordArrayType, RecordType, ScalarType, TensorType, TupleType, Type, records
from .values import Value

_Bound = list[tuple[tree.Variable, tree.Expression]]
#: Where the array stands among the arguments; -1 where both of the first two may be arrays, -2 the last two of three.
_PLACES = {"compress": 1, "extract": 1, "full": 1, "where": -2, "append": -1, "copyto": -1, "array_equal": -1}
_PLACES |= {"full_like": -1}


def call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value | ast.Call:
    """``np.name(...)`` where its arguments are records; else the call with what was evaluated for it.

    Raises:
        Invalid: E201, E202, the arguments are no records that belong together.
    """
    first = {-2: 1, -1: 0}.get(_PLACES.get(name, 0), _PLACES.get(name, 0))
    wanted = 2 if _PLACES.get(name, 0) < 0 else 1
    if name not in _CALLS or any(isinstance(a, ast.Starred) for a in node.args):
        return node
    places = [i for i in range(first, first + wanted) if i < len(node.args)]
    kinds = ast.Name | ast.Attribute | ast.Subscript | ast.Call | Evaluated
    arguments, found = list(node.args), False
    for i in places:
        given = arguments[i]
        if isinstance(given, kinds) and not (isinstance(given, ast.Attribute) and given.attr == "flat"):
            value = given.value if isinstance(given, Evaluated) else c.value(given)
            arguments[i] = Evaluated(value, given)
            found = found or (isinstance(value, tree.Expression) and _has_records(value.type))
    known = ast.copy_location(ast.Call(node.func, arguments, node.keywords), node)
    return _CALLS[name](c, known, name, span) if found else known


def _has_records(t: Type) -> bool:
    return isinstance(t, RecordType | RecordArrayType)


def method(c: Checker, x: tree.Expression, name: str, node: ast.Call, span: Span) -> tree.Expression | None:
    """``bodies.take(indices)`` and the like, as the function; ``None`` where arrays have no such method."""
    if name not in METHODS:
        return None
    own = Evaluated(x, node.func)
    arguments = [*node.args[:1], own, *node.args[1:]] if name == "compress" else [own, *node.args]
    found = _moved(c, ast.copy_location(ast.Call(node.func, arguments, node.keywords), node), name, span)
    assert isinstance(found, tree.Expression)
    return found


# --- copies, by positions ---------------------------------------------------------------------------------------------


def _moved(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    """``np.take(bodies, i)``: the records at the positions that the function makes of all positions."""
    from . import builtins_numpy

    place = _PLACES.get(name, 0)
    x = c.expression(node.args[place])
    if not numpy_records.is_array_of_records(x):
        raise c.error("E201", f"np.{name} takes an array of records, and this is a {record_of(x.type)}", x.span)

    def whole(v: tree.Expression) -> tree.Expression:
        t = v.type
        assert isinstance(t, RecordArrayType)
        model = without_more(first_array(v), t.rank)
        count = arrays.element_count(c, model, span)
        precision = Precision.plain("i64")
        dims = t.dims if t.rank == 1 else (c.extent(count),)
        grid: tree.Expression = tree.Iota(span=span, type=TensorType("i64", dims, precision, t.target), size=count)
        flat = v
        if t.rank != 1:
            sizes = [arrays.extent(c, model, axis, span) for axis in range(t.rank)]
            grid = arrays.reshaped(c, c.operand(grid), sizes, span)
            flat = numpy_records.reshaped(c, v, [c.runtime(-1, span)], span)
        arguments = [*node.args[:place], Evaluated(grid, node), *node.args[place + 1 :]]
        positions = builtins_numpy.call(
            c, name, ast.copy_location(ast.Call(node.func, arguments, node.keywords), node), span
        )
        return _at(c, flat, c.runtime(positions, span), node, span)

    return whole(x) if is_idle(x) else c.once_only(x, whole)


def _at(c: Checker, flat: tree.Expression, positions: tree.Expression, node: ast.Call, span: Span) -> tree.Expression:
    """``flat[positions]``, a copy, also where there is one position."""
    from .check_record_arrays import subscript

    def chosen(x: tree.Expression) -> tree.Expression:
        base = Evaluated(x, node)
        taken = ast.copy_location(ast.Subscript(base, Evaluated(positions, node), ast.Load()), node)
        found = subscript(c, x, taken, span)
        return check_records.value_of(c, found) if is_record(found.type) else found

    return chosen(flat) if is_idle(flat) else c.once_only(flat, chosen)


# --- views ------------------------------------------------------------------------------------------------------------


def _indexed(c: Checker, x: tree.Expression, parts: Sequence[ast.expr], node: ast.Call, span: Span) -> tree.Expression:
    """``bodies[parts]``, of slices and new axes."""
    from .check_record_arrays import subscript

    index = ast.copy_location(ast.Tuple([ast.copy_location(p, node) for p in parts], ast.Load()), node)
    for n in ast.walk(index):
        ast.copy_location(n, node)
    return subscript(c, x, ast.copy_location(ast.Subscript(Evaluated(x, node), index, ast.Load()), node), span)


def _flip(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["m"], ["axis"] if name == "flip" else [])
    x = a.expression("m")
    rank = _rank(x)
    axes = a.axes("axis", rank) if name == "flip" else {"flipud": (0,), "fliplr": (1,)}[name]
    axes = tuple(range(rank)) if axes is None else axes
    if axes and max(axes) >= rank:
        raise c.error("E213", f"np.{name} takes an array of at least {max(axes) + 1} axes", span)
    back = ast.Constant(-1)
    return _indexed(c, x, [ast.Slice(None, None, back if i in axes else None) for i in range(rank)], node, span)


def _rank(x: tree.Expression) -> int:
    assert isinstance(x.type, RecordArrayType)
    return x.type.rank


def _moveaxis(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    a = bound(c, node, "np.moveaxis", ["a", "source", "destination"])
    x = a.expression("a")
    source, destination = (a.axes(n, _rank(x)) or () for n in ("source", "destination"))
    order = numpy_shapes.moved_axes(c, _rank(x), source, destination, span)
    return numpy_records.permuted(c, x, order, span)


def _expand_dims(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    from .arguments import constant_ints

    a = bound(c, node, "np.expand_dims", ["a", "axis"])
    x = a.expression("a")
    rank = _rank(x) + len(constant_ints(c.value(a.nodes["axis"])) or [0])
    axes = a.axes("axis", rank) or (0,)
    return _indexed(c, x, [ast.Constant(None) if i in axes else ast.Slice() for i in range(rank)], node, span)


def _atleast(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    x = bound(c, node, f"np.{name}", ["ary"]).expression("ary")
    rank, wanted = _rank(x), int(name[len("atleast_")])
    if rank >= wanted:
        return x
    added = {(1, 2): (0,), (1, 3): (0, 2), (2, 3): (2,)}[rank, wanted]
    return _indexed(c, x, [ast.Constant(None) if i in added else ast.Slice() for i in range(wanted)], node, span)


def _squeeze(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    a = bound(c, node, "np.squeeze", ["a"], ["axis"])
    x = a.expression("a")

    def whole(v: tree.Expression) -> tree.Expression:
        t = v.type
        assert isinstance(t, RecordArrayType)
        model = without_more(first_array(v), t.rank)
        drop = numpy_shapes.squeezed_axes(c, a, c.operand(model), span)
        dims = tuple(d for i, d in enumerate(t.dims) if i not in drop)
        if not dims:
            message = "np.squeeze of an array of records leaves an axis at least"
            raise c.error("E202", message, span, fix(f"`{v.span.text}[0]` is the record"))
        named = a.given("axis")
        return numpy_records.by_field(c, v, dims, lambda field: numpy_shapes.without_axes(c, field, drop, named, span))

    return whole(x) if is_idle(x) else c.once_only(x, whole)


def _broadcast_to(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    a = bound(c, node, "np.broadcast_to", ["array", "shape"])
    x = a.expression("array")
    held: _Bound = []
    sizes = [numpy_records.kept(c, s, held) for s in a.shape("shape")]
    x = numpy_records.kept(c, x, held)
    t = x.type
    assert isinstance(t, RecordArrayType)
    dims = numpy_shapes.stretched_dims(c, t.dims, sizes, span)
    made = numpy_records.by_field(c, x, dims, lambda field: _stretched(c, field, sizes, dims, t.rank, span))
    return numpy_records.with_bound(made, held)


def _stretched(
    c: Checker, x: tree.Expression, sizes: Sequence[tree.Expression], dims: Sequence[Dim], rank: int, span: Span
) -> tree.Expression:
    """An array of which the first ``rank`` axes are stretched, those of its own staying behind them."""
    t = x.type
    assert isinstance(t, TensorType)
    own = t.dims[rank:]
    more = [c.runtime(d.value or 0, span) for d in own]
    return tree.BroadcastTo(span=span, type=replace(t, dims=(*dims, *own)), x=x, sizes=(*sizes, *more))


def _itself(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["a"], ["dtype"])
    x = a.expression("a")
    numpy_records.same_type(c, a, x)
    if c.instances.records.of(record_of(x.type)).layout == "soa":
        message = f"np.{name} of records in separate arrays makes one structured array of them"
        raise c.error("E201", message, x.span, fix("the array as it is, or `.copy()`"))
    return x


# --- one record many times, and choices -------------------------------------------------------------------------------


def _full(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    a = bound(c, node, "np.full", ["shape", "fill_value"], ["dtype"])
    x = _one_record(c, a.expression("fill_value"), "np.full fills with a record")
    numpy_records.same_type(c, a, x)
    held: _Bound = []
    sizes = [numpy_records.kept(c, s, held) for s in a.shape("shape")]
    made = _repeated(c, numpy_records.kept(c, x, held), sizes, span)
    return numpy_records.with_bound(made, held)


def _full_like(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    a = bound(c, node, "np.full_like", ["a", "fill_value"], ["dtype"])
    like = a.expression("a")
    if not numpy_records.is_array_of_records(like):
        raise c.error("E201", f"np.full_like makes an array like one of records, and this is a {like.type}", like.span)
    x = _one_record(c, a.expression("fill_value"), "np.full_like fills with a record")
    _of_one_type(c, [like, x], "np.full_like")
    held: _Bound = []
    like = numpy_records.kept(c, like, held)
    model = without_more(first_array(like), _rank(like))
    sizes = [arrays.extent(c, model, axis, span) for axis in range(_rank(like))]
    made = _repeated(c, numpy_records.kept(c, x, held), sizes, span)
    return numpy_records.with_bound(made, held)


def _one_record(c: Checker, x: tree.Expression, rule: str) -> tree.Expression:
    if not is_record(x.type):
        raise c.error("E202", f"{rule}, and this is a {x.type}", x.span)
    return check_records.value_of(c, x)


def _repeated(c: Checker, x: tree.Expression, sizes: Sequence[tree.Expression], span: Span) -> tree.Expression:
    """An array with the record ``x``, which is idle, at each place."""
    dims = tuple(c.extent(s) for s in sizes)

    def column(leaf: tree.Expression) -> tree.Expression:
        t = leaf.type
        if isinstance(t, TensorType):
            stretched = _stretched(c, leaf, sizes, dims, 0, span)
            return tree.Copy(span=span, type=stretched.type, x=stretched)
        assert isinstance(t, ScalarType)
        value = c.cast(leaf, t.dtype)
        return arrays.filled(c, value, list(sizes), Precision.plain(t.dtype), c.target, span)

    columns = [column(leaf) for leaf in _leaves(x)]
    return assembled(records(record_of(x.type), dims, c.target), iter(columns), span)


def _leaves(x: tree.Expression) -> Iterator[tree.Expression]:
    if isinstance(x.type, TupleType):
        for i in range(len(x.type.items)):
            yield from _leaves(item(x, i, x.span))
    else:
        yield x


def listed(c: Checker, node: ast.Call, first: ast.Tuple | ast.List, span: Span) -> tree.Expression | ast.Call:
    """``np.array([r, s])`` of records; of anything else, the call."""
    head = c.value(first.elts[0])
    elements = [Evaluated(head, first.elts[0]), *first.elts[1:]]
    known = ast.copy_location(type(first)(list[ast.expr](elements), ast.Load()), first)
    call = ast.copy_location(ast.Call(node.func, [known, *node.args[1:]], node.keywords), node)
    if not isinstance(head, tree.Expression) or not is_record(head.type):
        return call
    values = [_one_record(c, c.expression(n), "np.array makes an array of records here") for n in elements]
    _of_one_type(c, values, "np.array")
    a = bound(c, node, "np.array", ["object"], ["dtype"])
    numpy_records.same_type(c, a, values[0])
    held: _Bound = []
    one = c.runtime(1, span)
    parts = [_repeated(c, numpy_records.kept(c, v, held), [one], span) for v in values]
    return numpy_records.with_bound(numpy_records.together(c, parts, 0, 1, False, "np.array", span), held)


def made_by_class(c: Checker, base: Value, node: ast.Call, span: Span) -> tree.Expression | None:
    """``Body.zeros(shape)``: an array of records; ``None`` where that is not what stands there."""
    record = check_records.named(c, base, span)
    if record is None or "zeros" in c.instances.records.of(record).methods:
        return None
    a = bound(c, node, f"{record}.zeros", ["shape"])
    return numpy_records.filled(c, "zeros", record, a.shape("shape"), span)


def _of_one_type(c: Checker, values: Sequence[tree.Expression], words: str) -> RecordType:
    """The record that all of several values are, or consist of.

    Raises:
        Invalid: E201, one is something else.
    """
    known = next(record_of(v.type) for v in values if _has_records(v.type))
    for v in values:
        if not _has_records(v.type) or record_of(v.type) != known:
            raise c.error("E201", f"{words} takes records {known} here, and this is a {v.type}", v.span)
    return known


def _where(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    """``np.where(mask, bodies, r)``: of arrays of records, and of records."""
    a = bound(c, node, "np.where", ["condition", "x", "y"])
    condition = a.operand("condition")
    if not isinstance(condition.type, TensorType) or not condition.type.rank:
        message = f"np.where chooses records by an array of truth values, and this is a {condition.type}"
        raise c.error("E202", message, condition.span, fix("`x if condition else y`"))
    sides = [a.expression(n) for n in ("x", "y")]
    record = _of_one_type(c, sides, "np.where")
    held: _Bound = []
    test = numpy_records.kept(c, condition.x, held)
    x, y = (numpy_records.kept(c, v, held) for v in sides)
    ranks = [v.type.rank if isinstance(v.type, RecordArrayType) else 0 for v in (x, y)]
    columns: list[tree.Expression] = []
    dims: tuple[Dim, ...] = ()
    for p, q in zip(_leaves(x), _leaves(y), strict=True):
        own = len(p.type.dims) - ranks[0] if isinstance(p.type, TensorType) else 0
        o = c.operand(test)
        if own:
            o = c.operand(numpy_shapes.expanded(c, o, tuple(range(len(o.dims), len(o.dims) + own)), span))
        on_true, on_false = (c.operand(_strong(c, v)) for v in (p, q))
        chosen = arrays.selected(c, o, on_true, on_false, span)
        assert isinstance(chosen.type, TensorType)
        dims = dims or chosen.type.dims[: chosen.type.rank - own]
        columns.append(chosen)
    made = assembled(records(record, dims, c.target), iter(columns), span)
    return numpy_records.with_bound(made, held)


def _strong(c: Checker, x: tree.Expression) -> tree.Expression:
    """A number as an array of the field holds it."""
    return c.cast(x, x.type.dtype) if isinstance(x.type, ScalarType) else x


# --- by others --------------------------------------------------------------------------------------------------------


def _question(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["a"])
    found = numpy_records.attribute(c, a.expression("a"), name, span)
    assert isinstance(found, tree.Expression)
    return found


def _written(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression | Value:
    """What the library says for records."""
    return library_calls.written(c, "records", name, node, span)


def _turned(c: Checker, node: ast.Call, name: str, span: Span) -> tree.Expression | Value:
    """A view, by ``np.flip`` and ``np.swapaxes``."""
    return library_calls.written(c, "choosing", "rot90", node, span)


_Handler = Callable[[Checker, ast.Call, str, Span], "tree.Expression | Value"]
_CALLS: dict[str, _Handler] = {
    **dict.fromkeys(("compress", "delete", "extract", "repeat", "roll", "take", "tile"), _moved),
    **dict.fromkeys(("flip", "fliplr", "flipud"), _flip),
    **dict.fromkeys(("atleast_1d", "atleast_2d", "atleast_3d"), _atleast),
    **dict.fromkeys(("ndim", "shape", "size"), _question),
    **dict.fromkeys(("append", "array_equal", "copyto"), _written),
    "asarray": _itself,
    "broadcast_to": _broadcast_to,
    "expand_dims": _expand_dims,
    "full": _full,
    "full_like": _full_like,
    "moveaxis": _moveaxis,
    "rot90": _turned,
    "squeeze": _squeeze,
    "where": _where,
}
METHODS = ("compress", "repeat", "take")
