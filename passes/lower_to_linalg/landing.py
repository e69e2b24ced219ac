"""``try``: calls that mark where a guarded region begins, where it lands, and what is asked of the error there.

Before::

    %go = pyc.enter
    scf.if %go { ... }
    %number = pyc.caught(%go)
    %0 = pyc.is_kind(%number) {kinds = ["LookupError"]}
    pyc.reraise(%number)

After, the same as calls of ``@pyc.enter``, ``@pyc.caught``, ``@pyc.is_kind.LookupError`` and ``@pyc.reraise``. No pass
knows what they do, so that none moves anything across them; ``asserts-to-returns`` makes them branches.
"""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import func, ir

from ..declarations import declared
from .site import Rule, Site

ENTER, CAUGHT, IS_KIND, RERAISE = "pyc.enter", "pyc.caught", "pyc.is_kind.", "pyc.reraise"


def _call(site: Site, symbol: str, results: list[Any]) -> Any:
    operands = site.operands
    reference = declared(site.op.operation, symbol, [v.type for v in operands], results)
    return func.CallOp(results, reference, operands)


def _enter(site: Site) -> Any:
    return _call(site, ENTER, [ir.IntegerType.get_signless(1)]).results[0]


def _caught(site: Site) -> Any:
    return _call(site, CAUGHT, [ir.IntegerType.get_signless(32)]).results[0]


def _is_kind(site: Site) -> Any:
    kinds = [ir.StringAttr(k).value for k in ir.ArrayAttr(site.op.operation.attributes["kinds"])]
    return _call(site, IS_KIND + ".".join(kinds), [ir.IntegerType.get_signless(1)]).results[0]


def _reraise(site: Site) -> None:
    _call(site, RERAISE, [])


RULES: dict[str, Rule] = {
    "pyc.enter": _enter,
    "pyc.caught": _caught,
    "pyc.is_kind": _is_kind,
    "pyc.reraise": _reraise,
}
