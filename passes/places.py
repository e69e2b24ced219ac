"""Places in the user's source, from locations of operations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyc.dialects.mlir import ir
from pyc.source import Source, Span


def span_of(location: Any) -> Span | None:
    """The span that a location names; ``None`` where there is none or its file is not to be read."""
    while isinstance(location, ir.NameLoc):
        location = location.child_loc
    if not isinstance(location, ir.FileLineColLoc):
        return None
    try:
        source = Source(location.filename, Path(location.filename).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    start = source.offset(location.start_line, location.start_col)
    return Span(source, start, max(start, source.offset(location.end_line, location.end_col)))
