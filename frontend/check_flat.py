"""``x.flat``: the elements of an array in row-major order, read, written and looped over where they stand.

NumPy's ``x.flat`` is no array: subscripts of it read copies, and write to ``x`` whatever its strides are. One element
is therefore one of ``x`` here, at the position along each axis that its number means.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from pyc.precision import Precision
from pyc.source import Span

from . import arrays, tree
from .check_subscripts import Entry, basic_items, entries, full, selected
from .context import Checker
from .evaluated import Evaluated
from .report import fix
from .types import BOOL, INT, ScalarType, TensorType

_CONTIGUOUS = "`x.ravel()` is an array"


def array_of(c: Checker, node: ast.expr) -> tree.Expression | None:
    """The array ``x`` of an expression ``x.flat``; ``None`` for any other."""
    if not (isinstance(node, ast.Attribute) and node.attr == "flat"):
        return None
    base = c.value(node.value)
    return base if isinstance(base, tree.Expression) and isinstance(base.type, TensorType) else None


def subscript(c: Checker, x: tree.Expression, node: ast.Subscript, span: Span) -> tree.Expression:
    """``x.flat[index]``: an element, or a copy of several."""
    parts = entries(c, node.slice)
    if (number := _number(parts)) is not None:
        return c.once_only(x, lambda y: c.once_only(number, lambda i: _checked(c, y, i, span)))
    flat = arrays.reshaped(c, c.operand(x), [c.runtime(-1, span)], span)
    if any(e.rank for e in parts):
        from .check_advanced import gathered

        return gathered(c, flat, parts, span)
    items, dims = basic_items(c, flat, parts, c.span(node.slice))
    found = selected(c, flat, items, dims, span)
    return tree.Copy(span=span, type=found.type, x=found)


def elements(c: Checker, x: tree.Expression, span: Span) -> tree.Expression:
    """The array that functions of NumPy make of ``x.flat``."""
    return arrays.raveled(c, c.operand(x), span)


def as_arguments(c: Checker, node: ast.Call) -> ast.Call:
    """A call of one of NumPy's functions with the arrays that it makes of ``x.flat``."""
    if not any(isinstance(n, ast.Attribute) and n.attr == "flat" for n in node.args):
        return node
    found: list[ast.expr] = []
    for n in node.args:
        x = array_of(c, n)
        found.append(n if x is None else Evaluated(elements(c, x, c.span(n)), n))
    return ast.copy_location(ast.Call(node.func, found, node.keywords), node)


def rounds(c: Checker, x: tree.Expression, span: Span) -> tuple[tree.Expression, Callable[..., tree.Expression]]:
    """How many elements a loop over ``x.flat`` sees, and the one of a round's number."""
    return arrays.element_count(c, x, span), lambda k: _element(c, x, k, span)


def store(c: Checker, target: ast.Subscript, value: tree.Expression, span: Span, out: list[tree.Statement]) -> bool:
    """``x.flat[index] = value``; whether that is what stands there."""
    x = array_of(c, target.value)
    if x is None:
        return False
    x, value = _kept(c, x, span, out), _kept(c, value, span, out)
    parts = entries(c, target.slice)
    if (number := _number(parts)) is not None:
        from .check_assignments import put

        put(c, x, _place(c, x, _kept(c, number, span, out), span, out), (), value, span, out)
        return True
    size = arrays.element_count(c, x, span)
    t = TensorType("i64", (c.extent(size),), Precision.plain("i64"), c.target)
    numbers = c.temporary(iota := tree.Iota(span=span, type=t, size=size))
    out.append(tree.Assign(span=span, variable=numbers, value=iota))
    every = Evaluated(tree.Local(span=span, type=t, variable=numbers), target)
    chosen = ast.copy_location(ast.Subscript(value=every, slice=target.slice, ctx=ast.Load()), target)
    _put(c, x, chosen, value, target, span, out)
    return True


def assigned(c: Checker, target: ast.Attribute, value: tree.Expression, span: Span, out: list[tree.Statement]) -> bool:
    """``x.flat = value``; whether that is what stands there."""
    x = array_of(c, target)
    if x is None:
        return False
    assert isinstance(x.type, TensorType)
    from .check_assignments import put

    if not isinstance(value.type, ScalarType):
        message = "`x.flat` is assigned one number in compiled code"
        raise c.error("E217", message, value.span, fix("`x[...] = value.reshape(x.shape)` assigns all elements"))
    put(c, x, full(x.type), x.type.dims, value, span, out)
    return True


def augmented(c: Checker, node: ast.AugAssign, span: Span, out: list[tree.Statement]) -> bool:
    """``x.flat[i] += value``; whether that is what stands there."""
    target = node.target
    x = array_of(c, target.value) if isinstance(target, ast.Subscript) else None
    if x is None:
        return False
    assert isinstance(target, ast.Subscript)
    number = _number(entries(c, target.slice))
    if number is None:
        message = "only one element of `x.flat` is assigned in place in compiled code"
        raise c.error("E217", message, c.span(target), fix("read, compute, and write: `x.flat[i] = x.flat[i] + 1`"))
    from .check_assignments import augmented_array

    x = _kept(c, x, span, out)
    place = _place(c, x, _kept(c, number, span, out), span, out)
    augmented_array(c, node, x, place, (), span, out)
    return True


def refused(c: Checker, span: Span):
    """The error for ``x.flat`` anywhere else."""
    message = "`x.flat` is indexed, assigned, looped over, or an argument of NumPy's in compiled code, and nothing else"
    return c.error("E217", message, span, fix(_CONTIGUOUS))


def _number(parts: Sequence[Entry]) -> tree.Expression | None:
    """The one number that an index is, if it is one."""
    if len(parts) != 1 or parts[0].kind != "value" or parts[0].rank or parts[0].bound is not None:
        return None
    return parts[0].value


def _put(
    c: Checker,
    x: tree.Expression,
    numbers: ast.expr,
    value: tree.Expression,
    at: ast.AST,
    span: Span,
    out: list[tree.Statement],
) -> None:
    from . import numpy_indexing
    from .arguments import Arguments

    if isinstance(value.type, TensorType) and value.type.rank > 1:
        value = arrays.reshaped(c, c.operand(value), [c.runtime(-1, span)], span)
    a = Arguments(c, "x.flat", span, {"ind": numbers, "v": Evaluated(value, at)})
    out.append(tree.Evaluate(span=span, value=numpy_indexing.put(c, a, c.operand(x), span)))


def _checked(c: Checker, x: tree.Expression, i: tree.Expression, span: Span) -> tree.Expression:
    """Element ``i`` of ``x``, counted from either end, behind a check that there is one."""
    size = arrays.element_count(c, x, span)
    place = _from_start(i, size, span)
    body = c.once_only(place, lambda k: _element(c, x, k, span))
    return _inside(i, size, body, span)


def _place(
    c: Checker, x: tree.Expression, i: tree.Expression, span: Span, out: list[tree.Statement]
) -> tuple[tree.Item, ...]:
    """The position of element ``i``, behind the check."""
    size = _kept(c, arrays.element_count(c, x, span), span, out)
    number = _kept(c, _inside(i, size, _from_start(i, size, span), span), span, out)
    return tuple(tree.Index(_kept(c, p, span, out), inside=True) for p in _positions(c, x, number, span))


def _element(c: Checker, x: tree.Expression, k: tree.Expression, span: Span) -> tree.Expression:
    """Element ``k`` of ``x``, of which there are more."""
    t = x.type
    assert isinstance(t, TensorType)
    items = tuple(tree.Index(p, inside=True) for p in _positions(c, x, k, span))
    if not items:
        return tree.Subscript(span=span, type=ScalarType(t.dtype), base=x, items=())
    return selected(c, x, items, (), span)


def _positions(c: Checker, x: tree.Expression, k: tree.Expression, span: Span) -> list[tree.Expression]:
    """The positions along each axis of the element of number ``k``."""
    t = x.type
    assert isinstance(t, TensorType)
    one, found = tree.Constant(span=span, type=INT, value=1), list[tree.Expression]()
    for axis in reversed(range(t.rank)):
        if axis == 0:
            found.insert(0, k)
            break
        # Of an array without elements there is no element; its extents must only not be divided by.
        extent = _binary("maximum", arrays.extent(c, x, axis, span), one, span)
        found.insert(0, _binary("mod", k, extent, span))
        k = _binary("floordiv", k, extent, span)
    return found


def _from_start(i: tree.Expression, size: tree.Expression, span: Span) -> tree.Expression:
    negative = _compare("lt", i, tree.Constant(span=span, type=INT, value=0), span)
    return tree.Select(span=span, type=INT, condition=negative, on_true=_binary("add", i, size, span), on_false=i)


def _inside(i: tree.Expression, size: tree.Expression, body: tree.Expression, span: Span) -> tree.Expression:
    low = _compare("ge", i, tree.Unary(span=span, type=INT, op="neg", x=size), span)
    holds = tree.ShortCircuit(span=span, type=BOOL, op="and", lhs=low, rhs=_compare("lt", i, size, span))
    return tree.Checked(
        span=span,
        type=body.type,
        condition=holds,
        exception="IndexError",
        message="index is out of bounds for the size of the array",
        body=body,
        said="index {0} is out of bounds for size {1}",
        values=(i, size),
    )


def _kept(c: Checker, x: tree.Expression, span: Span, out: list[tree.Statement]) -> tree.Expression:
    """``x`` under a name, evaluated here."""
    if isinstance(x, tree.Constant | tree.Local | tree.DimValue):
        return x
    variable = c.temporary(x)
    out.append(tree.Assign(span=span, variable=variable, value=x))
    return tree.Local(span=x.span, type=x.type, variable=variable)


def _binary(op: str, lhs: tree.Expression, rhs: tree.Expression, span: Span) -> tree.Expression:
    return tree.Binary(span=span, type=INT, op=op, lhs=lhs, rhs=rhs)


def _compare(predicate: str, lhs: tree.Expression, rhs: tree.Expression, span: Span) -> tree.Expression:
    return tree.Compare(span=span, type=BOOL, predicate=predicate, lhs=lhs, rhs=rhs)
