"""Subscripts: elements, basic slices, tuple items; and generics with type arguments."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pyc.source import Span

from . import shapes, tree
from .context import Checker
from .dims import Dim
from .report import counted, fix
from .types import INT, ScalarType, TensorType, TupleType, kind_of
from .values import Applied, Definition, Value

_MASK = "np.where(mask, a, b) chooses elements; a loop with `if` visits them"


def subscript(c: Checker, node: ast.Subscript, span: Span) -> tree.Expression | Value:
    """``base[index]``.

    Raises:
        Invalid: E209, E210, E224, the index does not fit.
    """
    base = c.value(node.value)
    if not isinstance(base, tree.Expression):
        return _static(c, base, node, span)
    if isinstance(base.type, TupleType):
        return _tuple_item(c, base, base.type, node, span)
    if not isinstance(base.type, TensorType):
        message = f"a {base.type} cannot be indexed"
        raise c.error("E209", message, span)
    items, dims = items_of(c, base, node.slice)
    return selected(c, base, items, dims, span)


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
    if isinstance(base, tuple):
        if isinstance(node.slice, ast.Slice):
            whole = c.runtime(base, span)
            assert isinstance(whole.type, TupleType)
            return _tuple_slice(c, whole, whole.type, node.slice, span)
        index = constant_int(c, node.slice)
        if index is None or not -len(base) <= index < len(base):
            raise c.error(
                "E224", f"a tuple of {len(base)} is indexed by a constant from {-len(base)} to {len(base) - 1}", span
            )
        item = base[index]
        return c.runtime(item, span) if isinstance(item, bool | int | float) else item
    if isinstance(base, Definition):
        nodes = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return Applied(base, tuple(c.type_argument(n) for n in nodes), tuple(c.span(n) for n in nodes))
    return c.static.evaluate(node, c.static_scope())


def _tuple_item(c: Checker, base: tree.Expression, t: TupleType, node: ast.Subscript, span: Span) -> tree.Expression:
    if isinstance(node.slice, ast.Slice):
        return _tuple_slice(c, base, t, node.slice, span)
    index = constant_int(c, node.slice)
    if index is None:
        raise c.error("E210", "a tuple is indexed by a constant", span, fix("its items may have different types"))
    if not -len(t.items) <= index < len(t.items):
        raise c.error(
            "E224", f"the index {index} is outside a tuple of {counted(len(t.items), 'item')}", c.span(node.slice)
        )
    return item_of(base, index % len(t.items), span)


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

    return build(base) if isinstance(base, tree.Tuple) else c.once_only(base, build)


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


def items_of(c: Checker, base: tree.Expression, index: ast.expr) -> tuple[tuple[tree.Item, ...], tuple[Dim, ...]]:
    """The items of an array subscript, one an axis with ``...`` expanded, and the extents they leave.

    Raises:
        Invalid: E209, too many indices; E210, an unsupported one; E224, one provably out of bounds.
    """
    t = base.type
    assert isinstance(t, TensorType)
    nodes = list(index.elts) if isinstance(index, ast.Tuple) else [index]
    consumed = sum(not (_is_ellipsis(n) or _is_new_axis(c, n)) for n in nodes)
    if consumed > t.rank:
        message = f"too many indices for an array of shape {shapes.shape_text(t.dims)}: {consumed}"
        raise c.error("E209", message, c.span(index))
    if sum(map(_is_ellipsis, nodes)) > 1:
        raise c.error("E210", "an index can hold one `...`", c.span(index))
    if not any(map(_is_ellipsis, nodes)):
        nodes.append(ast.Constant(...))
    items: list[tree.Item] = []
    dims: list[Dim] = []
    axis = 0
    for n in nodes:
        if _is_ellipsis(n):
            rest = t.rank - consumed
            items += [tree.Range()] * rest
            dims += t.dims[axis : axis + rest]
            axis += rest
        elif _is_new_axis(c, n):
            items.append(tree.NewAxis())
            dims.append(Dim.of(1))
        elif isinstance(n, ast.Slice):
            item, length = _range(c, n, t.dims[axis])
            items.append(item)
            dims.append(length)
            axis += 1
        else:
            items.append(tree.Index(_position(c, n, t, axis)))
            axis += 1
    return tuple(items), tuple(dims)


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _is_new_axis(c: Checker, node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value is None
    if isinstance(node, ast.Attribute) and node.attr == "newaxis":
        return c.value(node) is None
    return isinstance(node, ast.Name) and node.id == "newaxis" and node.id not in c.locals and c.value(node) is None


def _position(c: Checker, node: ast.expr, t: TensorType, axis: int) -> tree.Expression:
    """An integer index."""
    span = c.span(node)
    if isinstance(node, ast.List | ast.Tuple):
        raise c.error("E210", "indexing with a sequence is not supported yet", span, fix("loop over the indices"))
    value = c.value(node)
    x = c.runtime(value, span)
    if isinstance(x.type, TensorType):
        if x.type.dtype == "bool":
            raise c.error("E210", "indexing with a boolean mask is not supported yet", span, fix(_MASK))
        if x.type.rank or kind_of(x.type.dtype) not in ("int", "uint"):
            message = "indexing with an array of integers is not supported yet"
            raise c.error("E210", message, span, fix("loop over the indices"))
        x = tree.Subscript(span=span, type=ScalarType(x.type.dtype), base=x, items=())
    if not isinstance(x.type, ScalarType) or kind_of(x.type.dtype) not in ("int", "uint") or x.type.dtype == "bool":
        found = "a truth value" if str(x.type) == "bool" else f"a {x.type}"
        raise c.error("E210", f"an index is an integer, and this is {found}", span, fix("`int(i)` makes an integer"))
    extent = t.dims[axis].value
    if extent is not None and isinstance(x, tree.Constant) and not -extent <= x.value < extent:
        message = f"index {x.value} is out of bounds for axis {axis} with size {extent}"
        raise c.error("E224", message, span)
    return exact(c, x)


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
    raise c.error("E202", f"{what} is an int, and this is a {x.type}", x.span)


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
    return integer(c, node, "a slice bound") if node is not None and _given(node) else None


def _given(node: ast.expr | None) -> bool:
    return node is not None and not (isinstance(node, ast.Constant) and node.value is None)


def _step(c: Checker, node: ast.expr | None) -> tree.Expression | None:
    if node is None or not _given(node):
        return None
    step = integer(c, node, "a slice step")
    if not isinstance(step, tree.Constant):
        raise c.error("E210", "a slice step is a constant", step.span, fix("loop over the positions"))
    if step.value == 0:
        raise c.error("E210", "slice step cannot be zero", step.span)
    if step.value < 0:
        notes = fix("loop backwards, or copy the elements into a new array")
        raise c.error("E210", "a negative slice step is not supported yet", step.span, notes)
    return None if step.value == 1 else step


def full(t: TensorType) -> tuple[tree.Item, ...]:
    """The items that select all of an array."""
    return (tree.Range(),) * t.rank


def names_in(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Every name that pieces of syntax mention."""
    return frozenset(n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name))
