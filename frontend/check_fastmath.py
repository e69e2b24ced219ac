"""``@pyc.jit(fastmath=...)`` and ``with pyc.fastmath(...)``: where arithmetic on floats need not be IEEE's.

What counts is where an operation is written: the flags of a function are not those of functions that it calls.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pyc.markers import FAST_FLAGS, fast_flags

from .report import Report, closest, fix
from .static import Scope
from .values import LibraryName

if TYPE_CHECKING:
    from .context import Checker


def flags_of(node: ast.expr, scope: Scope, report: Report) -> frozenset[str]:
    """The flags of ``fastmath=``: True, False, a flag, or a set, tuple or list of flags that is written out.

    Raises:
        Invalid: E134, it is anything else, or a flag that there is not.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return fast_flags(node.value)
    nodes = node.elts if isinstance(node, ast.Set | ast.Tuple | ast.List) else [node]
    found: set[str] = set()
    for n in nodes:
        if not (isinstance(n, ast.Constant) and isinstance(n.value, str)):
            message = f"fastmath is True, False or a set of flags that is written out, not {scope.span(n).text}"
            raise report.error("E134", message, scope.span(n), fix(f"flags are {', '.join(FAST_FLAGS)}"))
        if n.value not in FAST_FLAGS:
            notes = closest(n.value, FAST_FLAGS) or (fix(f"flags are {', '.join(FAST_FLAGS)}"),)
            raise report.error("E134", f"fastmath has no flag '{n.value}'", scope.span(n), *notes)
        found.add(n.value)
    return frozenset(found)


def region_name(c: Checker, node: ast.With) -> str:
    """What ``with pyc.name(...)`` alone names; empty for any other ``with``."""
    match node.items:
        case [ast.withitem(context_expr=ast.Call(func=ast.Name() | ast.Attribute() as function), optional_vars=None)]:
            if isinstance(function, ast.Name) and function.id in c.locals:
                return ""
            value = c.value(function)
            if isinstance(value, LibraryName) and value.library in ("pyc", "pyc.structure"):
                return value.name
            return ""
        case _:
            return ""


def region(c: Checker, node: ast.With) -> None:
    """Note the flags of the body of ``with pyc.fastmath(...)``.

    Raises:
        Invalid: E134, arguments that are no flags.
    """
    call = node.items[0].context_expr
    assert isinstance(call, ast.Call)
    if call.keywords:
        raise c.error("E134", "pyc.fastmath takes flags by position", c.span(call), fix("`pyc.fastmath('reassoc')`"))
    flags = [flag for a in call.args for flag in flags_of(a, c.scope, c.report)]
    c.fast.append((c.span(node), frozenset(flags) if call.args else fast_flags(True)))
