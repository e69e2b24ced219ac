"""BUFFER: which lines of the program are computed in one loop, and which arrays are stored between two.

Nothing changes but ``pyc.remarks`` on the module: E452 says of a line with which others it is computed, E453 of a line
that what it computes is stored, for which line, and why that one is not computed in the same loop. Copies (E450, E454)
are reported again, as some are none any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import remarks, signature
from pyc.dialects.mlir import ir

from . import stored_arrays
from .base import BUFFER, Level, Pass
from .bufferize import COPIES, report_copies
from .fuse_rows import ROWS
from .stored_arrays import positions


@dataclass(frozen=True)
class ReportLoops(Pass):
    """Say what was fused, and what was not."""

    name: ClassVar[str] = "report-loops"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        if "pyc.source" not in module.operation.attributes:
            return
        source = ir.StringAttr(module.operation.attributes["pyc.source"]).value
        found: list[remarks.Remark] = []
        for function in signature.functions(module):
            if not signature.is_exported(function) or signature.is_variant(function):
                continue
            nests = _loops(function.operation)
            for nest in nests:
                found += _together(nest, source)
            found += stored_arrays.remarks_on(function.operation, nests, source)
        # The loops that were joined need less of them.
        remarks.drop(module, COPIES)
        remarks.attach(module, found)
        report_copies(module)


def _loops(function: Any) -> list[list[Any]]:
    """The operations on arrays of a function, those in one loop over rows together."""
    nests: list[list[Any]] = []
    rows: dict[Any, list[Any]] = {}

    def visit(operation: Any) -> Any:
        if operation.name != "linalg.generic":
            return ir.WalkResult.ADVANCE
        loop = operation.parent.operation
        while loop.name not in ("func.func", "builtin.module") and ROWS not in loop.attributes:
            loop = loop.parent.operation
        if ROWS not in loop.attributes:
            nests.append([operation])
        elif loop in rows:
            rows[loop].append(operation)
        else:
            rows[loop] = [operation]
            nests.append(rows[loop])
        return ir.WalkResult.SKIP

    function.walk(visit, ir.WalkOrder.PRE_ORDER)
    return nests


def _together(nest: Sequence[Any], source: str) -> list[remarks.Remark]:
    lines = _lines(nest, source)
    if len(lines) < 2:
        return []
    *others, last = sorted(lines)
    named = " and ".join([", ".join(str(n) for n in others[:-1]), str(others[-1])] if others[1:] else [str(others[0])])
    text = f"computed in one loop with line{'s' if others[1:] else ''} {named}"
    return [remarks.Remark("E452", text, source, last, lines[last])]


def _lines(nest: Sequence[Any], source: str) -> dict[int, int]:
    """The lines whose operations are in a loop, with a column of each."""
    found: dict[int, int] = {}
    for operation in nest:
        for op in [operation, *(inner.operation for inner in operation.regions[0].blocks[0].operations)]:
            if op.name in ("linalg.yield", "arith.constant", "linalg.index"):
                continue
            for line, column in positions(op.location, source):
                found.setdefault(line, column)
    return found
