"""Calls of other functions of the program: values in, values out, written arguments put back where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.diagnostics import Note
from pyc.dialects.mlir import ir

from . import emit_expressions as expressions
from . import emit_index as index
from . import emit_views as views
from . import tree
from .emit_flow import result_types
from .emit_frame import Emitted, Frame, mlir_type, retyped
from .emit_in_place import call_in_place, is_in_place
from .emit_memory import NeedsMemory
from .emit_recursion import call_with_memory
from .objects import Ref, Slot
from .report import fix
from .types import NoneType, TensorType, TupleType, Type


def call(frame: Frame, e: tree.Call) -> Slot:
    """What a call returns, after the arrays that it writes have been written.

    Raises:
        NeedsMemory: the callee has only a memory form, and this function is emitted in value form.
    """
    callee = frame.emitted[e.function]
    _kept(frame, e, callee)
    if callee.function.stays and callee.memory is not None and frame.memory is not None:
        return call_with_memory(frame, e, callee)
    if frame.memory is not None and is_in_place(callee):
        return call_in_place(frame, e)
    if frame.memory is None and callee.memory is not None:
        raise NeedsMemory(f"'{e.function.name}' is called: {callee.memory}")
    slots = [expressions.reference(frame, a) for a in e.arguments]
    # Arrays are read when all arguments have been evaluated: a later argument may write an earlier one.
    values = [
        expressions.value_of(frame, slot, a) if isinstance(slot, Ref) else slot
        for slot, a in zip(slots, e.arguments, strict=True)
    ]
    buffers = [frame.weights[e.weight(w.name)] for w in e.function.weights]
    slots += [Ref(obj, obj.type) for obj in buffers]
    if _refused(frame, e, callee, slots):
        return _placeholders(frame, e)
    with frame.at(e.span):
        expressions.dim_checks(frame, e.checks, values, [a.type for a in e.arguments])
        operands = [retyped(v, mlir_type(p.type)) for v, p in zip(values, e.function.parameters, strict=True)]
        operands += [_weight(frame, e, w) for w in e.function.weights]
        op = _operation(e, callee, operands)
        results = list(op.results)
        for i, value in zip(callee.writes, results[len(callee.results) :], strict=True):
            views.replace(frame, slots[i], value, e.span)
        return _returned(frame, e, callee, slots, results)


def _kept(frame: Frame, e: tree.Call, callee: Emitted) -> None:
    """Report writes to an array of mixed precision that is rounded where it is passed: they would be lost."""
    for i in callee.writes:
        a = e.arguments[i] if i < len(e.arguments) else None
        while isinstance(a, tree.Conform):
            a = a.x
        # A conversion that the user wrote has a span of its own.
        if isinstance(a, tree.Cast) and isinstance(a.type, TensorType) and a.span == a.x.span:
            held = a.x.type
            if isinstance(held, TensorType) and held.dtype != a.type.dtype:
                name = e.function.inputs[i].name
                message = (
                    f"{e.function.name} writes to its argument {name}, and what is passed is computed in {held.dtype}"
                    f" and rounded to {a.type.precision} on the way: the writes would be lost"
                )
                stored = fix(f"`y = ({a.span.text}).to({a.type.precision})`, and pass y")
                frame.report.error("E202", message, a.span, stored)


def _operation(e: tree.Call, callee: Emitted, operands: Sequence[Any]) -> Any:
    types = [mlir_type(t) for t in (*callee.results, *(e.function.inputs[i].type for i in callee.writes))]
    attributes = {"callee": ir.FlatSymbolRefAttr.get(callee.function.symbol)}
    if e.path:
        attributes["pyc.path"] = ir.StringAttr.get(e.path)
    return ir.Operation.create("func.call", results=types, operands=operands, attributes=attributes)


def _weight(frame: Frame, e: tree.Call, weight: tree.Weight) -> Any:
    """The caller's weight that is the callee's ``weight``."""
    obj = frame.weights[e.weight(weight.name)]
    value = views.read(frame, Ref(obj, obj.type), e.span)
    return retyped(value, mlir_type(weight.type))


def _returned(frame: Frame, e: tree.Call, callee: Emitted, slots: Sequence[Slot], results: Sequence[Any]) -> Slot:
    found: dict[int, Slot] = {}
    leaves: list[Slot] = []
    for k, t in zip(callee.returns, result_types(e.type), strict=True):
        if k not in found:
            found[k] = _result(frame, e, callee, slots, results, k, t)
        leaves.append(found[k])
    return _rebuilt(e.type, leaves)


def _result(
    frame: Frame, e: tree.Call, callee: Emitted, slots: Sequence[Slot], results: Sequence[Any], k: int, t: Type
) -> Slot:
    if k < 0:
        slot = slots[-(k + 1)]
        return Ref(slot.object, t, slot.view) if isinstance(slot, Ref) and isinstance(t, TensorType) else slot
    if not isinstance(t, TensorType):
        return results[k]
    ref = views.fresh(frame, results[k], t, e.span)
    ref.object.layout = "row-major" if t.rank < 2 else "guessed"
    ref.object.read_only = callee.read_only.get(k, "")
    for i in callee.shares.get(k, ()):
        for origin in frame.env.reachable(slots[i]):
            ref.object.origins[origin] = frame.env.versions.get(origin, 0)
            ref.object.reason = "call"
    return ref


def _rebuilt(t: Type, leaves: list[Slot]) -> Slot:
    if isinstance(t, TupleType):
        return tuple(_rebuilt(item, leaves) for item in t.items)
    return None if isinstance(t, NoneType) else leaves.pop(0)


def _placeholders(frame: Frame, e: tree.Call) -> Slot:
    """Something to go on with after an error."""
    from .emit_branches import placeholder

    leaves: list[Slot] = []
    for t in result_types(e.type):
        value = placeholder(frame, t)
        leaves.append(views.fresh(frame, value, t, e.span) if isinstance(t, TensorType) else value)
    return _rebuilt(e.type, leaves)


def _refused(frame: Frame, e: tree.Call, callee: Emitted, slots: Sequence[Slot]) -> bool:
    """Report an array that is passed twice and written."""
    for i in callee.writes:
        for j, other in enumerate(slots):
            if j == i or not isinstance(other, Ref):
                continue
            if frame.env.reachable(slots[i]) & frame.env.reachable(other) and not _disjoint(slots[i], other):
                written, twin = (e.function.inputs[k].name for k in (i, j))
                message = f"arguments '{written}' and '{twin}' may overlap, and '{e.function.name}' writes '{written}'"
                places = [a.span for a in e.arguments] + [e.span] * len(e.function.weights)
                mend = fix(f"pass a copy: `{places[j].text}.copy()`")
                frame.report.error("E406", message, places[i], Note("the other argument", places[j]), mend)
                return True
    return False


def _disjoint(a: Ref, b: Ref) -> bool:
    """Whether two views of one object are known to have no element in common."""
    if a.object is not b.object or a.view is None or b.view is None:
        return False
    for axis in range(a.object.type.rank):
        first, second = _covered(a, axis), _covered(b, axis)
        if first is not None and second is not None and (first[1] <= second[0] or second[1] <= first[0]):
            return True
    return False


def _covered(ref: Ref, axis: int) -> tuple[int, int] | None:
    """The range of positions along an axis that a view lies in, if it is known."""
    assert ref.view is not None
    if axis in ref.view.fixed:
        position = index.known(ref.view.fixed[axis])
        return None if position is None else (position, position + 1)
    for a in ref.view.axes:
        if a.base == axis:
            offset, size, stride = (index.known(v) for v in (a.offset, a.size, a.stride))
            if offset is None or size is None or stride is None:
                return None
            ends = (offset, offset + max(size - 1, 0) * stride)
            return min(ends), max(ends) + 1
    return None
