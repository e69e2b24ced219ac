"""What a model consists of, as plain values to look at: scopes with their nodes and values, and the modules among them.

Any model has one, also those that pyc did not write, and those that no runtime would run: nothing is taken for granted
of what stands in the file.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import onnx
import onnx.shape_inference
from onnx import AttributeProto, ModelProto

from pyc.dataclass import dataclass

from .carriers import LAYER, LOC, PATH, PRECISION, TARGET, TYPE, WEIGHT
from .hierarchy import Group, grouped, python_place
from .spelled import attribute_text, dims_of, element_name, plain, size_of, tensor_text, type_of

Properties = Mapping[str, str]
#: Elements of tensors that extents of others may follow from.
_READ = 1024
#: Attributes that are numbers of element types.
_TYPED = frozenset({"to", "dtype", "output_dtype"})


@dataclass(frozen=True)
class Value:
    """A value of a scope. ``role`` is input, output, parameter, constant or value.

    ``element`` is "" and ``dims`` is None where the model does not say it; ``content`` are the elements of a constant.
    """

    name: str
    role: str
    metadata: Properties
    element: str = ""
    dims: tuple[str, ...] | None = None
    size: int | None = None
    content: str = ""
    doc: str = ""

    @property
    def type(self) -> str:
        """``f16[B, 4]``; the name of the element type alone where the extents are unknown."""
        return self.element + ("" if self.dims is None else f"[{', '.join(self.dims)}]")

    @property
    def precision(self) -> str:
        """The policy, where it is not the element type alone."""
        found = self.metadata.get(PRECISION, "")
        return "" if found == self.element else found

    @property
    def target(self) -> str:
        """Where it lies."""
        return self.metadata.get(TARGET, "")

    @property
    def declared(self) -> str:
        """The type as the user wrote it."""
        return self.metadata.get(TYPE, "")


@dataclass(frozen=True)
class Node:
    """A node. ``calls`` is the number of the scope that it calls, ``bodies`` are names and numbers of those in it."""

    name: str
    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, str]
    metadata: Properties
    calls: int | None = None
    bodies: tuple[tuple[str, int], ...] = ()
    #: What the graphs in it take from around it.
    captured: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    doc: str = ""

    @property
    def location(self) -> str:
        """``file:line:column`` of the program, as far as it is known."""
        return self.metadata.get(LOC) or python_place(self.metadata)

    @property
    def target(self) -> str:
        """The device that it is meant for."""
        return self.metadata.get(LAYER, "") or ", ".join(self.devices)

    @property
    def path(self) -> str:
        """The submodule that is called, if it is one."""
        return self.metadata.get(PATH, "")


@dataclass(frozen=True)
class Scope:
    """A graph, a function, or a graph in a node (``parent`` is the number of the scope that this node is in)."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    values: Mapping[str, Value]
    nodes: tuple[Node, ...]
    items: tuple[int | Group, ...]
    metadata: Properties
    parent: int | None = None
    doc: str = ""

    @property
    def location(self) -> str:
        """``file:line:column`` of the definition."""
        return self.metadata.get(LOC, "")

    @property
    def target(self) -> str:
        """The target that it is compiled for."""
        return self.metadata.get(TARGET, "")


@dataclass(frozen=True)
class Structure:
    """A model: facts about it, and its scopes, of which the first is the main graph."""

    facts: Mapping[str, str]
    scopes: tuple[Scope, ...]

    def lookup(self, number: int | None, name: str) -> Value | None:
        """What a name means in a scope, or in those around it."""
        while number is not None:
            scope = self.scopes[number]
            if name in scope.values:
                return scope.values[name]
            number = scope.parent
        return None

    @property
    def parameters(self) -> list[Value]:
        """The weights of the model: what the main graph holds or takes of them."""
        return [v for s in self.scopes if s.kind == "graph" for v in s.values.values() if v.role == "parameter"]


def joined(parts: Sequence[Structure]) -> Structure:
    """Several models as one that has all their scopes."""
    scopes: list[Scope] = []
    for part in parts:
        first = len(scopes)
        for scope in part.scopes:
            nodes = tuple(
                replace(
                    n,
                    calls=None if n.calls is None else n.calls + first,
                    bodies=tuple((name, body + first) for name, body in n.bodies),
                )
                for n in scope.nodes
            )
            parent = None if scope.parent is None else scope.parent + first
            scopes.append(replace(scope, nodes=nodes, parent=parent))
    return Structure(parts[0].facts, tuple(scopes))


def structure(model: ModelProto, inlined: Mapping[str, Any] | None = None) -> Structure:
    """What a model consists of; ``inlined`` is what its manifest says of calls that are no nodes any more."""
    reader = _Reader(model if model.functions else _inferred(model), inlined or {})
    return Structure(_facts(model), tuple(reader.scopes))


def _inferred(model: ModelProto) -> ModelProto:
    """The model with the types that follow from those which it says; as it is where they contradict each other."""
    bare = ModelProto()
    bare.CopyFrom(model)
    for tensor in bare.graph.initializer:
        if math.prod(tensor.dims) > _READ:  # types do not depend on it
            for field in ("raw_data", "float_data", "int32_data", "int64_data", "double_data", "uint64_data"):
                tensor.ClearField(field)
    try:
        found = onnx.shape_inference.infer_shapes(bare)
    except (onnx.shape_inference.InferenceError, ValueError, RuntimeError, IndexError):
        return model
    known = {v.name for v in (*model.graph.input, *model.graph.output, *model.graph.value_info)}
    said = ModelProto()
    said.CopyFrom(model)
    said.graph.value_info.extend(v for v in found.graph.value_info if v.name not in known)
    return said


def metadata_of(proto: Any) -> dict[str, str]:
    """The metadata of a part of a model, as text whatever stands there."""
    return {plain(entry.key): plain(entry.value) for entry in proto.metadata_props}


def _facts(model: ModelProto) -> dict[str, str]:
    producer = f"{plain(model.producer_name)} {plain(model.producer_version)}".strip()
    facts = {
        "producer": producer,
        "opset": ", ".join(f"{plain(o.domain) or 'ai.onnx'} {o.version}" for o in model.opset_import),
        "IR version": str(model.ir_version),
        "targets": ", ".join(plain(c.name) for c in model.configuration),
        "domain": plain(model.domain),
        "description": plain(model.doc_string),
    }
    return {k: v for k, v in facts.items() if v}


class _Reader:
    """Scopes in the order in which they are met: the main graph, functions, and the graphs in each after it."""

    def __init__(self, model: ModelProto, inlined: Mapping[str, Any]) -> None:
        self.inlined = inlined
        self.functions = {(f.domain, f.name): f for f in model.functions}
        self.numbers = {key: 1 + i for i, key in enumerate(self.functions)}
        self.scopes: list[Any] = [None] * (1 + len(self.functions))
        self.scopes[0] = self._scope(0, model.graph, plain(model.graph.name) or "main", "graph", None)
        for key, function in self.functions.items():
            name = ".".join(filter(None, (plain(function.domain), plain(function.name))))
            self.scopes[self.numbers[key]] = self._scope(self.numbers[key], function, name, "function", None)

    def _scope(self, number: int, body: Any, name: str, kind: str, parent: int | None) -> Scope:
        values = dict(_values(body))
        nodes = []
        for node in body.node:
            if node.op_type == "Constant" and not node.domain and len(node.output) == 1:
                name_of = plain(node.output[0])
                values[name_of] = _constant(name_of, node, values.get(name_of))
            else:
                nodes.append(self._node(number, node))
                for output in map(plain, node.output):
                    if output and not (output in values and values[output].element):
                        values[output] = _given(output, node, values)
        inputs, outputs = (tuple(plain(v if isinstance(v, str | bytes) else v.name) for v in vs)
                           for vs in (body.input, body.output))  # fmt: skip
        for role, names in (("input", inputs), ("output", outputs)):
            for v in names:
                values.setdefault(v, Value(v, role, {}))
        items = grouped(nodes, self.inlined)
        return Scope(
            name, kind, inputs, outputs, values, tuple(nodes), items, metadata_of(body), parent, plain(body.doc_string)
        )

    def _node(self, number: int, node: Any) -> Node:
        bodies, captured = [], {}
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                inner = len(self.scopes)
                self.scopes.append(None)
                self.scopes[inner] = self._scope(inner, attribute.g, plain(attribute.name), "body", number)
                bodies.append((plain(attribute.name), inner))
                captured |= dict.fromkeys(_free(self.scopes[inner]))
        domain = plain(node.domain)
        return Node(
            plain(node.name),
            f"{domain}.{plain(node.op_type)}" if domain not in ("", "ai.onnx") else plain(node.op_type),
            tuple(map(plain, node.input)),
            tuple(map(plain, node.output)),
            _attributes(node),
            metadata_of(node),
            self.numbers.get((node.domain, node.op_type)),
            tuple(bodies),
            tuple(captured),
            tuple(dict.fromkeys(plain(d.configuration_id) for d in node.device_configurations)),
            plain(node.doc_string),
        )


def _attributes(node: Any) -> dict[str, str]:
    """What a node is given besides values and graphs; element types as words."""
    found = {}
    for a in node.attribute:
        if a.type != AttributeProto.GRAPH:
            is_type = a.name in _TYPED and a.type == AttributeProto.INT and not a.ref_attr_name and not node.domain
            found[plain(a.name)] = element_name(a.i) if is_type else attribute_text(a)
    return found


def _free(scope: Scope) -> Iterator[str]:
    """The names that a graph in a node takes from around it."""
    defined = set(scope.inputs) | {o for n in scope.nodes for o in n.outputs}
    defined |= {v.name for v in scope.values.values() if v.role in ("parameter", "constant")}
    used: Iterable[str] = (i for n in scope.nodes for i in (*n.inputs, *n.captured))
    for name in (*used, *scope.outputs):
        if name and name not in defined:
            yield name


def _values(body: Any) -> Iterator[tuple[str, Value]]:
    """The values of which a graph or a function says something, by name."""
    said = [("value", v) for v in body.value_info]
    if isinstance(body, onnx.GraphProto):
        said += [*(("output", v) for v in body.output), *(("input", v) for v in body.input)]
    else:
        roles = {**dict.fromkeys(body.output, "output"), **dict.fromkeys(body.input, "input")}
        said = [(roles.get(v.name, role), v) for role, v in said]
    for role, proto in said:
        name, metadata = plain(proto.name), metadata_of(proto)
        element, dims = type_of(proto.type)
        if role == "input" and WEIGHT in metadata:
            role = "parameter"
        size = size_of(proto.type.tensor_type.elem_type, dims) if role == "parameter" else None
        yield name, Value(name, role, metadata, element, dims, size, doc=plain(proto.doc_string))
    if isinstance(body, onnx.GraphProto):
        described = {plain(v.name): metadata_of(v) for v in (*body.input, *body.value_info)}
        sparse = [t.values for t in body.sparse_initializer]
        for tensor in (*body.initializer, *sparse):
            name = plain(tensor.name)
            yield name, _stored(name, "parameter", tensor, described.get(name, {}) | metadata_of(tensor))


def _given(name: str, node: Any, values: Mapping[str, Value]) -> Value:
    """A value of which the model says no type: a ``Cast`` says it."""
    said = values.get(name, Value(name, "value", {}))
    to = next((a.i for a in node.attribute if a.name == "to" and a.type == AttributeProto.INT), 0)
    if node.op_type != "Cast" or node.domain or not to or not node.input:
        return said
    operand = values.get(plain(node.input[0]))
    return replace(said, element=element_name(to), dims=operand.dims if operand is not None else None)


def _stored(name: str, role: str, tensor: Any, metadata: Properties) -> Value:
    """A value whose elements the model holds."""
    dims = dims_of(tensor)
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        where = {plain(e.key): plain(e.value) for e in tensor.external_data}
        metadata = {**metadata, "external data": where.get("location", "")}
    size = size_of(tensor.data_type, dims)
    element, content = element_name(tensor.data_type), tensor_text(tensor)
    return Value(name, role, metadata, element, dims, size, content, plain(tensor.doc_string))


def _constant(name: str, node: Any, described: Value | None) -> Value:
    """The value that a node ``Constant`` gives."""
    metadata = (dict(described.metadata) if described else {}) | metadata_of(node)
    for attribute in node.attribute:
        if attribute.type == AttributeProto.TENSOR:
            return _stored(name, "constant", attribute.t, metadata)
        element, dims = (described.element, described.dims) if described else ("", None)
        return Value(name, "constant", metadata, element, dims, content=attribute_text(attribute))
    return Value(name, "constant", metadata)
