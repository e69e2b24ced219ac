"""All annotations of a model once more, in its metadata, under a digest: what a tool drops or changes is noticed.

``ModelProto.metadata_props`` is the one carrier that every tool keeps. The table is read off the finished model, entry
by entry, from the native carriers, so that verifying is reading it again and comparing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import onnx
import onnx.numpy_helper
from google.protobuf import text_format
from onnx import AttributeProto, ModelProto

from . import external, quantization
from .carriers import LAYER, NAMESPACE, PREFIX, read_properties
from .external import Elements
from .outline import label_of, outline

FORMAT = "pyc-onnx/1"
FORMAT_KEY, MANIFEST_KEY, DIGEST_KEY = PREFIX + "format", PREFIX + "manifest", PREFIX + "digest"

#: kind and name of a part of the model -> what it says.
Table = dict[str, dict[str, str]]


def seal(model: ModelProto, facts: Mapping[str, Any], elements: Elements | None = None) -> None:
    """Write ``facts`` (plain JSON values), the table, the outline and the digest of both into the model's metadata.

    ``elements`` gives those of tensors that lie outside of the model.
    """
    text = canonical({**facts, "carriers": table(model, elements), "outline": outline(model)})
    for key, value in ((FORMAT_KEY, FORMAT), (MANIFEST_KEY, text), (DIGEST_KEY, digest(text))):
        model.metadata_props.add(key=key, value=value)


def reseal(model: ModelProto, without: Collection[str] = (), elements: Elements | None = None) -> None:
    """Seal a model anew, with the facts of its manifest but those ``without``."""
    facts = json.loads(read_properties(model)[MANIFEST_KEY])
    unseal(model)
    seal(model, {k: v for k, v in facts.items() if k not in ("carriers", "outline", *without)}, elements)


def unseal(model: ModelProto) -> None:
    """Take the manifest out of a model."""
    for i in reversed(range(len(model.metadata_props))):
        if model.metadata_props[i].key in (FORMAT_KEY, MANIFEST_KEY, DIGEST_KEY):
            del model.metadata_props[i]


def canonical(value: Any) -> str:
    """JSON with one spelling for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def table(model: ModelProto, elements: Elements | None = None) -> Table:
    """Every annotation of a model by the part that carries it: ``node main/add_1`` -> ``{"org.pyc.loc": ...}``.

    ``elements`` gives those of tensors that lie outside of the model.
    """
    out: Table = {}
    for kind, name, proto in parts(model):
        if kind == "configuration":
            out[f"{kind} {name}"] = {"@devices": ", ".join(proto.device)}
            continue
        entries = {k: v for k, v in read_properties(proto).items() if is_ours(k)}
        if kind == "node":
            entries |= {f"@device {d.configuration_id}": device_text(d) for d in proto.device_configurations}
            entries |= {"@call": f"{proto.domain}.{proto.op_type}"} if proto.domain else {}
        elif kind == "value":
            entries["@type"] = type_text(proto.type)
        elif kind == "initializer":
            entries |= of_initializer(proto, elements)
        if entries:
            out[f"{kind} {name}"] = entries
    return out | quantization.table(model)


def device_text(device: Any) -> str:
    """What is said of the device of a node besides its configuration: the stage, and how tensors are divided."""
    rest = onnx.NodeDeviceConfigurationProto()
    rest.CopyFrom(device)
    rest.ClearField("configuration_id")
    return text_format.MessageToString(rest, as_one_line=True)


def of_initializer(tensor: Any, elements: Elements | None = None) -> dict[str, str]:
    """The type and a digest of the elements of an initializer, in the model or outside of it."""
    extents = ", ".join(map(str, tensor.dims))
    return {
        "@type": f"{element_name(tensor.data_type)}[{extents}]",
        "@data": hashlib.sha256(_content(tensor, elements)).hexdigest(),
    }


def _content(tensor: Any, elements: Elements | None) -> bytes:
    """The elements of a tensor, however they are stored."""
    if external.is_outside(tensor):
        try:
            return elements(tensor) if elements is not None else b""
        except external.Unreadable:
            return b""  # there is another finding that says why
    if tensor.raw_data or 0 in tensor.dims:
        return tensor.raw_data
    try:
        return onnx.numpy_helper.to_array(tensor).tobytes()
    except (ValueError, TypeError, OSError):
        return b""  # they are damaged


def is_ours(key: str) -> bool:
    """Whether a key of metadata is one that export writes."""
    return key.startswith(PREFIX) or key in (LAYER, NAMESPACE)


def parts(model: ModelProto) -> Iterator[tuple[str, str, Any]]:
    """(kind, name, message) of every part of a model that carries annotations; names tell scopes apart."""
    for configuration in model.configuration:
        yield "configuration", configuration.name, configuration
    yield from _graph_parts(model.graph, "main")
    for function in model.functions:
        scope = f"{function.domain}.{function.name}"
        yield "function", scope, function
        for value in function.value_info:
            yield "value", f"{scope}/{value.name}", value
        yield from _node_parts(function.node, scope)


def _graph_parts(graph: Any, scope: str) -> Iterator[tuple[str, str, Any]]:
    yield "graph", scope, graph
    for value in (*graph.input, *graph.output, *graph.value_info):
        yield "value", f"{scope}/{value.name}", value
    for tensor in graph.initializer:
        yield "initializer", f"{scope}/{tensor.name}", tensor
    yield from _node_parts(graph.node, scope)


def _node_parts(nodes: Any, scope: str) -> Iterator[tuple[str, str, Any]]:
    for node in nodes:
        yield "node", f"{scope}/{label_of(node)}", node
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                yield from _graph_parts(attribute.g, f"{scope}/{label_of(node)}/{attribute.name}")


def element_name(number: int) -> str:
    """What ONNX calls an element type; its number where ONNX has none."""
    known = onnx.TensorProto.DataType.values()
    return onnx.TensorProto.DataType.Name(number) if number in known else f"type {number}"  # pyright: ignore


def type_text(proto: Any) -> str:
    """``FLOAT[N, 4, ?]``; ``FLOAT[]`` for a scalar."""
    tensor = proto.tensor_type
    name = element_name(tensor.elem_type)
    if not tensor.HasField("shape"):
        return name
    dims = [d.dim_param or (str(d.dim_value) if d.HasField("dim_value") else "?") for d in tensor.shape.dim]
    return f"{name}[{', '.join(dims)}]"
