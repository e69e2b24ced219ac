"""Cells: what a guarded body assigns and is read behind it, wherever an error may have come.

Before::

    y = x
    try:
        y = np.sqrt(x)
        k = y[i]
    except IndexError:
        ...

After::

    pyc.hold(%x) {cell = 0}
    %k = pyc.allocate(...)
    %go = pyc.enter
    scf.if %go {
      %0 = pyc.allocate(...)
      pyc.hold(%0) {cell = 0}
      ...
      pyc.store(..., %k)
    }
    %number = pyc.caught(%go)
    %y = pyc.held() {cell = 0}
    pyc.spare(%y)
    pyc.sweep()

Numbers are stored. A cell of an array refers to it, and keeps it; when nothing else does, it is freed.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import field
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects import build
from pyc.precision import Precision
from pyc.source import Span

from . import emit_memory as memory
from .emit_branches import absent
from .emit_frame import Frame
from .objects import Object, Ref, Slot, refs
from .tree import Variable
from .types import NoneType, StaticType, TensorType, TupleType, Type


@dataclass(eq=False)
class ArrayCell:
    """The cell of a name of an array: its number in the function, and the arrays that the name has been bound to."""

    number: int
    objects: dict[Object, None] = field(default_factory=dict)


def made(frame: Frame, t: Type, slot: Slot, span: Span) -> Any:
    """A cell for each number and array in a slot of type ``t``, which holds it."""
    if isinstance(t, TupleType):
        parts = slot if slot is not None else (None,) * len(t.items)
        return tuple(made(frame, item, part, span) for item, part in zip(t.items, parts, strict=True))
    if isinstance(t, NoneType | StaticType):
        return None
    if isinstance(t, TensorType):
        assert frame.memory is not None
        cell = ArrayCell(next(frame.memory.cells))
        held = absent(frame, t, span) if slot is None else slot
        with frame.at(span):
            keep(frame, cell, held)
        return cell
    with frame.at(span):
        value = frame.constant(0, t.dtype) if slot is None or isinstance(slot, Ref) else slot
        return build.allocate(build.fill(value, [], Precision.plain(t.dtype), frame.function.target))


def loaded(frame: Frame, variable: Variable, t: Type, cells: Any) -> Slot:
    """What a variable of type ``t`` holds where an error may have landed."""
    if isinstance(t, TupleType):
        return tuple(loaded(frame, variable, item, cell) for item, cell in zip(t.items, cells, strict=True))
    if isinstance(cells, ArrayCell):
        assert isinstance(t, TensorType)
        m = build.held(cells.number, memory.memory_type(t))
        ref = memory.bound(frame, m, t, variable.span, variable.name, cells.objects, "try")
        cells.objects[ref.object] = None
        return ref
    return None if cells is None else build.load(cells, [])


def has_array(cells: Any) -> bool:
    """Whether there is a cell of an array among some."""
    return isinstance(cells, ArrayCell) or (isinstance(cells, tuple) and any(map(has_array, cells)))


def sweep(frame: Frame, live: Set[Variable]) -> None:
    """Free the arrays that cells have referred to and no name refers to any more."""
    found = [*refs(tuple(slot for v, slot in frame.env.slots.items() if v in live)), *frame.outer]
    build.sweep([frame.env.values[o] for o in dict.fromkeys(ref.object for ref in found)])


def keep(frame: Frame, cells: Any, slot: Slot) -> None:
    """Put the numbers and arrays in a slot into the cells of its variable."""
    if isinstance(cells, tuple):
        for cell, part in zip(cells, slot, strict=True):
            keep(frame, cell, part)
    elif isinstance(cells, ArrayCell):
        cells.objects[slot.object] = None
        build.hold(memory.place(frame, slot), cells.number)
    elif cells is not None:
        build.store(slot, cells, [])


def keep_old(frame: Frame, variable: Variable) -> None:
    """Keep the arrays that a variable holds, before an expression that may have used them binds it anew.

    A call later in the expression may free what no name refers to: they are in cells of their own until the expression
    is evaluated again.
    """
    if frame.memory is not None:
        for ref in refs(frame.env.slots.get(variable)):
            build.hold(memory.place(frame, ref), next(frame.memory.cells))
