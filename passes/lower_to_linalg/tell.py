"""What a program says while it runs: a call of a function that the loader provides.

Before::

    "pyc.tell"(%i, %x) {kind = "print", template = "..."} : (i64, f64) -> ()

After::

    %0 = arith.bitcast %x : f64 to i64
    %failed = func.call @pyc.tell.2(%number, %i, %0) : (i32, i64, i64) -> i32
    cf.assert %ok, "<number>"           // Python raised something: the function ends

Numbers are those of the table of errors, where the template is. ``define-tells`` makes the body of ``@pyc.tell.2``.
"""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import arith, func, ir

from .site import Rule, Site

#: The symbols of the functions that take a number and so many values.
PREFIX = "pyc.tell."
_EQ = 0


def _tell(site: Site) -> None:
    kind, message, template = (ir.StringAttr(site.op.attributes[n]).value for n in ("kind", "message", "template"))
    number = site.number(kind, message, template)
    i32 = ir.IntegerType.get_signless(32)
    i64 = ir.IntegerType.get_signless(64)
    values = [v if v.type == i64 else arith.bitcast(i64, v) for v in site.operands]
    symbol = _declared(site.op.operation, len(values))
    call = func.CallOp([i32], ir.FlatSymbolRefAttr.get(symbol), [arith.constant(i32, number), *values])
    site.assertion(arith.cmpi(_EQ, call.results[0], arith.constant(i32, 0)), kind, message, template)


def _declared(operation: Any, count: int) -> str:
    """The symbol of the function for ``count`` values, declared in the module of an operation."""
    symbol = f"{PREFIX}{count}"
    module = operation
    while module.name != "builtin.module":
        module = module.parent.operation
    body = module.regions[0].blocks[0]
    for op in body.operations:
        if op.operation.name == "func.func" and ir.StringAttr(op.operation.attributes["sym_name"]).value == symbol:
            return symbol
    i32, i64 = (ir.IntegerType.get_signless(n) for n in (32, 64))
    with ir.InsertionPoint.at_block_begin(body), ir.Location.unknown():
        ir.Operation.create(
            "func.func",
            attributes={
                "sym_name": ir.StringAttr.get(symbol),
                "sym_visibility": ir.StringAttr.get("private"),
                "function_type": ir.TypeAttr.get(ir.FunctionType.get([i32, *[i64] * count], [i32])),
            },
            regions=1,
        )
    return symbol


RULES: dict[str, Rule] = {"pyc.tell": _tell}
