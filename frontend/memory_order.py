"""The argument ``order`` of functions that rearrange arrays, or make them.

New arrays are row-major here. What ``order="F"`` asks of them is kept to know whether NumPy gives a view or a copy of
such an array; of a reshape it changes which elements stand where.
"""

from __future__ import annotations

from dataclasses import replace

from . import tree
from .arguments import Arguments
from .report import fix
from .types import TensorType


def of_elements(a: Arguments) -> str:
    """``C`` or ``F``: the order in which ``reshape``, ``ravel`` and ``flatten`` go over the elements.

    Raises:
        Invalid: E202, it is not one of these, known at compile time.
    """
    text = _text(a)
    if text is None:
        return "C"
    if text not in ("C", "F"):
        node = a.nodes["order"]
        message = f"order of {a.words} is 'C' or 'F' in compiled code"
        raise a.c.error("E202", message, a.c.span(node), fix("'A' and 'K' ask how an array happens to lie in memory"))
    return text


def of_memory(a: Arguments, made: tree.Expression) -> tree.Expression:
    """A new array that has been asked to lie in memory as ``order`` says."""
    text, t = _text(a), made.type
    if text is None or not isinstance(t, TensorType) or t.rank < 2 or text not in ("C", "F"):
        return made
    if isinstance(made, tree.Fill | tree.Empty):
        return replace(made, like=text == "F")
    if isinstance(made, tree.Copy):
        return replace(made, row_major=text == "C", column_major=text == "F")
    return tree.Copy(span=made.span, type=t, x=made, row_major=text == "C", column_major=text == "F")


def _text(a: Arguments) -> str | None:
    if not a.given("order"):
        return None
    node = a.nodes["order"]
    text = a.c.static_text(node)
    if text is None or text.upper() not in ("C", "F", "A", "K"):
        message = f"order of {a.words} is one of 'C', 'F', 'A', 'K', known at compile time"
        raise a.c.error("E202", message, a.c.span(node))
    return text.upper()
