"""Where each annotation lives in a model. Every kind has one native carrier; the manifest holds all of it once more.

=============================  ===================================================================================
annotation                     carrier
=============================  ===================================================================================
storage precision              the element type; ``org.pyc.precision`` of the value (inputs, outputs, value_info)
compute, accumulate precision  the ``Cast`` nodes around an operation; ``org.pyc.compute`` and ``org.pyc.accumulate``
                               of the nodes that it became
target                         ``ModelProto.configuration`` and ``device_configurations`` of nodes; ``layer_ann`` of
                               nodes (ONNX Runtime assigns layers by it); ``org.pyc.target`` of values and functions
module hierarchy               model-local functions; the name of a call node, its ``org.pyc.path`` and ``namespace``
generic instance               ``org.pyc.name``, ``org.pyc.module`` and ``org.pyc.generic.*`` of a function
source location                ``org.pyc.loc`` of nodes and functions
calls that were inlined        ``org.pyc.within`` of nodes, where they were restored: the call nodes, outermost first
computed beforehand            ``org.pyc.folded`` of initializers, where they were restored: the nodes and weights in
                               whose place another tool has put them
operation                      ``org.pyc.op`` of the nodes that it became
flags of ``fastmath``          ``org.pyc.fastmath`` of the nodes; no runtime reads them
parameter                      ``TensorProto.metadata_props`` of the initializer
written argument               ``org.pyc.writes`` of the output that holds its final value
symbolic extent                ``dim_param``
assumption on extents          ``org.pyc.assumes`` of a function
stage of a pipeline            ``pipeline_stage`` of the ``device_configurations`` of nodes
what the user says             ``org.pyc.user.<name>`` of the value, node, function, input, output or initializer; of a
                               module ``org.pyc.module.user.<name>`` of its methods, and of a submodule, with its path,
                               ``org.pyc.module.user.<name>@<path>``; each is JSON
=============================  ===================================================================================

The metadata of the exported function, which is the graph, is the graph's. An attribute of the program that stands in
none of the tables below has no carrier, and export refuses it: nothing is lost silently.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pyc.dialects import annotation, errors, operators, signature
from pyc.dialects.mlir import ir
from pyc.dialects.types import dtype_of, element_of, is_tensor, precision_of, target_of
from pyc.dialects.walk import nested
from pyc.passes.resolve_checks import ATTRIBUTE as ASSUMES
from pyc.user_annotations import Annotations, decoded, encoded

PREFIX = "org.pyc."
LOC, OP, PATH, WITHIN = PREFIX + "loc", PREFIX + "op", PREFIX + "path", PREFIX + "within"
FOLDED = PREFIX + "folded"
COMPUTE, ACCUMULATE = PREFIX + "compute", PREFIX + "accumulate"
PRECISION, TARGET, TYPE = PREFIX + "precision", PREFIX + "target", PREFIX + "type"
NAME, MODULE, GENERIC, ASSUMED = PREFIX + "name", PREFIX + "module", PREFIX + "generic.", PREFIX + "assumes"
USER, OF_MODULE = PREFIX + "user.", PREFIX + "module.user."
FASTMATH = PREFIX + "fastmath"
WEIGHT, WRITES, MOVES = PREFIX + "weight", PREFIX + "writes", PREFIX + "to"
#: ONNX Runtime's key for the device of a layer, and the key by which model explorers fold nodes.
LAYER, NAMESPACE = "layer_ann", "namespace"

#: Attributes of functions, of operations and of the module that a carrier holds, that the structure of the model says,
#: or that concern the compilation alone (its errors and remarks).
#: (A model never checks an index: whether the program asks for no checks is nothing that it could say.)
FUNCTION_ATTRIBUTES = frozenset(
    {"pyc.name", "pyc.target", "pyc.export", "pyc.module", "pyc.signature", "pyc.unchecked", ASSUMES}
    | {operators.OPERATOR, annotation.ANNOTATIONS, annotation.MODULES}
)
OPERATION_ATTRIBUTES = frozenset({"pyc.path", "pyc.fastmath", annotation.ANNOTATIONS})
MODULE_ATTRIBUTES = frozenset({"pyc.source", "pyc.errors", "pyc.remarks", "pyc.deep", annotation.ANNOTATED})

_LIBRARY = "frontend/library/"
#: Operations that compute nothing with elements.
_MOVING = frozenset(
    f"pyc.{name}"
    for name in (
        "dim", "transpose", "reshape", "broadcast", "concat", "fill", "empty", "iota", "extract", "insert", "slice",
        "insert_slice", "cast", "to", "annotate",
    )
)  # fmt: skip
_ACCUMULATING = ("pyc.reduce", "pyc.matmul")


def without_carrier(module: Any) -> Iterator[tuple[str, Any]]:
    """(attribute, location) of each annotation that no carrier takes."""
    yield from _foreign(module.operation, MODULE_ATTRIBUTES)
    for function in signature.functions(module):
        yield from _foreign(function.operation, FUNCTION_ATTRIBUTES)
        found: list[tuple[str, Any]] = []
        for operation in nested(function.operation, outer_first=True):
            if operation.name != "func.func":
                found += _foreign(operation, OPERATION_ATTRIBUTES)
        yield from found


def _foreign(operation: Any, known: frozenset[str]) -> list[tuple[str, Any]]:
    """Attributes beyond those of the operation itself: dialects' ones have a dot in their name."""
    names = [a if isinstance(a, str) else a.name for a in operation.attributes]
    return [(n, operation.location) for n in names if "." in n and n not in known]


def location(where: Any) -> str:
    """``file:line:column`` of an MLIR location; empty where it has none."""
    file, line, column = errors.position(where)
    if is_library(file):
        # Where pyc is installed is no property of the program.
        file = _LIBRARY + file.replace("\\", "/").rpartition(_LIBRARY)[2]
    return f"{file}:{line}:{column}" if file else ""


def is_library(file: str) -> bool:
    """Whether a file is one of the library of layers, which comes with the compiler."""
    return _LIBRARY in file.replace("\\", "/")


def of_operation(op: Any, target: str) -> dict[str, str]:
    """Metadata of the nodes that an operation becomes."""
    out = {OP: op.name, LAYER: target}
    place = location(op.location)
    if place:
        out[LOC] = place
    if op.name.startswith("pyc.") and op.name not in _MOVING:
        out[COMPUTE] = _dtype(op.operands[-1])
    if op.name in _ACCUMULATING:
        out[ACCUMULATE] = _dtype(op.results[0])
    if op.name == "pyc.to":
        out[MOVES] = f"{target_of(op.operands[0].type)} -> {target_of(op.results[0].type)}"
    if "pyc.fastmath" in op.attributes:
        out[FASTMATH] = ir.StringAttr(op.attributes["pyc.fastmath"]).value
    said = annotation.annotations_of(op)
    node = said.pop(annotation.NODE, {})
    if "loc" in node:
        out[LOC] = node["loc"]
    return out | node.get("metadata", {}) | of_user(said)


def stage_of(op: Any) -> int | None:
    """The stage of a pipeline that the user says an operation is in, where that is a number from 0 on."""
    said = annotation.annotations_of(op).get("pipeline_stage")
    return said if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else None


def of_user(said: Annotations) -> dict[str, str]:
    """Metadata that says what the user says."""
    return {USER + name: encoded(value) for name, value in said.items()}


def of_modules(said: Mapping[str, Annotations]) -> dict[str, str]:
    """Metadata of a method that says what the user says of its module, and of submodules by their paths."""
    return {
        f"{OF_MODULE}{name}{f'@{path}' if path else ''}": encoded(value)
        for path, entries in said.items()
        for name, value in entries.items()
    }


def said_by_user(properties: Mapping[str, str]) -> dict[str, Any]:
    """What the user says in the metadata of a part of a model: values by name, those of modules behind ``module``.

    A value that is not JSON was written by something else: it is given as the text that it is.
    """
    found: dict[str, Any] = {}
    for key, text in properties.items():
        for prefix, label in ((USER, ""), (OF_MODULE, "module.")):
            if key.startswith(prefix):
                try:
                    found[label + key.removeprefix(prefix)] = decoded(text)
                except ValueError:
                    found[label + key.removeprefix(prefix)] = text
    return found


def of_call(op: Any) -> dict[str, str]:
    """Metadata of a call node: the path of the submodule that is called, if it is one."""
    if "pyc.path" not in op.attributes:
        return {}
    path = ir.StringAttr(op.attributes["pyc.path"]).value
    return {PATH: path, NAMESPACE: path.replace(".", "/")}


def of_function(function: Any) -> dict[str, str]:
    """Metadata of a function, or of the graph that the exported function is."""
    s = signature.read(function)
    out = {NAME: s.name, TARGET: s.target}
    place = location(function.location)
    if place:
        out[LOC] = place
    if s.module is not None:
        out[MODULE] = s.module
    out |= {GENERIC + key: text for key, text in s.extra.items()}
    assumed = assumptions(function)
    if assumed:
        out[ASSUMED] = json.dumps(assumed)
    return out | of_user(s.annotations) | of_modules(s.modules)


def assumptions(function: Any) -> list[str]:
    """What the model takes for granted of its inputs, as sentences."""
    if ASSUMES not in function.attributes:
        return []
    return [ir.StringAttr(a).value for a in ir.ArrayAttr(function.attributes[ASSUMES])]


def of_value(value: Any) -> dict[str, str]:
    """Metadata of a value that an operation gives: its policy and target; nothing for a scalar."""
    if not is_tensor(value.type):
        return {}
    return {PRECISION: str(precision_of(value.type)), TARGET: str(target_of(value.type))}


def of_parameter(v: signature.Value) -> dict[str, str]:
    """Metadata of an input, an output or an initializer: the type as the user wrote it, policy and target."""
    out = {TYPE: v.type, PRECISION: v.precision, TARGET: v.target}
    if v.weight is not None:
        out[WEIGHT] = v.weight
    return out | of_user(v.annotations)


def read_properties(proto: Any) -> Mapping[str, str]:
    """The metadata of any part of a model."""
    return {entry.key: entry.value for entry in proto.metadata_props}


def _dtype(value: Any) -> str:
    return dtype_of(element_of(value.type))
