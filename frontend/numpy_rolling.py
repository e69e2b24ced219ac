"""NumPy functions that move the parts of an array along an axis, or repeat them: by the library, part by part."""

from __future__ import annotations

import ast
from dataclasses import replace

from pyc.source import Span

from . import arrays, library_calls, tree
from .arguments import Arguments, bound, constant_ints
from .check_subscripts import item_of
from .context import Checker, Operand
from .numpy_table import Handler
from .types import TensorType, TupleType
from .values import Value


def repeated_each(
    c: Checker, x: tree.Expression, counts: Operand, axis: int, a: Arguments, span: Span
) -> tree.Expression:
    """Each part of ``x`` along an axis as often as its number in ``counts`` says."""
    t = x.type
    assert isinstance(t, TensorType)
    if len(counts.dims) != 1:
        raise c.error("E202", "the repeats of np.repeat are a number, or an array of one axis", counts.span)
    node = a.nodes["repeats"]
    call = ast.copy_location(ast.Call(func=node, args=[], keywords=[]), node)
    size = arrays.extent(c, x, axis, span)
    positions = library_calls.applied(c, "choosing", "_positions_repeated", [counts.x, size], call, span)
    assert isinstance(positions.type, TensorType)
    chosen = tree.Chosen((positions,), (axis,), axis, frozenset({axis}))
    dims = tuple(positions.type.dims[0] if i == axis else d for i, d in enumerate(t.dims))
    return tree.Gather(span=span, type=replace(t, dims=dims), base=x, chosen=chosen)


def _roll(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression | Value:
    """``np.roll(a, shift, axis)``; with several shifts, or along several axes, one after the other."""
    a = bound(c, node, "np.roll", ["a", "shift"], ["axis"])
    o = a.array("a")
    given = a.nodes["shift"]
    if isinstance(given, ast.List):
        shifts = [c.expression(n) for n in given.elts]
    else:
        shifts = _parts_of(c, c.value(given), c.span(given))
    axes = constant_ints(c.value(a.nodes["axis"])) if a.given("axis") else None
    if a.given("axis") and axes is None:
        raise c.error("E213", "the axes of np.roll are constants", c.span(a.nodes["axis"]))
    along: list[int | None] = [None] if axes is None else list(axes)
    if 1 not in (len(shifts), len(along)) and len(shifts) != len(along):
        message = "shape mismatch: objects cannot be broadcast to a single shape.  'shift' and 'axis' differ in length"
        raise c.error("E203", message, span)
    count = max(len(shifts), len(along)) if shifts and along else 0
    x = o.x if count else tree.Copy(span=span, type=o.x.type, x=o.x)
    for k in range(count):
        values = [x, shifts[k % len(shifts)], along[k % len(along)]]
        x = library_calls.applied(c, "choosing", "roll", values, node, span)
    return x


def _parts_of(c: Checker, value: object, span: Span) -> list[tree.Expression]:
    """The items of a tuple of numbers, or a number alone."""
    if isinstance(value, tuple):
        return [c.item(v, span) for v in value]
    x = c.item(value, span)  # type: ignore[arg-type]
    if isinstance(x.type, TupleType):
        return [item_of(x, i, span) for i in range(len(x.type.items))]
    return [x]


ROLLING: dict[str, Handler] = {"roll": _roll}
