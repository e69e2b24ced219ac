"""Reads and writes of arrays through views.

Before::

    v = u[1:]
    v[0] = x

After::

    %u1 = pyc.insert %x into %u[1]        # v has no value of its own: it is positions 1, 2, ... of u

A view is kept as offsets, sizes and strides of the object's axes, so that a view of a view is a view of the object, and
element accesses through it are accesses of the object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects import build
from pyc.dialects.types import is_tensor
from pyc.source import Span

from . import emit_index as index
from . import emit_memory as memory
from . import emit_numbers as numbers
from .emit_errors import stale_read, write_refused
from .emit_frame import Frame, refined
from .objects import Object, Ref, View, ViewAxis
from .types import TensorType


@dataclass(frozen=True)
class Position:
    """An evaluated index: one element along an axis. ``inside`` says that it is known to be a position of the axis."""

    value: Any
    inside: bool = False


@dataclass(frozen=True)
class Stretch:
    """An evaluated slice; absent bounds are ``None``. ``size`` is the number of elements if it is already known."""

    start: Any = None
    stop: Any = None
    step: Any = None
    size: Any = None

    @property
    def is_full(self) -> bool:
        return self.start is None and self.stop is None and self.step is None


@dataclass(frozen=True)
class Added:
    """A new axis of extent 1."""


Place = Position | Stretch | Added


def fresh(frame: Frame, value: Any, t: TensorType, span: Span, name: str = "") -> Ref:
    """A reference to a new object that holds ``value``."""
    obj = Object(name, t, span)
    frame.env.values[obj] = refined(value, t) if frame.memory is None else memory.allocate(frame, value, t)
    frame.bump(obj)
    return Ref(obj, t)


def snapshot(frame: Frame, value: Any, t: TensorType, span: Span, source: Ref, reason: str) -> Ref:
    """A reference to a new object that may share memory with what ``source`` refers to."""
    ref = fresh(frame, value, t, span, source.object.name)
    for origin in frame.env.reachable(source):
        ref.object.origins[origin] = frame.env.versions.get(origin, 0)
    ref.object.reason = reason
    return ref


def whole(frame: Frame, ref: Ref) -> View:
    """The view of a reference; one that covers the object where it has none."""
    if ref.view is not None:
        return ref.view
    value, t = frame.env.values[ref.object], ref.object.type
    zero, one = frame.constant(0), frame.constant(1)
    return View(tuple(ViewAxis(i, zero, frame.extent(value, t, i), one, whole=True) for i in range(t.rank)))


def extents(frame: Frame, ref: Ref) -> list[Any]:
    """The extents of what a reference refers to."""
    if ref.view is not None:
        return [a.size for a in ref.view.axes]
    return [frame.extent(frame.env.values[ref.object], ref.type, i) for i in range(ref.type.rank)]


def select(frame: Frame, ref: Ref, places: Sequence[Place], name: str) -> View:
    """The part of a reference's view at ``places``, one for each of its axes and for each new one; checks positions."""
    base = whole(frame, ref)
    axes, fixed = [], dict(base.fixed)
    source, one, zero = iter(base.axes), frame.constant(1), frame.constant(0)
    number = -1
    for place in places:
        number += not isinstance(place, Added)
        match place:
            case Added():
                axes.append(ViewAxis(None, zero, one, one))
            case Position(value=w, inside=inside):
                axis = next(source)
                if not inside:
                    given, w = w, index.wrapped(frame, w, axis.size)
                    message = f"index out of bounds for axis {number} of '{name}'"
                    pieces = ["index ", given, f" is out of bounds for axis {number} with size ", axis.size]
                    frame.require(index.inside(frame, w, axis.size), "IndexError", message, pieces)
                if axis.base is not None:
                    fixed[axis.base] = _along(frame, axis, w)
            case Stretch():
                axes.append(_stretch(frame, next(source), place))
    return View(tuple(axes), fixed)


def _along(frame: Frame, axis: ViewAxis, i: Any) -> Any:
    """The position on the base's axis of position ``i`` on the view's."""
    return index.add(frame, axis.offset, index.mul(frame, i, axis.stride))


def _stretch(frame: Frame, axis: ViewAxis, place: Stretch) -> ViewAxis:
    if place.is_full:
        return axis
    zero, one = frame.constant(0), frame.constant(1)
    step = one if place.step is None else place.step
    if index.known(step) is None:
        frame.require(index.compare(frame, "ne", step, zero), "ValueError", "slice step cannot be zero")
    start, stop = index.slice_bounds(frame, place.start, place.stop, step, axis.size)
    size = index.length(frame, start, stop, step) if place.size is None else place.size
    first, extent = index.known(start), index.known(axis.size)
    if index.known(size) == 0 or (first is not None and first == extent):
        start = zero  # an empty slice begins inside: MLIR refuses an offset at the end of a known extent
    return ViewAxis(axis.base, _along(frame, axis, start), size, index.mul(frame, axis.stride, step))


def read(frame: Frame, ref: Ref, span: Span) -> Any:
    """The value of an array now."""
    if frame.memory is not None:
        return memory.read(frame, ref)
    stale_read(frame.report, frame.env, ref, span)
    value = frame.env.values[ref.object]
    if ref.view is None or ref.view.is_whole:
        return refined(value, ref.type)
    return refined(_read(frame, value, ref.view), ref.type)


def _read(frame: Frame, value: Any, view: View) -> Any:
    kept = [a for a in view.axes if a.base is not None]
    if not all(a.whole for a in kept) or view.fixed:
        offsets, sizes, strides, backwards = _rectangle(frame, view)
        value = build.slice(value, offsets, sizes, strides, dropped=sorted(view.fixed))
        value = _reversed(value, backwards)
    order = _order(kept)
    if order != sorted(order):
        value = build.transpose(value, order)
    if len(kept) != len(view.axes):
        value = build.reshape(value, [a.size for a in view.axes])
    return value


def element(frame: Frame, ref: Ref, view: View, span: Span) -> Any:
    """The one element that a view without axes selects."""
    if frame.memory is not None:
        return memory.element(frame, ref, view)
    stale_read(frame.report, frame.env, ref, span)
    value = frame.env.values[ref.object]
    return build.extract(value, [view.fixed[i] for i in range(ref.object.type.rank)])


def write(frame: Frame, ref: Ref, view: View, value: Any, t: TensorType | None, span: Span) -> None:
    """Put ``value``, an array of type ``t`` or a scalar, into ``view``, a part of what ``ref`` refers to."""
    if frame.memory is not None:
        if is_tensor(value.type):
            assert t is not None
            value = _spread(frame, value, t, view, span)
        memory.write(frame, Ref(ref.object, ref.type, view), value, span)
        return
    if write_refused(frame.report, ref, span):
        return
    obj = ref.object
    old = frame.env.values[obj]
    if len(view.fixed) == obj.type.rank and not is_tensor(value.type):
        new = build.insert(value, old, [view.fixed[i] for i in range(obj.type.rank)])
    else:
        kept = [a for a in view.axes if a.base is not None]
        offsets, extents, strides, backwards = _rectangle(frame, view)
        if is_tensor(value.type):
            assert t is not None
            value = _spread(frame, value, t, view, span)
            if len(kept) != len(view.axes):
                value = build.reshape(value, [a.size for a in kept])
            inverse = _order(kept)
            if inverse != sorted(inverse):
                value = build.transpose(value, [inverse.index(i) for i in range(len(inverse))])
            value = _reversed(value, backwards)
        else:
            sizes = [a.size for a in sorted(kept, key=lambda a: a.base or 0)]
            value = build.fill(value, sizes, obj.type.precision, obj.type.target)
        new = build.insert_slice(value, old, offsets, extents, strides, dropped=sorted(view.fixed))
    frame.env.values[obj] = new
    obj.written = obj.written or span
    frame.bump(obj)


def replace(frame: Frame, ref: Ref, value: Any, span: Span) -> None:
    """The array that ``ref`` refers to now holds ``value``, of the same shape: what a callee left in it."""
    if frame.memory is not None:
        memory.write(frame, Ref(ref.object, ref.type, whole(frame, ref)), value, span)
        return
    if ref.view is not None and not ref.view.is_whole:
        write(frame, ref, ref.view, value, ref.type, span)
    elif not write_refused(frame.report, ref, span):
        frame.env.values[ref.object] = refined(value, ref.object.type)
        ref.object.written = ref.object.written or span
        frame.bump(ref.object)


def _order(axes: Sequence[ViewAxis]) -> list[int]:
    """The permutation that takes axes in the object's order to the view's."""
    bases = [a.base for a in axes if a.base is not None]
    return [sorted(bases).index(b) for b in bases]


def _rectangle(frame: Frame, view: View) -> tuple[list[Any], list[Any], list[Any], dict[int, Any]]:
    """Offsets, sizes and strides along every axis of the object, and which axes of what they select run backwards.

    Strides are positive: a view that runs backwards is the elements in their order, reversed. Of an axis for which that
    may be so, counted among those that stay, the condition is given.
    """
    one, zero = frame.constant(1), frame.constant(0)
    by_axis = {a.base: (a.offset, a.size, a.stride) for a in view.axes if a.base is not None}
    by_axis |= {i: (position, one, one) for i, position in view.fixed.items()}
    backwards: dict[int, Any] = {}
    for number, base in enumerate(sorted(a.base for a in view.axes if a.base is not None)):
        offset, size, stride = by_axis[base]
        negative = index.compare(frame, "lt", stride, zero)
        if index.known(negative) != 0:
            lowest = index.add(frame, offset, index.mul(frame, index.sub(frame, size, one), stride))
            # Of no elements, the last one may be anywhere.
            lowest = index.select(frame, index.compare(frame, "gt", size, zero), lowest, zero)
            forwards = index.sub(frame, zero, stride)
            by_axis[base] = (
                index.select(frame, negative, lowest, offset),
                size,
                index.select(frame, negative, forwards, stride),
            )
            backwards[number] = negative
    offsets, sizes, strides = zip(*(by_axis[i] for i in range(len(by_axis))), strict=True) if by_axis else ((), (), ())
    return list(offsets), list(sizes), list(strides), backwards


def _reversed(value: Any, backwards: Mapping[int, Any]) -> Any:
    return build.reverse(value, list(backwards), list(backwards.values())) if backwards else value


def _spread(frame: Frame, value: Any, t: TensorType, view: View, span: Span) -> Any:
    """``value`` broadcast to the extents of ``view``; what cannot be proved to fit is checked."""
    sizes = [a.size for a in view.axes]
    surplus = t.rank - len(sizes)
    message = "could not broadcast the value to the elements that it is assigned to"
    given = numbers.shape([frame.extent(value, t, i) for i in range(t.rank)])
    pieces = ["could not broadcast input array from shape ", *given, " into shape ", *numbers.shape(sizes)]
    if surplus > 0:
        for axis in range(surplus):
            one = index.compare(frame, "eq", frame.extent(value, t, axis), frame.constant(1))
            frame.require(one, "ValueError", message, pieces)
        value = build.reshape(value, [frame.extent(value, t, i) for i in range(surplus, t.rank)])
        t = TensorType(t.dtype, t.dims[surplus:], t.precision, t.target)
    stretched = t.rank < len(sizes)
    for axis in range(t.rank):
        size = sizes[len(sizes) - t.rank + axis]
        if t.dims[axis].value == 1 and index.known(size) != 1:
            stretched = True
            continue
        extent = frame.extent(value, t, axis)
        same = index.compare(frame, "eq", extent, size)
        frame.require(same, "ValueError", message, [*pieces, numbers.Ones((extent,))])
    return build.broadcast(value, sizes) if stretched else value
