"""Syntax that stands for what was checked before: an argument that a call gets from elsewhere."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import tree
    from .values import Value


class Evaluated(ast.expr):
    """An expression whose value is known: of the program, or at compile time."""

    _fields = ()

    def __init__(self, value: tree.Expression | Value, at: ast.AST, **positions: Any) -> None:
        super().__init__(**positions)
        ast.copy_location(self, at)
        self.value = value

    def __copy__(self) -> Evaluated:
        return Evaluated(self.value, self)

    def __deepcopy__(self, memo: Any) -> Evaluated:
        return Evaluated(self.value, self)

    @property
    def at_run_time(self) -> bool:
        """Whether it is an expression of the program."""
        from . import tree

        return isinstance(self.value, tree.Expression)
