"""The model that a program was, read from the blocks and decorators in it: what ``parts`` and ``kept`` wrote."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from google.protobuf.json_format import ParseDict, ParseError
from onnx import AttributeProto, TensorProto

from pyc.dataclass import dataclass
from pyc.targets.onnx.carriers import GENERIC, LAYER, LOC, MODULE, NAME, OF_MODULE, PREFIX, USER, read_properties
from pyc.targets.onnx.manifest import MANIFEST_KEY, canonical
from pyc.targets.onnx.types import TYPES
from pyc.user_annotations import encoded
from pyc.weights import stored

from .calls import Call, NoCall, called, read
from .parts import KINDS, RESERVED

_A = AttributeProto
_NUMBERS: dict[str, Any] = {name: number for number, name in KINDS.items()}
Weights = Mapping[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Rebuilt:
    """A model, the function or class that it has become, and tensors of it whose elements are not given: they are 0."""

    model: onnx.ModelProto
    name: str
    missing: tuple[str, ...]


def rebuilt(text: str, weights: Weights) -> Rebuilt | None:
    """The model that a program says it was; ``None`` for a program that was none.

    Raises:
        NoCall: it says so in a way that cannot be read.
    """
    if "onnx.model(" not in text:
        return None
    try:
        return _Reader(weights).model(ast.parse(text))
    except (ParseError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise NoCall(str(error)) from error


def said_of_definitions(text: str) -> dict[int, dict[str, str]]:
    """Metadata of functions by the lines of their definitions, as far as it holds for changed ones too.

    Raises:
        NoCall: it is said in a way that cannot be read.
    """
    found: dict[int, dict[str, str]] = {}
    for _, definition in _definitions(ast.parse(text)):
        calls = [call for d in definition.decorator_list if (call := called(d)) is not None]
        for call in calls:
            if call.name in ("function", "graph"):
                part = onnx.GraphProto()
                _describe(part, call.said)
                said = read_properties(part).items()
                ours = (LOC, NAME, MODULE, GENERIC)
                found[definition.lineno] = {k: v for k, v in said if not k.startswith(PREFIX) or k.startswith(ours)}
    return found


class _Reader:
    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.missing: list[str] = []

    def model(self, tree: ast.Module) -> Rebuilt | None:
        """The model of a program."""
        model = onnx.ModelProto()
        found = ""
        for owner, definition in _definitions(tree):
            said = [call for d in definition.decorator_list if (call := called(d)) is not None]
            calls = {call.name: call for call in said}
            if "function" in calls:
                self._function(model, calls["function"], definition)
            elif "model" in calls and "graph" in calls:
                found = (owner or definition).name
                _model(model, calls["model"])
                self._main(model.graph, calls["graph"], definition, owner)
        return Rebuilt(model, found, tuple(self.missing)) if found else None

    def _main(
        self, graph: onnx.GraphProto, call: Call, definition: ast.FunctionDef, owner: ast.ClassDef | None
    ) -> None:
        self._graph(graph, call, definition.body)
        _say(graph, _of_decorators(definition), USER)
        weights = {t.name for t in graph.initializer}
        inputs = [v for v in graph.input if v.name not in weights]
        arguments = definition.args.args[1:] if owner is not None else definition.args.args
        for v, argument in zip(inputs, arguments, strict=True):
            _say(v, _of_type(argument.annotation), USER)
        if owner is None:
            return
        for k in owner.keywords:
            if k.arg == "annotations":
                _say(graph, read(k.value), OF_MODULE)
        fields = {n.target.id: n.annotation for n in owner.body if isinstance(n, ast.AnnAssign)
                  and isinstance(n.target, ast.Name)}  # fmt: skip
        for t, said in zip(graph.initializer, call.said.get("initializers", ()), strict=True):
            if isinstance(said.arguments[3], str):
                _say(t, _of_type(fields.get(said.arguments[3])), USER)

    def _function(self, model: onnx.ModelProto, call: Call, definition: ast.FunctionDef) -> None:
        domain, name = call.arguments
        overload = call.said.get("overload", "")
        if any((f.domain, f.name, f.overload) == (domain, name, overload) for f in model.functions):
            return  # one of its instances is as good as the other
        function = model.functions.add(domain=domain, name=name)
        _set(function, overload=overload)
        _describe(function, call.said)
        _say(function, _of_decorators(definition), USER)
        for place, names in ((function.input, "inputs"), (function.output, "outputs")):
            place.extend(self._name(v, function.value_info) for v in call.said.get(names, ()))
        function.attribute.extend(call.said.get("attributes", ()))
        for key, value in call.said.get("defaults", {}).items():
            self._attribute(function.attribute_proto.add(), key, value)
        _opsets(function.opset_import, call)
        function.value_info.extend(_value(v) for v in call.said.get("values", ()))
        self._nodes(function, definition.body)

    def _graph(self, graph: onnx.GraphProto, call: Call, body: Sequence[ast.stmt]) -> None:
        (graph.name,) = call.arguments
        _describe(graph, call.said)
        graph.input.extend(_value(v) for v in call.said.get("inputs", ()))
        graph.output.extend(_value(v) for v in call.said.get("outputs", ()))
        graph.value_info.extend(_value(v) for v in call.said.get("values", ()))
        graph.initializer.extend(self._tensor(t) for t in call.said.get("initializers", ()))
        for t in call.said.get("sparse_initializers", ()):
            ParseDict(t, graph.sparse_initializer.add())
        for q in call.said.get("quantization", ()):
            ParseDict(q, graph.quantization_annotation.add())
        self._nodes(graph, body)

    # --- nodes --------------------------------------------------------------------------------------------------------

    def _nodes(self, scope: Any, body: Sequence[ast.stmt]) -> None:
        for call, block in _blocks(body, "node"):
            self._node(scope, call, block)

    def _node(self, scope: Any, call: Call, block: ast.With) -> None:
        node = scope.node.add()
        node.op_type, node.name, inputs, outputs = call.arguments
        _set(node, domain=call.said.get("domain"), overload=call.said.get("overload"))
        node.input.extend(inputs)
        node.output.extend(self._name(v, scope.value_info) for v in outputs)
        for key, value in call.said.get("attributes", {}).items():
            self._attribute(node.attribute.add(), key, value)
        for inner, lines in _blocks(block.body, "graph"):
            attribute = node.attribute.add(name=inner.said["attribute"], type=_A.GRAPH)
            self._graph(attribute.g, inner, lines.body)
        said = dict(call.said)
        if "target" in said:
            target = said.pop("target")
            node.metadata_props.add(key=LAYER, value=target)
            node.device_configurations.add(configuration_id=target)
        for d in said.get("devices", ()):
            ParseDict(d, node.device_configurations.add())
        _describe(node, said)
        of_node, of_value = _annotations(block.body)
        _say(node, of_node, USER)
        if of_value:
            info = next((v for v in scope.value_info if v.name == node.output[0]), None)
            outputs = getattr(scope, "output", ())
            info = info or next((v for v in outputs if getattr(v, "name", None) == node.output[0]), None)
            _say(info if info is not None else scope.value_info.add(name=node.output[0]), of_value, USER)

    def _name(self, said: Any, infos: Any) -> str:
        """The name of a value; what is said of it is noted."""
        if isinstance(said, str):
            return said
        infos.append(_value(said))
        return said.arguments[0]

    def _attribute(self, a: AttributeProto, name: str, value: Any) -> None:
        a.name = name
        if not isinstance(value, Call) or value.name != "attribute":
            self._content(a, _kind(value), value)
            return
        kind, *content = value.arguments
        _set(a, doc_string=value.said.get("doc"))
        if "ref" in value.said:
            a.type, a.ref_attr_name = _NUMBERS[kind], value.said["ref"]
        elif isinstance(content[0], dict):
            a.type = _NUMBERS[kind]
            ParseDict(content[0], a)
        else:
            self._content(a, kind, content[0])

    def _content(self, a: AttributeProto, kind: str, value: Any) -> None:
        a.type = _NUMBERS[kind]
        match kind:
            case "int":
                a.i = value
            case "float":
                a.f = value
            case "string":
                a.s = _bytes(value)
            case "tensor":
                a.t.CopyFrom(self._tensor(value))
            case "ints":
                a.ints.extend(value)
            case "floats":
                a.floats.extend(value)
            case "strings":
                a.strings.extend(map(_bytes, value))
            case _:
                raise NoCall(f"the attribute {a.name} is a {kind}")

    def _tensor(self, call: Call) -> TensorProto:
        name, dtype, dims, elements = call.arguments
        number = _element(dtype)
        if isinstance(elements, str):
            array = self.weights.get(elements)
            if array is None:
                self.missing.append(name)
                array = np.zeros(dims, onnx.helper.tensor_dtype_to_np_dtype(number))
            array = stored(array, dtype)
            tensor = onnx.numpy_helper.from_array(np.ascontiguousarray(array).reshape(dims), name)
            if tensor.data_type != number:
                raise NoCall(f"the weight {elements} has elements of another type than {dtype}")
        elif isinstance(elements, bytes):
            tensor = TensorProto(name=name, data_type=number, dims=dims, raw_data=elements)
        elif number == TensorProto.STRING:
            tensor = TensorProto(name=name, data_type=number, dims=dims, string_data=map(_bytes, elements))
        else:
            kind = onnx.helper.tensor_dtype_to_np_dtype(number)
            tensor = onnx.numpy_helper.from_array(np.array(elements, kind).reshape(dims), name)
        _describe(tensor, call.said)
        return tensor


def _kind(value: Any) -> str:
    """The kind of an attribute that a plain value is."""
    match value:
        case int():
            return "int"
        case float():
            return "float"
        case str() | bytes():
            return "string"
        case Call(name="tensor"):
            return "tensor"
        case [int(), *_]:
            return "ints"
        case [float(), *_]:
            return "floats"
        case [str() | bytes(), *_]:
            return "strings"
    raise NoCall(f"{value!r} is no attribute")


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _element(name: str | None) -> int:
    import onnx_ir as ir

    if name is None:
        return 0
    return int(TYPES[name] if name in TYPES else ir.DataType[name.upper()])


def _value(call: Call) -> onnx.ValueInfoProto:
    info = onnx.ValueInfoProto(name=call.arguments[0])
    if "kind" in call.said:
        ParseDict(call.said["kind"], info.type)
    elif len(call.arguments) > 1:
        info.type.tensor_type.elem_type = _element(call.arguments[1])
        if len(call.arguments) > 2:
            info.type.tensor_type.shape.SetInParent()
            denotations = call.said.get("denotations") or [""] * len(call.arguments[2])
            for extent, denotation in zip(call.arguments[2], denotations, strict=True):
                dim = info.type.tensor_type.shape.dim.add()
                _set(dim, denotation=denotation)
                if isinstance(extent, str):
                    dim.dim_param = extent
                elif extent is not None:
                    dim.dim_value = extent
    _set(info.type, denotation=call.said.get("denotation"))
    _describe(info, call.said)
    return info


def _model(model: onnx.ModelProto, call: Call) -> None:
    said = call.said
    model.ir_version = said["ir_version"]
    _opsets(model.opset_import, call)
    if "producer" in said:
        name, version = said["producer"]
        _set(model, producer_name=name, producer_version=version)
    _set(model, domain=said.get("domain"), model_version=said.get("version"))
    for c in said.get("configurations", ()):
        ParseDict(c, model.configuration.add())
    for t in said.get("training", ()):
        ParseDict(t, model.training_info.add())
    _describe(model, said)
    if "manifest" in said:
        model.metadata_props.add(key=MANIFEST_KEY, value=canonical(said["manifest"]))


def _set(part: Any, **fields: Any) -> None:
    """Set the fields that say anything."""
    for name, content in fields.items():
        if content:
            setattr(part, name, content)


def _opsets(imports: Any, call: Call) -> None:
    for domain, version in call.said.get("opset_import", {}).items():
        imports.add(domain=domain, version=version)


def _describe(part: Any, said: Mapping[str, Any]) -> None:
    """Write what keywords say of a part of a model: its metadata, and its text for readers."""
    _set(part, doc_string=said.get("doc"))
    for key, text in said.items():
        if key not in RESERVED:
            part.metadata_props.add(key=PREFIX + key, value=text)
    for key, text in said.get("generic", {}).items():
        part.metadata_props.add(key=GENERIC + key, value=text)
    for key, text in said.get("metadata", {}).items():
        part.metadata_props.add(key=key, value=text)


# --- what the user says -----------------------------------------------------------------------------------------------


def _say(part: Any, entries: Mapping[str, Any], prefix: str) -> None:
    for name, value in entries.items():
        part.metadata_props.add(key=prefix + name, value=encoded(value))


def _annotation(node: ast.expr | None) -> tuple[bool, dict[str, Any]]:
    """Whether an expression is ``pyc.annotate(...)``, and what it says."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="pyc"), attr="annotate")):
            found: dict[str, Any] = {}
            for k in node.keywords:
                found |= {k.arg: read(k.value)} if k.arg is not None else read(k.value)
            return True, found
    return False, {}


def _of_decorators(definition: ast.FunctionDef) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for d in definition.decorator_list:
        found |= _annotation(d)[1]
    return found


def _of_type(node: ast.expr | None) -> dict[str, Any]:
    """What ``Annotated[T, pyc.annotate(...)]`` says."""
    match node:
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[_, *others])):
            found: dict[str, Any] = {}
            for other in others:
                found |= _annotation(other)[1]
            return found
    return {}


def _annotations(body: Sequence[ast.stmt]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is said of a node, and of the value that it gives, in the lines of its block."""
    of_node: dict[str, Any] = {}
    of_value: dict[str, Any] = {}
    for statement in body:
        match statement:
            case ast.With(items=[ast.withitem(context_expr=expression)]) if (found := _annotation(expression))[0]:
                inner, value = _annotations(statement.body)
                of_node |= found[1] | inner
                of_value |= value
            case ast.Assign(value=expression):
                of_value |= _annotation(expression)[1]
    return of_node, of_value


# --- where it is ------------------------------------------------------------------------------------------------------


def _definitions(tree: ast.Module) -> Iterator[tuple[ast.ClassDef | None, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield None, node
        elif isinstance(node, ast.ClassDef):
            yield from ((node, inner) for inner in node.body if isinstance(inner, ast.FunctionDef))


def _blocks(body: Iterable[ast.stmt], name: str) -> Iterator[tuple[Call, ast.With]]:
    """The blocks of that name among statements; not those in blocks of nodes."""
    for statement in body:
        if isinstance(statement, ast.With):
            call = called(statement.items[0].context_expr)
            if call is not None and call.name == name:
                yield call, statement
                continue
            if call is not None:
                continue
        for inner in ("body", "orelse"):
            yield from _blocks(getattr(statement, inner, ()), name)
