"""Run-time checks: an assertion with a number, and the table that says what each number means.

Before::

    "pyc.check"(%ok, %i, %n) {kind = "IndexError", message = "...", template = "..."} : (i1, i64, i64) -> ()

After::

    %0 = builtin.unrealized_conversion_cast %ok, %i, %n : i1, i64, i64 to i1
    cf.assert %0, "7"

The cast keeps the values with the assertion, whatever becomes of it, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dialects.mlir import arith, ir, scf, tensor

from .site import Rule, Site
from .structured import dim, index_constant

#: Keeps the values of a message with the condition of an assertion.
VALUES = "builtin.unrealized_conversion_cast"
_LT, _GE = 2, 5


def assert_or_fail(condition: Any, number: int, location: Any, values: Sequence[Any] = ()) -> None:
    """``cf.assert`` whose message is the number of the error."""
    if values:
        condition = ir.Operation.create(VALUES, [condition.type], [condition, *values], loc=location).results[0]
    attributes = {"msg": ir.StringAttr.get(str(number))}
    ir.Operation.create("cf.assert", [], [condition], attributes, loc=location)


def _check(site: Site) -> None:
    kind, message = (ir.StringAttr(site.op.attributes[name]).value for name in ("kind", "message"))
    attributes = site.op.operation.attributes
    template = ir.StringAttr(attributes["template"]).value if "template" in attributes else ""
    condition, *values = site.operands
    if values and not site.says:
        values, template = [], ""
    site.assertion(condition, kind, message, template, values)


def _first_outside(site: Site) -> Any:
    condition, positions, extent = site.operands
    i64 = ir.IntegerType.get_signless(64)
    choice = scf.IfOp(condition, [i64], has_else=True)
    with ir.InsertionPoint(choice.then_block):
        scf.YieldOp([arith.constant(i64, 0)])
    with ir.InsertionPoint(choice.else_block):
        low = arith.subi(arith.constant(i64, 0), extent)
        false = arith.constant(ir.IntegerType.get_signless(1), 0)
        found = _search(positions, [], low, extent, [false, arith.constant(i64, 0)])
        scf.YieldOp([found[1]])
    return choice.results[0]


def _search(positions: Any, at: list[Any], low: Any, high: Any, state: list[Any]) -> list[Any]:
    """Whether an element outside has been found, and which, after those that begin with the indices ``at``."""
    if len(at) == positions.type.rank:
        found, value = state
        x = tensor.ExtractOp(positions, at).result
        outside = arith.ori(arith.cmpi(_LT, x, low), arith.cmpi(_GE, x, high))
        return [arith.ori(found, outside), arith.select(arith.andi(outside, _not(found)), x, value)]
    loop = scf.ForOp(index_constant(0), dim(positions, len(at)), index_constant(1), state)
    with ir.InsertionPoint(loop.body):
        scf.YieldOp(_search(positions, [*at, loop.induction_variable], low, high, list(loop.inner_iter_args)))
    return list(loop.results)


def _not(x: Any) -> Any:
    return arith.xori(x, arith.constant(x.type, 1))


RULES: dict[str, Rule] = {"pyc.check": _check, "pyc.first_outside": _first_outside}
