"""Diagnostics as text: what was found, where, and what to write instead.

::

    error[E207]: K is 128 in x and 64 in w
      --> model.py:12:12
       |
    12 |     return x @ w
       |            ^^^^^
    note: w is declared here
      --> model.py:10:34
       |
    10 | def f[M, K, N](x: Tensor[f32, M, 128], w: Tensor[f32, 64, N]):
       |                                        ^^^^^^^^^^^^^^^^^^^^^
       = help: transpose w: `w.T`

Source text goes to a terminal, so it is shown as it *looks*: tabs become columns, wide characters count as two, and
control characters become pictures of themselves instead of reaching the terminal.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from pyc.diagnostics import Diagnostic, Note
from pyc.source import Source, Span

TAB = 4
#: Columns of source text before a line is cropped around its carets: generated files have lines of any length.
WIDTH = 160
#: Lines of a multi-line span before its middle is left out.
HEIGHT = 6

_COLOURS = {"error": "31", "warning": "33", "remark": "36", "note": "36", "help": "32", "gutter": "34"}
#: Characters that reorder the text around them would let a source line look unlike what is compiled.
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Style:
    """How text is marked up: with terminal colours or not at all."""

    colour: bool = False

    def paint(self, kind: str, text: str) -> str:
        return f"\x1b[1;{_COLOURS[kind]}m{text}\x1b[0m" if self.colour else text

    def strong(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text


def style_of(stream: IO[str]) -> Style:
    """The style that suits a stream: colours on a terminal, unless ``NO_COLOR`` is set or it cannot show them."""
    if os.environ.get("NO_COLOR"):
        return Style(False)
    if os.environ.get("FORCE_COLOR"):
        return Style(True)
    return Style(stream.isatty() and os.environ.get("TERM") != "dumb")


def render(diagnostics: Iterable[Diagnostic], style: Style = Style()) -> str:
    """The text of diagnostics, one after the other with an empty line between; empty for none."""
    return "\n".join(render_one(d, style) for d in diagnostics)


def render_one(diagnostic: Diagnostic, style: Style = Style()) -> str:
    """The text of one diagnostic, ending in a line break."""
    gutter = max((len(str(line)) for span in _spans(diagnostic) for line in _shown_lines(span)), default=1)
    severity = style.paint(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.code}]")
    out = [f"{severity}{style.strong(': ' + sanitise(diagnostic.message))}"]
    if diagnostic.span is not None:
        out += _snippet(diagnostic.span, gutter, diagnostic.severity, style)
    # Notes without a place hang from the snippet above them: the main one's come first.
    for note in sorted(diagnostic.notes, key=lambda n: n.span is not None):
        out += _note(note, gutter, style)
    return "\n".join(out) + "\n"


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """``2 errors, 1 warning``; empty where there is neither."""
    counts = [(severity, sum(d.severity == severity for d in diagnostics)) for severity in ("error", "warning")]
    return ", ".join(f"{count} {severity}{'s' if count > 1 else ''}" for severity, count in counts if count)


def _note(note: Note, gutter: int, style: Style) -> Iterator[str]:
    kind = "help" if note.fix else "note"
    message = sanitise(note.message)
    if note.span is not None:
        yield f"{style.paint(kind, kind)}: {message}"
        yield from _snippet(note.span, gutter, kind, style)
    else:
        indent = " " * (gutter + 3 + len(kind) + 2)
        body = f"\n{indent}".join(message.split("\n"))
        yield f"{' ' * gutter} {style.paint('gutter', '=')} {style.paint(kind, kind)}: {body}"


def _spans(diagnostic: Diagnostic) -> list[Span]:
    return [s for s in (diagnostic.span, *(n.span for n in diagnostic.notes)) if s is not None]


def _snippet(span: Span, gutter: int, kind: str, style: Style) -> Iterator[str]:
    """The place of a span, then its lines with carets under them."""
    pad = " " * gutter
    yield f"{pad}{style.paint('gutter', '-->')} {sanitise(str(span))}"
    if not span.source.text:
        return
    bar = style.paint("gutter", "|")
    yield f"{pad} {bar}"
    previous = 0
    for number in _shown_lines(span):
        if previous and number != previous + 1:
            yield style.paint("gutter", "." * max(3, gutter))
        previous = number
        text, carets = _marked(span, number)
        yield f"{style.paint('gutter', str(number).rjust(gutter))} {bar} {text}".rstrip()
        yield f"{pad} {bar} {style.paint(kind, carets)}"


def _shown_lines(span: Span) -> list[int]:
    """The numbers of the lines that a span covers, without the middle of a long one."""
    if not span.source.text:
        return []
    first, last = span.begin[0], _last_line(span)
    if last - first < HEIGHT:
        return list(range(first, last + 1))
    return [*range(first, first + HEIGHT - 2), last]


def _last_line(span: Span) -> int:
    """The line of the last character: a span that ends with a line break does not cover the line after it."""
    return span.source.position(max(span.end - 1, span.start))[0]


def _marked(span: Span, number: int) -> tuple[str, str]:
    """The line as it is shown, and the carets under it."""
    source = span.source
    line = source.line(number)
    start, end = _covered(source, span, number, line)
    cells = [*_cells(line)]
    offsets = [0]
    for cell in cells:
        offsets.append(offsets[-1] + _width(cell))
    left, right = offsets[start], offsets[end]
    text = "".join(cells)
    carets = " " * left + "^" * max(right - left, 1)
    if offsets[-1] <= WIDTH:
        return text, carets
    return _crop(cells, offsets, left, max(right, left + 1))


def _covered(source: Source, span: Span, number: int, line: str) -> tuple[int, int]:
    """The characters ``[start, end)`` of a line that a span covers; indentation inside a span is not marked."""
    begin = source.line_starts[number - 1]
    start = min(max(span.start - begin, 0), len(line))
    end = min(max(span.end - begin, start), len(line))
    if span.start < begin:
        start = min(len(line) - len(line.lstrip()), end)
    return start, end


def _crop(cells: list[str], offsets: list[int], left: int, right: int) -> tuple[str, str]:
    """A window of a long line that shows where its carets begin."""
    low = max(0, min(left - WIDTH // 4, offsets[-1] - WIDTH))
    high = low + WIDTH
    kept = [i for i in range(len(cells)) if low <= offsets[i] and offsets[i + 1] <= high]
    before, after = ("…" if low else ""), ("…" if high < offsets[-1] else "")
    shift = offsets[kept[0]] - len(before)
    stop = min(right, offsets[kept[-1] + 1])
    text = before + "".join(cells[i] for i in kept) + after
    return text, " " * (left - shift) + "^" * max(stop - left, 1)


def _cells(line: str) -> Iterator[str]:
    """What is shown for each character of a line, in order."""
    column = 0
    for character in line:
        cell = " " * (TAB - column % TAB) if character == "\t" else _visible(character)
        column += _width(cell)
        yield cell


def _visible(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if character in _REORDERING or 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000:
        return "\ufffd"
    return character


def _width(cell: str) -> int:
    """The terminal columns of a cell: two for an East Asian wide character, none for one that combines."""
    if cell.isascii():
        return len(cell)
    return sum(_character_width(c) for c in cell)


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def sanitise(message: str) -> str:
    """A message without control characters (a string of the user's program may stand in it); line breaks stay."""
    return "".join(c if c == "\n" else _visible(c) for c in message)
