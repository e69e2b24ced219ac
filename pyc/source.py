"""Source text and positions in it: what every diagnostic, location and trace entry points at."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from functools import cached_property

from .dataclass import dataclass


@dataclass(frozen=True)
class Source:
    """One file of the user's program. ``path`` is what messages print; ``text`` is the file as it was read."""

    path: str
    text: str = field(repr=False)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Offsets, in characters, at which each line begins."""
        return (0, *(i + 1 for i, c in enumerate(self.text) if c == "\n"))

    def position(self, offset: int) -> tuple[int, int]:
        """The (line, column) of a character offset; both count from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The character offset of a (line, column), both counted from 1, clamped to the text."""
        if line > len(self.line_starts):
            return len(self.text)
        return min(self.line_starts[max(line, 1) - 1] + column - 1, len(self.text))

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line break; empty when there is no such line."""
        if not 1 <= number <= len(self.line_starts):
            return ""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return (self.text[start:] if end < 0 else self.text[start:end]).rstrip("\r")


@dataclass(frozen=True)
class Span:
    """The half-open range ``[start, end)`` of characters in a source."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The source text that the span covers."""
        return self.source.text[self.start : self.end]

    @property
    def begin(self) -> tuple[int, int]:
        """(line, column) of the first character, from 1."""
        return self.source.position(self.start)

    @property
    def stop(self) -> tuple[int, int]:
        """(line, column) just past the last character, from 1."""
        return self.source.position(self.end)

    def __str__(self) -> str:
        line, column = self.begin
        return f"{self.source.path}:{line}:{column}"
