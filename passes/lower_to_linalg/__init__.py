"""PYC to LINALG: every ``pyc`` operation becomes structured operations on tensors, or arithmetic on scalars.

Before::

    %r = "pyc.add"(%x, %s) : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, f32) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>

After::

    %n = tensor.dim %x, %c0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
    %e = tensor.empty(%n) : tensor<?xf32, #pyc.meta<"f32", "cpu">>
    %r = linalg.generic {...} ins(%x) outs(%e) { ^bb0(%a: f32, %o: f32): %0 = arith.addf %a, %s  linalg.yield %0 }

Encodings stay on tensors. Unsigned integers become signless: what their sign meant is in the operations from here on.
Checks become ``cf.assert %condition, "<number>"``; the module's ``pyc.errors`` says what each number means. Values in
its message are operands of a cast that gives the condition, until ``asserts-to-returns``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import errors
from pyc.dialects.mlir import ir
from pyc.dialects.types import dtype_of, element_of
from pyc.dialects.walk import nested
from pyc.passes.base import LINALG, PYC, Level, Pass, PassError

from . import (
    cells,
    check,
    contraction,
    creation,
    elementwise,
    fastmath,
    indexing,
    integer,
    landing,
    memory,
    reduction,
    selection,
    shape,
    tell,
)
from .scalar import signless
from .site import Rule, Site

_ROOMS = (
    cells,
    check,
    contraction,
    creation,
    elementwise,
    indexing,
    integer,
    landing,
    memory,
    reduction,
    selection,
    shape,
    tell,
)
RULES: dict[str, Rule] = {name: rule for room in _ROOMS for name, rule in room.RULES.items()}


@dataclass(frozen=True)
class LowerToLinalg(Pass):
    """Replace pyc operations by linalg, tensor, arith and math.

    ``says`` is whether messages have run-time values: code for a GPU says nothing.
    """

    says: bool = True

    name: ClassVar[str] = "lower-to-linalg"
    takes: ClassVar[Level] = PYC
    gives: ClassVar[Level] = LINALG

    def apply(self, module: Any) -> None:
        table = errors.ErrorTable(errors.read(module))
        with module.context, ir.Location.unknown():
            sites = [site for op in module.body.operations for site in _sites(op, table, self.says)]
            _make_signless(module)
            for site in sites:
                _replace(site)
            fastmath.apply(module)
        errors.attach(module, table.errors)


def _sites(function: Any, table: errors.ErrorTable, says: bool) -> list[Site]:
    """The pyc operations of a function in program order, with the element types they have now."""
    attributes = function.operation.attributes
    label = attributes["pyc.name"] if "pyc.name" in attributes else attributes["sym_name"]
    name = ir.StringAttr(label).value
    return [
        _site(operation.opview, table, name, says)
        for operation in nested(function.operation, outer_first=True)
        if operation.name.startswith("pyc.")
    ]


def _site(op: Any, table: errors.ErrorTable, function: str, says: bool) -> Site:
    operation = op.operation
    dtypes = tuple(_dtype(v.type) for v in operation.operands)
    result = operation.results[0].type if len(operation.results) else None

    def number(kind: str, message: str, template: str) -> int:
        return table.number(kind, message, operation.location, function, template)

    def assertion(condition: Any, kind: str, message: str, template: str = "", values: Sequence[Any] = ()) -> None:
        check.assert_or_fail(condition, number(kind, message, template), operation.location, values)

    kind = _dtype(result) if result is not None else ""
    return Site(op, dtypes, kind, signless(result), assertion, number, says)


def _dtype(t: Any) -> str:
    return dtype_of(element_of(t))


def _make_signless(module: Any) -> None:
    """Give every value that stays (arguments, results of control flow, function types) signless elements."""

    def retype(value: Any) -> None:
        t = signless(value.type)
        if t is not value.type:
            value.set_type(t)

    for operation in nested(module.operation):
        for region in operation.regions:
            for block in region.blocks:
                for argument in block.arguments:
                    retype(argument)
        if operation.name == "func.func":
            t = ir.TypeAttr(operation.attributes["function_type"]).value
            plain = ir.FunctionType.get([signless(i) for i in t.inputs], [signless(r) for r in t.results])
            operation.attributes["function_type"] = ir.TypeAttr.get(plain)
        elif not operation.name.startswith("pyc."):
            for value in operation.results:
                retype(value)


def _replace(site: Site) -> None:
    operation = site.op.operation
    rule = RULES.get(operation.name)
    if rule is None:
        raise PassError(f"{operation.name} at {operation.location} has no rule")
    with ir.InsertionPoint(operation), fastmath.location(operation):
        value = rule(site)
    if value is not None:
        operation.results[0].replace_all_uses_with(value)
    operation.erase()
