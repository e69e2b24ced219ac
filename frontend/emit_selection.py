"""Arrays indexed by arrays: positions are checked and wrapped, then elements are read or written all at once.

Before::

    y = x[i]

After::

    %n = pyc.dim %x, 0
    %ok = pyc.reduce all (-%n <= %i and %i < %n)
    pyc.check %ok {IndexError}
    %w = pyc.select (%i < 0), (%i + %n), %i
    %y = pyc.gather %x at %w
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dialects import build
from pyc.dialects.mlir import ir
from pyc.dialects.types import is_tensor, shape_of
from pyc.dialects.verify import broadcast

from . import emit_expressions as expressions
from . import emit_index as index
from . import emit_numbers as numbers
from . import emit_views as views
from . import tree
from .emit_frame import Frame, refined, retyped
from .objects import Ref, View
from .types import TensorType


def gather(frame: Frame, e: tree.Gather) -> Any:
    """The elements of an array that are chosen."""
    x = expressions.value(frame, e.base)
    numbers = [expressions.value(frame, i) for i in e.chosen.indices]
    with frame.at(e.span):
        places = _places(frame, e.chosen, numbers, x, e.base.type, e.base.span.text)
        return refined(build.gather(x, places, e.chosen.axes, e.chosen.position), e.type)


def scatter(frame: Frame, s: tree.Store, base: Ref, view: View, value: Any) -> None:
    """Put ``value`` where a store chooses elements of a view."""
    assert s.chosen is not None
    assert isinstance(s.base.type, TensorType)
    numbers = [expressions.value(frame, i) for i in s.chosen.indices]
    t = s.base.type
    if s.dims is not None:
        t = TensorType(t.dtype, s.dims, t.precision, t.target)
    place = Ref(base.object, t, view)
    old = views.read(frame, place, s.span)
    places = _places(frame, s.chosen, numbers, old, t, s.base.span.text)
    if is_tensor(value.type):
        _fits(frame, s, value, places, old)
    views.replace(frame, place, build.scatter(value, old, places, s.chosen.axes, s.chosen.position), s.span)


def _places(frame: Frame, chosen: tree.Chosen, numbers: Sequence[Any], x: Any, t: Any, name: str) -> list[Any]:
    """Positions counted from the start, behind the checks that they are inside."""
    expressions.dim_checks(frame, chosen.checks, numbers, [i.type for i in chosen.indices])
    found: list[Any] = []
    for number, axis, written in zip(numbers, chosen.axes, chosen.written or chosen.axes, strict=True):
        inside = axis in chosen.inside
        found.append(number if inside else _place(frame, number, frame.extent(x, t, axis), written, name))
    return _alike(frame, chosen, found, t)


def _alike(frame: Frame, chosen: tree.Chosen, places: Sequence[Any], t: TensorType) -> list[Any]:
    """Positions broadcast together, to one type."""
    shape: list[int] = []
    for p in places:
        shape = broadcast(shape, shape_of(p.type)) or []
    sizes = _common(frame, chosen, places)
    found: list[Any] = []
    for p in places:
        if not is_tensor(p.type):
            p = build.fill(p, sizes, "i64", t.target)
        elif len(shape_of(p.type)) < len(shape) or any(
            a == 1 and b != 1 for a, b in zip(shape_of(p.type), shape, strict=True)
        ):
            p = build.broadcast(p, sizes)
        found.append(p)
    known = [max(extents) for extents in zip(*[shape_of(p.type) for p in found], strict=True)]
    return [retyped(p, ir.RankedTensorType.get(known, p.type.element_type, p.type.encoding)) for p in found]


def _place(frame: Frame, i: Any, extent: Any, axis: int, name: str) -> Any:
    message = f"index out of bounds for axis {axis} of '{name}'"
    pieces = ["index ", i, f" is out of bounds for axis {axis} with size ", extent]
    if not is_tensor(i.type):
        wrapped = index.wrapped(frame, i, extent)
        frame.require(index.inside(frame, wrapped, extent), "IndexError", message, pieces)
        return wrapped
    low = build.compare("ge", i, index.sub(frame, frame.constant(0), extent))
    inside = build.binary("and", low, build.compare("lt", i, extent))
    axes = range(len(shape_of(i.type)))
    holds = build.reduce(inside, "all", list(axes))
    pieces[1] = build.first_outside(holds, i, extent)
    frame.require(holds, "IndexError", message, pieces)
    negative = build.compare("lt", i, frame.constant(0))
    return build.select(negative, build.binary("add", i, extent), i)


def _fits(frame: Frame, s: tree.Store, value: Any, places: Sequence[Any], x: Any) -> None:
    """Check that the extents of what is put are those of where it goes: what has extent 1 is stretched."""
    assert s.chosen is not None
    t = s.value.type
    assert isinstance(t, TensorType)
    region = _extents(s.chosen, places, x)
    message = "shape mismatch: value array could not be broadcast to indexing result"
    given = numbers.shape([frame.extent(value, t, axis) for axis in range(t.rank)])
    pieces = ["shape mismatch: value array of shape ", *given, " could not be broadcast to indexing result of shape "]
    pieces += numbers.shape(region)
    if s.chosen.masked and t.rank == 1:
        pieces = [
            "NumPy boolean array indexing assignment cannot assign ",
            given[1],
            " input values to the ",
            region[0],
        ]
        pieces += [" output values where the mask is true"]
    for axis in range(t.rank):
        if shape_of(value.type)[axis] == 1:
            continue
        size = region[len(region) - t.rank + axis]
        extent = frame.extent(value, t, axis)
        same = index.compare(frame, "eq", extent, size)
        frame.require(same, "ValueError", message, [*pieces, numbers.Ones((extent,))])


def _common(frame: Frame, chosen: tree.Chosen, places: Sequence[Any]) -> list[Any]:
    """The extents of positions broadcast together."""
    common: list[Any] = []
    rank = max(len(shape_of(p.type)) for p in places)
    for axis in range(rank):
        extent = frame.constant(1)
        for p, i in zip(places, chosen.indices, strict=True):
            own = axis - rank + len(shape_of(p.type))
            if own >= 0 and shape_of(p.type)[own] != 1:
                assert isinstance(i.type, TensorType)
                extent = frame.extent(p, i.type, own)
                break
        common.append(extent)
    return common


def _extents(chosen: tree.Chosen, places: Sequence[Any], x: Any) -> list[Any]:
    """The extents of the region that is chosen."""
    common = [build.dim(places[0], axis) for axis in range(len(shape_of(places[0].type)))]
    kept = [build.dim(x, a) for a in range(len(shape_of(x.type))) if a not in chosen.axes]
    return [*kept[: chosen.position], *common, *kept[chosen.position :]]


def packed(frame: Frame, e: tree.Packed) -> Any:
    """An array of numbers, put in one by one."""
    t = e.type
    assert isinstance(t, TensorType)
    items = [expressions.value(frame, i) for i in e.items]
    with frame.at(e.span):
        sizes = [d.value or 0 for d in t.dims]
        array = build.empty(t.dtype, [frame.constant(s) for s in sizes], t.precision, t.target)
        for number, item in enumerate(items):
            place: list[Any] = []
            for size in reversed(sizes):
                number, i = divmod(number, size)
                place.insert(0, frame.constant(i))
            array = build.insert(item, array, place)
        return array
