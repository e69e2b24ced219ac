"""Messages of checks with numbers in them: Python formats them where a check has failed (``targets/cpu/_tell.py``)."""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Sequence
from typing import Any

from pyc.dataclass import dataclass


@dataclass(frozen=True)
class Ones:
    """What is added to a message where one of these extents is 1: NumPy stretches it, and compiled code does not."""

    extents: tuple[Any, ...]

    text = ": an extent stretches only where its type says that it is 1"


@dataclass(frozen=True)
class Errno:
    """The first argument of an exception that has two, a number of the C library (i64); the message is the second."""

    value: Any


#: A message: texts, values (i64), and :class:`Ones`; an :class:`Errno` may come first.
Pieces = Sequence[Any]


def shape(extents: Sequence[Any]) -> Pieces:
    """The pieces of a shape as NumPy writes it in messages: ``(3,4)``, ``(3,)``."""
    pieces: list[Any] = ["("]
    for k, extent in enumerate(extents):
        pieces += [",", extent] if k else [extent]
    return [*pieces, ",)" if len(extents) == 1 else ")"]


def filled(said: str, pieces_of: Callable[[int, int | None], Pieces]) -> Pieces:
    """The pieces of a text with fields: ``pieces_of(0, None)`` for ``{0}``, ``pieces_of(0, 1)`` for ``{0[1]}``."""
    pieces: list[Any] = []
    for text, field, _, _ in string.Formatter().parse(said):
        pieces.append(text)
        if field is not None:
            number, _, axis = field.rstrip("]").partition("[")
            pieces += pieces_of(int(number), int(axis) if axis else None)
    return [p for p in pieces if p != ""]


def template(pieces: Pieces) -> tuple[str, list[Any]]:
    """How values stand in a message, as loaders read it, and these values."""
    values: list[Any] = []
    format_: list[Any] = []

    def number(value: Any) -> int:
        values.append(value)
        return len(values) - 1

    arguments: list[Any] = []
    for piece in pieces:
        if isinstance(piece, Errno):
            arguments.append(["value", "int", number(piece.value)])
        elif isinstance(piece, str):
            format_.append(piece)
        elif isinstance(piece, Ones):
            format_.append([["ones", [number(e) for e in piece.extents], Ones.text], "", ["text", ""]])
        else:
            format_.append([["value", "int", number(piece)], "", ["text", ""]])
    said = {"arguments": [*arguments, ["format", format_]], "row": list(range(len(values))), "check": True}
    return json.dumps(said), values
