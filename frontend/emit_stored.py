"""Element types that arrays hold and nothing computes with: what does is refused at its place in the program."""

from __future__ import annotations

import re
from typing import Any

from pyc.dialects import errors
from pyc.dialects.types import element_of
from pyc.dialects.verify import STORED
from pyc.dialects.walk import nested
from pyc.source import Source, Span

from .report import Report, fix
from .tree import Program

#: What moves elements, or makes others of them.
_ALLOWED = frozenset(
    f"pyc.{name}"
    for name in (
        "allocate", "annotate", "broadcast", "cast", "concat", "copy", "diagonal_view", "dim", "empty",
        "extract", "fill", "gather", "held", "hold", "insert", "insert_slice", "load", "part_view", "read", "reshape",
        "reshape_view", "reverse", "scatter", "select", "slice", "spare", "store", "sweep", "to", "transpose", "view",
        "write",
    )
)  # fmt: skip
_NAMES = {"si4": "i4", "ui4": "u4"}


def check(module: Any, program: Program, report: Report) -> None:
    """Report operations that compute with such elements; E228 for each place."""
    sources = {f.span.source.path: f.span.source for f in program.functions}
    if not any(re.search(r"\b[iu]4\b", source.text) for source in sources.values()):
        return
    seen: set[tuple[str, int, int]] = set()
    for function in module.body.operations:
        for operation in nested(function.operation):
            if not operation.name.startswith("pyc.") or operation.name in _ALLOWED:
                continue
            found = [str(element_of(v.type)) for v in (*operation.operands, *operation.results)]
            dtype = next((_NAMES[e] for e in found if e in STORED), "")
            place = errors.position(operation.location)
            if dtype and place not in seen:
                seen.add(place)
                mend = fix(f"widen it first: `.to(i8)`, or `nn.dequantize`, where the {dtype} stand for others")
                report.error("E228", f"nothing computes with {dtype}", _span(sources, place), mend)


def _span(sources: dict[str, Source], place: tuple[str, int, int]) -> Span:
    path, line, column = place
    source = sources.get(path) or next(iter(sources.values()))
    start = source.offset(line, column) if path in sources else 0
    return Span(source, start, start)
