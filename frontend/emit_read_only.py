"""Which results NumPy makes read-only: diagonals, broadcasts, `.imag` of real numbers, and views of these.

In value form that is a property of each object, known when it is made; where control flow joins objects of which NumPy
makes one read-only and the other not, the function is emitted in memory form. There, what an array may be is known at
the end of the function, from its origins::

    d = np.diagonal(x)
    if c:
        d = d.reshape(-1, 1)[:, 0]     # a join of two arrays that are read-only: so is the result
    return d

A reshape of what is read-only is a view, read-only too, or a copy: of memory of an argument that is seen when the
function has run. What else depends on the way that is taken is refused, E413.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pyc.source import Span

from . import emit_memory as memory
from .emit_frame import Frame
from .objects import Object, Ref, Slot
from .report import Note, fix
from .types import TensorType

#: How a result is read-only: not at all, always, or where it is memory of an argument.
ReadOnly = Literal["", "always", "shared"]


def is_surely_view(source: TensorType, result: TensorType) -> bool:
    """Whether a reshape is a view whatever the strides are: of one axis, or only extents of 1 come and go."""
    return source.rank <= 1 or [d for d in source.dims if d.value != 1] == [d for d in result.dims if d.value != 1]


def reshaped(frame: Frame, ref: Ref, source: Ref, *, surely: bool) -> None:
    """Note that ``ref`` is a reshape of ``source``, and ``surely`` a view of it.

    Raises:
        NeedsMemory: in value form, that is not known.
    """
    ref.object.surely_view = surely
    if frame.memory is None and source.object.read_only:
        if not surely:
            _only_in_memory(frame, ref.object.name, ref.object.span)
        ref.object.read_only = source.object.read_only


def joined(frame: Frame, slots: Iterable[Slot], name: str, span: Span) -> str:
    """What makes an array read-only where control flow joins, in value form: the same on all sides.

    Raises:
        NeedsMemory: it is read-only on some sides.
    """
    found = [s.object.read_only for s in slots if isinstance(s, Ref)]
    if any(found) and not all(found):
        _only_in_memory(frame, name, span)
    return next((f for f in found if f), "")


def carried(frame: Frame, slots: Iterable[Slot], span: Span) -> None:
    """Leave value form where a loop carries what is read-only.

    Raises:
        NeedsMemory: it does.
    """
    found = next((s.object for s in slots if isinstance(s, Ref) and s.object.read_only), None)
    if found is not None:
        _only_in_memory(frame, found.name, span)


def _only_in_memory(frame: Frame, name: str, span: Span) -> None:
    if frame.has_memory:
        what = f"'{name}'" if name and not name.startswith(".") else "an array"
        raise memory.NeedsMemory(
            f"whether NumPy makes {what} read-only depends on the way taken (line {span.begin[0]})"
        )


def of_result(frame: Frame, obj: Object, span: Span) -> ReadOnly:
    """How a result in memory form is read-only; reports E413 where that cannot be known."""
    ways: dict[str, Object] = {}
    _follow(obj, ways, set())
    if "yes" not in ways and "view" not in ways:
        return ""
    if set(ways) == {"yes"}:
        return "always"
    roots = [o for o in memory.reachable([obj]) if not o.origins]
    if set(ways) == {"view"} and all(o.parameter is not None for o in roots):
        return "shared"
    if frame.function.export:
        of = ways.get("yes") or ways["view"]
        message = "NumPy makes this result read-only on some ways through the function, and not on others"
        notes: Sequence[Note] = [Note(f"the array that {of.read_only} gives is read-only", of.span)]
        if "no" in ways:
            notes = [*notes, Note("this one is not", ways["no"].span)]
        frame.report.error("E413", message, span, *notes, fix("return a copy: `.copy()`"))
    return ""


def _follow(obj: Object, ways: dict[str, Object], seen: set[Object]) -> None:
    """Note how the arrays are read-only that ``obj`` may be: "yes", "no", or as a "view" that may be a copy."""
    if obj in seen or obj.reason == "absent":
        return
    seen.add(obj)
    if obj.read_only:
        ways.setdefault("yes", obj)
    elif obj.reason in ("join", "part") and obj.origins:
        for o in obj.origins:
            _follow(o, ways, seen)
    elif obj.reason == "reshape":
        sources: dict[str, Object] = {}
        for o in obj.origins:
            _follow(o, sources, seen)
        for way, found in sources.items():
            ways.setdefault("view" if way == "yes" and not obj.surely_view else way, found)
    else:
        ways.setdefault("no", obj)
