"""LINALG: every call is replaced by the body of its function, and private functions go.

Targets see one function for each export: fusion and in-place updates then work across what the user split up. Functions
that call themselves, or each other in a circle, stay functions. Before::

    func.func @f(...) { call @g(%x) ... }           // at line 9 of f
    func.func private @g(...) { cf.assert %ok, "3" }

After, where the table of errors knows that error 5 is error 3, called from line 9 of f::

    func.func @f(...) { cf.assert %ok, "5" }
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import errors
from pyc.dialects.mlir import arith, ir
from pyc.dialects.walk import callee_of, calls_in, nested

from . import dropped_axes, encodings
from .base import LINALG, OWN_FUNCTIONS, Level, Pass, run_upstream
from .lower_to_linalg.tell import PREFIX

#: Of functions that the inliner leaves alone.
_APART = "no_inline"
#: On an operation that stands for a function of the pyc dialect while calls are inlined: its name.
_FUNCTION = "pyc.function"


@dataclass(frozen=True)
class InlineCalls(Pass):
    """Inline all calls and drop functions that are not exported."""

    name: ClassVar[str] = "inline-calls"
    takes: ClassVar[Level] = LINALG
    gives: ClassVar[Level] = LINALG

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            dropped_axes.say(module, misread=True)
            for function in module.body.operations:
                _name_calls(function.operation)
            kept = _keep_cycles(module)
            found = _stand_in(module)
        # The default pipeline of the inliner canonicalises every callee again for each caller.
        run_upstream(module, "inline{default-pipeline=canonicalize max-iterations=64},symbol-dce")
        if found:
            with module.context:
                _take_back(module)
        for function in module.body.operations:
            if function.operation.name == "func.func" and function.name.value in kept:
                del function.attributes[_APART]
        table = errors.ErrorTable(errors.read(module))
        with module.context, ir.Location.unknown():
            module.operation.walk(encodings.restore, ir.WalkOrder.PRE_ORDER)
            _renumber(module, table)
        errors.attach(module, table.errors)


def _stand_in(module: Any) -> bool:
    """Replace functions of the pyc dialect by operations that say which, and tell whether there are any.

    MLIR inlines no operations of dialects that are written in Python. ``math.fma`` is one that is never folded.
    """
    found = [op for op in nested(module.operation) if op.name in OWN_FUNCTIONS]
    for operation in found:
        (x,) = operation.operands
        _exchange(operation, "math.fma", [x] * 3, {_FUNCTION: ir.StringAttr.get(operation.name)})
    return bool(found)


def _take_back(module: Any) -> None:
    """Make the functions themselves again of what stands for them."""
    found = [op for op in nested(module.operation) if op.name == "math.fma" and _FUNCTION in op.attributes]
    for operation in found:
        name, x = ir.StringAttr(operation.attributes[_FUNCTION]).value, operation.operands[0]
        _exchange(operation, name, [x], {})


def _exchange(operation: Any, name: str, operands: list[Any], attributes: dict[str, Any]) -> None:
    with ir.InsertionPoint(operation), operation.location:
        made = ir.Operation.create(name, [operands[0].type], operands, attributes)
    operation.results[0].replace_all_uses_with(made.results[0])
    operation.erase()


def _keep_cycles(module: Any) -> set[str]:
    """The functions that call each other in a circle; they are kept from being inlined, which would not end soon."""
    functions = {f.name.value: f for f in module.body.operations if f.operation.name == "func.func"}
    calls = {name: {callee_of(c) for c in calls_in(f.operation)} for name, f in functions.items()}
    kept = {name for name in functions if _reaches(name, calls) and _APART not in functions[name].attributes}
    for name in kept:
        functions[name].attributes[_APART] = ir.UnitAttr.get()
    return kept


def _reaches(name: str, calls: Mapping[str, Set[str]]) -> bool:
    """Whether a function calls itself, directly or not."""
    seen, pending = set[str](), [name]
    while pending:
        for callee in calls.get(pending.pop(), ()):
            if callee == name:
                return True
            if callee not in seen:
                seen.add(callee)
                pending.append(callee)
    return False


def _name_calls(function: Any) -> None:
    """Let the locations of calls say which function of the user's they are in: the inliner gives them to the callee."""
    attributes = function.attributes
    if "sym_name" not in attributes:
        return
    name = ir.StringAttr(attributes["pyc.name"] if "pyc.name" in attributes else attributes["sym_name"]).value
    for operation in nested(function):
        if operation.name == "func.call" and not isinstance(operation.location, ir.CallSiteLoc | ir.NameLoc):
            operation.location = errors.within(name, operation.location)


def _renumber(module: Any, table: errors.ErrorTable) -> None:
    """Give checks in bodies that were inlined numbers of their own, which say where they were called."""
    inlined = [operation for operation in nested(module.operation) if isinstance(operation.location, ir.CallSiteLoc)]
    for operation in inlined:
        if operation.name == "cf.assert":
            number = int(ir.StringAttr(operation.attributes["msg"]).value)
            called = table.called(number, operation.location)
            operation.attributes["msg"] = ir.StringAttr.get(str(called))
    for call in inlined:
        if callee_of(call).startswith(PREFIX):
            number = ir.IntegerAttr(call.operands[0].owner.attributes["value"]).value
            with ir.InsertionPoint(call), call.location:
                called = table.called(number, call.location)
                call.operands[0] = arith.constant(ir.IntegerType.get_signless(32), called)
