"""Functions of NumPy that call a function: ``np.apply_along_axis``, ``np.vectorize``, ``np.piecewise``."""

from __future__ import annotations

import ast

from pyc.source import Span

from . import arrays, library_calls, tree
from .arguments import bound
from .context import Checker
from .evaluated import Evaluated
from .numpy_table import Handler
from .report import fix
from .types import TensorType
from .values import Value


def _applied(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression | Value:
    return library_calls.written(c, "applied", name, node, span)


def _vectorize(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    message = "np.vectorize is not supported in compiled code but in a call: `np.vectorize(f)(x)`"
    raise c.error("E115", message, span, fix("a loop, or the function on whole arrays"))


def vectorized(c: Checker, node: ast.Call, span: Span) -> tree.Expression | Value:
    """``np.vectorize(f)(x, y)``: a loop over the elements."""
    made = node.func
    assert isinstance(made, ast.Call)
    function = bound(c, made, "np.vectorize", ["pyfunc"]).nodes["pyfunc"]
    if node.keywords or not 1 <= len(node.args) <= 2:
        message = "what np.vectorize gives takes one array, or two, in compiled code"
        raise c.error("E203", message, span, fix("a loop, or the function on whole arrays"))
    call = ast.copy_location(ast.Call(node.func, [function, *node.args], []), node)
    return library_calls.written(c, "applied", f"vectorized_{len(node.args)}", call, span)


def _piecewise(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """From functions or numbers, the one whose condition holds last; 0, or the one more, where none does."""
    a = bound(c, node, "np.piecewise", ["x", "condlist", "funclist"])
    conditions, functions = a.nodes["condlist"], a.nodes["funclist"]
    if not isinstance(conditions, ast.List | ast.Tuple) or not isinstance(functions, ast.List | ast.Tuple):
        raise c.error("E202", "condlist and funclist of np.piecewise are lists written out", span)
    n, count = len(conditions.elts), len(functions.elts)
    if count not in (n, n + 1):
        message = f"with {n} condition(s), either {n} or {n + 1} functions are expected"
        raise c.error("E203", message, span)
    x = a.array("x")

    def chosen(v: tree.Expression) -> tree.Expression:
        t = v.type
        assert isinstance(t, TensorType)
        result = c.operand(arrays.converted(c, c.operand(c.runtime(0, span)), t.precision, span))
        if count > n:
            result = c.operand(_piece(c, functions.elts[n], v, t))
        for test, f in zip(conditions.elts, functions.elts, strict=False):
            value = c.operand(_piece(c, f, v, t))
            result = c.operand(arrays.selected(c, c.number_or_array(test), value, result, span))
        if isinstance(result.type, TensorType):
            return result.x
        return arrays.filled(
            c, result.x, [arrays.extent(c, v, i, span) for i in range(t.rank)], t.precision, c.target, span
        )

    return c.once_only(x.x, chosen)


def _piece(c: Checker, node: ast.expr, x: tree.Expression, t: TensorType) -> tree.Expression:
    """A function of all of ``x``, or a number, with the elements of ``x``."""
    from . import check_calls
    from .types import ScalarType

    span = c.span(node)
    value = None if isinstance(node, ast.Lambda) else c.value(node)
    if isinstance(value, tree.Expression) and isinstance(value.type, ScalarType | TensorType):
        made = value
    else:
        call = ast.copy_location(ast.Call(node, [Evaluated(x, node)], []), node)
        found = check_calls.call(c, call, span)
        made = found if isinstance(found, tree.Expression) else c.runtime(found, span)
    o = c.operand(made)
    return arrays.converted(c, o, t.precision, span) if o.type.dtype != t.dtype else o.x


CALLS: dict[str, Handler] = {
    "apply_along_axis": _applied,
    "fromfunction": _applied,
    "vectorize": _vectorize,
    "piecewise": _piecewise,
}
