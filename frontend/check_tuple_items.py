"""Items of tuples at an index that is known only at run time: items of one type are chosen from, as CPython does."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from . import tree
from .check_python import both, compared
from .check_subscripts import integer, item_of
from .context import Checker
from .report import Invalid, fix
from .types import INT, ScalarType, TupleType, Type, is_plain_tuple
from .values import ModuleInstance, Value

#: Tuples of more items are not chosen from.
_LONGEST = 4096


def chosen(c: Checker, items: Sequence[tree.Expression], node: ast.Subscript) -> tree.Expression:
    """``items[index]``: all items have been evaluated, and one of them is it.

    Raises:
        Invalid: E210, the items have several types, or there are too many.
    """
    types = dict.fromkeys(i.type for i in items)
    if len(types) != 1 or not _is_chosen(next(iter(types))) or len(items) > _LONGEST:
        notes = fix("its items may have different types")
        raise c.error("E210", "a tuple is indexed by a constant", c.span(node.slice), notes)
    index = integer(c, node.slice, "an index")
    return c.once_only(index, lambda i: _checked(c, items, i, node))


def _is_chosen(t: Type) -> bool:
    if is_plain_tuple(t):
        return all(map(_is_chosen, t.items))
    return isinstance(t, ScalarType)


def _checked(
    c: Checker, items: Sequence[tree.Expression], index: tree.Expression, node: ast.Subscript
) -> tree.Expression:
    """The item at an index of either sign, or IndexError."""
    span, count = c.span(node), len(items)

    def number(n: int) -> tree.Expression:
        return tree.Constant(span=span, type=INT, value=n)

    inside = both(compared("ge", index, number(-count)), compared("lt", index, number(count)))
    below = compared("lt", index, number(0))
    wrapped = tree.Select(
        span=span,
        type=INT,
        condition=below,
        on_true=tree.Binary(span=span, type=INT, op="int_add", lhs=index, rhs=number(count)),
        on_false=index,
    )
    kind = "list" if _is_list(c, node.value) else "tuple"
    body = c.once_only(wrapped, lambda i: _among(items, i, 0, count))
    return tree.Checked(
        span=span,
        type=body.type,
        condition=inside,
        exception="IndexError",
        message=f"{kind} index out of range",
        body=body,
    )


def _is_list(c: Checker, node: ast.expr) -> bool:
    """Whether a name, or a constant of the file, is a list, which the compiler holds as a tuple."""
    if isinstance(node, ast.List) or (isinstance(node, ast.Name) and node.id in c.lists):
        return True
    found = c.scope.namespace.bindings.get(node.id, ()) if isinstance(node, ast.Name) else ()
    return any(isinstance(b.value, ast.List | ast.ListComp) for b in found)


def _among(items: Sequence[tree.Expression], index: tree.Expression, low: int, high: int) -> tree.Expression:
    """The item at an index from ``low`` to ``high``, found by halves."""
    if high - low == 1:
        return items[low]
    middle = (low + high) // 2
    first, last = _among(items, index, low, middle), _among(items, index, middle, high)
    edge = tree.Constant(span=index.span, type=INT, value=middle)
    return _either(compared("lt", index, edge), first, last)


def _either(condition: tree.Expression, first: tree.Expression, last: tree.Expression) -> tree.Expression:
    t = first.type
    if not isinstance(t, TupleType):
        return tree.Select(span=condition.span, type=t, condition=condition, on_true=first, on_false=last)
    parts = tuple(
        _either(condition, item_of(first, k, first.span), item_of(last, k, last.span)) for k in range(len(t.items))
    )
    return tree.Tuple(span=condition.span, type=t, items=parts)


def of_modules(base: Value) -> bool:
    """Whether a value is a tuple of modules, which exist at compile time."""
    return isinstance(base, tuple) and any(isinstance(m, ModuleInstance) or of_modules(m) for m in base)


def indexes_modules(c: Checker, loop: ast.For) -> bool:
    """Whether the body of ``for i in range(n)`` indexes a tuple by ``i`` that has modules, or items of several types.

    Such a loop is written out, and so is one over the indices of no items.
    """
    if not isinstance(loop.target, ast.Name):
        return False
    counter = loop.target.id
    for statement in loop.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Subscript) and _mentions(node.slice, counter) and _is_path(node.value):
                before = c.report.mark()
                try:
                    base = c.value(node.value)
                except Invalid:
                    c.report.rewind(before)
                    continue
                if not isinstance(base, tree.Expression) and (of_modules(base) or base == ()):
                    return True
                if isinstance(base, tree.Expression) and _is_mixed(base.type):
                    return True
    return False


def _is_mixed(t: Type) -> bool:
    """Whether a tuple cannot be indexed by a number that is known only at run time."""
    return is_plain_tuple(t) and (len(set(t.items)) != 1 or not _is_chosen(t.items[0]))


def _mentions(node: ast.expr, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))


def _is_path(node: ast.expr) -> bool:
    """Whether an expression is a name with attributes."""
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _is_path(node.value))
