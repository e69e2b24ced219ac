"""LINALG: elementwise operations join the operations that read them, so that intermediate tensors never exist.

Before::

    %0 = linalg.generic ins(%x) { exp }
    %1 = linalg.generic ins(%0, %y) { add }

After::

    %1 = linalg.generic ins(%x, %y) { exp, add }

A producer joins only a single reader, and not one that would compute it again and again: what is read by a contraction
or stretched along an axis is worth storing unless it is as cheap as a load.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pyc.dialects.mlir import PassManager, ir

from . import encodings
from .base import LINALG, Level, Pass, run_upstream

#: Operations of a body that cost about nothing next to the load they follow.
_FREE = frozenset(
    {"linalg.yield", "linalg.index", "arith.constant", "arith.extf", "arith.index_cast", "arith.extsi", "arith.extui"}
)
_CHEAP = 2


@dataclass(frozen=True)
class FuseElementwise(Pass):
    """Fuse elementwise operations into their single reader."""

    name: ClassVar[str] = "fuse-elementwise"
    takes: ClassVar[Level] = LINALG
    gives: ClassVar[Level] = LINALG

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            run_upstream(module, "func.func(canonicalize,cse)")
            pins = _pin(module)
            fusion = PassManager.parse("builtin.module(func.func(linalg-fuse-elementwise-ops))", module.context)
            fusion.enable_verifier(False)  # a reshape that is returned lacks its encoding until it is restored below
            fusion.run(module.operation)
            for pin in pins:
                pin.erase()
            module.operation.walk(encodings.restore, ir.WalkOrder.PRE_ORDER)
            run_upstream(module, "func.func(canonicalize,cse)")


def _pin(module: Any) -> list[Any]:
    """Operations added as second readers of the tensors that should stay: fusion takes values with one reader only."""
    pins: list[Any] = []
    costs: dict[Any, int] = {}

    def visit(operation: Any) -> Any:
        if operation.name == "linalg.generic":
            costs[operation] = _own_cost(operation) + sum(
                costs.get(v.owner, 0) for v in operation.operands if not isinstance(v.owner, ir.Block)
            )
            repeated = _read_repeatedly(operation)
            # A product of matrices that reads what it computes is none that is blocked and packed any more.
            limit = 0 if len(repeated) and _is_product(operation) else _CHEAP
            for operand in repeated:
                if costs.get(operand.owner, 0) > limit:
                    with ir.InsertionPoint(operation), operation.location:
                        pins.append(ir.Operation.create("bufferization.dealloc_tensor", [], [operand]))
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit, ir.WalkOrder.PRE_ORDER)
    return pins


def _own_cost(generic: Any) -> int:
    """Roughly, in simple instructions for one element."""
    cost = 0
    for operation in generic.regions[0].blocks[0].operations:
        name = operation.operation.name
        if name.startswith("math.") or name in (
            "arith.remf",
            "arith.divsi",
            "arith.divui",
            "arith.remsi",
            "arith.remui",
        ):
            cost += 16
        elif name in ("arith.divf", "scf.while"):
            cost += 8
        elif name not in _FREE:
            cost += 1
    return cost


def _read_repeatedly(generic: Any) -> list[Any]:
    """Operands made by another operation whose elements are read more than once each."""
    read = zip(generic.operands, _loops_of_operands(generic), strict=True)
    loops = _loops(generic)
    return [v for v, dims in read if len(dims) < loops and not isinstance(v.owner, ir.Block)]


def _is_product(generic: Any) -> bool:
    """Whether an operation reads each element of two arrays many times and adds up: a product of matrices."""
    reads = _loops_of_operands(generic)
    loops = _loops(generic)
    return len(reads) == 3 and loops >= 3 and all(len(dims) < loops for dims in reads)


def _loops(generic: Any) -> int:
    return ir.AffineMapAttr(generic.attributes["indexing_maps"][0]).value.n_dims


def _loops_of_operands(generic: Any) -> list[set[int]]:
    """Of each operand, the loops that choose the element."""
    maps = [ir.AffineMapAttr(a).value for a in ir.ArrayAttr(generic.attributes["indexing_maps"])]
    return [{ir.AffineDimExpr(e).position for e in m.results if isinstance(e, ir.AffineDimExpr)} for m in maps]
