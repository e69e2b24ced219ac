"""``fastmath`` on operations: each float operation has the flags of the functions and regions that it is written in.

Before::

    with pyc.fastmath("reassoc"):
        s += x[i]

After::

    %1 = "pyc.add"(%s, %0) {pyc.fastmath = "reassoc"} : (f64, f64) -> f64

An operation is where its location says: that holds for bodies that stand in the place of calls, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dialects import build, errors
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested
from pyc.source import Span

from .tree import Program

#: The attribute: flags of ``arith``, with commas between them.
FASTMATH = "pyc.fastmath"
_NAMES = frozenset(f"pyc.{n}" for n in (*build.UNARY, *build.BINARY, "compare", "select", "reduce", "matmul"))


def mark(module: Any, program: Program, asked: frozenset[str]) -> None:
    """Give the operations of a module their flags; ``asked`` are those of exported functions besides their own."""
    regions = [
        (span, flags | asked if f.export and i == 0 else flags)
        for f in program.functions
        for i, (span, flags) in enumerate(f.fast)
    ]
    regions = [(span, flags) for span, flags in dict.fromkeys(regions) if flags]
    if not regions:
        return
    for operation in nested(module.operation):
        if operation.name in _NAMES and (flags := _flags(operation.location, regions)):
            operation.attributes[FASTMATH] = ir.StringAttr.get(",".join(sorted(flags)))


def _flags(location: Any, regions: Sequence[tuple[Span, frozenset[str]]]) -> frozenset[str]:
    file, line, column = errors.position(location)
    found: frozenset[str] = frozenset()
    for span, flags in regions:
        if span.source.path == file and span.begin <= (line, column) < span.stop:
            found |= flags
    return found
