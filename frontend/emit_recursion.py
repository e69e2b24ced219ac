"""Functions that call themselves: they stay functions, and are called with numbers and with arrays in memory.

What such a function returns and writes is said before it has been emitted. It returns numbers; without arrays it is a
function like any other, whose calls are not inlined away. With arrays it is in memory form: a call gives it the memory
of its arguments, and a write is seen by all that share it.
"""

from __future__ import annotations

from pyc.dialects.mlir import ir

from . import emit_expressions as expressions
from . import emit_memory as memory
from . import tree
from .emit_flow import result_types
from .emit_frame import Emitted, Frame, mlir_type
from .objects import Ref, Slot
from .types import NoneType, TensorType, TupleType, Type

REASON = "it calls itself and takes arrays"


def has_arrays(function: tree.Function) -> bool:
    """Whether a function takes arrays."""
    return bool(function.weights) or any(isinstance(p.type, TensorType) for p in function.parameters)


def declared(function: tree.Function) -> Emitted:
    """What callers know of a function that calls itself, before it has been emitted."""
    results = result_types(function.result)
    reason = REASON if has_arrays(function) else None
    return Emitted(function, results, tuple(range(len(results))), (), {}, reason)


def call_with_memory(frame: Frame, e: tree.Call, callee: Emitted) -> Slot:
    """What a call returns, after the callee has written into the memory that it was given."""
    assert frame.memory is not None
    slots = [expressions.reference(frame, a) for a in e.arguments]
    with frame.at(e.span):
        places = [memory.place(frame, s) if isinstance(s, Ref) else s for s in slots]
        expressions.dim_checks(frame, e.checks, places, [a.type for a in e.arguments])
        operands = []
        for slot, parameter in zip(slots, e.function.parameters, strict=True):
            t = parameter.type
            operands.append(memory.carried(frame, slot, t) if isinstance(t, TensorType) else slot)
        for weight in e.function.weights:
            obj = frame.weights[e.weight(weight.name)]
            operands.append(memory.carried(frame, Ref(obj, obj.type), weight.type))
        attributes = {"callee": ir.FlatSymbolRefAttr.get(e.function.symbol)}
        types = [mlir_type(t) for t in callee.results]
        op = ir.Operation.create("func.call", results=types, operands=operands, attributes=attributes)
    for i in callee.writes:
        frame.memory.written.append(frame.memory.event(slots[i].object, e.span))
    return _rebuilt(e.type, list(op.results))


def _rebuilt(t: Type, leaves: list[Slot]) -> Slot:
    if isinstance(t, TupleType):
        return tuple(_rebuilt(item, leaves) for item in t.items)
    return None if isinstance(t, NoneType) else leaves.pop(0)
