"""The extents of reshapes: what is asked for, with a -1 filled in, and checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import emit_index as index
from . import emit_numbers as numbers
from . import tree
from .dims import Dim
from .emit_frame import Frame
from .types import TensorType


def sizes(frame: Frame, e: tree.Reshape, asked: Sequence[Any], extents: Callable[[], list[Any]]) -> list[Any]:
    """The extents that a reshape gives: those that are ``asked`` for, checked against those that there are."""
    with frame.at(e.span):
        total = index.product(frame, extents())
        pieces = ["cannot reshape array of size ", total, " into shape ", *_said(e, asked)]
        found = _inferred(frame, e, _filled_in(frame, e, asked, total, pieces), total)
        if e.inferred is not None:
            others = index.product(frame, [s for i, s in enumerate(found) if i != e.inferred])
            if not index.known(others):
                some = index.compare(frame, "ne", others, frame.constant(0))
                frame.require(some, "ValueError", "cannot infer an extent beside one of 0", pieces)
        if e.checked:
            for i, size in enumerate(found):
                if i != e.inferred:
                    holds = index.compare(frame, "ge", size, frame.constant(0))
                    frame.require(holds, "ValueError", "an extent of the shape is negative", pieces)
            same = index.compare(frame, "eq", total, index.product(frame, found))
            shown = ", ".join(s.span.text for s in e.sizes)
            frame.require(same, "ValueError", f"cannot reshape '{e.x.span.text}' into shape ({shown})", pieces)
    return found


def _said(e: tree.Reshape, sizes: Sequence[Any]) -> list[Any]:
    """The pieces of the extents that a reshape asks for, as NumPy writes them: without a -1 in front."""
    shown = ["newaxis" if i == e.inferred else s for i, s in enumerate(sizes)]
    if e.backwards:
        shown.reverse()
    return (
        list(numbers.shape(shown))
        if shown[:1] != ["newaxis"] or len(sizes) == 1
        else ["(", *list(numbers.shape(shown[1:]))[1:-1], ")"]
    )


def _filled_in(frame: Frame, e: tree.Reshape, sizes: Sequence[Any], total: Any, pieces: Sequence[Any]) -> list[Any]:
    """The sizes with the one that turns out to be negative, if one does, replaced by what the others leave."""
    dims = _dims(e)
    maybe = [
        i
        for i, s in enumerate(sizes)
        if e.checked and i != e.inferred and index.known(s) is None and not dims[i].is_known
    ]
    zero, one = frame.constant(0), frame.constant(1)
    negative = {i: index.compare(frame, "lt", sizes[i], zero) for i in maybe}
    several = "can only specify one unknown dimension"
    if e.inferred is not None:
        for i in maybe:
            frame.require(index.compare(frame, "ge", sizes[i], zero), "ValueError", several)
        return list(sizes)
    for k, i in enumerate(maybe):
        for j in maybe[:k]:
            least = index.maximum(frame, sizes[i], sizes[j])
            frame.require(index.compare(frame, "ge", least, zero), "ValueError", several)
    if not maybe:
        return list(sizes)
    others = index.product(
        frame, [index.select(frame, negative[i], one, s) if i in negative else s for i, s in enumerate(sizes)]
    )
    rest = index.floordiv(frame, total, index.maximum(frame, others, one))
    some = index.compare(frame, "ne", others, zero)
    for i in maybe:
        given = index.compare(frame, "ge", sizes[i], zero)
        frame.require(index.either(frame, some, given), "ValueError", "cannot infer an extent beside one of 0", pieces)
    return [index.select(frame, negative[i], rest, s) if i in negative else s for i, s in enumerate(sizes)]


def _inferred(frame: Frame, e: tree.Reshape, sizes: Sequence[Any], total: Any) -> list[Any]:
    """The sizes with a constant -1 replaced by what the others leave."""
    holes = [i for i, s in enumerate(sizes) if index.known(s) == -1]
    if len(holes) != 1:
        return list(sizes)
    others = index.product(frame, [s for i, s in enumerate(sizes) if i != holes[0]])
    known = _dims(e)[holes[0]]
    rest = (
        frame.dim(known)
        if frame.knows(known)
        else index.floordiv(frame, total, index.maximum(frame, others, frame.constant(1)))
    )
    return [rest if i == holes[0] else s for i, s in enumerate(sizes)]


def _dims(e: tree.Reshape) -> tuple[Dim, ...]:
    assert isinstance(e.type, TensorType)
    return e.type.dims
