"""Modules whose functions are nested so deeply that passes need a large stack."""

from typing import Any

from .mlir import ir

_DEEP = "pyc.deep"


def mark_deep(module: Any) -> None:
    """Say of a module that it is nested deeply."""
    module.operation.attributes[_DEEP] = ir.UnitAttr.get(context=module.context)


def is_deep(module: Any) -> bool:
    """Whether a module is nested deeply."""
    return _DEEP in module.operation.attributes
