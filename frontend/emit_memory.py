"""The memory form of a function: its arrays are references into memory, and writes happen where they stand.

Before::

    for _ in range(n):
        u[1:] = v[:-1]
        u, v = v, u

After::

    %r:2 = scf.for %k = 0 to %n iter_args(%a = %u, %b = %v) {
      %to = pyc.view %a[1]
      %from = pyc.view %b[0]
      %0 = pyc.read %from
      pyc.write %0, %to
      scf.yield %b, %a
    }

Everything that is not about arrays is as in value form. An :class:`~.objects.Object` here is a place in memory: what
the environment holds for it is a memref, which no write changes. Names bound to views are kept as views of a place,
and become memrefs of their own where control flow joins. ``origins`` are places that an object may be; as loops add to
them after the body has been emitted, what may have been written is concluded at the end of the function.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pyc.dialects import build
from pyc.dialects.types import is_tensor, memref_type, meta_of
from pyc.source import Span

from . import tree
from .emit_errors import write_refused
from .emit_frame import Frame, mlir_type, refined
from .objects import Object, Ref, Slot, View
from .types import TensorType, Type

#: The errors of value form that are none in memory form.
VALUE_FORM_ERRORS = frozenset({"E401", "E402", "E403", "E404", "E405", "E406", "E409"})


#: What NumPy calls a view that it does not write.
BROADCAST = "np.broadcast_to"
#: Expressions that give a new array.
_NEW = (
    tree.Unary, tree.Binary, tree.Compare, tree.Select, tree.Cast, tree.Transfer, tree.Copy, tree.Reduce,
    tree.ArgReduce, tree.Matmul, tree.Correlate, tree.Concat, tree.Fill, tree.Empty, tree.Iota, tree.Gather,
    tree.Nonzero, tree.Packed,
)  # fmt: skip


class NeedsMemory(Exception):
    """Leaves the emission of a function in value form: only memory form can say what it does. The text says why."""


def memory_type(t: Type) -> Any:
    """The MLIR type of a number, or of an array in memory."""
    if isinstance(t, TensorType):
        return memref_type(t.dtype, [d.value for d in t.dims], t.precision, t.target)
    return mlir_type(t)


def carried_type(frame: Frame, t: Type) -> Any:
    """The MLIR type in which control flow carries a number or an array."""
    return mlir_type(t) if frame.memory is None else memory_type(t)


def place(frame: Frame, ref: Ref) -> Any:
    """The memref of what a reference refers to."""
    m = frame.env.values[ref.object]
    if ref.view is None or ref.view.is_whole:
        return m
    offsets = [frame.constant(0)] * ref.object.type.rank
    for axis in ref.view.axes:
        if axis.base is not None:
            offsets[axis.base] = axis.offset
    for i, position in ref.view.fixed.items():
        offsets[i] = position
    axes = ref.view.axes
    return build.view(
        m, offsets, [a.size for a in axes], [a.stride for a in axes], [-1 if a.base is None else a.base for a in axes]
    )


def carried(frame: Frame, ref: Ref, t: TensorType) -> Any:
    """The memref of a reference, of the type in which control flow carries a ``t``."""
    return build.with_extents(place(frame, ref), carried_type(frame, t))


def read(frame: Frame, ref: Ref) -> Any:
    """The elements of an array now."""
    return refined(build.read(place(frame, ref)), ref.type)


def allocate(frame: Frame, value: Any, t: TensorType) -> Any:
    """The memref of a new array that holds ``value``."""
    return build.allocate(stored(refined(value, t), t))


def stored(value: Any, t: TensorType) -> Any:
    """``value`` under the policy and on the target of ``t``."""
    have = meta_of(value.type)
    want = memref_type(t.dtype, [], t.precision, t.target).memory_space
    return value if have == want else build.cast(value, t.dtype, t.precision)


def element(frame: Frame, ref: Ref, view: View) -> Any:
    """The one element that a view without axes selects."""
    return build.load(frame.env.values[ref.object], [view.fixed[i] for i in range(ref.object.type.rank)])


def write(frame: Frame, ref: Ref, value: Any, span: Span) -> None:
    """Put ``value``, of the extents of the view ``ref`` or a scalar, into the memory that it is."""
    assert frame.memory is not None
    assert ref.view is not None
    obj, axes = ref.object, ref.view.axes
    if is_read_only(obj):
        write_refused(frame.report, ref, span)
        return
    frame.memory.written.append(frame.memory.event(obj, span))
    t = obj.type
    if is_tensor(value.type):
        build.write(stored(value, t), place(frame, ref))
    elif not axes:
        build.store(value, frame.env.values[obj], [ref.view.fixed[i] for i in range(t.rank)])
    else:
        build.write(build.fill(value, [a.size for a in axes], t.precision, t.target), place(frame, ref))


# --- new places -------------------------------------------------------------------------------------------------------


def bound(frame: Frame, m: Any, t: TensorType, span: Span, name: str, origins: Iterable[Object], reason: str) -> Ref:
    """A reference to the place ``m``, which may be a part of the ``origins``."""
    obj = Object(name, t, span, origins=dict.fromkeys(origins, 0), reason=reason)
    frame.env.values[obj] = m
    frame.bump(obj)
    return Ref(obj, t)


def reshaped(frame: Frame, e: tree.Reshape, source: Ref, sizes: Sequence[Any], t: TensorType) -> Ref:
    """A reference to the elements of ``source`` under other extents: its own memory where NumPy gives a view."""
    span = e.span
    m = build.reshape_view(place(frame, source), sizes, contiguous=e.contiguous)
    m = build.with_extents(m, carried_type(frame, t))
    ref = bound(frame, m, t, span, source.object.name, [source.object], "reshape")
    assert frame.memory is not None
    frame.memory.reshapes.append(frame.memory.event(ref.object, span))
    return ref


def broadcast(frame: Frame, source: Ref, sizes: Sequence[Any], t: TensorType, span: Span) -> Ref:
    """A reference to the elements of ``source``, the same ones all along its new axes and those of extent 1."""
    m = place(frame, source)
    new = t.rank - source.type.rank
    stretched = [i < new or source.type.dims[i - new].value == 1 for i in range(t.rank)]
    axes = [-1 if s else i - new for i, s in enumerate(stretched)]
    zero, one = frame.constant(0), frame.constant(1)
    m = build.view(m, [zero] * source.type.rank, sizes, [zero if s else one for s in stretched], axes)
    m = build.with_extents(m, carried_type(frame, t))
    ref = bound(frame, m, t, span, "", [source.object], "broadcast")
    ref.object.read_only = BROADCAST
    return ref


def placeholder(frame: Frame, t: TensorType) -> Any:
    """An array where none is ever read: as small as its type allows."""
    sizes = [frame.constant(d.value or 0) for d in t.dims]
    value = build.empty(t.dtype, sizes, t.precision, t.target)
    return build.with_extents(build.allocate(value), carried_type(frame, t))


# --- loops ------------------------------------------------------------------------------------------------------------


def head(t: TensorType, name: str, span: Span, entry: object) -> Object:
    """The place that a variable of a loop is: in every round, and after it."""
    origins = dict.fromkeys([entry.object], 0) if isinstance(entry, Ref) else {}
    return Object(name, t, span, origins=origins, reason="join")


def outcome(
    frame: Frame, leaves: Sequence[Any], heads: Sequence[Object | None], ends: Sequence[Slot], results: Sequence[Any]
) -> list[Slot]:
    """What carried variables hold after a loop: the place of each is one that it had at the begin or at an end."""
    slots: list[Slot] = []
    for leaf, obj, end, value in zip(leaves, heads, ends, results, strict=False):
        if obj is None:
            slots.append(value)
            continue
        if isinstance(end, Ref) and end.object is not obj:
            obj.origins[end.object] = 0
        frame.env.values[obj] = value
        slots.append(Ref(obj, leaf.type))
    return slots


# --- conclusions ------------------------------------------------------------------------------------------------------


def reachable(objects: Iterable[Object]) -> set[Object]:
    """The objects whose memory that of the given ones may be."""
    found: set[Object] = set()
    pending = list(objects)
    while pending:
        o = pending.pop()
        if o not in found:
            found.add(o)
            pending += o.origins
    return found


def written_parameters(frame: Frame) -> tuple[int, ...]:
    """The parameters that a function in memory form may write; reports writes to what cannot be written."""
    assert frame.memory is not None
    found: set[int] = set()
    for write in frame.memory.written:
        for o in reachable([write.object]):
            if o.parameter is not None:
                found.add(o.parameter)
            if is_read_only(o):
                write_refused(frame.report, Ref(o, o.type), write.span)
    return tuple(sorted(found))


def is_read_only(obj: Object) -> bool:
    """Whether an array is never written: a weight, or what NumPy makes read-only."""
    return obj.weight or bool(obj.read_only)


def parameters_in(objects: Iterable[Object]) -> frozenset[int]:
    """The parameters that objects may be memory of."""
    return frozenset(o.parameter for o in reachable(objects) if o.parameter is not None)


# --- values that need no memory ---------------------------------------------------------------------------------------


def needs_none(e: tree.Expression) -> bool:
    """Whether an expression gives an array that nothing else refers to: where it is only read, it needs no memory."""
    match e:
        case tree.Transpose() | tree.Conform() | tree.Reshape() | tree.BroadcastTo() | tree.Diagonal():
            return needs_none(e.x)
        case tree.Unary(op="real" | "imag"):
            return needs_none(e.x) and isinstance(e.type, TensorType)
        case tree.Bind() | tree.Checked():
            return needs_none(e.body)
        case _:
            return isinstance(e, _NEW) and isinstance(e.type, TensorType)
