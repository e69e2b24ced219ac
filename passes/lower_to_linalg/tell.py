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

from pyc.dialects.mlir import arith, func, ir

from ..declarations import declared
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
    callee = declared(site.op.operation, f"{PREFIX}{len(values)}", [i32, *[i64] * len(values)], [i32])
    call = func.CallOp([i32], callee, [arith.constant(i32, number), *values])
    site.assertion(arith.cmpi(_EQ, call.results[0], arith.constant(i32, 0)), kind, message, template)


RULES: dict[str, Rule] = {"pyc.tell": _tell}
