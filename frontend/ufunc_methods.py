"""Methods of NumPy's ufuncs: ``np.add.reduce``, ``np.maximum.accumulate``, ``np.multiply.outer``, ``np.add.at``."""

from __future__ import annotations

import ast

from pyc.source import Span

from . import arrays, builtins_numpy, library_calls, tree
from .arguments import bound
from .check_lists import listed
from .context import Checker
from .dims import Dim
from .evaluated import Evaluated
from .report import fix
from .types import TensorType, kind_of
from .ufuncs import ACCUMULATED, FOLDED, REDUCED
from .values import LibraryName, Value


def call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """``np.<ufunc>.<method>(...)``."""
    ufunc, _, method = name.partition(".")
    if method == "outer":
        return _outer(c, ufunc, node, span)
    if method == "at":
        return _at(c, ufunc, node, span)
    if method == "reduceat":
        return _reduceat(c, ufunc, node, span)
    known = REDUCED if method == "reduce" else ACCUMULATED
    if ufunc in known:
        return builtins_numpy.call(c, known[ufunc], _along_first(node), span)
    if ufunc not in FOLDED:
        message = f"np.{name} is not supported in compiled code"
        raise c.error("E115", message, span, fix("a loop over the parts along the axis"))
    words = f"np.{name}"
    optional = ["axis", "keepdims"] if method == "reduce" else ["axis"]
    a = bound(c, node, words, ["array"], optional)
    o = a.array("array")
    if not o.dims:
        raise c.error("E213", f"cannot {method} on a scalar", o.span)
    if method == "reduce" and "axis" in a.nodes and not a.given("axis"):
        o = c.operand(arrays.raveled(c, o, span))
        axis = 0
    else:
        axis = (a.axes("axis", len(o.dims), several=False) or (0,))[0]
    keepdims = a.flag("keepdims") if method == "reduce" else False
    values: list[object] = [LibraryName("numpy", ufunc), o.x, axis]
    if method == "reduce":
        values += [keepdims, FOLDED[ufunc]]
    return library_calls.applied(c, "ufuncs", method, values, node, span)


def _reduceat(c: Checker, ufunc: str, node: ast.Call, span: Span) -> tree.Expression:
    """Runs of parts along an axis, each put together."""
    a = bound(c, node, f"np.{ufunc}.reduceat", ["array", "indices"], ["axis"])
    if ufunc not in FOLDED and ufunc not in ("logical_and", "logical_or", "logical_xor"):
        raise c.error("E115", f"np.{ufunc}.reduceat is not supported in compiled code", span, fix("a loop"))
    o, places = a.array("array"), a.nodes["indices"]
    positions = listed(c, places, "i64") if isinstance(places, ast.List | ast.Tuple) else a.array("indices").x
    axis = (a.axes("axis", len(o.dims), several=False) or (0,))[0]
    values: list[object] = [LibraryName("numpy", ufunc), o.x, positions, axis]
    return library_calls.applied(c, "ufuncs", "reduceat", values, node, span)


def _along_first(node: ast.Call) -> ast.Call:
    """A call of a reduction whose axis is the first, unless it says another."""
    if len(node.args) > 1 or any(k.arg == "axis" for k in node.keywords):
        return node
    first = ast.keyword("axis", ast.copy_location(ast.Constant(0), node))
    keywords = [ast.keyword("a", k.value) if k.arg == "array" else k for k in node.keywords]
    return ast.copy_location(ast.Call(node.func, node.args, [*keywords, first]), node)


def _outer(c: Checker, ufunc: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """Each element of the first array with each of the second: the first has as many axes more as the second has."""
    a = bound(c, node, f"np.{ufunc}.outer", ["A", "B"])
    x, y = a.operand("A"), a.operand("B")
    if isinstance(x.type, TensorType) and len(y.dims):
        items = [*[tree.Range() for _ in x.dims], *[tree.NewAxis() for _ in y.dims]]
        x = c.operand(arrays.with_axes(c, x.x, items, [*x.dims, *[Dim.of(1) for _ in y.dims]], span))
    arguments: list[ast.expr] = [Evaluated(x.x, a.nodes["A"]), Evaluated(y.x, a.nodes["B"])]
    return builtins_numpy.call(c, ufunc, ast.copy_location(ast.Call(node.func, arguments, []), node), span)


def _at(c: Checker, ufunc: str, node: ast.Call, span: Span) -> tree.Expression:
    """``x[i] = ufunc(x[i], y)`` for each position in turn, those that are there again too."""
    a = bound(c, node, f"np.{ufunc}.at", ["a", "indices"], ["b"])
    if not a.given("b"):
        raise c.error("E203", f"np.{ufunc}.at needs its argument b", span)
    x, y = a.array("a"), a.operand("b")
    places = a.nodes["indices"]
    if isinstance(places, ast.List):
        found = [c.operand(listed(c, places, "i64"))]
    else:
        value = c.value(places)
        parts = list(value.items) if isinstance(value, tree.Tuple) else [a.operand("indices").x]
        found = [c.operand(p) for p in parts]
    if len(found) > 2 or any(kind_of(o.type.dtype) not in ("int", "uint") for o in found):
        message = f"np.{ufunc}.at takes one array of positions, or two of them, in compiled code"
        raise c.error("E202", message, c.span(places), fix("a loop: `x[i, j, k] += y`"))
    return library_calls.applied(
        c, "ufuncs", f"at_{len(found)}", [LibraryName("numpy", ufunc), x.x, *(o.x for o in found), y.x], node, span
    )
