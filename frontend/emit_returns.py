"""What a function returns: arguments themselves, and values settled where the ``return`` is.

Nothing runs after a ``return``, so the array that it gives cannot be written any more: its value then is the result,
whatever other names it has. A parameter that every ``return`` gives at one position is no result at all; the signature
says that it is the argument.
"""

from __future__ import annotations

from typing import Any

from pyc.diagnostics import Note
from pyc.dialects.mlir import ir
from pyc.source import Span

from . import emit_memory as memory
from . import emit_read_only as read_only
from . import emit_views as views
from .emit_branches import placeholder, slot_value
from .emit_flow import Structured, result_types
from .emit_frame import Emitted, Frame, mlir_type, retyped
from .emit_layout import check_reshapes
from .emit_memory import NeedsMemory
from .objects import Object, Ref, Slot, View
from .report import fix
from .types import Type


def settled(frame: Frame, slot: Slot, span: Span) -> Slot:
    """What a ``return`` gives, as values; notes which parameters each of them may share memory with.

    In memory form, it gives the arrays themselves.
    """
    if frame.memory is not None:
        return slot
    leaves = _leaves(slot)
    if frame.has_memory and frame.function.export:
        _refuse_sharing(frame, leaves, span)
    found: dict[Object, Ref] = {}
    for k, leaf in enumerate(leaves):
        if isinstance(leaf, Ref):
            sources = [o for o in frame.env.reachable(leaf) if o.parameter is not None or o.weight]
            frame.shares.setdefault(k, set()).update(o.parameter for o in sources if o.parameter is not None)
            if sources and frame.function.export:
                _report_view(frame, leaf, sources, span)
            if leaf.object in found and _is_whole(leaf):
                leaves[k] = found[leaf.object]
                continue
            with frame.at(span):
                leaves[k] = views.fresh(frame, views.read(frame, leaf, span), leaf.type, span)
                leaves[k].object.read_only = leaf.object.read_only
            if _is_whole(leaf):
                found[leaf.object] = leaves[k]
    return _with_leaves(slot, leaves)


def _refuse_sharing(frame: Frame, leaves: list[Slot], span: Span) -> None:
    """Leave value form where two results share memory and are not one array."""
    arrays = [leaf for leaf in leaves if isinstance(leaf, Ref)]
    for i, one in enumerate(arrays):
        for two in arrays[:i]:
            if one.object is two.object and _is_whole(one) and _is_whole(two):
                continue
            if frame.env.reachable(one) & frame.env.reachable(two):
                name = one.object.name or "an array"
                raise NeedsMemory(f"two results share the memory of '{name}' (line {span.begin[0]})")


def _report_view(frame: Frame, ref: Ref, sources: list[Object], span: Span) -> None:
    """Report a result that shares memory with an argument, or may: the caller gets a copy."""
    notes = [Note(f"'{o.name}' comes from here", o.span) for o in sources]
    if _is_whole(ref) and (ref.object.reason == "join" or ref.object.parameter is not None):
        if frame.has_memory:
            line = span.begin[0]
            raise NeedsMemory(f"the result may be the argument '{sources[0].name}' itself (line {line})")
        message = f"the result is a copy where '{ref.object.name}' is still the argument"
        frame.report.remark("E405", message, span, *notes, severity="remark")
    elif frame.copies:
        message = f"the result is a copy, where Python's is a view of '{sources[0].name}'"
        frame.report.remark("E405", message, span, *notes, severity="remark")
    else:
        message = f"'{frame.function.name}' returns a view of '{sources[0].name}', and its caller would get a copy"
        frame.report.error("E405", message, span, *notes, fix("say so: return `.copy()` of the view"))


def leave(frame: Frame, structured: Structured) -> Emitted:
    """Emit the ``return``: results, then the final values of written parameters."""
    function, env = frame.function, frame.env
    slots = _leaves(env.slots.get(structured.result)) if env.alive else []
    values: list[Any] = []
    kinds: list[Type] = []
    returns: list[int] = []
    shares: dict[int, frozenset[int]] = {}
    known: dict[tuple[Object, View | None], int] = {}
    only: dict[int, str] = {}
    modes: dict[int, read_only.ReadOnly] = {}
    taken = 0
    with frame.at(function.span):
        for k, t in enumerate(result_types(function.result)):
            if k in structured.arguments:
                returns.append(-(structured.arguments[k] + 1))
                continue
            slot = slots[taken] if slots else None
            shared = frame.shares.get(taken, ())
            taken += 1
            if isinstance(slot, Ref) and (slot.object, slot.view) in known:
                returns.append(known[slot.object, slot.view])
                continue
            if isinstance(slot, Ref):
                known[slot.object, slot.view] = len(values)
                if slot.object.read_only:
                    only[len(values)] = slot.object.read_only
                made = "always" if slot.object.read_only else ""
                if frame.memory is not None:
                    made = read_only.of_result(frame, slot.object, function.span)
                modes[len(values)] = made
            returns.append(len(values))
            if frame.memory is not None:
                shares[len(values)] = memory.parameters_in([slot.object] if isinstance(slot, Ref) else [])
            else:
                shares[len(values)] = frozenset(shared)
            values.append(placeholder(frame, t) if slot is None else slot_value(frame, slot, t, function.span))
            kinds.append(t)
        if frame.memory is not None:
            ir.Operation.create("func.return", operands=values)
            written = memory.written_parameters(frame)
            check_reshapes(frame)
            return Emitted(function, tuple(kinds), tuple(returns), written, shares, frame.memory.reason, only, modes)
        arrays = {o.parameter: o for o in env.values if o.parameter is not None}
        written = sorted(i for i, o in arrays.items() if o.written is not None)
        finals = [retyped(env.values[arrays[i]], mlir_type(arrays[i].type)) for i in written]
        ir.Operation.create("func.return", operands=[*values, *finals])
    return Emitted(function, tuple(kinds), tuple(returns), tuple(written), shares, read_only=only, modes=modes)


def _is_whole(ref: Ref) -> bool:
    return ref.view is None or ref.view.is_whole


def _leaves(slot: Slot) -> list[Slot]:
    if isinstance(slot, tuple):
        return [leaf for item in slot for leaf in _leaves(item)]
    return [] if slot is None else [slot]


def _with_leaves(slot: Slot, leaves: list[Slot]) -> Slot:
    """``slot`` with its values exchanged for ``leaves``, which are taken from the front."""
    if isinstance(slot, tuple):
        return tuple(_with_leaves(item, leaves) for item in slot)
    return None if slot is None else leaves.pop(0)
