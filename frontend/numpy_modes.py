"""``mode=`` and ``order=`` of NumPy's functions that take positions: what becomes of those that are outside."""

from __future__ import annotations

import ast

from pyc.source import Span

from .arguments import Arguments
from .check_operators import binary, elementwise
from .context import Checker, Operand

_MODES, _ORDERS = ("raise", "wrap", "clip"), ("C", "F")


def mode_of(a: Arguments) -> str:
    """The constant ``mode``: ``raise``, ``wrap`` or ``clip``.

    Raises:
        Invalid: E202, it is something else.
    """
    return _word(a, "mode", _MODES)


def order_of(a: Arguments) -> str:
    """The constant ``order``: ``C`` or ``F``.

    Raises:
        Invalid: E202, it is something else.
    """
    return _word(a, "order", _ORDERS)


def _word(a: Arguments, name: str, known: tuple[str, ...]) -> str:
    if not a.given(name):
        return known[0]
    found = a.c.static_text(a.nodes[name])
    if found not in known:
        words = f"{', '.join(repr(k) for k in known[:-1])} or {known[-1]!r}"
        raise a.c.error("E202", f"the {name} of {a.words} is {words}", a.c.span(a.nodes[name]))
    return str(found)


def moved_inside(c: Checker, mode: str, i: Operand, extent: Operand, span: Span) -> Operand:
    """Positions of an axis of ``extent`` elements, as ``mode`` moves them there; as they are where it is ``raise``."""
    if mode == "wrap":
        return c.operand(binary(c, ast.Mod(), i, extent, span))
    if mode == "clip":
        last = c.operand(binary(c, ast.Sub(), extent, c.operand(c.runtime(1, span)), span))
        low = c.operand(elementwise(c, "maximum", i, c.operand(c.runtime(0, span)), span, words="mode"))
        return c.operand(elementwise(c, "minimum", low, last, span, words="mode"))
    return i
