"""``*`` in calls and displays: ``f(*t)``, ``(a, *t)``, ``np.array([*t, b])``.

How many items there are is known at compile time: those of a tuple, or of an array whose type says its extent. Each
becomes an argument of its own; what is unpacked is evaluated once, in its turn.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pyc.source import Span

from . import tree
from .composites import is_idle
from .context import Checker
from .evaluated import Evaluated
from .report import fix
from .types import is_array, is_plain_tuple
from .values import Value

#: A name for a value that is evaluated before the call.
Bound = list[tuple[tree.Variable, tree.Expression]]


def is_unpacked(node: ast.Call) -> bool:
    """Whether an argument of a call stands behind ``*``."""
    return any(isinstance(a, ast.Starred) for a in node.args)


def called(c: Checker, node: ast.Call, span: Span) -> tree.Expression | Value:
    """A call with arguments behind ``*``.

    Raises:
        Invalid: E121, how many they are is known only at run time; and what the call reports.
    """
    from .check_calls import call

    written, bound = written_out(c, node)
    result = call(c, written, span)
    if not isinstance(result, tree.Expression):
        return result
    return _after(bound, result)


def _after(bound: Bound, x: tree.Expression) -> tree.Expression:
    """``x``, once what it uses has been evaluated."""
    for variable, value in reversed(bound):
        x = tree.Bind(span=x.span, type=x.type, variable=variable, value=value, body=x)
    return x


def written_out(c: Checker, node: ast.Call) -> tuple[ast.Call, Bound]:
    """The call with its arguments one by one, and what is evaluated before it."""
    bound: Bound = []
    arguments: list[ast.expr] = []
    last = max(k for k, a in enumerate(node.args) if isinstance(a, ast.Starred))
    for k, a in enumerate(node.args):
        if isinstance(a, ast.Starred):
            arguments += [_argument(c, item, a) for item in items(c, a.value, bound)]
        elif k < last and not isinstance(a, ast.Name | ast.Constant | ast.Lambda | ast.List | ast.ListComp):
            value = c.value(a)
            arguments.append(_argument(c, _kept(c, value, bound) if isinstance(value, tree.Expression) else value, a))
        else:
            arguments.append(a)
    return ast.copy_location(ast.Call(node.func, arguments, node.keywords), node), bound


def listed(c: Checker, elements: Sequence[ast.expr]) -> list[ast.expr]:
    """The elements of a display, those behind ``*`` one by one: the first of them evaluates what is unpacked."""
    found: list[ast.expr] = []
    for e in elements:
        if not isinstance(e, ast.Starred):
            found.append(e)
            continue
        bound: Bound = []
        unpacked = items(c, e.value, bound)
        if bound and unpacked:
            unpacked[0] = _after(bound, c.item(unpacked[0], c.span(e)))
        found += [_argument(c, item, e) for item in unpacked]
    return found


def items(c: Checker, node: ast.expr, bound: Bound) -> list[tree.Expression | Value]:
    """What ``*node`` unpacks; ``bound`` gets what is evaluated before.

    Raises:
        Invalid: E121, this is nothing whose items are known at compile time.
    """
    from .check_subscripts import selected

    span = c.span(node)
    if isinstance(node, ast.List):
        node = ast.copy_location(ast.Tuple(node.elts, ast.Load()), node)
    value = c.value(node)
    if isinstance(value, tuple):
        return list(value)
    x = c.runtime(value, span)
    if isinstance(x, tree.Tuple) and is_plain_tuple(x.type):
        return [_kept(c, item, bound) for item in x.items]
    if is_plain_tuple(x.type):
        whole = _kept(c, x, bound)
        return [tree.TupleItem(span=span, type=t, x=whole, index=i) for i, t in enumerate(x.type.items)]
    if is_array(x.type) and x.type.rank and x.type.dims[0].value is not None:
        whole, dims = _kept(c, x, bound), x.type.dims
        rest = [tree.Range() for _ in dims[1:]]
        places = [tree.Index(c.runtime(k, span), inside=True) for k in range(x.type.dims[0].value)]
        return [_kept(c, selected(c, whole, (k, *rest), dims[1:], span), bound) for k in places]
    message = f"`*` unpacks tuples, and arrays whose type says how long they are; this is a {x.type}"
    raise c.error("E121", message, span, fix("write the items out: `x[0], x[1]`"))


def _kept(c: Checker, value: tree.Expression, bound: Bound) -> tree.Expression:
    """A value that is used later: what has an effect, or can change, is evaluated now."""
    if isinstance(value, tree.Static) or is_idle(value):
        return value
    variable = c.temporary(value)
    bound.append((variable, value))
    return tree.Local(span=value.span, type=value.type, variable=variable)


def _argument(c: Checker, value: tree.Expression | Value, at: ast.expr) -> ast.expr:
    if isinstance(value, bool | int | float | complex):
        value = c.runtime(value, c.span(at))
    return Evaluated(value, at)
