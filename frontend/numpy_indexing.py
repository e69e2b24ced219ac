"""NumPy functions that belong to indexing: what they read is a gather or a view, what they write a store."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from pyc.precision import Precision
from pyc.source import Span

from . import arrays, check_advanced, check_unpacking, shapes, tree
from .arguments import Arguments, bound
from .check_assignments import put_elements
from .check_lists import listed
from .check_operators import binary, compared, elementwise, with_precision
from .check_subscripts import exact, full
from .context import Checker, Operand
from .dims import Dim
from .numpy_modes import mode_of, moved_inside, order_of
from .numpy_rolling import repeated_each
from .numpy_table import Handler, row
from .report import fix
from .types import INT, NoneType, ScalarType, TensorType, TupleType, kind_of

# --- positions --------------------------------------------------------------------------------------------------------


def _nonzero(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    o = _array(bound(c, node, f"np.{name}", ["a"]), "a")
    if name == "flatnonzero":
        o = c.operand(arrays.reshaped(c, o, [c.runtime(-1, span)], span))
    return positions(c, o, span, name)


def positions(c: Checker, o: Operand, span: Span, name: str = "nonzero") -> tree.Expression:
    """``x.nonzero()``, a tuple; as ``argwhere`` a matrix, as ``flatnonzero`` one array.

    Raises:
        Invalid: E201, a 0-d array has no axes.
    """
    assert isinstance(o.type, TensorType)
    if not o.type.rank:
        raise c.error("E201", f"np.{name} of a 0-d array is not allowed", span, fix("`x.reshape(1)` has one axis"))
    mask = arrays.truth_of_elements(c, o) if o.type.dtype != "bool" else o.x
    found = check_advanced.nonzero(c, with_precision(mask, "bool", Precision.plain("bool")), span)
    if name == "argwhere":
        return arrays.transposed(found, (1, 0), span)

    def rows(x: tree.Expression) -> tree.Expression:
        parts = tuple(check_advanced.row(x, i, span) for i in range(len(o.dims)))
        if name == "flatnonzero":
            return parts[0]
        return tree.Tuple(span=span, type=TupleType(tuple(p.type for p in parts)), items=parts)

    return c.once_only(found, rows)


def _ix(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """Each array along an axis of its own, so that together they make a grid."""
    found: list[tree.Expression] = []
    for i, n in enumerate(node.args):
        o = c.operand(listed(c, n, "i64") if isinstance(n, ast.List) else c.expression(n))
        if not isinstance(o.type, TensorType) or o.type.rank != 1:
            raise c.error("E202", "np.ix_ takes arrays of one axis", o.span)
        if o.type.dtype == "bool":
            x = positions(c, o, span, "flatnonzero")
        else:
            x = o.x
        assert isinstance(x.type, TensorType)
        items = [tree.Range() if place == i else tree.NewAxis() for place in range(len(node.args))]
        one = Dim.of(1)
        dims = [one] * i + [x.type.dims[0]] + [one] * (len(node.args) - i - 1)
        found.append(arrays.with_axes(c, x, items, dims, span))
    return tree.Tuple(span=span, type=TupleType(tuple(x.type for x in found)), items=tuple(found))


def _ravel_multi_index(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """Positions in a flat array, from those along each axis of one that has several."""
    a = bound(c, node, "np.ravel_multi_index", ["multi_index", "dims"], ["mode", "order"])
    mode, order = mode_of(a), order_of(a)
    rows, sizes = _several(c, a, "multi_index"), [c.operand(s) for s in a.shape("dims")]
    if len(rows) != len(sizes) or not rows:
        raise c.error("E203", "np.ravel_multi_index takes one array of positions for each extent", span)
    bindings: check_advanced.Bindings = []
    flat: Operand | None = None
    pairs = list(zip(rows, sizes, strict=True))
    for o, size in pairs if order == "C" else reversed(pairs):
        if kind_of(o.type.dtype) not in ("int", "uint"):
            raise c.error("E202", f"positions are integers, and this is a {o.type}", o.span)
        x = c.operand(check_advanced.named(c, _wide(c, o), bindings))
        x = moved_inside(c, mode, x, size, span)
        if mode == "raise":
            x = c.operand(_inside(c, x, size, "invalid entry in coordinates array", span))
        if flat is not None:
            x = c.operand(elementwise(c, "add", c.operand(binary(c, ast.Mult(), flat, size, span)), x, span, a.words))
        flat = c.operand(check_advanced.named(c, x.x, bindings))
    assert flat is not None
    return check_advanced.bound_to(bindings, flat.x)


def _unravel_index(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """Positions along each axis of an array, from those in a flat one: a tuple."""
    a = bound(c, node, "np.unravel_index", ["indices", "shape"], ["order"])
    i, sizes = _indices(c, a, "indices"), [c.operand(s) for s in a.shape("shape")]
    if order_of(a) == "F":
        sizes.reverse()
    bindings: check_advanced.Bindings = []
    total = c.operand(c.runtime(1, span))
    for size in sizes:
        total = c.operand(binary(c, ast.Mult(), total, size, span))
    flat = c.operand(check_advanced.named(c, _wide(c, i), bindings))
    message = "index is out of bounds for array with that size"
    rest = c.operand(check_advanced.named(c, _inside(c, flat, total, message, span), bindings))
    found: list[tree.Expression] = []
    for size in reversed(sizes[1:]):
        found.insert(0, binary(c, ast.Mod(), rest, size, span))
        rest = c.operand(check_advanced.named(c, binary(c, ast.FloorDiv(), rest, size, span), bindings))
    found.insert(0, rest.x)
    if order_of(a) == "F":
        found.reverse()
    whole = tree.Tuple(span=span, type=TupleType(tuple(x.type for x in found)), items=tuple(found))
    return check_advanced.bound_to(bindings, whole)


def _wide(c: Checker, o: Operand) -> tree.Expression:
    """Integers of NumPy's widest type."""
    if isinstance(o.type, ScalarType):
        return c.cast(exact(c, o.x), "i64")
    return with_precision(o.x, "i64", Precision.plain("i64"))


def _inside(c: Checker, i: Operand, count: Operand, message: str, span: Span) -> tree.Expression:
    """``i``, behind a check that all of it are positions of ``count``."""
    holds = _all_inside(c, i, count, span)
    return tree.Checked(span=span, type=i.type, condition=holds, exception="ValueError", message=message, body=i.x)


# --- reading ----------------------------------------------------------------------------------------------------------


def _take(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.take", ["a", "indices"], ["axis", "mode"])
    return taken(c, a, _array(a, "a"), span)


def taken(c: Checker, a: Arguments, o: Operand, span: Span) -> tree.Expression:
    """``x.take(indices, axis, mode)``: a copy of parts along an axis."""
    indices = _indices(c, a, "indices")
    if not a.given("axis"):
        o = c.operand(arrays.reshaped(c, o, [c.runtime(-1, span)], span))
    assert isinstance(o.type, TensorType)
    axis = (a.axes("axis", o.type.rank, several=False) or (0,))[0]
    mode = mode_of(a)

    def body(x: tree.Expression) -> tree.Expression:
        extent = c.operand(arrays.extent(c, x, axis, span))
        return _along(c, x, moved_inside(c, mode, indices, extent, span).x, axis, span)

    return arrays.asked(c, o.x, body)


def _along(c: Checker, x: tree.Expression, i: tree.Expression, axis: int, span: Span) -> tree.Expression:
    """The parts of ``x`` at positions along an axis."""
    t = x.type
    assert isinstance(t, TensorType)
    if isinstance(i.type, ScalarType):
        items: list[tree.Item] = [tree.Range()] * t.rank
        items[axis] = tree.Index(exact(c, i))
        dims = [*t.dims[:axis], *t.dims[axis + 1 :]]
        if not dims:
            return tree.Subscript(span=span, type=ScalarType(t.dtype), base=x, items=tuple(items))
        view = arrays.with_axes(c, x, items, dims, span)
        return tree.Copy(span=span, type=view.type, x=view)
    assert isinstance(i.type, TensorType)
    dims = (*t.dims[:axis], *i.type.dims, *t.dims[axis + 1 :])
    chosen = tree.Chosen((i,), (axis,), axis)
    return tree.Gather(span=span, type=replace(t, dims=dims), base=x, chosen=chosen)


def _take_along_axis(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.take_along_axis", ["arr", "indices"], ["axis"])
    o, axis = _lines(c, a, span)
    bindings: check_advanced.Bindings = []
    found = _along_lines(c, o.x, _indices(c, a, "indices"), axis, bindings, span)
    return check_advanced.bound_to(bindings, check_advanced.elements(c, found, span))


def _lines(c: Checker, a: Arguments, span: Span) -> tuple[Operand, int]:
    o = _array(a, "arr")
    if not a.given("axis") and "axis" in a.nodes:
        o = c.operand(arrays.reshaped(c, o, [c.runtime(-1, span)], span))
    axes = a.axes("axis", len(o.dims), several=False)
    return o, axes[0] if axes else len(o.dims) - 1


def _along_lines(
    c: Checker, base: tree.Expression, i: Operand, axis: int, bindings: check_advanced.Bindings, span: Span
) -> check_advanced.Advanced:
    """One position along an axis for each element of ``i``, whose other axes are the array's."""
    base = check_advanced.named(c, base, bindings)
    t = base.type
    assert isinstance(t, TensorType)
    if not isinstance(i.type, TensorType) or i.type.rank != t.rank:
        raise c.error("E202", "`indices` and `arr` must have the same number of dimensions", i.span)
    indices: list[tree.Expression] = []
    for other in range(t.rank):
        if other == axis:
            indices.append(i.x)
            continue
        size = arrays.extent(c, base, other, span)
        plain = Precision.plain("i64")
        iota = tree.Iota(span=span, type=TensorType("i64", (t.dims[other],), plain, t.target), size=size)
        items = [tree.Range() if n == other else tree.NewAxis() for n in range(t.rank)]
        dims = [t.dims[other] if n == other else Dim.of(1) for n in range(t.rank)]
        indices.append(arrays.with_axes(c, iota, items, dims, span))
    operands = [shapes.Operand(x.type.dims, x.span) for x in indices if isinstance(x.type, TensorType)]
    dims, checks = shapes.broadcast(operands, c.report, span)
    message = "shape mismatch: indexing arrays could not be broadcast together"
    said = f"{message} with shapes {' '.join(f'{{{k}}}' for k in range(len(operands)))} "
    checks = tuple(replace(k, exception="IndexError", message=message, said=said) for k in checks)
    inside = frozenset(range(t.rank)) - {axis}
    chosen = tree.Chosen(tuple(indices), tuple(range(t.rank)), 0, inside, checks)
    return check_advanced.Advanced(base, full(t), t.dims, chosen, dims, bindings)


def _select(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """The first choice whose condition holds, element by element."""
    a = bound(c, node, "np.select", ["condlist", "choicelist"], ["default"])
    conditions, choices = (_several(c, a, n) for n in ("condlist", "choicelist"))
    if len(conditions) != len(choices) or not choices:
        raise c.error("E203", "list of cases must be same length as list of conditions", span)
    result = a.operand("default") if a.given("default") else c.operand(c.runtime(0, span))
    for test, choice in zip(reversed(conditions), reversed(choices), strict=True):
        result = c.operand(arrays.selected(c, test, choice, result, span))
    return result.x


def _choose(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """From several arrays, the element of the one whose number stands in ``a``."""
    a = bound(c, node, "np.choose", ["a", "choices"], ["mode"])
    mode = mode_of(a)
    choices, i = _several(c, a, "choices"), _indices(c, a, "a")
    if not choices:
        raise c.error("E203", "np.choose takes at least one choice", span)

    def chosen(x: tree.Expression) -> tree.Expression:
        count = c.operand(c.runtime(len(choices), span))
        number = moved_inside(c, mode, c.operand(x), count, span)
        result = choices[0]
        for k, choice in enumerate(choices[1:], 1):
            test = c.operand(compared(c, "eq", number, c.operand(c.runtime(k, span)), span, words="np.choose"))
            result = c.operand(arrays.selected(c, test, choice, result, span))
        if mode != "raise":
            return result.x
        holds = _all_inside(c, number, count, span)
        message = "invalid entry in choice array"
        return tree.Checked(
            span=span, type=result.x.type, condition=holds, exception="ValueError", message=message, body=result.x
        )

    return c.once_only(i.x, chosen)


def _all_inside(c: Checker, i: Operand, count: Operand, span: Span) -> tree.Expression:
    low = c.operand(compared(c, "ge", i, c.operand(c.runtime(0, span)), span, words="np.choose"))
    high = c.operand(compared(c, "lt", i, count, span, words="np.choose"))
    both = elementwise(c, "and", low, high, span, words="np.choose")
    if not isinstance(both.type, TensorType):
        return both
    axes = tuple(range(both.type.rank))
    return tree.Reduce(span=span, type=ScalarType("bool"), kind="all", x=both, axes=axes, keepdims=False)


# --- views and repetitions --------------------------------------------------------------------------------------------


def _flip(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["m"], ["axis"] if name == "flip" else [])
    o = _array(a, "m")
    axes = a.axes("axis", len(o.dims)) if name == "flip" else {"flipud": (0,), "fliplr": (1,)}[name]
    rank = len(o.dims)
    if axes is None:
        axes = tuple(range(rank))
    if axes and max(axes) >= rank:
        raise c.error("E213", f"np.{name} takes an array of at least {max(axes) + 1} axes", span)
    back = tree.Constant(span=span, type=INT, value=-1)
    items = [tree.Range(None, None, back) if i in axes else tree.Range() for i in range(rank)]
    return arrays.with_axes(c, o.x, items, o.dims, span)


def _tile(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.tile", ["A", "reps"])
    o, reps = _array(a, "A"), list(a.shape("reps"))
    missing = len(reps) - len(o.dims)
    if missing > 0:
        items = [tree.NewAxis()] * missing + [tree.Range()] * len(o.dims)
        o = c.operand(arrays.with_axes(c, o.x, items, [Dim.of(1)] * missing + list(o.dims), span))
    reps = [c.runtime(1, span)] * -missing + reps
    return arrays.asked(c, o.x, lambda x: _repeated(c, x, reps, span, before=True))


def _repeated(
    c: Checker, x: tree.Expression, counts: Sequence[tree.Expression | None], span: Span, *, before: bool
) -> tree.Expression:
    """An array whose axes are repeated as a whole (``before``), or element by element."""
    t = x.type
    assert isinstance(t, TensorType)
    items: list[tree.Item] = []
    dims: list[Dim] = []
    sizes: list[tree.Expression] = []
    wide: list[Dim] = []
    whole: list[tree.Expression] = []
    for axis, count in enumerate(counts):
        size = arrays.extent(c, x, axis, span)
        if count is None:
            items, dims, wide = [*items, tree.Range()], [*dims, t.dims[axis]], [*wide, t.dims[axis]]
            sizes, whole = [*sizes, size], [*whole, size]
            continue
        pair = [(tree.NewAxis(), Dim.of(1), c.extent(count), count), (tree.Range(), t.dims[axis], t.dims[axis], size)]
        for item, dim, stretched, extent in pair if before else reversed(pair):
            items, dims, wide, sizes = [*items, item], [*dims, dim], [*wide, stretched], [*sizes, extent]
        whole.append(binary(c, ast.Mult(), c.operand(size), c.operand(count), span))
    view = arrays.with_axes(c, x, items, dims, span)
    stretched_type = replace(t, dims=tuple(wide))
    stretched_x = tree.BroadcastTo(span=span, type=stretched_type, x=view, sizes=tuple(sizes))
    result = replace(t, dims=tuple(c.extent(s) for s in whole))
    flat = tree.Reshape(span=span, type=result, x=stretched_x, sizes=tuple(whole), checked=False)
    return tree.Copy(span=span, type=result, x=flat)


def _repeat(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.repeat", ["a", "repeats"], ["axis"])
    return repeat(c, a, _array(a, "a"), span)


def repeat(c: Checker, a: Arguments, o: Operand, span: Span) -> tree.Expression:
    """``x.repeat(repeats, axis)``: each part several times."""
    if not a.given("axis"):
        o = c.operand(arrays.reshaped(c, o, [c.runtime(-1, span)], span))
    axis = (a.axes("axis", len(o.dims), several=False) or (0,))[0]
    counts = _indices(c, a, "repeats")
    if isinstance(counts.type, TensorType):
        return arrays.asked(c, o.x, lambda x: repeated_each(c, x, counts, axis, a, span))
    count = exact(c, counts.x)
    return arrays.asked(
        c,
        o.x,
        lambda x: c.once_only(
            count, lambda n: _repeated(c, x, [n if i == axis else None for i in range(len(o.dims))], span, before=False)
        ),
    )


def _meshgrid(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """A grid's coordinates along each axis, from those of its lines."""
    options = {k.arg: k.value for k in node.keywords}
    if not set(options) <= {"indexing", "sparse", "copy"}:
        raise c.error("E203", "np.meshgrid takes arrays, indexing and sparse", span)
    indexing = c.static_text(options["indexing"]) if "indexing" in options else "xy"
    if indexing not in ("xy", "ij"):
        raise c.error("E202", "Valid values for `indexing` are 'xy' and 'ij'.", span)
    a = Arguments(c, "np.meshgrid", span, {k: v for k, v in options.items() if k is not None})
    if not a.flag("copy", default=True):
        notes = fix("`x[None, :]` and `y[:, None]` are views that stretch, too")
        raise c.error("E203", "np.meshgrid gives copies in compiled code", span, notes)
    sparse = a.flag("sparse")
    found = [c.number_or_array(n) for n in node.args]
    if any(not isinstance(o.type, TensorType) or o.type.rank != 1 for o in found):
        raise c.error("E202", "np.meshgrid takes arrays of one axis in compiled code", span)
    places = list(range(len(found)))
    if indexing == "xy" and len(found) > 1:
        places[0], places[1] = 1, 0
    bindings: check_advanced.Bindings = []
    lines = [check_advanced.named(c, o.x, bindings) for o in found]
    by_place = dict(zip(places, lines, strict=True))
    grids: list[tree.Expression] = []
    for x, place in zip(lines, places, strict=True):
        t = x.type
        assert isinstance(t, TensorType)
        items = [tree.Range() if i == place else tree.NewAxis() for i in range(len(lines))]
        dims = [t.dims[0] if i == place else Dim.of(1) for i in range(len(lines))]
        line = arrays.with_axes(c, x, items, dims, span)
        if not sparse:
            sizes = tuple(arrays.extent(c, by_place[i], 0, span) for i in range(len(lines)))
            full_dims = tuple(by_place[i].type.dims[0] for i in range(len(lines)))  # type: ignore[union-attr]
            line = tree.BroadcastTo(span=span, type=replace(t, dims=full_dims), x=line, sizes=sizes)
        grids.append(tree.Copy(span=span, type=line.type, x=line))
    whole = tree.Tuple(span=span, type=TupleType(tuple(g.type for g in grids)), items=tuple(grids))
    return check_advanced.bound_to(bindings, whole)


def _grid(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """``np.indices(shape)``: the positions of an array along each of its axes."""
    a = bound(c, node, "np.indices", ["dimensions"], ["dtype"])
    sizes = a.shape("dimensions")
    precision = a.dtype("dtype", "i64")
    assert precision is not None
    if precision.storage == "bool":
        raise c.error("E202", "np.indices gives numbers, and this is bool", span, fix("leave out dtype"))
    dims = tuple(c.extent(s) for s in sizes)
    rows: list[Operand] = []
    for axis, size in enumerate(sizes):
        t = TensorType(precision.storage, (dims[axis],), precision, c.target)
        iota = tree.Iota(span=span, type=t, size=size)
        items = [tree.NewAxis(), *(tree.Range() if i == axis else tree.NewAxis() for i in range(len(sizes)))]
        line = arrays.with_axes(
            c, iota, items, [Dim.of(1), *(dims[i] if i == axis else Dim.of(1) for i in range(len(sizes)))], span
        )
        one = c.runtime(1, span)
        wide = replace(t, dims=(Dim.of(1), *dims))
        rows.append(c.operand(tree.BroadcastTo(span=span, type=wide, x=line, sizes=(one, *sizes))))
    return arrays.joined_arrays(c, rows, 0, span, "np.indices")


# --- writing ----------------------------------------------------------------------------------------------------------


def written(body: Sequence[tree.Statement], span: Span) -> tree.Expression:
    """Statements where an expression stands that gives nothing."""
    nothing = tree.Tuple(span=span, type=NoneType(), items=())
    return tree.Do(span=span, type=NoneType(), body=tuple(body), value=nothing)


def _put_along_axis(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.put_along_axis", ["arr", "indices", "values", "axis"])
    o = _array(a, "arr")
    axes = a.axes("axis", len(o.dims), several=False)
    if axes is None:
        raise c.error("E202", "the axis of np.put_along_axis is a number in compiled code", span)
    bindings: check_advanced.Bindings = []
    found = _along_lines(c, o.x, _indices(c, a, "indices"), axes[0], bindings, span)
    return _putting(c, found, a.expression("values"), span)


def _put(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.put", ["a", "ind", "v"], ["mode"])
    return put(c, a, _array(a, "a"), span)


def put(c: Checker, a: Arguments, o: Operand, span: Span) -> tree.Expression:
    """``np.put(x, ind, v)``: elements of the flat array are written."""
    bindings: check_advanced.Bindings = []
    base = check_advanced.named(c, o.x, bindings)
    i = _indices(c, a, "ind")
    if isinstance(i.type, ScalarType):
        i = c.operand(listed_one(i, c, span))
    assert isinstance(base.type, TensorType)
    flat = c.operand(arrays.reshaped(c, c.operand(base), [c.runtime(-1, span)], span))
    kept = tree.Copy(span=span, type=flat.type, x=flat.x)
    out = check_advanced.named(c, kept, bindings)
    assert isinstance(out.type, TensorType)
    i = moved_inside(c, mode_of(a), i, c.operand(arrays.element_count(c, base, span)), span)
    assert isinstance(i.type, TensorType)
    chosen = tree.Chosen((i.x,), (0,), 0)
    found = check_advanced.Advanced(out, full(out.type), out.type.dims, chosen, i.type.dims, bindings)
    statements = putting(c, found, _array(a, "v").x if isinstance(a.nodes["v"], ast.List) else a.expression("v"), span)
    sizes = tuple(arrays.extent(c, base, axis, span) for axis in range(base.type.rank))
    back = tree.Reshape(span=span, type=base.type, x=out, sizes=sizes, checked=False)
    statements.append(tree.Store(span=span, base=base, items=full(base.type), value=back, dims=base.type.dims))
    return written(statements, span)


def listed_one(i: Operand, c: Checker, span: Span) -> tree.Expression:
    """A number as an array of it."""
    t = TensorType("i64", (Dim.of(1),), Precision.plain("i64"), c.target)
    return tree.Packed(span=span, type=t, items=(exact(c, i.x),))


def _putting(c: Checker, found: check_advanced.Advanced, value: tree.Expression, span: Span) -> tree.Expression:
    return written(putting(c, found, value, span), span)


def putting(c: Checker, found: check_advanced.Advanced, value: tree.Expression, span: Span) -> list[tree.Statement]:
    """The statements that put a value where an advanced subscript says."""
    out: list[tree.Statement] = [tree.Assign(span=span, variable=v, value=x) for v, x in found.bindings]
    put_elements(c, found, value, span, out)
    return out


def filled(c: Checker, o: Operand, value: Operand, span: Span) -> tree.Expression:
    """``x.fill(value)``."""
    assert isinstance(o.type, TensorType)
    number = check_advanced.scalar_of(value.x)
    if not isinstance(number.type, ScalarType):
        raise c.error("E202", "fill takes a number", value.span)
    store = tree.Store(span=span, base=o.x, items=full(o.type), value=c.cast(number, o.type.dtype), dims=o.type.dims)
    return written([store], span)


# --- arguments --------------------------------------------------------------------------------------------------------


def _array(a: Arguments, name: str) -> Operand:
    """An array, also from a list written out."""
    node = a.nodes[name]
    if isinstance(node, ast.List):
        return a.c.operand(listed(a.c, node))
    return a.array(name)


def _indices(c: Checker, a: Arguments, name: str) -> Operand:
    """A number or an array of integers, also from a list written out."""
    node = a.nodes[name]
    x = listed(c, node, "i64") if isinstance(node, ast.List | ast.Tuple) else c.expression(node)
    o = c.operand(x)
    if kind_of(o.type.dtype) not in ("int", "uint"):
        raise c.error("E202", f"{name} of {a.words} are integers, and this is a {o.type}", o.span)
    if isinstance(o.type, ScalarType):
        return c.operand(exact(c, o.x))
    return c.operand(with_precision(o.x, "i64", Precision.plain("i64")))


def _several(c: Checker, a: Arguments, name: str) -> list[Operand]:
    """The items of a tuple or list of numbers and arrays."""
    node = a.nodes[name]
    if isinstance(node, ast.List | ast.Tuple):
        return [c.number_or_array(n) for n in check_unpacking.listed(c, node.elts)]
    x = a.expression(name)
    if isinstance(x, tree.Tuple):
        return [c.operand(i) for i in x.items]
    if isinstance(x, tree.Local) and isinstance(x.type, TupleType):
        parts = [tree.TupleItem(span=x.span, type=t, x=x, index=i) for i, t in enumerate(x.type.items)]
        return [c.operand(p) for p in parts]
    raise c.error("E202", f"{name} of {a.words} is a list or tuple of arrays", x.span)


INDEXING: dict[str, Handler] = {
    **row(["nonzero", "flatnonzero", "argwhere"], _nonzero),
    **row(["flip", "flipud", "fliplr"], _flip),
    "ix_": _ix,
    "ravel_multi_index": _ravel_multi_index,
    "unravel_index": _unravel_index,
    "take": _take,
    "take_along_axis": _take_along_axis,
    "put": _put,
    "put_along_axis": _put_along_axis,
    "select": _select,
    "choose": _choose,
    "tile": _tile,
    "repeat": _repeat,
    "meshgrid": _meshgrid,
    "indices": _grid,
}
