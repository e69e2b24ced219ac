"""The parts of a model as calls, with all that they say: nodes, values, tensors, graphs, functions, and the model."""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import onnx
from google.protobuf.json_format import MessageToDict
from onnx import AttributeProto, TensorProto

from pyc.targets.onnx.carriers import GENERIC, LAYER, PREFIX, read_properties
from pyc.targets.onnx.manifest import DIGEST_KEY, FORMAT_KEY, MANIFEST_KEY
from pyc.targets.onnx.types import NAMES

from .calls import Call

#: Keywords that are parts themselves: metadata of these names is in ``metadata``.
RESERVED = frozenset({
    "attribute", "attributes", "configurations", "defaults", "denotation", "denotations", "devices", "doc", "domain",
    "generic", "initializers", "inputs", "ir_version", "kind", "manifest", "metadata", "opset_import", "outputs",
    "overload", "producer", "quantization", "ref", "sparse_initializers", "training", "values", "version",
})  # fmt: skip
#: What the manifest says besides what is read off the parts.
TABLES = ("carriers", "outline")
_A = AttributeProto
#: The names of the kinds of attributes.
KINDS = {number: name.lower() for name, number in _A.AttributeType.items()}
Infos = dict[str, onnx.ValueInfoProto]


def element_name(number: int) -> str | None:
    """The name of an element type: the language's, or ONNX's for one that the language does not have."""
    import onnx_ir as ir

    if not number:
        return None
    known = {int(t): name for t, name in NAMES.items()}
    return known.get(number) or ir.DataType(number).name.lower()


def plain(message: Any) -> dict[str, Any]:
    """Any message as a dictionary."""
    return MessageToDict(message, preserving_proto_field_name=True)


def metadata(properties: Mapping[str, str], *also: str) -> dict[str, Any]:
    """Keywords for metadata: a keyword for each key of ours that can be one, the others in ``metadata``."""
    said: dict[str, Any] = {}
    generic: dict[str, str] = {}
    others: dict[str, str] = {}
    for key, text in properties.items():
        short = key.removeprefix(PREFIX) if key.startswith(PREFIX) else ""
        if short.isidentifier() and not keyword.iskeyword(short) and short not in RESERVED and short not in also:
            said[short] = text
        elif key.startswith(GENERIC):
            generic[key.removeprefix(GENERIC)] = text
        else:
            others[key] = text
    return said | ({"generic": generic} if generic else {}) | ({"metadata": others} if others else {})


def _given(**entries: Any) -> dict[str, Any]:
    """The entries that say anything."""
    return {key: entry for key, entry in entries.items() if entry not in ("", None, [], {})}


# --- values -----------------------------------------------------------------------------------------------------------


def value(info: onnx.ValueInfoProto, without: Iterable[str] = ()) -> Call:
    """A value with its type; ``without`` are keys that are said elsewhere."""
    said = {k: v for k, v in read_properties(info).items() if k not in without}
    t = info.type.tensor_type
    words: list[Any] = [info.name]
    more: dict[str, Any] = {}
    if not info.type.WhichOneof("value") or info.type.HasField("tensor_type"):
        words.append(element_name(t.elem_type))
        if t.HasField("shape"):
            words.append([_extent(d) for d in t.shape.dim])
            denotations = [d.denotation for d in t.shape.dim]
            more = _given(denotations=denotations if any(denotations) else [])
        elif not t.elem_type:
            words.pop()
    else:
        more = {"kind": plain(info.type)}
    return Call("value", words, more | _given(denotation=info.type.denotation, doc=info.doc_string) | metadata(said))


def _extent(dim: Any) -> int | str | None:
    return dim.dim_value if dim.HasField("dim_value") else dim.dim_param or None


def described(names: Iterable[str], infos: Infos, without: Mapping[str, Iterable[str]]) -> list[Any]:
    """Names of values, with what is said of them where anything is; it is taken out of ``infos``."""
    return [value(infos.pop(name), without.get(name, ())) if name in infos else name for name in names]


# --- tensors and attributes -------------------------------------------------------------------------------------------


def tensor(proto: TensorProto, weight: str = "", without: Iterable[str] = ()) -> Call:
    """A tensor; where it is a weight of the program, the name of that stands for its elements."""
    said = {k: v for k, v in read_properties(proto).items() if k not in without}
    words = [proto.name, element_name(proto.data_type), list(proto.dims), weight or elements(proto)]
    return Call("tensor", words, _given(doc=proto.doc_string) | metadata(said))


def elements(proto: TensorProto) -> Any:
    """The elements of a tensor: numbers where they say all of it, else its bytes."""
    if proto.data_type == TensorProto.STRING:
        return [_text(s) for s in proto.string_data]
    array = onnx.numpy_helper.to_array(proto)
    made = onnx.numpy_helper.from_array(array)
    if made.data_type != proto.data_type or element_name(proto.data_type) not in NAMES.values():
        return proto.raw_data or made.raw_data
    kind = array.dtype
    found = [_number(n) for n in array.ravel()]
    return found if np.array(found, kind).tobytes() == array.tobytes() else array.tobytes()


def _number(n: Any) -> Any:
    plain = n.item()
    if isinstance(plain, float) and np.isfinite(plain):
        # As many digits as tell it from its neighbours.
        return float(str(n))
    return plain if isinstance(plain, bool | int) else float(plain)


def _text(content: bytes) -> str | bytes:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content


def attribute(a: AttributeProto) -> Any:
    """An attribute of a node: a plain value where that tells its kind."""
    if a.ref_attr_name:
        return Call("attribute", [KINDS[a.type]], {"ref": a.ref_attr_name} | _given(doc=a.doc_string))
    found: Any = None
    match a.type:
        case _A.INT:
            found = a.i
        case _A.FLOAT:
            found = _number(np.float32(a.f))
        case _A.STRING:
            found = _text(a.s)
        case _A.TENSOR:
            found = tensor(a.t)
        case _A.INTS:
            found = list(a.ints)
        case _A.FLOATS:
            found = [_number(np.float32(f)) for f in a.floats]
        case _A.STRINGS:
            found = [_text(s) for s in a.strings]
        case _:
            message = plain(a)
            found = Call("attribute", [KINDS[a.type], {k: v for k, v in message.items() if k not in ("name", "type")}])
    if a.doc_string or found == []:
        return Call("attribute", [KINDS[a.type], found], _given(doc=a.doc_string))
    return found


# --- nodes, graphs, functions -----------------------------------------------------------------------------------------


def node(
    proto: onnx.NodeProto, infos: Infos, weight: str = "", without: Mapping[str, Iterable[str]] | None = None
) -> Call:
    """A node. ``weight`` is the weight that its tensor is; ``without`` are keys that are said elsewhere, by output.

    Those of the node itself are under ``""``; graphs in it are blocks of their own.
    """
    without = without or {}
    said = {k: v for k, v in read_properties(proto).items() if k not in without.get("", ())}
    devices = [plain(d) for d in proto.device_configurations]
    more: dict[str, Any] = {}
    if len(devices) == 1 and devices[0] == {"configuration_id": said.get(LAYER)}:
        more["target"] = said.pop(LAYER)
    elif devices:
        more["devices"] = devices
    attributes = {a.name: attribute(a) for a in proto.attribute if a.type != _A.GRAPH}
    for a in proto.attribute:
        if weight and a.type == _A.TENSOR:
            attributes[a.name] = tensor(a.t, weight)
    words = [proto.op_type, proto.name, list(proto.input), described(proto.output, infos, without)]
    given = _given(domain=proto.domain, overload=proto.overload, attributes=attributes, doc=proto.doc_string)
    return Call("node", words, given | metadata(said, "target") | more)


def graph(
    proto: onnx.GraphProto, infos: Infos, weights: Mapping[str, str], without: Mapping[str, Iterable[str]], **more: Any
) -> Call:
    """A graph without its nodes; ``weights`` says which of its tensors are weights of the program."""
    of_graph = {k: v for k, v in read_properties(proto).items() if k not in without.get("", ())}
    given = _given(
        inputs=[value(v, without.get(v.name, ())) for v in proto.input],
        outputs=[value(v, without.get(v.name, ())) for v in proto.output],
        initializers=[tensor(t, weights.get(t.name, ""), without.get(t.name, ())) for t in proto.initializer],
        sparse_initializers=[plain(t) for t in proto.sparse_initializer],
        values=[value(v) for v in infos.values()],
        quantization=[plain(q) for q in proto.quantization_annotation],
        doc=proto.doc_string,
    )
    return Call("graph", [proto.name], {**more, **given, **metadata(of_graph)})


def function(proto: onnx.FunctionProto, outputs: Infos, inside: Infos, without: Mapping[str, Iterable[str]]) -> Call:
    """A function without its nodes; ``inside`` are values that are described and that none of its nodes gives."""
    said = {k: v for k, v in read_properties(proto).items() if k not in without.get("", ())}
    given = _given(
        overload=proto.overload,
        inputs=described(proto.input, inside, without),
        outputs=described(proto.output, outputs, without),
        attributes=list(proto.attribute),
        defaults={a.name: attribute(a) for a in proto.attribute_proto},
        opset_import={i.domain: i.version for i in proto.opset_import},
        values=[value(v) for v in inside.values()],
        doc=proto.doc_string,
    )
    return Call("function", [proto.domain, proto.name], given | metadata(said))


def model(proto: onnx.ModelProto) -> Call:
    """A model without its graph and its functions."""
    said = dict(read_properties(proto))
    facts = manifest_of(said)
    if facts is not None:
        said = {k: v for k, v in said.items() if k not in (FORMAT_KEY, MANIFEST_KEY, DIGEST_KEY)}
    given = _given(
        opset_import={i.domain: i.version for i in proto.opset_import},
        producer=[proto.producer_name, proto.producer_version] if proto.producer_name or proto.producer_version else [],
        domain=proto.domain,
        version=proto.model_version or None,
        doc=proto.doc_string,
        configurations=[plain(c) for c in proto.configuration],
        training=[plain(t) for t in proto.training_info],
        manifest=facts,
    )
    return Call("model", [], {"ir_version": proto.ir_version} | given | metadata(said))


def manifest_of(properties: Mapping[str, str]) -> dict[str, Any] | None:
    """What the manifest of a model says that is not read off its parts; ``None`` where there is none."""
    try:
        found = json.loads(properties[MANIFEST_KEY])
        return {k: v for k, v in found.items() if k not in TABLES}
    except (KeyError, ValueError, AttributeError):
        return None
