"""What the tables of NumPy's functions share."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from pyc.source import Span

from . import tree
from .context import Checker, Operand
from .types import ScalarType
from .values import Value

Handler = Callable[[Checker, ast.Call, Span, str], "tree.Expression | Value"]


def strong(c: Checker, o: Operand) -> tree.Expression:
    """A number as NumPy's, no longer Python's."""
    return c.cast(o.x, o.type.dtype) if isinstance(o.type, ScalarType) else o.x


def row(names: Iterable[str], handler: Handler) -> dict[str, Handler]:
    """Rows of a table: several names of one handler."""
    return dict.fromkeys(names, handler)
