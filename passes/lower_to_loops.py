"""BUFFER: structured operations become loops, in the order of their iterators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pyc.dialects.mlir import ir, linalg

from .base import BUFFER, Level, Pass, run_upstream


@dataclass(frozen=True)
class LowerToLoops(Pass):
    """Replace ``linalg`` operations and copies by ``scf.for``."""

    name: ClassVar[str] = "lower-to-loops"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            _copies_to_generic(module)
        run_upstream(module, "func.func(convert-linalg-to-loops,fold-memref-alias-ops,canonicalize,cse)")


def _copies_to_generic(module: Any) -> None:
    """A ``memref.copy`` of any but contiguous memory would become a call into MLIR's own run-time library."""
    copies: list[Any] = []

    def visit(operation: Any) -> Any:
        if operation.name == "memref.copy":
            copies.append(operation)
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)
    for copy in copies:
        source, destination = copy.operands
        rank = source.type.rank
        maps = ir.ArrayAttr.get([ir.AffineMapAttr.get(ir.AffineMap.get_identity(rank))] * 2)
        kinds = ir.ArrayAttr.get([ir.Attribute.parse("#linalg.iterator_type<parallel>")] * rank)
        with ir.InsertionPoint(copy), copy.location:
            generic = linalg.GenericOp([], [source], [destination], maps, kinds)
            block = generic.regions[0].blocks.append(source.type.element_type, destination.type.element_type)
            with ir.InsertionPoint(block):
                linalg.YieldOp([block.arguments[0]])
        copy.erase()
