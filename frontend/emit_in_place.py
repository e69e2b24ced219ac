"""Calls that a function in memory form makes of functions that write arrays, or return memory of an argument.

The callee's body is emitted where the call is, on the caller's own arrays: a write through any name is then seen by
all that share the memory, and what is returned is the array itself. Its names and dimensions are its own: they are kept
in a frame of their own, which ends with the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dialects import build

from . import emit_expressions as expressions
from . import emit_memory as memory
from . import emit_views as views
from . import tree
from .emit_flow import Structured, result_types, structure
from .emit_frame import Emitted, Frame
from .emit_liveness import liveness
from .objects import Environment, Ref, Slot, refs
from .types import NoneType, TensorType, TupleType, Type


def is_in_place(callee: Emitted) -> bool:
    """Whether a function in memory form emits a callee in its own body, and does not call it with values."""
    return callee.memory is not None or bool(callee.writes) or any(callee.shares.values())


def call_in_place(frame: Frame, e: tree.Call) -> Slot:
    """What the call returns, after the callee's body has been emitted here."""
    slots = [expressions.reference(frame, a) for a in e.arguments]
    with frame.at(e.span):
        places = [memory.place(frame, s) if isinstance(s, Ref) else s for s in slots] if e.checks else []
        expressions.dim_checks(frame, e.checks, places, [a.type for a in e.arguments])
        structured = structure(e.function)
        inner = _frame(frame, e, structured, slots)
    _run(inner, structured)
    inner.marker.erase()
    if not inner.env.alive:
        frame.env.alive = False
    result = inner.env.slots.get(structured.result) if inner.env.alive else None
    with frame.at(e.span):
        returned = _leaves(frame, e, structured, slots, result)
    for ref in refs(tuple(returned)):
        frame.env.values.setdefault(ref.object, inner.env.values.get(ref.object))
    return _rebuilt(e.type, returned)


def _run(inner: Frame, structured: Structured) -> None:
    from .emit_statements import block

    block(inner, structured.body)


def _frame(frame: Frame, e: tree.Call, structured: Structured, slots: Sequence[Slot]) -> Frame:
    """The frame of the callee, its parameters bound to the arguments."""
    function = e.function
    live = liveness(structured.body, [structured.result])
    # What is hoisted to the marker, the start of the callee, may use the extents of the arguments.
    extents = {
        p: views.extents(frame, s) for p, s in zip(function.parameters, slots, strict=True) if isinstance(s, Ref)
    }
    marker = build.constant(False, "bool").owner
    env = Environment(values=dict(frame.env.values), versions=dict(frame.env.versions))
    inner = Frame(
        function, frame.emitted, frame.report, env, live, structured.result, marker, frame.memory, frame.has_memory,
        within=function.name, call=frame.call_at(e.span), versions=frame.versions,
        outer=(*frame.outer, *refs((*frame.env.slots.values(), *slots))),
    )  # fmt: skip
    for weight in function.weights:
        inner.weights[weight.name] = frame.weights[e.weight(weight.name)]
    for parameter, slot in zip(function.parameters, slots, strict=True):
        t = parameter.type
        if isinstance(slot, Ref) and isinstance(t, TensorType):
            env.slots[parameter] = Ref(slot.object, t, slot.view)
            _name_dims(inner, t, extents[parameter])
        else:
            env.slots[parameter] = slot
            inner.symbols.setdefault(parameter.name, (slot, None))
            if slot in frame.naturals:
                inner.naturals.add(slot)
    for weight in function.weights:
        obj = inner.weights[weight.name]
        _name_dims(inner, weight.type, views.extents(frame, Ref(obj, weight.type)))
    return inner


def _name_dims(inner: Frame, t: TensorType, extents: Sequence[Any]) -> None:
    """Give names of dimensions the extents of an argument."""
    for dim, extent in zip(t.dims, extents, strict=True):
        if len(dim.symbols) == 1 and str(dim) in dim.symbols:
            inner.symbols.setdefault(str(dim), (extent, None))
            inner.naturals.add(extent)
        elif dim.solvable is not None:
            name, factor, rest = dim.solvable
            inner.solved.setdefault(name, (extent, None, factor, rest))


def _leaves(frame: Frame, e: tree.Call, structured: Structured, slots: Sequence[Slot], result: Slot) -> list[Slot]:
    """What is returned, leaf by leaf: the arguments that the callee returns by position, and its results."""
    from .emit_branches import placeholder

    items = e.type.items if isinstance(e.type, TupleType) else (e.type,)
    found: list[Slot] = []
    for k, t in enumerate(items):
        if k in structured.arguments:
            slot: Slot = slots[structured.arguments[k]]
        else:
            slot = result[k] if isinstance(e.type, TupleType) and result is not None else result
        for leaf, leaf_type in zip(_flat(slot, t), result_types(t), strict=True):
            if isinstance(leaf_type, TensorType):
                if leaf is None:
                    m = placeholder(frame, leaf_type)
                    found.append(memory.bound(frame, m, leaf_type, e.span, "", [], "absent"))
                else:
                    found.append(Ref(leaf.object, leaf_type, leaf.view))
            else:
                found.append(placeholder(frame, leaf_type) if leaf is None else leaf)
    return found


def _flat(slot: Slot, t: Type) -> list[Any]:
    """The values in a slot of type ``t``; ``None`` for each where there is nothing."""
    if isinstance(t, TupleType):
        parts = slot if slot is not None else (None,) * len(t.items)
        return [leaf for part, item in zip(parts, t.items, strict=True) for leaf in _flat(part, item)]
    return [] if isinstance(t, NoneType) else [slot]


def _rebuilt(t: Type, leaves: list[Slot]) -> Slot:
    if isinstance(t, TupleType):
        return tuple(_rebuilt(item, leaves) for item in t.items)
    return None if isinstance(t, NoneType) else leaves.pop(0)
