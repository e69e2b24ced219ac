"""NumPy functions that rearrange and join arrays."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from pyc.precision import Precision
from pyc.source import Span

from . import arrays, check_unpacking, habits, memory_order, shapes, tree
from .arguments import Arguments, bound, constant_ints
from .composites import is_idle, item
from .context import Checker, Operand
from .dims import Dim
from .numpy_table import Handler, row, strong
from .report import fix
from .types import BOOL, ScalarType, TensorType, is_plain_tuple


def _transpose(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.transpose", ["a"], ["axes"])
    o = a.array("a")
    assert isinstance(o.type, TensorType)
    return permuted(c, o, a.axes("axes", o.type.rank), span)


def permuted(c: Checker, o: Operand, axes: tuple[int, ...] | None, span: Span) -> tree.Expression:
    """``x.transpose(axes)``.

    Raises:
        Invalid: E213, the axes are not all of the array's.
    """
    assert isinstance(o.type, TensorType)
    order = axes if axes is not None else tuple(reversed(range(o.type.rank)))
    if sorted(order) != list(range(o.type.rank)):
        raise c.error("E213", f"axes {order} do not name each of {o.type.rank} axes once", span)
    return arrays.transposed(o.x, order, span)


def _swapaxes(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.swapaxes", ["a", "axis1", "axis2"])
    o = a.array("a")
    assert isinstance(o.type, TensorType)
    i, j = (a.axes(n, o.type.rank, several=False) for n in ("axis1", "axis2"))
    order = list(range(o.type.rank))
    if i and j:
        order[i[0]], order[j[0]] = order[j[0]], order[i[0]]
    return arrays.transposed(o.x, order, span)


def _moveaxis(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.moveaxis", ["a", "source", "destination"])
    o = a.array("a")
    assert isinstance(o.type, TensorType)
    source, destination = (a.axes(n, o.type.rank) or () for n in ("source", "destination"))
    return arrays.transposed(o.x, moved_axes(c, o.type.rank, source, destination, span), span)


def moved_axes(c: Checker, rank: int, source: Sequence[int], destination: Sequence[int], span: Span) -> list[int]:
    """The order of axes after some have moved to other places.

    Raises:
        Invalid: E213, there are not as many places as axes.
    """
    if len(source) != len(destination):
        raise c.error("E213", "`source` and `destination` arguments must have the same number of elements", span)
    order = [i for i in range(rank) if i not in source]
    for to, axis in sorted(zip(destination, source, strict=True)):
        order.insert(to, axis)
    return order


def _reshape(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.reshape", ["a", "shape"], ["order"])
    return arrays.reshaped(c, a.array("a"), a.shape("shape"), span, order=memory_order.of_elements(a))


def _ravel(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.ravel", ["a"], ["order"])
    return arrays.raveled(c, a.array("a"), span, order=memory_order.of_elements(a))


def _broadcast_to(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.broadcast_to", ["array", "shape"])
    o, sizes = a.operand("array"), a.shape("shape")
    if isinstance(o.type, ScalarType):
        precision = Precision.plain(o.type.dtype)
        stretched = arrays.filled(c, strong(c, o), sizes, precision, c.target, span)
        assert isinstance(stretched, tree.Fill)
        return replace(stretched, read_only="np.broadcast_to")
    dims = stretched_dims(c, o.type.dims, sizes, span)
    return tree.BroadcastTo(span=span, type=replace(o.type, dims=dims), x=o.x, sizes=sizes)


def stretched_dims(c: Checker, own: Sequence[Dim], sizes: Sequence[tree.Expression], span: Span) -> tuple[Dim, ...]:
    """The extents that ``np.broadcast_to`` gives an array with the extents ``own``.

    Raises:
        Invalid: E205, they do not broadcast to these.
    """
    dims = tuple(c.extent(s) for s in sizes)
    if len(dims) < len(own):
        message = f"an array of {len(own)} axes does not broadcast to {shapes.shape_text(dims)}"
        raise c.error("E205", message, span)
    for have, want in zip(own, dims[len(dims) - len(own) :], strict=True):
        if have.value != 1 and shapes.differ(have, want):
            shape, wanted = shapes.shape_text(own), shapes.shape_text(dims)
            raise c.error("E205", f"an array of shape {shape} does not broadcast to {wanted}", span)
    return dims


def several(c: Checker, a: Arguments, *, numbers: bool = False) -> list[Operand]:
    """The arrays that a function joins, written out; also ``numbers`` where it takes them."""
    node = a.nodes["arrays"]
    held = None if isinstance(node, ast.Tuple | ast.List) else c.value(node)
    if isinstance(held, tree.Expression) and is_plain_tuple(held.type) and is_idle(held) and held.type.items:
        found = [c.operand(item(held, i, held.span)) for i in range(len(held.type.items))]
    elif isinstance(node, ast.Tuple | ast.List) and node.elts:
        found = [c.number_or_array(n) for n in check_unpacking.listed(c, node.elts)]
    else:
        mend = fix(f"`{habits.as_tuple(a.span) or a.words + '((a, b))'}`")
        raise c.error("E202", f"{a.words} takes a tuple of arrays, written out", c.span(node), mend)
    for o in found:
        if not numbers and not isinstance(o.type, TensorType):
            raise c.error("E202", f"{a.words} takes arrays, and this is a {o.type}", o.span)
    return found


def _concatenate(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["arrays"], ["axis"])
    found = several(c, a)
    if "axis" in a.nodes and not a.given("axis"):
        one = c.runtime(-1, span)
        found = [c.operand(arrays.reshaped(c, o, [one], span)) for o in found]
        return arrays.joined_arrays(c, found, 0, span, a.words)
    t = found[0].type
    assert isinstance(t, TensorType)
    if t.rank == 0:
        raise c.error("E202", "zero-dimensional arrays cannot be concatenated", span, fix("np.stack joins them"))
    axis = (a.axes("axis", t.rank, several=False) or (0,))[0]
    return arrays.joined_arrays(c, found, axis, span, a.words)


def _stack(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.stack", ["arrays"], ["axis"])
    found = several(c, a)
    t = found[0].type
    assert isinstance(t, TensorType)
    axis = (a.axes("axis", t.rank + 1, several=False) or (0,))[0]
    widened = [c.operand(expanded(c, o, (axis,), span)) for o in found]
    return arrays.joined_arrays(c, widened, axis, span, a.words)


def _expand_dims(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.expand_dims", ["a", "axis"])
    o = a.array("a")
    assert isinstance(o.type, TensorType)
    count = len(constant_ints(c.value(a.nodes["axis"])) or [0])
    return expanded(c, o, a.axes("axis", o.type.rank + count) or (0,), span)


def expanded(c: Checker, o: Operand, axes: tuple[int, ...], span: Span) -> tree.Expression:
    """A view with axes of extent 1, at the positions ``axes`` of the result."""
    t = o.type
    assert isinstance(t, TensorType)
    items: list[tree.Item] = []
    dims: list[Dim] = []
    rest = iter(t.dims)
    for axis in range(t.rank + len(axes)):
        items.append(tree.NewAxis() if axis in axes else tree.Range())
        dims.append(Dim.of(1) if axis in axes else next(rest))
    return arrays.with_axes(c, o.x, items, dims, span)


def _squeeze(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.squeeze", ["a"], ["axis"])
    return squeezed(c, a, a.array("a"), span)


def squeezed(c: Checker, a: Arguments, o: Operand, span: Span) -> tree.Expression:
    """``x.squeeze(axis)``: without the axes that are named, or whose extent is statically 1.

    What is not known is checked when the function runs: that the extent of an axis that is named is 1, and that no
    other axis would go in NumPy, where none is named.

    Raises:
        Invalid: E214, an axis is named whose extent is another number.
    """
    drop = squeezed_axes(c, a, o, span)
    return arrays.asked(c, o.x, lambda x: without_axes(c, x, drop, a.given("axis"), span))


def squeezed_axes(c: Checker, a: Arguments, o: Operand, span: Span) -> tuple[int, ...]:
    """The axes that ``np.squeeze`` takes away: those named, else those whose extent is statically 1.

    Raises:
        Invalid: E214, an axis is named whose extent is another number.
    """
    axes = a.axes("axis", len(o.dims))
    for axis in axes or ():
        if o.dims[axis].value not in (1, None):
            message = f"cannot squeeze axis {axis}: its extent is {o.dims[axis]}, not 1"
            raise c.error("E214", message, span)
    return axes if axes is not None else tuple(i for i, d in enumerate(o.dims) if d.value == 1)


def without_axes(c: Checker, x: tree.Expression, drop: tuple[int, ...], named: bool, span: Span) -> tree.Expression:
    """``x`` without axes, behind checks of the extents that are not known."""
    t = x.type
    assert isinstance(t, TensorType)
    zero, one = c.runtime(0, span), c.runtime(1, span)
    items: list[tree.Item] = [tree.Index(zero) if i in drop else tree.Range() for i in range(t.rank)]
    dims = [d for i, d in enumerate(t.dims) if i not in drop]
    result = arrays.with_axes(c, x, items, dims, span) if dims else arrays.reshaped(c, c.operand(x), [], span)
    for axis in drop if named else range(t.rank):
        if t.dims[axis].value is not None:
            continue
        predicate = "eq" if named else "ne"
        holds = tree.Compare(span=span, type=BOOL, predicate=predicate, lhs=arrays.extent(c, x, axis, span), rhs=one)
        message = (
            "cannot select an axis to squeeze out which has size not equal to one"
            if named
            else f"np.squeeze drops axes that are 1 by their type, and axis {axis} is 1 only at run time: name the axes"
        )
        result = tree.Checked(
            span=span, type=result.type, condition=holds, exception="ValueError", message=message, body=result
        )
    return result


SHAPES: dict[str, Handler] = {
    **row(["concatenate", "concat"], _concatenate),
    **row(["transpose", "permute_dims"], _transpose),
    "swapaxes": _swapaxes,
    "moveaxis": _moveaxis,
    "reshape": _reshape,
    "ravel": _ravel,
    "broadcast_to": _broadcast_to,
    "stack": _stack,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
}
