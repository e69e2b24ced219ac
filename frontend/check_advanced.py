"""Subscripts with arrays: masks, arrays of positions, and both mixed with slices and numbers, as NumPy places them.

A mask stands for the positions of its true elements, one array for each of its axes. All arrays and numbers of a
subscript are broadcast together; the axes of that stand where the first of them stood if nothing stands between them,
otherwise in front.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import field, replace

from pyc.dataclass import dataclass
from pyc.precision import Precision
from pyc.source import Span

from . import arrays, shapes, tree
from .check_operators import with_precision
from .check_subscripts import Entry, basic_items, bounded, full
from .context import Checker
from .dims import Dim
from .types import BOOL, INT, ScalarType, TensorType

#: What must be evaluated before a subscript, in order.
Bindings = list[tuple[tree.Variable, tree.Expression]]


@dataclass
class Advanced:
    """What a subscript with arrays selects: ``chosen`` of ``base[items]``.

    ``base`` and masks are evaluated first, as ``bindings`` say. ``view`` are the extents of ``base[items]``, ``dims``
    those of the region. ``mask`` is the one mask that the whole subscript is, where it is that.
    """

    base: tree.Expression
    items: tuple[tree.Item, ...]
    view: tuple[Dim, ...]
    chosen: tree.Chosen
    dims: tuple[Dim, ...]
    bindings: Bindings = field(default_factory=list)
    mask: tree.Expression | None = None


def gathered(c: Checker, base: tree.Expression, parts: Sequence[Entry], span: Span) -> tree.Expression:
    """``base[...]``: a new array."""
    found = advanced(c, base, parts, span)
    return bound_to(found.bindings, elements(c, found, span))


def bound_to(bindings: Bindings, body: tree.Expression) -> tree.Expression:
    """``body`` where variables have been bound, the first one outermost."""
    for variable, value in reversed(bindings):
        body = tree.Bind(span=body.span, type=body.type, variable=variable, value=value, body=body)
    return body


def elements(c: Checker, found: Advanced, span: Span) -> tree.Expression:
    """The elements that are selected, once the bindings are there."""
    t = found.base.type
    assert isinstance(t, TensorType)
    base = found.base
    if found.items != full(t):
        base = tree.Subscript(span=base.span, type=replace(t, dims=found.view), base=base, items=found.items)
    return tree.Gather(span=span, type=replace(t, dims=found.dims), base=base, chosen=found.chosen)


def advanced(c: Checker, base: tree.Expression, parts: Sequence[Entry], span: Span) -> Advanced:
    """What a subscript with arrays selects.

    Raises:
        Invalid: E209, too many indices; E205, shapes do not fit; E224, an index is provably out of bounds.
    """
    t = base.type
    assert isinstance(t, TensorType)
    bindings: Bindings = []
    base = named(c, base, bindings)
    bindings += [e.bound for e in parts if e.bound is not None]
    items, view = basic_items(c, base, parts, span)
    indices: list[tree.Expression] = []
    axes: list[int] = []
    written: list[int] = []
    inside: set[int] = set()
    masks: list[tree.Expression] = []
    own = axis = 0  # along the base, and along its view
    for e in parts:
        if e.kind == "value":
            assert e.value is not None
            if e.is_mask:
                mask = masking(c, e.value, base, t, own, bindings)
                masks.append(mask)
                indices += _positions(c, mask, bindings)
                inside |= set(range(axis, axis + e.width))
            else:
                indices.append(bounded(c, e.value, t, own))
            axes += range(axis, axis + e.width)
            written += range(own, own + e.width)
        if e.kind == "rest":
            width = t.rank - sum(p.width for p in parts)
            own, axis = own + width, axis + width
        own += e.width
        axis += 1 if e.kind == "new" else e.width
    operands = [shapes.Operand(i.type.dims if isinstance(i.type, TensorType) else (), i.span) for i in indices]
    common, checks = shapes.broadcast(operands, c.report, span)
    message = "shape mismatch: indexing arrays could not be broadcast together"
    said = f"{message} with shapes {' '.join(f'{{{k}}}' for k in range(len(operands)))} "
    checks = tuple(replace(k, exception="IndexError", message=message, said=said) for k in checks)
    kept = [d for i, d in enumerate(view) if i not in axes]
    position = axes[0] if _together(parts) else 0
    masked = len(parts) == 1 and parts[0].is_mask and parts[0].width == t.rank
    chosen = tree.Chosen(tuple(indices), tuple(axes), position, frozenset(inside), checks, tuple(written), masked)
    dims = (*kept[:position], *common, *kept[position:])
    found = Advanced(base, items, view, chosen, dims, bindings)
    if len(masks) == 1 and all(p.is_mask or p.kind == "rest" or _is_full(p) for p in parts) and parts[0].is_mask:
        found.mask = masks[0]
    return found


def _is_full(e: Entry) -> bool:
    n = e.node
    return isinstance(n, ast.Slice) and n.lower is None and n.upper is None and n.step is None


def _together(parts: Sequence[Entry]) -> bool:
    """Whether no slice, new axis or ``...`` stands between the arrays and numbers of a subscript."""
    places = [i for i, e in enumerate(parts) if e.kind == "value"]
    return places[-1] - places[0] + 1 == len(places)


def named(c: Checker, x: tree.Expression, bindings: Bindings) -> tree.Expression:
    """A name for what is used several times."""
    if isinstance(x, tree.Local | tree.WeightRef):
        return x
    variable = c.temporary(x)
    bindings.append((variable, x))
    return tree.Local(span=x.span, type=x.type, variable=variable)


def masking(
    c: Checker, mask: tree.Expression, base: tree.Expression, t: TensorType, axis: int, bindings: Bindings
) -> tree.Expression:
    """A mask that has the extents of what it selects from.

    Raises:
        Invalid: E205, it provably has others.
    """
    assert isinstance(mask.type, TensorType)
    want = t.dims[axis : axis + mask.type.rank]
    if mask.type.dims == want:
        return named(c, mask, bindings)
    for i, (have, extent) in enumerate(zip(mask.type.dims, want, strict=True)):
        if shapes.differ(have, extent):
            message = (
                f"boolean index did not match indexed array along axis {axis + i}; size of axis is {extent}"
                f" but size of corresponding boolean axis is {have}"
            )
            raise c.error("E205", message, mask.span)
    mask = named(c, mask, bindings)
    for i, (have, extent) in enumerate(zip(want, mask.type.dims, strict=True)):  # type: ignore[union-attr]
        if have != extent:
            sides = [arrays.extent(c, x, a, mask.span) for x, a in ((mask, i), (base, axis + i))]
            same = tree.Compare(span=mask.span, type=BOOL, predicate="eq", lhs=sides[0], rhs=sides[1])
            message = f"boolean index did not match indexed array along axis {axis + i}"
            mask = tree.Checked(
                span=mask.span,
                type=mask.type,
                condition=same,
                exception="IndexError",
                message=message,
                body=mask,
                said=f"{message}; size of axis is {{1}} but size of corresponding boolean axis is {{0}}",
                values=tuple(sides),
            )
    assert isinstance(mask.type, TensorType)
    same_extents = tree.Conform(span=mask.span, type=replace(mask.type, dims=want), x=mask, checks=())
    return named(c, same_extents, bindings)


def _positions(c: Checker, mask: tree.Expression, bindings: Bindings) -> list[tree.Expression]:
    """The positions of a mask's true elements along each of its axes."""
    assert isinstance(mask.type, TensorType)
    rows = nonzero(c, mask, mask.span)
    rows = named(c, rows, bindings)
    return [row(rows, i, mask.span) for i in range(mask.type.rank)]


def nonzero(c: Checker, mask: tree.Expression, span: Span) -> tree.Expression:
    """The positions of the true elements of a mask, a row for each axis."""
    assert isinstance(mask.type, TensorType)
    dims = (Dim.of(mask.type.rank), c.fresh_dim())
    t = TensorType("i64", dims, Precision.plain("i64"), mask.type.target)
    return tree.Nonzero(span=span, type=t, x=mask)


def row(x: tree.Expression, number: int, span: Span) -> tree.Expression:
    """``x[number]`` of a matrix."""
    assert isinstance(x.type, TensorType)
    place = tree.Constant(span=span, type=INT, value=number)
    return tree.Subscript(
        span=span, type=replace(x.type, dims=x.type.dims[1:]), base=x, items=(tree.Index(place), tree.Range())
    )


# --- writing ----------------------------------------------------------------------------------------------------------


def masked(c: Checker, found: Advanced, value: tree.Expression, span: Span) -> tree.Expression | None:
    """All elements of the base, those under the mask replaced by ``value``; ``None`` unless that says it.

    It does where the value is not an array of elements for the mask to count out.
    """
    t = found.base.type
    assert isinstance(t, TensorType)
    if found.mask is None:
        return None
    assert isinstance(found.mask.type, TensorType)
    trailing = t.rank - found.mask.type.rank
    if isinstance(value.type, TensorType) and value.type.rank > trailing:
        return None
    mask = over(c, found.mask, t)
    operands = [mask, value, found.base]
    shaped = [shapes.Operand(x.type.dims if isinstance(x.type, TensorType) else (), x.span) for x in operands]
    _, checks = shapes.broadcast(shaped, c.report, span)
    return tree.Select(span=span, type=t, condition=mask, on_true=value, on_false=found.base, checks=checks)


def over(c: Checker, mask: tree.Expression, t: TensorType) -> tree.Expression:
    """A mask of the leading axes of an array, stretched over the others."""
    assert isinstance(mask.type, TensorType)
    trailing = t.rank - mask.type.rank
    if trailing:
        items = (*full(mask.type), *[tree.NewAxis()] * trailing)
        dims = (*mask.type.dims, *[Dim.of(1)] * trailing)
        mask = arrays.with_axes(c, mask, items, dims, mask.span)
    return with_precision(mask, "bool", t.precision)


def evaluated_once(c: Checker, found: Advanced) -> None:
    """Make the indices names that are bound before: they are used twice."""
    kept = tuple(i if isinstance(i, tree.Constant) else named(c, i, found.bindings) for i in found.chosen.indices)
    found.chosen = replace(found.chosen, indices=kept)


def scalar_of(x: tree.Expression) -> tree.Expression:
    """An array without axes as its element."""
    if isinstance(x.type, TensorType) and not x.type.rank:
        return tree.Subscript(span=x.span, type=ScalarType(x.type.dtype), base=x, items=())
    return x
