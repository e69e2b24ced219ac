"""Moves between targets: a node that does nothing but carry the new target."""

from __future__ import annotations

from typing import Any

import onnx_ir as ir

from .rule import Rule
from .scope import Scope


def _to(scope: Scope, op: Any) -> ir.Value:
    return scope.op("Identity", scope[op.x])


RULES: dict[str, Rule] = {"pyc.to": _to}
