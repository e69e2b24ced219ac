"""Arrays from lists written out: ``np.array([[a, b], [c, d]])``, ``x[[0, 2]]``."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pyc.precision import Precision
from pyc.source import Span

from . import check_unpacking, tree
from .arrays import converted, extent, joined_arrays, replace_span, reshaped, with_axes
from .context import Checker, Operand
from .dims import Dim
from .promotion import joined
from .types import ScalarType, TensorType, TupleType


def listed(
    c: Checker, node: ast.List | ast.Tuple, empty: str = "f64", precision: Precision | None = None
) -> tree.Expression:
    """The array that a list of numbers, of arrays or of such lists is.

    Args:
        empty: the element type where there are no elements to say it.
        precision: of the elements, if it was said.

    Raises:
        Invalid: E205, rows are of different lengths; E201, no element type holds all elements.
    """
    leaves: list[Operand] = []
    shape = _shape(c, node, leaves)
    return _array(c, leaves, shape, empty, precision, c.span(node))


def from_tuple(c: Checker, x: tree.Expression, span: Span, precision: Precision | None = None) -> tree.Expression:
    """The array that a tuple is."""
    leaves: list[Operand] = []

    def visit(e: tree.Expression) -> tuple[int, ...]:
        if not isinstance(e.type, TupleType):
            leaves.append(c.operand(e))
            return ()
        parts = e.items if isinstance(e, tree.Tuple) else ()
        if not parts and not isinstance(e, tree.Tuple):
            parts = tuple(tree.TupleItem(span=span, type=t, x=e, index=i) for i, t in enumerate(e.type.items))
        shapes = {visit(p) for p in parts}
        if len(shapes) > 1:
            raise c.error("E205", "the rows of a list of lists differ in length: they make no array", span)
        return (len(parts), *(shapes.pop() if shapes else ()))

    if isinstance(x, tree.Tuple | tree.Local):
        return _array(c, leaves, visit(x), "f64", precision, span)
    return c.once_only(x, lambda y: _array(c, leaves, visit(y), "f64", precision, span))


def _array(
    c: Checker,
    leaves: Sequence[Operand],
    shape: tuple[int, ...],
    empty: str,
    precision: Precision | None,
    span: Span,
) -> tree.Expression:
    """The array of ``shape`` whose elements, or parts, are ``leaves``."""
    ranks = {len(o.dims) for o in leaves}
    if len(ranks) > 1 or (ranks - {0} and any(isinstance(o.type, ScalarType) for o in leaves)):
        raise c.error("E205", "the elements of a list are all numbers, or all arrays of one rank", span)
    if ranks <= {0}:
        numbers = [c.operand(_number(o)) for o in leaves]
        return _packed(c, numbers, shape, empty, precision, span)
    rows: list[Operand] = []
    for o in leaves:
        assert isinstance(o.type, TensorType)
        items = (tree.NewAxis(), *[tree.Range()] * o.type.rank)
        rows.append(c.operand(with_axes(c, o.x, items, (Dim.of(1), *o.type.dims), o.span)))
    result = joined_arrays(c, rows, 0, span, "a list of arrays")
    if len(shape) > 1:
        t = result.type
        assert isinstance(t, TensorType)
        sizes = [c.runtime(n, span) for n in shape]
        result = reshaped(c, c.operand(result), [*sizes, *[extent(c, result, a, span) for a in range(1, t.rank)]], span)
    return result if precision is None else converted(c, c.operand(result), precision, span)


def _number(o: Operand) -> tree.Expression:
    """A number, also where it is in an array without axes."""
    if isinstance(o.type, TensorType):
        return tree.Subscript(span=o.span, type=ScalarType(o.type.dtype), base=o.x, items=())
    return o.x


def _shape(c: Checker, node: ast.List | ast.Tuple, leaves: list[Operand]) -> tuple[int, ...]:
    """The extents of nested lists; their elements are added to ``leaves`` in order."""
    inner: tuple[int, ...] | None = None
    elements = check_unpacking.listed(c, node.elts)
    for n in elements:
        if isinstance(n, ast.List | ast.Tuple):
            found = _shape(c, n, leaves)
        elif isinstance(n, ast.ListComp):
            from .check_comprehensions import comprehension

            leaves.append(c.operand(comprehension(c, n)))
            found = ()
        else:
            leaves.append(c.number_or_array(n))
            found = ()
        if inner is not None and found != inner:
            message = "the rows of a list of lists differ in length: they make no array"
            raise c.error("E205", message, c.span(n))
        inner = found
    return (len(elements), *(inner or ()))


def _packed(
    c: Checker, leaves: Sequence[Operand], shape: tuple[int, ...], empty: str, precision: Precision | None, span: Span
) -> tree.Expression:
    if precision is None:
        # Each element says its own type here: NumPy knows no weak numbers in lists.
        found = joined([(o.type.dtype, False) for o in leaves]) if leaves else (empty, False)
        if found is None:
            raise c.error("E201", "no element type holds all elements of this list", span)
        precision = Precision.plain(found[0])
    t = TensorType(precision.storage, tuple(Dim.of(n) for n in shape), precision, c.target)
    items = tuple(replace_span(c.cast(o.x, precision.storage), o.span) for o in leaves)
    return tree.Packed(span=span, type=t, items=items)
