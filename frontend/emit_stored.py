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
_NAMES = {"si4": "i4", "ui4": "u4", "f4E2M1FN": "f4e2m1", "f8E8M0FNU": "f8e8m0"}
#: What nothing is rounded to: scales of blocks are given.
_GIVEN = "f8E8M0FNU"


def check(module: Any, program: Program, report: Report) -> None:
    """Report operations that compute with such elements; E228 for each place."""
    sources = {f.span.source.path: f.span.source for f in program.functions}
    if not any(re.search(r"\b([iu]4|f4e2m1|f8e8m0)\b", source.text) for source in sources.values()):
        return
    seen: set[tuple[str, int, int]] = set()
    for function in module.body.operations:
        for operation in nested(function.operation):
            if not operation.name.startswith("pyc."):
                continue
            found = [str(element_of(v.type)) for v in (*operation.operands, *operation.results)]
            place = errors.position(operation.location)
            if operation.name == "pyc.cast" and found[1] == _GIVEN != found[0] and place not in seen:
                seen.add(place)
                mend = fix("scales of blocks come as weights or as arguments")
                report.error("E228", "nothing is rounded to f8e8m0", _span(sources, place), mend)
            if operation.name in _ALLOWED:
                continue
            dtype = next((_NAMES[e] for e in found if e in STORED), "")
            if dtype and place not in seen:
                seen.add(place)
                wide = "f32" if dtype[0] == "f" else "i8"
                mend = fix(f"widen it first: `.to({wide})`, or `nn.dequantize`, where the {dtype} stand for others")
                report.error("E228", f"nothing computes with {dtype}", _span(sources, place), mend)


def _span(sources: dict[str, Source], place: tuple[str, int, int]) -> Span:
    path, line, column = place
    source = sources.get(path) or next(iter(sources.values()))
    start = source.offset(line, column) if path in sources else 0
    return Span(source, start, start)
