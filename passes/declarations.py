"""Functions that lowering declares, and later passes define or replace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dialects.mlir import ir


def declared(operation: Any, symbol: str, inputs: Sequence[Any], results: Sequence[Any]) -> Any:
    """The reference to a function without a body, which is declared in the module of an operation if it is new."""
    module = operation
    while module.name != "builtin.module":
        module = module.parent.operation
    body = module.regions[0].blocks[0]
    reference = ir.FlatSymbolRefAttr.get(symbol)
    for op in body.operations:
        if op.operation.name == "func.func" and ir.StringAttr(op.operation.attributes["sym_name"]).value == symbol:
            return reference
    with ir.InsertionPoint.at_block_begin(body), ir.Location.unknown():
        ir.Operation.create(
            "func.func",
            attributes={
                "sym_name": ir.StringAttr.get(symbol),
                "sym_visibility": ir.StringAttr.get("private"),
                "function_type": ir.TypeAttr.get(ir.FunctionType.get(list(inputs), list(results))),
            },
            regions=1,
        )
    return reference
