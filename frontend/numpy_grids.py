"""NumPy's names that are subscripted: ``np.mgrid[0:n, 0:m]``, ``np.ogrid``, ``np.r_``, ``np.c_``; and slices as values.

Before::

    y, x = np.ogrid[0:n, 0:1:5j]

After, as a tree::

    y, x = np.arange(0, n, 1)[:, None] as floats, (np.arange(5.0) * 0.25 + 0)[None, :]
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from pyc.dataclass import dataclass
from pyc.precision import Precision
from pyc.source import Span

from . import arrays, library_calls, tree
from .check_operators import result_dtype
from .context import Checker, Operand
from .dims import Dim
from .evaluated import Evaluated
from .numpy_joining import JOINING
from .numpy_shapes import SHAPES
from .numpy_table import Handler
from .report import fix
from .types import ScalarType, TensorType, TupleType
from .values import LibraryName, Value

#: Names of NumPy that are subscripted.
GRIDS = ("mgrid", "ogrid", "r_", "c_")
_SLICES = (LibraryName("numpy", "s_"), LibraryName("numpy", "index_exp"))


@dataclass(frozen=True)
class _Axis:
    """A slice of a grid: from ``start`` by ``step``, or ``count`` numbers from ``start`` to ``stop``."""

    start: Operand
    stop: Operand
    step: Operand
    count: int | None

    @property
    def whole(self) -> bool:
        """Whether its numbers are integers."""
        kinds = {o.type.dtype for o in (self.start, self.stop, self.step)}
        return self.count is None and kinds <= {"i64"}


def subscript(c: Checker, name: str, node: ast.Subscript, span: Span) -> tree.Expression:
    """``np.name[...]``."""
    entries = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    call = ast.copy_location(ast.Call(func=node.value, args=[], keywords=[]), node)
    if name in ("r_", "c_"):
        return _joined(c, name, entries, call, span)
    axes = [_axis(c, e, name) for e in entries]
    whole = all(a.whole for a in axes)
    dense = name == "mgrid" and isinstance(node.slice, ast.Tuple)
    parts = [_numbers(c, a, call, span, whole=whole, dense=dense) for a in axes]
    if not isinstance(node.slice, ast.Tuple):
        return parts[0]
    return _once(c, parts, [], lambda found: _grid(c, name, found, call, span))


def _axis(c: Checker, node: ast.expr, name: str) -> _Axis:
    if not isinstance(node, ast.Slice) or node.upper is None:
        message = f"np.{name} takes slices with an end, and this is `{c.span(node).text}`"
        raise c.error("E210", message, c.span(node), fix(f"`np.{name}[0:n, 0:m]`"))
    start, stop, step = (
        _number(c, n, default, c.span(node)) for n, default in ((node.lower, 0), (node.upper, 0), (node.step, 1))
    )
    count = None
    if step.type.dtype == "c128":
        if not isinstance(step.x, tree.Constant):
            message = "the number of points of a grid is a constant: `0:1:5j`"
            raise c.error("E210", message, step.span, fix("`np.linspace` takes a number that is computed"))
        count = int(abs(step.x.value))
    for o in (start, stop):
        if o.type.dtype == "c128":
            raise c.error("E210", "the ends of a grid are real numbers", o.span)
    return _Axis(start, stop, step, count)


def _number(c: Checker, node: ast.expr | None, default: int, span: Span) -> Operand:
    if node is None:
        return c.operand(c.runtime(default, span))
    o = c.number_or_array(node)
    if not isinstance(o.type, ScalarType):
        raise c.error("E210", f"a bound of a grid is a number, and this is a {o.type}", o.span)
    return o


def _numbers(
    c: Checker, axis: _Axis, node: ast.Call, span: Span, *, whole: bool, dense: bool = False
) -> tree.Expression:
    """The numbers of a slice, along one axis."""
    start, stop, step = (_value(o) for o in (axis.start, axis.stop, axis.step))
    if axis.count is not None:
        return library_calls.applied(c, "grids", "counted", [start, stop, axis.count], node, span)
    name = "whole" if axis.whole else "stepped"
    found = library_calls.applied(c, "grids", name, [start, stop, step, dense], node, span)
    if axis.whole and not whole:
        return arrays.converted(c, c.operand(found), Precision.plain("f64"), span)
    return found


def _value(o: Operand) -> object:
    """A literal as what it is at compile time."""
    return o.x.value if isinstance(o.x, tree.Constant) else o.x


def _once(
    c: Checker,
    parts: Sequence[tree.Expression],
    found: list[tree.Expression],
    body: Callable[[list[tree.Expression]], tree.Expression],
) -> tree.Expression:
    """``body`` of the parts, each evaluated once."""
    if len(found) == len(parts):
        return body(found)
    return c.once_only(parts[len(found)], lambda x: _once(c, parts, [*found, x], body))


def _grid(c: Checker, name: str, parts: Sequence[tree.Expression], node: ast.Call, span: Span) -> tree.Expression:
    rank = len(parts)
    open_: list[tree.Expression] = []
    for k, x in enumerate(parts):
        assert isinstance(x.type, TensorType)
        items = [tree.Range() if i == k else tree.NewAxis() for i in range(rank)]
        dims = [x.type.dims[0] if i == k else Dim.of(1) for i in range(rank)]
        open_.append(arrays.with_axes(c, x, items, dims, span))
    if name == "ogrid":
        return tree.Tuple(span=span, type=TupleType(tuple(x.type for x in open_)), items=tuple(open_))
    given = [Evaluated(x, node) for x in open_]
    every = JOINING["broadcast_arrays"](c, _called(node, given), span, "broadcast_arrays")
    assert isinstance(every, tree.Tuple)
    listed = ast.copy_location(ast.List([Evaluated(x, node) for x in every.items], ast.Load()), node)
    stacked = SHAPES["stack"](c, _called(node, [listed]), span, "stack")
    assert isinstance(stacked, tree.Expression)
    return stacked


def _called(node: ast.Call, arguments: Sequence[ast.expr]) -> ast.Call:
    return ast.copy_location(ast.Call(node.func, list(arguments), []), node)


def _joined(c: Checker, name: str, entries: Sequence[ast.expr], node: ast.Call, span: Span) -> tree.Expression:
    """``np.r_[...]``: along the first axis; ``np.c_[...]``: as columns."""
    found: list[Operand] = []
    for e in entries:
        if isinstance(e, ast.Slice):
            axis = _axis(c, e, name)
            if axis.count is not None:
                values = [_value(axis.start), _value(axis.stop), axis.count]
                found.append(c.operand(library_calls.applied(c, "sequences", "linspace", values, node, span)))
            else:
                found.append(c.operand(_numbers(c, axis, node, span, whole=axis.whole)))
        elif isinstance(e, ast.Constant) and isinstance(e.value, str):
            raise c.error("E210", f"np.{name} takes no directive in compiled code", c.span(e), fix("`np.concatenate`"))
        else:
            found.append(c.number_or_array(e))
    dtype = result_dtype(c, found, span, f"np.{name}")
    sized = [
        c.operand(arrays.filled(c, c.cast(o.x, dtype), [c.runtime(1, span)], Precision.plain(dtype), c.target, span))
        if isinstance(o.type, ScalarType)
        else o
        for o in found
    ]
    listed = ast.copy_location(ast.List([Evaluated(o.x, node) for o in sized], ast.Load()), node)
    table, function = (SHAPES, "concatenate") if name == "r_" else (JOINING, "column_stack")
    made = table[function](c, _called(node, [listed]), span, function)
    assert isinstance(made, tree.Expression)
    return made


# --- slices as values -------------------------------------------------------------------------------------------------


def _delete(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression | Value:
    """``np.delete``: of a slice, or of what indexing takes."""
    given = {k.arg: k.value for k in node.keywords}
    place = given.get("obj") or (node.args[1] if len(node.args) > 1 else None)
    bounds = None if place is None else _bounds(c, place)
    if bounds is None or place is None:
        return library_calls.call(c, "numpy", name, node, span)
    none = ast.copy_location(ast.Constant(None), place)
    ends = [none if b is None else b for b in bounds]
    axis = given.get("axis") or (node.args[2] if len(node.args) > 2 else none)
    array = given.get("arr") or node.args[0]
    call = ast.copy_location(ast.Call(node.func, [array, *ends, axis], []), node)
    return library_calls.written(c, "choosing", "_delete_slice", call, span)


def _bounds(c: Checker, node: ast.expr) -> tuple[ast.expr | None, ast.expr | None, ast.expr | None] | None:
    """Start, stop and step of ``slice(...)`` or ``np.s_[...]``; None where it is neither."""
    match node:
        case ast.Call(func=ast.Name() as function, args=[_, *_] as args, keywords=[]) if len(args) <= 3:
            if c.value(function) != LibraryName("builtins", "slice"):
                return None
            return (None, args[0], None) if len(args) == 1 else (args[0], args[1], args[2] if len(args) > 2 else None)
        case ast.Subscript(value=ast.Attribute() as name, slice=ast.Slice() as bounds):
            return (bounds.lower, bounds.upper, bounds.step) if c.value(name) in _SLICES else None
    return None


SLICED: dict[str, Handler] = {"delete": _delete}
