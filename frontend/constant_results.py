"""Numbers that are known at compile time on their way into functions of the library, and out of them.

``pair(1)`` of a convolution is ``(1, 1)`` whatever happens at run time: as a constant it may be an argument that is
known at compile time, which makes extents known that would be numbers of the program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pyc.source import Span

from . import tree
from .composites import is_idle
from .types import INT

if TYPE_CHECKING:
    from .context import Checker


def known_value(c: Checker, x: tree.Expression) -> tree.Expression:
    """``x`` as a constant or a tuple of constants, where that is what it is whenever it is evaluated; else ``x``."""
    if isinstance(x, tree.Local) and x.variable in c.constants:
        return _at(c.constants[x.variable], x.span)
    if isinstance(x, tree.TupleItem) and isinstance(whole := known_value(c, x.x), tree.Tuple):
        return _at(item, x.span) if is_constant(item := whole.items[x.index]) else x
    if isinstance(x, tree.Tuple):
        items = tuple(known_value(c, i) for i in x.items)
        return tree.Tuple(span=x.span, type=x.type, items=items) if all(map(is_constant, items)) else x
    if x.type == INT and is_idle(x) and (dim := c.dim_of(x)) is not None and dim.value is not None:
        return tree.Constant(span=x.span, type=x.type, value=dim.value)
    return x


def constant_result(
    function: tree.Function, arguments: Sequence[tree.Expression], span: Span
) -> tree.Expression | None:
    """What a function returns if that is made of constants, and it does nothing but find them; else None."""
    if function.recursive or not all(map(is_idle, arguments)):
        return None
    held: dict[tree.Variable, tree.Expression] = {}
    for statement in function.body:
        if isinstance(statement, tree.Assign) and statement.variable not in held:
            held[statement.variable] = found = _held(statement.value, held)
            if not is_constant(found):
                return None
        elif isinstance(statement, tree.Return) and statement.value is not None:
            found = _held(statement.value, held)
            return _at(found, span) if is_constant(found) else None
        else:
            return None
    return None


def _held(x: tree.Expression, held: Mapping[tree.Variable, tree.Expression]) -> tree.Expression:
    """``x`` with what its names hold."""
    if isinstance(x, tree.Local):
        return held.get(x.variable, x)
    if isinstance(x, tree.Tuple):
        return tree.Tuple(span=x.span, type=x.type, items=tuple(_held(i, held) for i in x.items))
    return x


def is_constant(x: tree.Expression) -> bool:
    """Whether an expression is a constant, or a tuple of nothing else."""
    return isinstance(x, tree.Constant) or (isinstance(x, tree.Tuple) and all(map(is_constant, x.items)))


def _at(x: tree.Expression, span: Span) -> tree.Expression:
    """A constant, or a tuple of them, at another place."""
    if isinstance(x, tree.Tuple):
        return tree.Tuple(span=span, type=x.type, items=tuple(_at(i, span) for i in x.items))
    assert isinstance(x, tree.Constant)
    return tree.Constant(span=span, type=x.type, value=x.value)
