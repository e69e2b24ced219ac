"""Functions that stay functions: they are called with numbers and with arrays in memory.

What a function that calls itself returns and writes is said before it has been emitted. Without arrays it is like any
other, but that its calls are not inlined away. With arrays it is in memory form: a call gives it the memory of its
arguments, and a write is seen by all that share it. An array that it returns is new, or in the memory of an argument.
"""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import ir

from . import emit_expressions as expressions
from . import emit_growth as growth
from . import emit_memory as memory
from . import tree
from .emit_flow import result_types
from .emit_frame import Emitted, Frame
from .objects import Ref, Slot
from .types import NoneType, TensorType, TupleType, Type

REASON = "it calls itself and works on arrays"


def has_arrays(function: tree.Function) -> bool:
    """Whether a function takes arrays, or gives any."""
    types = (*(p.type for p in function.parameters), *result_types(function.result))
    return bool(function.weights) or any(isinstance(t, TensorType) for t in types)


def reason(function: tree.Function) -> str:
    """Why a function that stays one is in memory form."""
    return REASON if function.recursive else growth.REASON


def declared(function: tree.Function) -> Emitted:
    """What callers know of a function that calls itself, before it has been emitted."""
    results = result_types(function.result)
    because = reason(function) if has_arrays(function) else None
    shares = {k: frozenset[int]() for k in range(len(results))}
    return Emitted(function, results, tuple(range(len(results))), (), shares, because)


def call_with_memory(frame: Frame, e: tree.Call, callee: Emitted) -> Slot:
    """What a call returns, after the callee has written into the memory that it was given."""
    assert frame.memory is not None
    slots = [expressions.reference(frame, a) for a in e.arguments]
    weights = [frame.weights[e.weight(w.name)] for w in e.function.weights]
    given = [*slots, *(Ref(obj, obj.type) for obj in weights)]
    with frame.at(e.span):
        places = [memory.place(frame, s) if isinstance(s, Ref) else s for s in slots]
        expressions.dim_checks(frame, e.checks, places, [a.type for a in e.arguments])
        operands = [
            memory.carried(frame, slot, source.type) if isinstance(source.type, TensorType) else slot
            for slot, source in zip(given, e.function.inputs, strict=True)
        ]
        attributes = {"callee": ir.FlatSymbolRefAttr.get(callee.function.symbol)}
        types = [memory.memory_type(t) for t in callee.results]
        op = ir.Operation.create("func.call", results=types, operands=operands, attributes=attributes)
        for i in callee.writes:
            frame.memory.written.append(frame.memory.event(given[i].object, e.span))
        found = {k: _result(frame, e, callee, given, k, value) for k, value in enumerate(op.results)}
    leaves: list[Slot] = []
    for k, t in zip(callee.returns, result_types(e.type), strict=True):
        slot = found[k] if k >= 0 else given[-(k + 1)]
        leaves.append(Ref(slot.object, t, slot.view) if isinstance(t, TensorType) else slot)
    return _rebuilt(e.type, leaves)


def _result(frame: Frame, e: tree.Call, callee: Emitted, given: list[Slot], k: int, value: Any) -> Slot:
    """A number that a call returns, or an array, which may be in the memory of an argument."""
    t = callee.results[k]
    if not isinstance(t, TensorType):
        return value
    origins = [given[i].object for i in sorted(callee.shares.get(k, ()))]
    return memory.bound(frame, value, t, e.span, "", origins, "call")


def _rebuilt(t: Type, leaves: list[Slot]) -> Slot:
    if isinstance(t, TupleType):
        return tuple(_rebuilt(item, leaves) for item in t.items)
    return None if isinstance(t, NoneType) else leaves.pop(0)
