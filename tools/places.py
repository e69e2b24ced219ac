"""Where in a program an operation comes from."""

from __future__ import annotations

from typing import Any

from pyc.source import Source, Span


def place_of(operation: Any, source: Source) -> Span | None:
    """The line of the program that an operation stands for, from its first character on."""
    from pyc.dialects.errors import position

    path, line, column = position(operation.location)
    if not line or path != source.path:
        return None
    return Span(source, source.offset(line, column), source.offset(line, len(source.line(line)) + 1))
