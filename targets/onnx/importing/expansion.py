"""Operators that the standard defines by others: nodes of them become what they stand for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import onnx
from onnx import inliner, shape_inference

_DOMAIN = "pyc.expanded"


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
            if attribute.type == onnx.AttributeProto.GRAPH:
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
