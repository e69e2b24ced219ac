"""Methods of arrays that move elements, write them, or give one: each as the function of NumPy that it is."""

from __future__ import annotations

import ast
from collections.abc import Callable

from pyc.source import Span

from . import arrays, check_advanced, habits, library_calls, numpy_indexing, tree
from .arguments import bound, scalar
from .check_subscripts import exact, full, integer
from .context import Checker, Operand
from .evaluated import Evaluated
from .report import fix
from .types import BOOL, FLOAT, INT, ScalarType, TensorType, kind_of

Method = Callable[[Checker, Operand, ast.Call, Span], tree.Expression]

#: Methods that compiled code has no use for, and what to write instead.
ELSEWHERE = {
    "tolist": "lists stay outside of compiled code: return the array, and call tolist on it",
    "tobytes": "return the array, and call tobytes on it",
    "view": "`x[:]` is a view, and `x.astype(dtype)` converts elements; bits are not reinterpreted in compiled code",
    "resize": "np.zeros makes a larger array, and `y[: len(x)] = x` copies",
    "dump": "return the array",
    "byteswap": "elements have the byte order of the machine",
}


def _take(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    return numpy_indexing.taken(c, bound(c, node, "take", ["indices"], ["axis", "mode"]), o, span)


def _repeat(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    return numpy_indexing.repeat(c, bound(c, node, "repeat", ["repeats"], ["axis"]), o, span)


def _nonzero(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    bound(c, node, "nonzero", [])
    return numpy_indexing.positions(c, o, span)


def _put(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    return numpy_indexing.put(c, bound(c, node, "put", ["ind", "v"], ["mode"]), o, span)


def _swapaxes(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    a = bound(c, node, "swapaxes", ["axis1", "axis2"])
    order = list(range(len(o.dims)))
    i, j = (a.axes(n, len(o.dims), several=False) for n in ("axis1", "axis2"))
    if i and j:
        order[i[0]], order[j[0]] = order[j[0]], order[i[0]]
    return arrays.transposed(o.x, order, span)


def _fill(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    return numpy_indexing.filled(c, o, bound(c, node, "fill", ["value"]).operand("value"), span)


def _sort(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    """``x.sort(axis)``, in place."""
    assert isinstance(o.type, TensorType)
    ordered = library_calls.method(c, "sort", node, span)
    assert isinstance(ordered, tree.Expression)
    store = tree.Store(span=span, base=o.x, items=full(o.type), value=ordered, dims=o.type.dims)
    return numpy_indexing.written([store], span)


def item(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    """``x.item()``, ``x.item(i)``, ``x.item(i, j)``: an element as a number of Python's."""
    if scalar(o):
        bound(c, node, "item", [])
        return _python(c, o.x)
    places = [integer(c, n, "a position of item") for n in node.args]
    return arrays.asked(c, o.x, lambda x: _python(c, _element(c, c.operand(x), places, span)))


def _element(c: Checker, o: Operand, places: list[tree.Expression], span: Span) -> tree.Expression:
    t = o.type
    assert isinstance(t, TensorType)
    if len(places) not in (0, 1, t.rank):
        raise c.error("E203", "incorrect number of indices for array", span)
    element = ScalarType(t.dtype)
    if len(places) == t.rank and t.rank:
        items = tuple(tree.Index(p) for p in places)
        return tree.Subscript(span=span, type=element, base=o.x, items=items)
    if t.rank == 0:
        return tree.Subscript(span=span, type=element, base=o.x, items=())
    if places:
        flat = arrays.reshaped(c, o, [c.runtime(-1, span)], span)
        return tree.Subscript(span=span, type=element, base=flat, items=(tree.Index(places[0]),))
    first = tuple(tree.Index(c.runtime(0, span)) for _ in t.dims)
    body: tree.Expression = tree.Subscript(span=span, type=element, base=o.x, items=first)
    if all(d.value == 1 for d in t.dims):
        return body
    message = "can only convert an array of size 1 to a Python scalar"
    if all(d.value is not None for d in t.dims):
        raise c.error("E202", message, span)
    count = arrays.element_count(c, o.x, span)
    one = tree.Compare(span=span, type=BOOL, predicate="eq", lhs=count, rhs=c.runtime(1, span))
    return tree.Checked(span=span, type=element, condition=one, exception="ValueError", message=message, body=body)


def _python(c: Checker, x: tree.Expression) -> tree.Expression:
    """A number as Python's own."""
    assert isinstance(x.type, ScalarType)
    kind = kind_of(x.type.dtype)
    if kind in ("int", "uint"):
        return exact(c, x)
    if kind == "bool":
        return c.cast(x, BOOL.dtype, weak=True)
    if kind == "float":
        return c.cast(x, FLOAT.dtype, weak=True)
    return c.cast(x, "c128", weak=True)


def contains(c: Checker, array: Operand, value: Operand, span: Span) -> tree.Expression:
    """``value in array``: whether any element equals it."""
    from .check_operators import compared

    found = compared(c, "eq", array, value, span, words="`in`")
    if isinstance(found.type, ScalarType):
        return c.truth(found)
    assert isinstance(found.type, TensorType)
    axes = tuple(range(found.type.rank))
    if not axes:
        return c.truth(check_advanced.scalar_of(found))
    return c.truth(tree.Reduce(span=span, type=ScalarType("bool"), kind="any", x=found, axes=axes, keepdims=False))


def byte_count(c: Checker, x: tree.Expression, name: str, span: Span) -> tree.Expression:
    """``x.itemsize``, ``x.nbytes``."""
    from pyc.precision import DTYPES

    assert isinstance(x.type, TensorType)
    width = c.runtime(max(DTYPES[x.type.dtype].bits // 8, 1), span)
    if name == "itemsize":
        return width
    count = arrays.element_count(c, x, span)
    return tree.Binary(span=span, type=INT, op="int_mul", lhs=count, rhs=width)


def refused(c: Checker, name: str, node: ast.Call, span: Span):
    """The error for a method that only code outside has."""
    notes = (fix(ELSEWHERE[name]),)
    if name == "view" and _are_extents(c, node):
        notes = habits.of_array(c.scope.namespace, span)
    return c.error("E217", f"the method {name} is not supported in compiled code", span, *notes)


def _are_extents(c: Checker, node: ast.Call) -> bool:
    """Whether arguments are numbers, as those of PyTorch's ``view``."""
    values = [c.value(a) for a in node.args]
    return bool(values) and all(isinstance(v, tree.Expression) for v in values)


def _choose(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    return _as_function(c, "choose", [Evaluated(o.x, node.func), *node.args], node, span)


def _compress(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    return _as_function(c, "compress", [*node.args[:1], Evaluated(o.x, node.func), *node.args[1:]], node, span)


def _as_function(c: Checker, name: str, arguments: list[ast.expr], node: ast.Call, span: Span) -> tree.Expression:
    """The call of ``np.name`` with other arguments."""
    from . import builtins_numpy

    call = ast.copy_location(ast.Call(node.func, arguments, node.keywords), node)
    found = builtins_numpy.call(c, name, call, span)
    assert isinstance(found, tree.Expression)
    return found


def _partition(c: Checker, o: Operand, node: ast.Call, span: Span) -> tree.Expression:
    """``x.partition(kth, axis)``, in place: sorted."""
    a = bound(c, node, "partition", ["kth"], ["axis"])
    keywords = [ast.keyword("axis", a.nodes["axis"])] if "axis" in a.nodes else []
    return _sort(c, o, ast.copy_location(ast.Call(node.func, [], keywords), node), span)


METHODS: dict[str, Method] = {
    "choose": _choose,
    "compress": _compress,
    "partition": _partition,
    "take": _take,
    "repeat": _repeat,
    "nonzero": _nonzero,
    "put": _put,
    "swapaxes": _swapaxes,
    "fill": _fill,
    "sort": _sort,
    "item": item,
}
