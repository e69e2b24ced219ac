"""Branches and loops: the regions of ``scf`` become nested graphs of ``If`` and ``Loop``, which see the values around.

What a loop carries stays a value: an array that the program writes in place goes into each round and comes out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import onnx_ir as ir

from pyc.dialects.build import constant_value
from pyc.dialects.types import is_tensor

from . import carriers
from .extents import Extent
from .scope import Scope, describe_value, program_dtype

#: Writes the operations of a block to a scope; gives what its terminator is given.
Body = Callable[[Scope, Any], Sequence[Any]]
#: The extents of a value of the program.
Extents = Callable[[Any], Sequence[Extent]]
#: What emits an operation with regions: the values of its results.
Control = Callable[[Scope, Any, Body, Extents], Sequence[ir.Value]]


def _if(scope: Scope, operation: Any, body: Body, extents: Extents) -> Sequence[ir.Value]:
    then, otherwise = operation.regions
    graphs = {"then_branch": _branch(scope, then, body), "else_branch": _branch(scope, otherwise, body)}
    return scope.nodes_of("If", [scope[operation.operands[0]]], _dtypes(operation), graphs)


def _branch(scope: Scope, region: Any, body: Body) -> ir.Graph:
    """A graph without inputs."""
    inner = scope.nested()
    given = body(inner, region.blocks[0])
    return inner.graph([], _outputs(inner, [inner[v] for v in given]))


def _for(scope: Scope, operation: Any, body: Body, extents: Extents) -> Sequence[ir.Value]:
    """A ``Loop`` of known length, whose rounds ask for no condition."""
    lower, upper, step, *start = operation.operands
    block = operation.regions[0].blocks[0]
    counter, *carried = block.arguments
    trips = scope[upper]
    if constant_value(lower) != 0:
        trips = scope.op("Sub", trips, scope[lower])
    if constant_value(step) != 1:
        # Rounded upwards; what is not positive is no round either way.
        more = scope.op("Sub", scope[step], scope.constant(1, "i64"))
        trips = scope.op("Div", scope.op("Add", trips, more), scope[step])
    inner = scope.nested()
    round_, again = inner.input("round", "i64", []), inner.input("again", "bool", [])
    index = round_
    if constant_value(step) != 1:
        index = inner.op("Mul", index, inner[step])
    if constant_value(lower) != 0:
        index = inner.op("Add", index, inner[lower])
    inner.bind(counter, index)
    inputs = _carried(inner, carried, extents)
    given = [inner[v] for v in body(inner, block)]
    graph = inner.graph([round_, again, *inputs], _outputs(inner, [again, *given]))
    begin = [trips, scope.constant(True, "bool"), *(scope[v] for v in start)]
    return scope.nodes_of("Loop", begin, _dtypes(operation), {"body": graph})


def _while(scope: Scope, operation: Any, body: Body, extents: Extents) -> Sequence[ir.Value]:
    """The condition is computed before the loop and at the end of each round, since ``Loop`` asks only then.

    What it hands on is what the loop carries, and in the end gives.
    """
    before, after = (region.blocks[0] for region in operation.regions)
    again, *start = _condition(scope, before, [scope[v] for v in operation.operands], body)
    inner = scope.nested()
    round_, last = inner.input("round", "i64", []), inner.input("again", "bool", [])
    inputs = _carried(inner, list(after.arguments), extents)
    handed = [inner[v] for v in body(inner, after)]
    given = _condition(inner, before, handed, body)
    graph = inner.graph([round_, last, *inputs], _outputs(inner, given))
    # As many rounds as the condition wants.
    begin = [scope.constant((1 << 63) - 1, "i64"), again, *start]
    return scope.nodes_of("Loop", begin, _dtypes(operation), {"body": graph})


def _condition(scope: Scope, block: Any, given: Sequence[ir.Value], body: Body) -> list[ir.Value]:
    for argument, value in zip(block.arguments, given, strict=True):
        scope.bind(argument, value)
    return [scope[v] for v in body(scope, block)]


def _carried(inner: Scope, arguments: Sequence[Any], extents: Extents) -> list[ir.Value]:
    """An input of a body for each argument of its block."""
    inputs = []
    for argument in arguments:
        value = inner.input("carried", program_dtype(argument), None if is_tensor(argument.type) else [])
        if is_tensor(argument.type):
            describe_value(value, argument.type, extents(argument), carriers.of_value(argument))
        inner.bind(argument, value)
        inputs.append(value)
    return inputs


def _outputs(inner: Scope, values: Sequence[ir.Value]) -> list[ir.Value]:
    """Values that nodes of this graph give, each once: an ``Identity`` gives what comes from around it, or again."""
    outputs: list[ir.Value] = []
    for value in values:
        ours = any(value.producer() is n for n in inner.nodes) and not any(value is o for o in outputs)
        outputs.append(value if ours else inner.op("Identity", value))
    return outputs


def _dtypes(operation: Any) -> list[str]:
    return [program_dtype(r) for r in operation.results]


CONTROL: dict[str, Control] = {
    "scf.if": _if,
    "scf.for": _for,
    "scf.while": _while,
}
