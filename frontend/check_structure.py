"""Programs that models have become, once they are changed: what a block says of the node that its lines were.

The block is read as it is written (``pyc.structure``). Operations of its lines are given what no compiler finds out
again: where the node came from, and what others have written on it.
"""

from __future__ import annotations

import ast
from typing import Any

from pyc.dialects import annotation

from .context import Checker


def node(c: Checker, statement: ast.With) -> None:
    """Note what ``with onnx.node("Add", ..., loc="net.py:3:5", metadata={"owner": "me"}):`` says of its lines."""
    call = statement.items[0].context_expr
    assert isinstance(call, ast.Call)
    said: dict[str, Any] = {}
    for keyword in call.keywords:
        if keyword.arg not in annotation.OF_NODES:
            continue
        try:
            value = ast.literal_eval(keyword.value)
        except ValueError:
            continue
        if isinstance(value, dict):
            # A key without letters has no place among attributes.
            value = {k: v for k, v in value.items() if k and isinstance(k, str) and isinstance(v, str)}
        if value and isinstance(value, dict | str):
            said[keyword.arg] = value
    if said:
        c.said.append((c.span(statement), {annotation.NODE: said}))
