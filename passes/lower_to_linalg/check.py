"""Run-time checks: an assertion with a number, and the table that says what each number means."""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import ir

from .site import Rule, Site


def assert_or_fail(condition: Any, number: int, location: Any) -> None:
    """``cf.assert`` whose message is the number of the error."""
    attributes = {"msg": ir.StringAttr.get(str(number))}
    ir.Operation.create("cf.assert", [], [condition], attributes, loc=location)


def _check(site: Site) -> None:
    kind, message = (ir.StringAttr(site.op.attributes[name]).value for name in ("kind", "message"))
    attributes = site.op.operation.attributes
    template = ir.StringAttr(attributes["template"]).value if "template" in attributes else ""
    site.assertion(site.operands[0], kind, message, template)


RULES: dict[str, Rule] = {"pyc.check": _check}
