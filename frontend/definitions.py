"""What a definition says of itself before its types are looked at."""

from __future__ import annotations

import ast

from .values import Definition


def method_kind(definition: Definition) -> str:
    """``property``, ``staticmethod`` or ``classmethod`` for a method that is one, otherwise nothing."""
    assert isinstance(definition.node, ast.FunctionDef)
    names = [d.id for d in definition.node.decorator_list if isinstance(d, ast.Name)]
    return next((n for n in names if n in ("property", "staticmethod", "classmethod")), "")


def mentioned_types(definition: Definition) -> list[ast.expr]:
    """The annotations of a function: what decides whether it is compiled."""
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return []
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [a for a in (*(x.annotation for x in arguments), node.returns) if a is not None]
