"""What nodes stand for that call a function, or that the standard defines by other operators: the nodes of these."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import onnx
from onnx import AttributeProto, inliner, shape_inference

from .graphs import Kind, typed

_DOMAIN = "pyc.expanded"


def written_out(
    node: onnx.NodeProto,
    opsets: Iterable[onnx.OperatorSetIdProto],
    kinds: Mapping[str, Kind | None],
    constants: Mapping[str, np.ndarray[Any, Any]],
    known: Collection[str],
) -> onnx.GraphProto | None:
    """The nodes that the standard says a node stands for, with the types of their values; ``None`` if it says nothing.

    ``kinds`` are those of what the node reads, as far as they are known, and ``constants`` what of it is.
    """
    made = onnx.helper.make_graph(
        [node],
        "written_out",
        [typed(name, kind) for name, kind in kinds.items() if name not in constants],
        [onnx.helper.make_value_info(o, onnx.TypeProto()) for o in node.output if o],
        [onnx.numpy_helper.from_array(a, name) for name, a in constants.items()],
    )
    model = expanded(onnx.helper.make_model(made, opset_imports=list(opsets)), known)
    if any(n.op_type == node.op_type for n in model.graph.node):
        return None
    outputs = [o for o in node.output if o]
    return _renamed(model.graph, f"{outputs[0]}/", {n: n for n in (*kinds, *outputs)})


def expanded(model: onnx.ModelProto, known: Collection[str]) -> onnx.ModelProto:
    """A model with inferred types whose nodes are ``known``, as far as functions say what others stand for."""
    model = shape_inference.infer_shapes(inliner.inline_local_functions(model), data_prop=True)
    for _ in range(16):  # deeper than the standard's definitions are
        if not _named(model, known):
            break
        model = shape_inference.infer_shapes(inliner.inline_local_functions(model), data_prop=True)
    return model


def _named(model: onnx.ModelProto, known: Collection[str]) -> bool:
    """Make each node that is not known, and that a function says, a call of a function of the model."""
    versions = {i.domain: i.version for i in model.opset_import}
    types = {v.name: v.type for v in (*model.graph.value_info, *model.graph.input, *model.graph.output)}
    for t in model.graph.initializer:
        types[t.name] = onnx.helper.make_tensor_type_proto(t.data_type, list(t.dims))
    found = 0
    for node in list(_nodes(model.graph, types)):
        if node.op_type in known:
            continue
        function = _definition(node, versions.get(node.domain, 0), types)
        if function is None:
            continue
        function.name = f"{node.op_type}_{found}"
        function.domain = _DOMAIN
        node.op_type, node.domain = function.name, _DOMAIN
        model.functions.append(function)
        found += 1
    if found and _DOMAIN not in versions:
        model.opset_import.append(onnx.helper.make_opsetid(_DOMAIN, 1))
    return bool(found)


def _nodes(graph: onnx.GraphProto, types: dict[str, onnx.TypeProto]) -> Iterator[onnx.NodeProto]:
    for v in (*graph.value_info, *graph.input, *graph.output):
        types.setdefault(v.name, v.type)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                yield from _nodes(attribute.g, types)
        yield node


def _definition(node: onnx.NodeProto, version: int, types: dict[str, onnx.TypeProto]) -> onnx.FunctionProto | None:
    """What the standard says that a node stands for; ``None`` for an operator that it does not define by others."""
    try:
        schema: Any = onnx.defs.get_schema(node.op_type, version, node.domain)
    except onnx.defs.SchemaError:
        return None
    given = {a.name for a in node.attribute}
    # A call of a function of the model has no defaults.
    node.attribute.extend(
        a.default_value for n, a in schema.attributes.items() if n not in given and a.default_value.name
    )
    if schema.has_context_dependent_function:
        if any(i and not types.get(i, onnx.TypeProto()).HasField("tensor_type") for i in node.input):
            return None  # onnx ends the process where it does not know a type that it asks for
        kinds = [types.get(i, onnx.TypeProto()).SerializeToString() for i in node.input]
        newest = max((v for v in schema.context_dependent_function_opset_versions if v <= version), default=version)
        text = schema.get_context_dependent_function_with_opset_version(newest, node.SerializeToString(), kinds)
    elif schema.has_function:
        newest = max((v for v in schema.function_opset_versions if v <= version), default=version)
        text = schema.get_function_with_opset_version(newest)
    else:
        return None
    function = onnx.FunctionProto()
    function.ParseFromString(text)
    for imported in function.opset_import:
        if imported.domain in ("", "ai.onnx") and node.domain in ("", "ai.onnx"):
            # It holds until the version of the next one, and is inlined into a model of its own version only.
            imported.version = max(imported.version, version)
    return function


# --- functions of the model -------------------------------------------------------------------------------------------


def resolved(function: onnx.FunctionProto, call: onnx.NodeProto) -> list[onnx.NodeProto]:
    """The nodes of a function with the attributes that a call gives, or that are its defaults."""
    given = {a.name: a for a in (*function.attribute_proto, *call.attribute)}
    nodes = [onnx.NodeProto() for _ in function.node]
    for node, was in zip(nodes, function.node, strict=True):
        node.CopyFrom(was)
        _resolve(node, given)
    return nodes


def _resolve(node: onnx.NodeProto, given: Mapping[str, AttributeProto]) -> None:
    for i in reversed(range(len(node.attribute))):
        attribute = node.attribute[i]
        if attribute.ref_attr_name:
            found, name = given.get(attribute.ref_attr_name), attribute.name
            if found is None:
                del node.attribute[i]
                continue
            attribute.CopyFrom(found)
            attribute.name = name
        for inner in attribute.g.node:
            _resolve(inner, given)


def in_place(graph: onnx.GraphProto, call: onnx.NodeProto, model: onnx.ModelProto) -> onnx.GraphProto:
    """The body of a function, as a graph with typed inputs and ``model`` around it, where it is called.

    Its values have names of their own.
    """
    model.graph.CopyFrom(graph)
    inferred = shape_inference.infer_shapes(model, data_prop=True).graph
    parameters = [i for f in model.functions if (f.domain, f.name) == (call.domain, call.op_type) for i in f.input]
    given = [*call.input, *[""] * (len(parameters) - len(call.input))]
    names = dict(zip(parameters, given, strict=False))
    outputs = {o.name: n for o, n in zip(inferred.output, call.output, strict=False) if n}
    for name in outputs.keys() & names.keys():
        # What the function returns as it was given it.
        inferred.node.add(op_type="Identity", input=[name], output=[f"{name}/returned"])
        outputs[f"{name}/returned"] = outputs.pop(name)
    inferred.value_info.extend(inferred.output)
    return _renamed(inferred, f"{next(iter(outputs.values()), call.name)}/", {**names, **outputs})


def _renamed(graph: onnx.GraphProto, before: str, names: Mapping[str, str]) -> onnx.GraphProto:
    """A graph whose values have other names: those that ``names`` gives, the others with a text ``before`` them."""

    def name_of(name: str) -> str:
        return names.get(name, before + name) if name else ""

    for node in graph.node:
        for place in (node.input, node.output):
            place[:] = [name_of(n) for n in place]
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                _renamed(attribute.g, before, names)
    for part in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
        part.name = name_of(part.name)
    return graph
