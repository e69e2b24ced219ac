"""NumPy functions that join arrays, take them apart, and give them more axes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pyc.precision import Precision
from pyc.source import Span

from . import arrays, check_operators, shapes, tree
from .arguments import bound, constant_ints
from .check_subscripts import integer
from .context import Checker, Operand
from .dims import Dim
from .numpy_padding import pad
from .numpy_shapes import expanded, several
from .numpy_table import Handler, row, strong
from .report import fix
from .types import ScalarType, TensorType, TupleType


def at_least(c: Checker, o: Operand, rank: int, span: Span) -> Operand:
    """An array with ``rank`` axes or more, as ``np.atleast_1d`` and its kin add them."""
    if isinstance(o.type, ScalarType):
        o = c.operand(arrays.filled(c, strong(c, o), [], Precision.plain(o.type.dtype), c.target, span))
    have = len(o.dims)
    if have >= rank:
        return o
    # To two axes they are added in front; the third is added at the end, as NumPy does.
    added = {(0, 1): (0,), (0, 2): (0, 1), (0, 3): (0, 1, 2), (1, 2): (0,), (1, 3): (0, 2), (2, 3): (2,)}[have, rank]
    return c.operand(expanded(c, o, added, span))


def _atleast(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    rank = int(name[len("atleast_")])
    found = [at_least(c, c.number_or_array(a), rank, span).x for a in node.args]
    if not found or node.keywords:
        raise c.error("E203", f"np.{name} takes arrays", span)
    return found[0] if len(found) == 1 else _tuple(found, span)


def _tuple(items: Sequence[tree.Expression], span: Span) -> tree.Expression:
    return tree.Tuple(span=span, type=TupleType(tuple(i.type for i in items)), items=tuple(items))


def _stacked(rank: int, axis: Callable[[int], int]) -> Handler:
    """``vstack``, ``hstack``, ``dstack``: arrays of at least ``rank`` axes, joined along one."""

    def handler(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
        a = bound(c, node, f"np.{name}", ["arrays"])
        found = [at_least(c, o, rank, span) for o in several(c, a, numbers=True)]
        return arrays.joined_arrays(c, found, axis(len(found[0].dims)), span, a.words)

    return handler


def _column_stack(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.column_stack", ["arrays"])
    found = [
        c.operand(expanded(c, o, (1,), span)) if len(o.dims) == 1 else at_least(c, o, 2, span)
        for o in several(c, a, numbers=True)
    ]
    return arrays.joined_arrays(c, found, 1, span, a.words)


def _block(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """``np.block([[a, b], [c, d]])``: rows joined along the last axis, then along the one before."""
    a = bound(c, node, "np.block", ["arrays"])
    whole = a.nodes["arrays"]
    if not isinstance(whole, ast.List) or not whole.elts:
        raise c.error("E202", "np.block takes lists of arrays, written out", c.span(whole), fix("`np.block([[a, b]])`"))
    nested = isinstance(whole.elts[0], ast.List)
    rows: list[Operand] = []
    for r in whole.elts if nested else [whole]:
        if not isinstance(r, ast.List) or not r.elts:
            raise c.error("E202", "np.block takes lists of lists of arrays", c.span(r))
        parts = [at_least(c, c.number_or_array(e), 2 if nested else 1, span) for e in r.elts]
        rows.append(c.operand(arrays.joined_arrays(c, parts, len(parts[0].dims) - 1, span, a.words)))
    return arrays.joined_arrays(c, rows, len(rows[0].dims) - 2, span, a.words) if len(rows) > 1 else rows[0].x


# --- taking apart -----------------------------------------------------------------------------------------------------


def _split(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """``split``, ``array_split`` and their kin: a tuple of views."""
    fixed = {"vsplit": 0, "hsplit": 1, "dsplit": 2}.get(name)
    a = bound(c, node, f"np.{name}", ["ary", "indices_or_sections"], [] if fixed is not None else ["axis"])
    o = a.array("ary")
    assert isinstance(o.type, TensorType)
    axis = (a.axes("axis", o.type.rank, several=False) or (0,))[0] if fixed is None else fixed
    if name == "hsplit" and o.type.rank == 1:
        axis = 0
    if axis >= o.type.rank:
        raise c.error("E213", f"np.{name} takes an array of {axis + 1} axes or more, and this is a {o.type}", o.span)
    node_of = a.nodes["indices_or_sections"]
    if isinstance(node_of, ast.Tuple | ast.List):
        bounds = [integer(c, n, "a place to split") for n in node_of.elts]
        return c.once_only(o.x, lambda x: _pieces(c, x, axis, bounds, span))
    sections = constant_ints(c.value(node_of))
    if sections is None or len(sections) != 1 or sections[0] < 1:
        message = f"{a.words} takes a constant number of parts, or a tuple of places, written out"
        raise c.error("E202", message, c.span(node_of))
    return c.once_only(o.x, lambda x: _sections(c, x, axis, sections[0], span, even=name != "array_split"))


def _pieces(
    c: Checker, x: tree.Expression, axis: int, places: Sequence[tree.Expression], span: Span
) -> tree.Expression:
    starts = [None, *places]
    stops = [*places, None]
    return _tuple([_part(c, x, axis, i, j, span) for i, j in zip(starts, stops, strict=True)], span)


def _part(
    c: Checker,
    x: tree.Expression,
    axis: int,
    start: tree.Expression | None,
    stop: tree.Expression | None,
    span: Span,
    length: Dim | None = None,
) -> tree.Expression:
    """``x[:, start:stop]`` along an axis."""
    t = x.type
    assert isinstance(t, TensorType)
    if length is None:
        low, high = (None if b is None else c.dim_of(b) for b in (start, stop))
        known = (start is None or low is not None) and (stop is None or high is not None)
        length = shapes.slice_length(t.dims[axis], low, high, 1) if known else None
    dims = tuple((length or c.fresh_dim()) if i == axis else d for i, d in enumerate(t.dims))
    items = tuple(tree.Range(start, stop) if i == axis else tree.Range() for i in range(t.rank))
    return tree.Subscript(span=span, type=replace(t, dims=dims), base=x, items=items)


def _sections(c: Checker, x: tree.Expression, axis: int, parts: int, span: Span, *, even: bool) -> tree.Expression:
    t = x.type
    assert isinstance(t, TensorType)
    extent = t.dims[axis]
    size = c.operand(arrays.extent(c, x, axis, span))
    if extent.value is not None:
        if even and extent.value % parts:
            raise c.error("E214", "array split does not result in an equal division", span)
        share, more = divmod(extent.value, parts)
        places = [sum(share + (j < more) for j in range(i + 1)) for i in range(parts - 1)]
        return _pieces(c, x, axis, [c.runtime(p, span) for p in places], span)
    number = c.operand(c.runtime(parts, span))
    share = check_operators.binary(c, ast.FloorDiv(), size, number, span)
    rest = check_operators.binary(c, ast.Mod(), size, number, span)
    if not even:
        return _uneven(c, x, axis, parts, share, rest, span)
    length = extent // parts
    out: list[tree.Expression] = []
    for i in range(parts):
        ends = [
            check_operators.binary(c, ast.Mult(), c.operand(share), c.operand(c.runtime(k, span)), span)
            for k in (i, i + 1)
        ]
        out.append(_part(c, x, axis, ends[0], ends[1], span, length))
    zero = c.runtime(0, span)
    holds = tree.Compare(span=span, type=ScalarType("bool"), predicate="eq", lhs=rest, rhs=zero)
    message = "array split does not result in an equal division"
    whole = _tuple(out, span)
    assert isinstance(whole, tree.Tuple)
    first = tree.Checked(
        span=span, type=out[0].type, condition=holds, exception="ValueError", message=message, body=out[0]
    )
    return replace(whole, items=(first, *out[1:]))


def _uneven(
    c: Checker, x: tree.Expression, axis: int, parts: int, share: tree.Expression, rest: tree.Expression, span: Span
) -> tree.Expression:
    """The first ``rest`` parts are one longer."""

    def place(i: int) -> tree.Expression:
        count = c.operand(c.runtime(i, span))
        longer = tree.Binary(span=span, type=rest.type, op="minimum", lhs=rest, rhs=count.x)
        base = check_operators.binary(c, ast.Mult(), c.operand(share), count, span)
        return check_operators.binary(c, ast.Add(), c.operand(base), c.operand(longer), span)

    return _pieces(c, x, axis, [place(i) for i in range(1, parts)], span)


def _broadcast_arrays(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    found = [c.operand(strong(c, c.number_or_array(a))) for a in node.args]
    if not found or node.keywords:
        raise c.error("E203", "np.broadcast_arrays takes arrays", span)
    dims, checks = shapes.broadcast([shapes.Operand(o.dims, o.span) for o in found], c.report, span)
    if checks:
        message = f"the arrays do not provably broadcast to one shape, {shapes.shape_text(dims)}"
        raise c.error("E205", message, span, fix("use the names of the dimensions: arithmetic checks at run time"))
    out: list[tree.Expression] = []
    for o in found:
        o = at_least(c, o, 0, span)
        assert isinstance(o.type, TensorType)
        sizes = tuple(_size(c, found, axis, len(dims), span) for axis in range(len(dims)))
        same = o.dims == dims
        t = replace(o.type, dims=dims)
        out.append(o.x if same else tree.BroadcastTo(span=span, type=t, x=o.x, sizes=sizes))
    return _tuple(out, span)


def _size(c: Checker, found: Sequence[Operand], axis: int, rank: int, span: Span) -> tree.Expression:
    """The extent of an axis of the broadcast shape, from an array that has it."""
    for o in found:
        own = axis - rank + len(o.dims)
        if own >= 0 and o.dims[own].value != 1:
            return arrays.extent(c, o.x, own, span)
    return c.runtime(1, span)


JOINING: dict[str, Handler] = {
    **row(["atleast_1d", "atleast_2d", "atleast_3d"], _atleast),
    **row(["split", "array_split", "vsplit", "hsplit", "dsplit"], _split),
    **row(["vstack", "row_stack"], _stacked(2, lambda _: 0)),
    "hstack": _stacked(1, lambda rank: 0 if rank == 1 else 1),
    "dstack": _stacked(3, lambda _: 2),
    "column_stack": _column_stack,
    "block": _block,
    "broadcast_arrays": _broadcast_arrays,
    "pad": pad,
}
