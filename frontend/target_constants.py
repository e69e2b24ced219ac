"""Targets as compile-time values: ``Target("groq.tsp", dtypes={f16})``, and ``cpu("x86-64-v4")``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pyc.precision import DTYPES
from pyc.source import Span
from pyc.target import CHIPS, Target

from .report import Report, closest, fix
from .static_operators import plain_element

if TYPE_CHECKING:
    from .static import Scope, Static


def called(static: Static, node: ast.Call, scope: Scope, use: Span | None) -> Target:
    """The target that a call of ``Target`` makes.

    Raises:
        Invalid: E307, its arguments make none.
    """
    arguments = [static.evaluate(a, scope, use) for a in node.args]
    keywords = {k.arg: static.evaluate(k.value, scope, use) for k in node.keywords}
    report, span = static.report, scope.span(node)
    match arguments:
        case [str(name)]:
            chip = keywords.get("chip", "")
        case [str(name), str(chip)]:
            pass
        case _:
            raise report.error("E307", "Target takes its name as a string literal", span)
    features, dtypes = keywords.get("features", ()), keywords.get("dtypes", ())
    if not (isinstance(features, tuple) and isinstance(dtypes, tuple) and isinstance(chip, str)):
        raise report.error("E307", "features and dtypes of a Target are sets", span)
    if unknown := set(keywords) - {"chip", "features", "dtypes"}:
        raise report.error("E307", f"Target takes no argument {min(map(str, unknown))}", span)
    names = [plain_element(d) for d in dtypes]
    if bad := [d for d in names if not (isinstance(d, str) and d in DTYPES)]:
        raise report.error("E307", f"{bad[0]} is not an element type", span)
    return _known(Target(name, chip, map(str, features), names), span, report)


def narrowed(static: Static, target: Target, node: ast.Call, scope: Scope, use: Span | None) -> Target:
    """A target of one chip.

    Raises:
        Invalid: E307, the call names none, or one that the target does not have.
    """
    match [static.evaluate(a, scope, use) for a in node.args]:
        case [str(chip)] if not node.keywords:
            return _known(target(chip), scope.span(node), static.report)
        case _:
            chip = CHIPS.get(target.name, ("chip",))[0]
            message = f'a target takes one chip, as in `{target.name}("{chip}")`'
            raise static.report.error("E307", message, scope.span(node))


#: Graphics cards by name, and the chip that each of them has.
PRODUCTS = {
    "a100": "sm_80", "a30": "sm_80", "a10": "sm_86", "3090": "sm_86", "rtx3090": "sm_86", "l4": "sm_89", "l40": "sm_89",
    "4090": "sm_89", "rtx4090": "sm_89", "h100": "sm_90a", "h200": "sm_90a", "gh200": "sm_90a", "hopper": "sm_90a",
    "ampere": "sm_80", "ada": "sm_89", "b100": "sm_100a", "b200": "sm_100a", "blackwell": "sm_100a", "5090": "sm_120",
    "rtx5090": "sm_120",
}  # fmt: skip


def _known(target: Target, span: Span, report: Report) -> Target:
    chips = CHIPS.get(target.name)
    if chips is not None and target.chip and target.chip not in chips:
        message = f"{target.name} has no chip '{target.chip}'"
        notes = closest(target.chip, chips) or (fix(f"known chips are {', '.join(chips)}"),)
        if (chip := PRODUCTS.get(target.chip.lower())) in chips:
            notes = (fix(f'`{target.name}("{chip}")`'),)
        raise report.error("E307", message, span, *notes)
    return target
