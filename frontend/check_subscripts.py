"""Subscripts: elements, basic slices, tuple items; and generics with type arguments."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pyc.dataclass import dataclass
from pyc.precision import Precision
from pyc.source import Span

from . import advice, check_unpacking, shapes, tree
from .check_lists import listed
from .check_operators import with_precision
from .context import Checker
from .dims import Dim
from .report import counted, fix
from .types import INT, RecordArrayType, RecordType, ScalarType, TensorType, TupleType, is_array, kind_of
from .values import Applied, Definition, LibraryName, Table, Value


def subscript(c: Checker, node: ast.Subscript, span: Span) -> tree.Expression | Value:
    """``base[index]``.

    Raises:
        Invalid: E209, E210, E224, the index does not fit.
    """
    from . import check_flat

    if (elements := check_flat.array_of(c, node.value)) is not None:
        return check_flat.subscript(c, elements, node, span)
    base = c.value(node.value)
    if not isinstance(base, tree.Expression):
        return _static(c, base, node, span)
    if isinstance(base.type, RecordType | RecordArrayType):
        from .check_record_arrays import subscript as of_records

        return of_records(c, base, node, span)
    if isinstance(base.type, TupleType):
        return _tuple_item(c, base, base.type, node, span)
    if not is_array(base.type):
        message = f"a {base.type} cannot be indexed"
        raise c.error("E209", message, span)
    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, bool):
        return _all_or_none(c, base, chosen=node.slice.value, span=span)
    parts = entries(c, node.slice)
    if any(e.rank for e in parts):
        from .check_advanced import gathered

        return gathered(c, base, parts, span)
    items, dims = basic_items(c, base, parts, c.span(node.slice))
    if not dims and not items and not parts:
        # `x[()]` of an array without axes is its element.
        return tree.Subscript(span=span, type=ScalarType(base.type.dtype), base=base, items=())
    if any(e.kind == "rest" for e in parts) and not dims:
        # `x[..., 0]` of a vector is an array without axes, a view.
        return tree.Subscript(span=span, type=replace(base.type, dims=()), base=base, items=items)
    found = selected(c, base, items, dims, span)
    if isinstance(found.type, TensorType) and any(e.is_array for e in parts):
        return tree.Copy(span=span, type=found.type, x=found)
    return found


def _all_or_none(c: Checker, base: tree.Expression, *, chosen: bool, span: Span) -> tree.Expression:
    """``x[True]``, ``x[False]``: a copy with one more axis in front, of extent 1 or 0."""
    t = base.type
    assert isinstance(t, TensorType)
    if chosen:
        view = TensorType(t.dtype, (Dim.of(1), *t.dims), t.precision, t.target)
        items = (tree.NewAxis(), *(tree.Range() for _ in t.dims))
        return tree.Copy(span=span, type=view, x=tree.Subscript(span=span, type=view, base=base, items=items))
    from . import arrays

    none = TensorType(t.dtype, (Dim.of(0), *t.dims), t.precision, t.target)
    zero = tree.Constant(span=span, type=INT, value=0)

    def empty(x: tree.Expression) -> tree.Expression:
        sizes = (zero, *(arrays.extent(c, x, axis, span) for axis in range(t.rank)))
        return tree.Empty(span=span, type=none, sizes=sizes)

    return c.once_only(base, empty)


def selected(
    c: Checker, base: tree.Expression, items: tuple[tree.Item, ...], dims: tuple[Dim, ...], span: Span
) -> tree.Expression:
    """The element or view that index items select; an element of a mixed array widens, as every read does."""
    t = base.type
    assert isinstance(t, TensorType)
    if items and all(isinstance(i, tree.Index) for i in items):
        element = tree.Subscript(span=span, type=ScalarType(t.dtype), base=base, items=items)
        if t.dtype == t.precision.storage != t.precision.compute:
            return tree.Cast(span=span, type=ScalarType(t.precision.compute), x=element)
        return element
    view = TensorType(t.dtype, dims, t.precision, t.target)
    return tree.Subscript(span=span, type=view, base=base, items=items)


def _static(c: Checker, base: Value, node: ast.Subscript, span: Span) -> tree.Expression | Value:
    if isinstance(base, Table):
        key = c.value(node.slice)
        known = key.value if isinstance(key, tree.Constant) else key
        found = None if isinstance(known, tree.Expression) else base.get(known)
        if found is None:
            message = f"`{c.span(node.slice).text}` is no key that is known at compile time"
            raise c.error("E210", message, c.span(node.slice), fix("the keys are constants, and so is the index"))
        return c.runtime(found[0], span) if isinstance(found[0], bool | int | float | complex) else found[0]
    if isinstance(base, tuple):
        if isinstance(node.slice, ast.Slice):
            parts = (node.slice.lower, node.slice.upper, node.slice.step)
            bounds = [None if n is None else constant_int(c, n) for n in parts]
            if any(n is not None and b is None for n, b in zip(parts, bounds, strict=True)) or bounds[2] == 0:
                raise c.error("E210", "a tuple is sliced by constants", span, fix("its items may have different types"))
            return base[slice(*bounds)]
        from .check_tuple_items import chosen, of_modules

        index = constant_int(c, node.slice)
        if index is None and base and not of_modules(base):
            return chosen(c, [c.item(v, span) for v in base], node)
        if index is None or not -len(base) <= index < len(base):
            message = f"a tuple of {len(base)} is indexed by a constant from {-len(base)} to {len(base) - 1}"
            modules = of_modules(base) and index is None
            notes = (fix("modules exist at compile time: `for block in self.blocks`, or an index of `static_range`"),)
            raise c.error("E224", message, span, *(notes if modules else ()))
        item = base[index]
        return c.runtime(item, span) if isinstance(item, bool | int | float | complex) else item
    if isinstance(base, Definition):
        nodes = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return Applied(base, tuple(c.type_argument(n) for n in nodes), tuple(c.span(n) for n in nodes))
    if isinstance(base, LibraryName) and base.library == "numpy":
        from . import numpy_grids

        if base.name in numpy_grids.GRIDS:
            return numpy_grids.subscript(c, base.name, node, span)
    if isinstance(base, str):
        return _character(c, base, node, span)
    return c.static.evaluate(node, c.static_scope())


def _character(c: Checker, base: str, node: ast.Subscript, span: Span) -> Value:
    """``"abc"[1]``, and a slice, at compile time."""
    s = node.slice
    parts = [s.lower, s.upper, s.step] if isinstance(s, ast.Slice) else [s]
    known = [None if n is None else constant_int(c, n) for n in parts]
    if any(n is not None and k is None for n, k in zip(parts, known, strict=True)):
        notes = fix("index an array of numbers, or choose with `if`")
        raise c.error("E210", "a string is indexed by a constant in compiled code", c.span(node.slice), notes)
    try:
        return base[slice(*known)] if isinstance(s, ast.Slice) else base[known[0] or 0]
    except (IndexError, ValueError) as error:
        raise c.error("E210", str(error), span) from None


def _tuple_item(c: Checker, base: tree.Expression, t: TupleType, node: ast.Subscript, span: Span) -> tree.Expression:
    if isinstance(node.slice, ast.Slice):
        return _tuple_slice(c, base, t, node.slice, span)
    index = constant_int(c, node.slice)
    if index is None:
        from .check_tuple_items import chosen

        return c.once_only(base, lambda b: chosen(c, [item_of(b, k, span) for k in range(len(t.items))], node))
    if not -len(t.items) <= index < len(t.items):
        raise c.error(
            "E224", f"the index {index} is outside a tuple of {counted(len(t.items), 'item')}", c.span(node.slice)
        )
    index %= len(t.items)
    if not isinstance(base, tree.Tuple):
        return item_of(base, index, span)
    return c.each_once(base, lambda b: item_of(b, index, span), used=index)


def _tuple_slice(c: Checker, base: tree.Expression, t: TupleType, node: ast.Slice, span: Span) -> tree.Expression:
    """``shape[:-1]``: a tuple of some items."""
    bounds: list[int | None] = []
    for n in (node.lower, node.upper, node.step):
        bounds.append(constant_int(c, n) if n is not None and _given(n) else None)
        if n is not None and _given(n) and bounds[-1] is None:
            raise c.error(
                "E210", "a tuple is sliced by constants", c.span(n), fix("its items may have different types")
            )
    if bounds[2] == 0:
        raise c.error("E210", "slice step cannot be zero", span)
    chosen = range(len(t.items))[slice(*bounds)]

    def build(x: tree.Expression) -> tree.Expression:
        items = tuple(item_of(x, i, span) for i in chosen)
        return tree.Tuple(span=span, type=TupleType(tuple(i.type for i in items)), items=items)

    return c.each_once(base, build)


def item_of(x: tree.Expression, index: int, span: Span) -> tree.Expression:
    """An item of a tuple by its number."""
    assert isinstance(x.type, TupleType)
    if isinstance(x, tree.Tuple):
        return x.items[index]
    return tree.TupleItem(span=span, type=x.type.items[index], x=x, index=index)


def constant_int(c: Checker, node: ast.expr) -> int | None:
    """The number that an expression is at compile time."""
    value = c.value(node)
    if isinstance(value, tree.Constant) and isinstance(value.value, int) and not isinstance(value.value, bool):
        return value.value
    return None


# --- array indices ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One part of a subscript: a slice (``node``), a new axis, ``...``, or ``value``, which is a number or an array.

    ``bound`` is a tuple that this value and those after it are items of: it is evaluated first, under a name.
    ``is_array`` says that the value was an array without axes: as an array of positions, it chooses a copy.
    """

    span: Span
    kind: Literal["slice", "new", "rest", "value"]
    node: ast.expr
    value: tree.Expression | None = None
    bound: tuple[tree.Variable, tree.Expression] | None = None
    is_array: bool = False

    @property
    def rank(self) -> int | None:
        """The number of axes of an array that is an index; ``None`` for anything else."""
        t = self.value.type if self.value is not None else None
        return t.rank if isinstance(t, TensorType) and t.rank else None

    @property
    def is_mask(self) -> bool:
        assert self.value is None or isinstance(self.value.type, ScalarType | TensorType)
        return self.rank is not None and self.value is not None and self.value.type.dtype == "bool"  # type: ignore[union-attr]

    @property
    def width(self) -> int:
        """How many axes of the array it indexes."""
        if self.kind in ("new", "rest"):
            return 0
        return (self.rank or 1) if self.is_mask else 1


def entries(c: Checker, index: ast.expr) -> list[Entry]:
    """The parts of a subscript, a tuple taken apart.

    Raises:
        Invalid: E210, one is no index.
    """
    nodes = check_unpacking.listed(c, index.elts) if isinstance(index, ast.Tuple) else [index]
    found: list[Entry] = []
    for n in nodes:
        span = c.span(n)
        if isinstance(n, ast.Slice):
            found.append(Entry(span, "slice", n))
        elif isinstance(n, ast.Constant) and n.value is ...:
            found.append(Entry(span, "rest", n))
        elif isinstance(n, ast.List):
            found.append(Entry(span, "value", n, listed(c, n, "i64")))
        else:
            found += _evaluated(c, n, span, alone=len(nodes) == 1)
    if sum(e.kind == "rest" for e in found) > 1:
        raise c.error("E210", "an index can only have a single ellipsis ('...')", c.span(index))
    return found


def _evaluated(c: Checker, n: ast.expr, span: Span, *, alone: bool) -> list[Entry]:
    value = c.value(n)
    if value is None:
        return [Entry(span, "new", n)]
    x = c.runtime(value, span)
    if isinstance(x.type, TupleType) and alone:
        # `x[p]` of a tuple is `x[p[0], p[1]]`.
        if isinstance(x, tree.Tuple):
            return [Entry(span, "value", n, _position(c, item)) for item in x.items]
        types = x.type.items
        bound = None if isinstance(x, tree.Local) else (c.temporary(x), x)
        if bound is not None:
            if not any(isinstance(t, TensorType) for t in types):
                raise c.error("E210", "a tuple of indices has a name or is written out", span, fix("assign it first"))
            x = tree.Local(span=span, type=x.type, variable=bound[0])
        parts = [tree.TupleItem(span=span, type=t, x=x, index=i) for i, t in enumerate(types)]
        found = [Entry(span, "value", n, _position(c, p)) for p in parts]
        return [replace(found[0], bound=bound), *found[1:]]
    return [Entry(span, "value", n, _position(c, x), is_array=isinstance(x.type, TensorType) and not x.type.rank)]


def _position(c: Checker, x: tree.Expression) -> tree.Expression:
    """A number or an array as an index: ``int``, or an array of ``i64`` or of truth values."""
    t, span = x.type, x.span
    if isinstance(t, TensorType) and t.dtype == "bool" and t.rank:
        return x
    if isinstance(t, TensorType) and kind_of(t.dtype) in ("int", "uint"):
        if t.rank == 0:
            return exact(c, tree.Subscript(span=span, type=ScalarType(t.dtype), base=x, items=()))
        # One of u64 beyond 2**63 becomes negative, and is out of bounds either way.
        return with_precision(x, "i64", Precision.plain("i64"))
    if isinstance(t, ScalarType) and kind_of(t.dtype) in ("int", "uint"):
        return exact(c, x)
    found = "a truth value" if str(t) == "bool" else f"a {t}"
    fixes = fix("`x.to(i64)` makes integers") if isinstance(t, TensorType) else fix("`int(i)` makes an integer")
    raise c.error("E210", f"an index is an integer, and this is {found}", span, fixes)


def basic_items(
    c: Checker, base: tree.Expression, parts: Sequence[Entry], span: Span
) -> tuple[tuple[tree.Item, ...], tuple[Dim, ...]]:
    """The items of an array subscript, one an axis with ``...`` expanded, and the extents they leave.

    Axes that arrays index stay whole, and those of numbers too where there are such arrays.

    Raises:
        Invalid: E209, too many indices; E224, one provably out of bounds.
    """
    t = base.type
    assert isinstance(t, TensorType | RecordArrayType)
    consumed = sum(e.width for e in parts)
    if consumed > t.rank:
        message = f"too many indices for an array of shape {shapes.shape_text(t.dims)}: {consumed}"
        raise c.error("E209", message, span)
    items: list[tree.Item] = []
    dims: list[Dim] = []
    axis = 0
    scalars = not any(e.rank for e in parts)
    if not any(e.kind == "rest" for e in parts):
        parts = [*parts, Entry(span, "rest", ast.Constant(...))]
    for e in parts:
        if e.kind == "new":
            items.append(tree.NewAxis())
            dims.append(Dim.of(1))
        elif e.kind == "slice":
            assert isinstance(e.node, ast.Slice)
            item, length = _range(c, e.node, t.dims[axis])
            items.append(item)
            dims.append(length)
        elif e.value is not None and scalars:
            items.append(tree.Index(bounded(c, e.value, t, axis)))
        else:
            count = t.rank - consumed if e.kind == "rest" else e.width
            items += [tree.Range()] * count
            dims += t.dims[axis : axis + count]
            axis += count - e.width
        axis += e.width
    return tuple(items), tuple(dims)


def bounded(c: Checker, x: tree.Expression, t: TensorType | RecordArrayType, axis: int) -> tree.Expression:
    """An integer index that is not known to be outside."""
    extent = t.dims[axis].value
    if extent is not None and isinstance(x, tree.Constant) and not -extent <= x.value < extent:
        message = f"index {x.value} is out of bounds for axis {axis} with size {extent}"
        raise c.error("E224", message, x.span)
    return x


def exact(c: Checker, x: tree.Expression) -> tree.Expression:
    """An integer of any type as Python's ``int``."""
    assert isinstance(x.type, ScalarType)
    if x.type == INT:
        return x
    if x.type.dtype == "u64":
        half = tree.Constant(span=x.span, type=ScalarType("u64"), value=2**63)

        def checked(y: tree.Expression) -> tree.Expression:
            holds = tree.Compare(span=y.span, type=ScalarType("bool"), predicate="lt", lhs=y, rhs=half)
            cast = tree.Cast(span=y.span, type=INT, x=y)
            message = "the number leaves 64 bits"
            return tree.Checked(
                span=y.span, type=INT, condition=holds, exception="OverflowError", message=message, body=cast
            )

        return c.once_only(x, checked)
    return c.cast(x, "i64", weak=True)


def integer(c: Checker, node: ast.expr, what: str) -> tree.Expression:
    """An expression that must be an integer, as Python's ``int``."""
    x = c.expression(node)
    if isinstance(x.type, ScalarType) and (kind_of(x.type.dtype) in ("int", "uint") or x.type.dtype == "bool"):
        return exact(c, x)
    mend = fix(advice.of_integer(node)) if isinstance(x.type, ScalarType) else fix("`int(...)` of one number makes one")
    raise c.error("E202", f"{what} is an int, and this is a {x.type}", x.span, mend)


def _range(c: Checker, node: ast.Slice, extent: Dim) -> tuple[tree.Range, Dim]:
    """A slice along an axis of an extent, and its length."""
    step = _step(c, node.step)
    start, stop = (_slice_bound(c, n) for n in (node.lower, node.upper))
    low, high = (None if x is None else c.dim_of(x) for x in (start, stop))
    step_value = step.value if isinstance(step, tree.Constant) else None
    known = (start is None or low is not None) and (stop is None or high is not None) and (step is None or step_value)
    length = None
    if known:
        length = shapes.slice_length(extent, low, high, int(step_value or 1))
    return tree.Range(start, stop, step), c.fresh_dim() if length is None else length


def _slice_bound(c: Checker, node: ast.expr | None) -> tree.Expression | None:
    return integer(c, node, "a slice bound") if node is not None and _said(c, node) else None


def _given(node: ast.expr | None) -> bool:
    return node is not None and not (isinstance(node, ast.Constant) and node.value is None)


def _said(c: Checker, node: ast.expr) -> bool:
    """Whether a bound is there, and no name that is None at compile time."""
    return _given(node) and not (isinstance(node, ast.Name) and c.static_locals.get(node.id, node) is None)


def _step(c: Checker, node: ast.expr | None) -> tree.Expression | None:
    if node is None or not _said(c, node):
        return None
    step = integer(c, node, "a slice step")
    if isinstance(step, tree.Constant) and step.value == 0:
        raise c.error("E210", "slice step cannot be zero", step.span)
    return None if isinstance(step, tree.Constant) and step.value == 1 else step


def full(t: TensorType) -> tuple[tree.Item, ...]:
    """The items that select all of an array."""
    return (tree.Range(),) * t.rank


def names_in(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Every name that pieces of syntax mention."""
    return frozenset(n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name))
