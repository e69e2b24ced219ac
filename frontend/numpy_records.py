"""Whole arrays of records: reshaped, transposed, joined, made like another, and compared.

Each is done to the arrays of the fields, which have the axes of the array of records first and may have some of their
own after these.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pyc.source import Span

from . import arrays, check_records, numpy_shapes, tree
from .arguments import Arguments, bound
from .check_operators import compare, elementwise
from .check_records import class_of, first_array, record_of, without_more
from .composites import assembled, is_idle, item
from .context import Checker
from .dims import Dim
from .evaluated import Evaluated
from .report import fix
from .types import INT, RecordArrayType, RecordType, TensorType, TupleType, is_plain_tuple, leaf_types, records
from .values import Value

#: What is done to the array of one field, whose axes from the number on are its own.
Change = Callable[[tree.Expression], tree.Expression]

_BY_FIELD = "field by field: `bodies.x`"
_IN_ORDER = "`bodies[np.argsort(bodies.x)]` has them in order"
#: Functions that no array of records is given, and what does the same.
_INSTEAD = {
    "sort": _IN_ORDER,
    "argsort": "`np.argsort(bodies.x)`",
    "unique": "`np.unique(bodies.x, return_index=True)` says which ones to take",
    "ravel": "`bodies.reshape(-1)` is a view where there can be one, `bodies.flatten()` a copy",
    "ascontiguousarray": "`bodies.copy()`",
    "split": "slices: `bodies[:k], bodies[k:]`",
    "array_split": "slices: `bodies[:k], bodies[k:]`",
    "ones_like": "np.full_like fills with a record",
}


def is_array_of_records(x: object) -> bool:
    """Whether a value is an array of records that has axes."""
    return isinstance(x, tree.Expression) and isinstance(x.type, RecordArrayType) and bool(x.type.dims)


def call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value | ast.Call:
    """``np.name(bodies, ...)``; of anything else, the call with what was evaluated for it.

    Raises:
        Invalid: E201, the function takes no records.
    """
    from . import record_functions

    if not c.instances.records.any_declared or not node.args:
        return node
    found = record_functions.call(c, name, node, span)
    if not isinstance(found, ast.Call):
        return found
    node, first = found, found.args[0]
    if isinstance(first, ast.Tuple | ast.List):
        return _several(c, name, node, first, span)
    if not isinstance(first, ast.Name | ast.Attribute | ast.Subscript | ast.Call | Evaluated):
        return node
    if isinstance(first, ast.Attribute) and first.attr == "flat":
        return node
    value = first.value if isinstance(first, Evaluated) else c.value(first)
    known = ast.copy_location(ast.Call(node.func, [Evaluated(value, first), *node.args[1:]], node.keywords), node)
    if isinstance(value, tree.Expression) and is_plain_tuple(value.type) and is_idle(value):
        parts = [item(value, i, value.span) for i in range(len(value.type.items))]
        if any(map(is_array_of_records, parts)):
            return _joined(c, name, parts, node, span)
    if not is_array_of_records(value):
        return known
    assert isinstance(value, tree.Expression)
    function = _FUNCTIONS.get(name)
    if function is None:
        message = f"np.{name} does not take an array of {record_of(value.type)} in compiled code"
        raise c.error("E201", message, value.span, fix(_INSTEAD.get(name, _BY_FIELD)))
    return function(c, known, value, f"np.{name}", span)


def _several(
    c: Checker, name: str, node: ast.Call, first: ast.Tuple | ast.List, span: Span
) -> tree.Expression | ast.Call:
    """``np.concatenate((a, b))`` of arrays of records."""
    kinds = ast.Name | ast.Attribute | ast.Subscript | ast.Call
    if name not in (*_JOINING, "array") or not first.elts or not all(isinstance(n, kinds) for n in first.elts):
        return node
    if name == "array":
        from . import record_functions

        return record_functions.listed(c, node, first, span)
    values = [c.value(n) for n in first.elts]
    if any(map(is_array_of_records, values)):
        parts = [c.runtime(v, c.span(n)) for v, n in zip(values, first.elts, strict=True)]
        return _joined(c, name, parts, node, span)
    elements: list[ast.expr] = [Evaluated(v, n) for v, n in zip(values, first.elts, strict=True)]
    known = ast.copy_location(type(first)(elements, ast.Load()), first)
    return ast.copy_location(ast.Call(node.func, [known, *node.args[1:]], node.keywords), node)


def method(c: Checker, x: tree.Expression, name: str, node: ast.Call, span: Span) -> tree.Expression | None:
    """``bodies.name(...)`` of an array of records; ``None`` where arrays of records have no such method.

    Raises:
        Invalid: E217, arrays of numbers have it, and these have not.
    """
    if name in _REFUSED:
        raise c.error("E217", f"an array of {record_of(x.type)} has no method {name}", span, fix(_REFUSED[name]))
    if name not in METHODS:
        from . import record_functions

        return record_functions.method(c, x, name, node, span)
    arguments = list(node.args)
    if name in ("reshape", "transpose") and len(arguments) > 1:
        packed = ast.copy_location(ast.Tuple(elts=arguments, ctx=ast.Load()), node)
        arguments = [packed]
    call = ast.copy_location(ast.Call(node.func, [Evaluated(x, node.func), *arguments], node.keywords), node)
    return METHODS[name](c, call, x, name, span)


def attribute(c: Checker, x: tree.Expression, name: str, span: Span) -> tree.Expression | Value | None:
    """``bodies.shape`` and the like; ``None`` where the name is none that arrays have."""
    t = x.type
    assert isinstance(t, RecordArrayType)
    first = first_array(x)
    match name:
        case "shape":
            sizes = tuple(arrays.extent(c, first, axis, span) for axis in range(t.rank))
            return tree.Tuple(span=span, type=TupleType(tuple(s.type for s in sizes)), items=sizes)
        case "ndim":
            return c.runtime(t.rank, span)
        case "size":
            return arrays.element_count(c, without_more(first, t.rank), span)
        case "T" if "T" not in t.record.fields:
            return permuted(c, x, tuple(reversed(range(t.rank))), span)
        case "dtype":
            return class_of(t.record)
        case _:
            return None


# --- the parts --------------------------------------------------------------------------------------------------------


def by_field(c: Checker, x: tree.Expression, dims: tuple[Dim, ...], change: Change) -> tree.Expression:
    """An array of records with the extents ``dims``, whose fields are those of ``x`` changed; ``x`` is idle."""
    t = x.type
    if isinstance(t, TensorType):
        return change(x)
    assert isinstance(t, TupleType)
    items = tuple(by_field(c, item(x, k, x.span), dims, change) for k in range(len(t.items)))
    made = records(t.record, dims, t.target) if isinstance(t, RecordArrayType) else None
    return tree.Tuple(span=x.span, type=made or TupleType(tuple(i.type for i in items)), items=items)


def _own(x: tree.Expression, rank: int) -> tuple[Dim, ...]:
    """The axes of a field's array that are the field's own."""
    assert isinstance(x.type, TensorType)
    return x.type.dims[rank:]


def _named(
    c: Checker, x: tree.Expression, body: Callable[[tree.Expression, RecordArrayType], tree.Expression]
) -> tree.Expression:
    """``body`` of an array of records that may be mentioned for each field."""
    t = x.type
    assert isinstance(t, RecordArrayType)
    return body(x, t) if is_idle(x) else c.once_only(x, lambda v: body(v, t))


# --- shapes -----------------------------------------------------------------------------------------------------------


def _reshape(c: Checker, node: ast.Call, x: tree.Expression, words: str, span: Span) -> tree.Expression:
    a = bound(c, node, words, ["a", "shape"], ["order"])
    _row_major(c, a)
    return reshaped(c, x, list(a.shape("shape")), span)


def reshaped(c: Checker, x: tree.Expression, sizes: Sequence[tree.Expression], span: Span) -> tree.Expression:
    """``bodies.reshape(sizes)``: a view where the strides allow it, and that of every field is.

    Raises:
        Invalid: E214, the number of elements provably differs.
    """
    bound_to: list[tuple[tree.Variable, tree.Expression]] = []
    extents = [kept(c, s, bound_to) for s in sizes]

    def whole(v: tree.Expression, t: RecordArrayType) -> tree.Expression:
        model = arrays.reshaped(c, c.operand(without_more(first_array(v), t.rank)), extents, span)
        outer: list[tree.Bind] = []
        while isinstance(model, tree.Bind):
            outer.append(model)
            model = model.body
        assert isinstance(model, tree.Reshape)
        assert isinstance(model.type, TensorType)
        dims, sizes = model.type.dims, model.sizes

        def change(field: tree.Expression) -> tree.Expression:
            own = _own(field, t.rank)
            more = tuple(tree.Constant(span=span, type=INT, value=d.value or 0) for d in own)
            made = replace(field.type, dims=(*dims, *own))  # type: ignore[type-var]
            return replace(model, type=made, x=field, sizes=(*sizes, *more))

        found = by_field(c, v, dims, change)
        for b in reversed(outer):
            found = replace(b, type=found.type, body=found)
        return found

    made = _named(c, x, whole)
    return with_bound(made, bound_to)


def kept(c: Checker, x: tree.Expression, bound_to: list[tuple[tree.Variable, tree.Expression]]) -> tree.Expression:
    """A number that several fields ask for, under a name."""
    if is_idle(x):
        return x
    variable = c.temporary(x)
    if (dim := c.dim_of(x)) is not None:
        c.dims[variable] = dim
    bound_to.append((variable, x))
    return tree.Local(span=x.span, type=x.type, variable=variable)


def with_bound(x: tree.Expression, bound_to: Sequence[tuple[tree.Variable, tree.Expression]]) -> tree.Expression:
    """An expression behind the values of the names in it."""
    for variable, value in reversed(bound_to):
        x = tree.Bind(span=x.span, type=x.type, variable=variable, value=value, body=x)
    return x


def _row_major(c: Checker, a: Arguments) -> None:
    if a.given("order") and c.static_text(a.nodes["order"]) != "C":
        message = f"order of {a.words} is 'C' for an array of records in compiled code"
        raise c.error("E202", message, c.span(a.nodes["order"]), fix("transpose it before"))


def _flatten(c: Checker, node: ast.Call, x: tree.Expression, words: str, span: Span) -> tree.Expression:
    _row_major(c, bound(c, node, words, ["a"], ["order"]))
    return _copied(c, reshaped(c, x, [c.runtime(-1, span)], span))


def _copied(c: Checker, x: tree.Expression) -> tree.Expression:
    return check_records.copied(c, x)


def _copy(c: Checker, node: ast.Call, x: tree.Expression, words: str, span: Span) -> tree.Expression:
    bound(c, node, words, ["a"], ["order"])
    return _copied(c, x)


def _array(c: Checker, node: ast.Call, x: tree.Expression, words: str, span: Span) -> tree.Expression:
    a = bound(c, node, words, ["object"], ["dtype"])
    same_type(c, a, x)
    return _copied(c, x)


def same_type(c: Checker, a: Arguments, x: tree.Expression) -> None:
    """Refuse another element type than the records' own."""
    if not a.given("dtype"):
        return
    wanted = check_records.named(c, c.value(a.nodes["dtype"]), a.span)
    if wanted != record_of(x.type):
        message = f"the elements of an array of {record_of(x.type)} are converted to nothing else"
        raise c.error("E202", message, c.span(a.nodes["dtype"]), fix("convert its fields: `bodies.x.astype(f32)`"))


def _transpose(c: Checker, node: ast.Call, x: tree.Expression, words: str, span: Span) -> tree.Expression:
    a = bound(c, node, words, ["a"], ["axes"])
    assert isinstance(x.type, RecordArrayType)
    rank = x.type.rank
    order = a.axes("axes", rank) or tuple(reversed(range(rank)))
    if sorted(order) != list(range(rank)):
        raise c.error("E213", f"axes {order} do not name each of {rank} axes once", span)
    return permuted(c, x, order, span)


def permuted(c: Checker, x: tree.Expression, order: Sequence[int], span: Span) -> tree.Expression:
    """A view with the axes in another order."""

    def whole(v: tree.Expression, t: RecordArrayType) -> tree.Expression:
        def change(field: tree.Expression) -> tree.Expression:
            own = range(t.rank, t.rank + len(_own(field, t.rank)))
            return arrays.transposed(field, (*order, *own), span)

        return by_field(c, v, tuple(t.dims[p] for p in order), change)

    return _named(c, x, whole)


def _swapaxes(c: Checker, node: ast.Call, x: tree.Expression, words: str, span: Span) -> tree.Expression:
    a = bound(c, node, words, ["a", "axis1", "axis2"])
    assert isinstance(x.type, RecordArrayType)
    i, j = (a.axes(n, x.type.rank, several=False) for n in ("axis1", "axis2"))
    order = list(range(x.type.rank))
    if i and j:
        order[i[0]], order[j[0]] = order[j[0]], order[i[0]]
    return permuted(c, x, order, span)


# --- new arrays -------------------------------------------------------------------------------------------------------


def filled(
    c: Checker, name: str, record: RecordType, sizes: tuple[tree.Expression, ...], span: Span
) -> tree.Expression:
    """An array of records, one array for each field."""
    if name == "ones":
        raise c.error("E202", f"np.ones of {record}", span, fix(f"`np.full(n, {record}(...))` fills with a record"))
    temporaries = [None if is_idle(s) else c.temporary(s) for s in sizes]
    kept = tuple(
        s if v is None else tree.Local(span=s.span, type=s.type, variable=v)
        for s, v in zip(sizes, temporaries, strict=True)
    )
    for v, s in zip(temporaries, sizes, strict=True):
        if v is not None and (dim := c.dim_of(s)) is not None:
            c.dims[v] = dim
    dims = tuple(c.extent(s) for s in kept)

    def column(t: TensorType) -> tree.Expression:
        more = tuple(tree.Constant(span=span, type=INT, value=d.value or 0) for d in t.dims[len(dims) :])
        if name in ("empty", "ndarray"):
            return tree.Empty(span=span, type=t, sizes=(*kept, *more))
        return tree.Fill(span=span, type=t, value=c.cast(c.runtime(0, span), t.dtype), sizes=(*kept, *more))

    t = records(record, dims, c.target)
    columns = [column(leaf) for leaf in leaf_types(t) if isinstance(leaf, TensorType)]
    result = assembled(t, iter(columns), span)
    for v, s in zip(reversed(temporaries), reversed(sizes), strict=True):
        if v is not None:
            result = tree.Bind(span=span, type=t, variable=v, value=s, body=result)
    return result


def _like(c: Checker, node: ast.Call, x: tree.Expression, words: str, span: Span) -> tree.Expression:
    same_type(c, bound(c, node, words, ["a"], ["dtype"]), x)
    name = "empty" if words == "np.empty_like" else "zeros"

    def whole(v: tree.Expression, t: RecordArrayType) -> tree.Expression:
        first = first_array(v)
        sizes = tuple(arrays.extent(c, first, axis, span) for axis in range(t.rank))
        return filled(c, name, t.record, sizes, span)

    return _named(c, x, whole)


def _joined(c: Checker, name: str, parts: Sequence[tree.Expression], node: ast.Call, span: Span) -> tree.Expression:
    """``np.concatenate((a, b))``, ``np.stack((a, b))``.

    Raises:
        Invalid: E201, they are of several types; E205, extents differ.
    """
    words = f"np.{name}"
    if name not in _JOINING:
        raise c.error("E201", f"{words} does not take arrays of records in compiled code", span, fix(_BY_FIELD))
    a = bound(c, node, words, ["arrays"], [] if name in ("vstack", "hstack") else ["axis"])
    t = next(p.type for p in parts if is_array_of_records(p))
    assert isinstance(t, RecordArrayType)
    for p in parts:
        if not isinstance(p.type, RecordArrayType) or p.type.record != t.record:
            raise c.error("E201", f"{words} joins arrays of {t.record} here, and this is a {p.type}", p.span)
        if p.type.rank != t.rank:
            message = f"{words} joins arrays of {t.rank} axes, and this has {p.type.rank}"
            raise c.error("E205", message, p.span)
    stacks = name == "stack" or (name == "vstack" and t.rank == 1)
    axis = (a.axes("axis", t.rank + stacks, several=False) or (0,))[0]
    axis = 1 if name == "hstack" and t.rank > 1 else axis
    bound_to: list[tuple[tree.Variable, tree.Expression]] = []
    held = [kept(c, p, bound_to) for p in parts]
    made = together(c, held, axis, t.rank, stacks, words, span)
    return with_bound(made, bound_to)


def together(
    c: Checker, parts: Sequence[tree.Expression], axis: int, rank: int, stacks: bool, words: str, span: Span
) -> tree.Expression:
    t = parts[0].type
    if isinstance(t, TensorType):
        operands = [c.operand(p) for p in parts]
        if stacks:
            operands = [c.operand(numpy_shapes.expanded(c, o, (axis,), span)) for o in operands]
        return arrays.joined_arrays(c, operands, axis, span, words)
    assert isinstance(t, TupleType)
    items = tuple(
        together(c, [item(p, k, p.span) for p in parts], axis, rank, stacks, words, span) for k in range(len(t.items))
    )
    made: TupleType = TupleType(tuple(i.type for i in items))
    if isinstance(t, RecordArrayType):
        first = items[0]
        while isinstance(first, tree.Tuple):
            first = first.items[0]
        assert isinstance(first.type, TensorType)
        made = records(t.record, first.type.dims[: rank + stacks], t.target)
    return tree.Tuple(span=span, type=made, items=items)


# --- compared ---------------------------------------------------------------------------------------------------------


def compared(c: Checker, op: ast.AST, lhs: tree.Expression, rhs: tree.Expression, span: Span) -> tree.Expression | None:
    """``a == b``, ``a != b`` of arrays of one record: an array that says where all fields are equal.

    ``None`` where that is not what stands there.

    Raises:
        Invalid: E205, the shapes do not fit.
    """
    if not isinstance(op, ast.Eq | ast.NotEq) or not (is_array_of_records(lhs) or is_array_of_records(rhs)):
        return None
    if not is_array_of_records(lhs):
        lhs, rhs = rhs, lhs
    if not isinstance(rhs.type, RecordType | RecordArrayType) or record_of(lhs.type) != record_of(rhs.type):
        return None
    if not is_array_of_records(rhs):
        # A method of the record is asked by Python, of the whole array.
        if "__eq__" in c.instances.records.of(record_of(lhs.type)).methods:
            return None
        rhs = check_records.value_of(c, rhs)
    bound_to: list[tuple[tree.Variable, tree.Expression]] = []
    x, y = (kept(c, v, bound_to) for v in (lhs, rhs))
    ranks = [v.type.rank if isinstance(v.type, RecordArrayType) else 0 for v in (lhs, rhs)]
    equal = _equal(c, x, y, span, (ranks[0], ranks[1]))
    if isinstance(op, ast.NotEq):
        equal = tree.Unary(span=span, type=equal.type, op="not", x=equal)
    return with_bound(equal, bound_to)


def _equal(c: Checker, x: tree.Expression, y: tree.Expression, span: Span, ranks: tuple[int, int]) -> tree.Expression:
    t = x.type
    if isinstance(t, TensorType):
        same = compare(c, ast.Eq(), c.operand(x), c.operand(y), span)
        if t.rank == ranks[0]:
            return same
        assert isinstance(same.type, TensorType)
        rank = max(ranks)
        found = replace(same.type, dims=same.type.dims[:rank])
        axes = tuple(range(rank, same.type.rank))
        return tree.Reduce(span=span, type=found, kind="all", x=same, axes=axes, keepdims=False)
    assert isinstance(t, TupleType)
    equal, *others = [_equal(c, item(x, i, span), item(y, i, span), span, ranks) for i in range(len(t.items))]
    for other in others:
        equal = elementwise(c, "and", c.operand(equal), c.operand(other), span, "==")
    return equal


#: Functions of one array of records, which is what their first argument is.
_Function = Callable[[Checker, ast.Call, tree.Expression, str, Span], tree.Expression]
_SHAPES: dict[str, _Function] = {
    "reshape": _reshape,
    "transpose": _transpose,
    "swapaxes": _swapaxes,
    "copy": _copy,
}
_FUNCTIONS: dict[str, _Function] = {
    **_SHAPES,
    "permute_dims": _transpose,
    "array": _array,
    "zeros_like": _like,
    "empty_like": _like,
}
METHODS: dict[str, _Function] = {**_SHAPES, "flatten": _flatten}
_JOINING = ("concatenate", "concat", "stack", "vstack", "hstack")
_REFUSED = {
    "ravel": "`bodies.reshape(-1)` is a view where there can be one, `bodies.flatten()` a copy",
    "astype": "a record has the types of its fields: convert these, `bodies.x.astype(f32)`",
    "sort": _IN_ORDER,
    "argsort": "`np.argsort(bodies.x)`",
    "fill": "`bodies[:] = Body(...)` assigns a record to every place",
}
