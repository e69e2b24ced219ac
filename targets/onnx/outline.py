"""What a model consists of, without its data: every scope with its values and nodes, sealed beside the annotations.

A tool that drops annotations, inlines functions or renames nodes leaves what is computed. With the outline, a node of
the model that came back can be recognised by what it computes of which values, and gets back what was said of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import onnx
from onnx import AttributeProto, ModelProto, numpy_helper

from pyc.dataclass import dataclass

#: One for each scope, by the name that the parts in it begin with: plain JSON values.
Outline = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Sketch:
    """A node: what it computes, of which values; ``digest`` is of its attributes, ``graphs`` names those in it."""

    name: str
    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    digest: str
    graphs: tuple[str, ...] = ()


def outline(model: ModelProto) -> dict[str, Any]:
    """The outline of a model."""
    found: dict[str, Any] = {}
    for scope, body in scopes(model):
        inputs, outputs = ([v if isinstance(v, str) else v.name for v in vs] for vs in (body.input, body.output))
        nodes = [_row(node) for node in body.node]
        found[scope] = {"inputs": inputs, "outputs": outputs, "nodes": nodes}
    return found


def scopes(model: ModelProto) -> Iterator[tuple[str, Any]]:
    """Every graph and function of a model with the name of its scope, those inside others after these."""
    yield from graphs_of("main", model.graph)
    for function in model.functions:
        yield from graphs_of(f"{function.domain}.{function.name}", function)


def graphs_of(scope: str, body: Any) -> Iterator[tuple[str, Any]]:
    """A graph or a function, and the graphs of its nodes, with the names of their scopes."""
    yield scope, body
    for node in body.node:
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                yield from graphs_of(f"{scope}/{label_of(node)}/{attribute.name}", attribute.g)


def sketches(scope: Mapping[str, Any]) -> list[Sketch]:
    """The nodes of a scope of an outline.

    Raises:
        ValueError: it is not what :func:`outline` makes.
    """
    try:
        return [
            Sketch(name, op, tuple(inputs), tuple(outputs), digest, tuple(graphs))
            for name, op, inputs, outputs, digest, graphs in scope["nodes"]
        ]
    except (TypeError, KeyError) as error:
        raise ValueError("the outline of the model is damaged") from error


def sketch(node: Any) -> Sketch:
    """A node of a model."""
    name, op, inputs, outputs, digest, graphs = _row(node)
    return Sketch(name, op, tuple(inputs), tuple(outputs), digest, tuple(graphs))


def _row(node: Any) -> list[Any]:
    graphs = sorted(a.name for a in node.attribute if a.type == AttributeProto.GRAPH)
    return [label_of(node), op_of(node), list(node.input), list(node.output), _digest(node), graphs]


def label_of(node: Any) -> str:
    """The name of a node; of one that has none, what it gives."""
    return node.name or f"<{next((o for o in node.output if o), node.op_type)}>"


def op_of(node: Any) -> str:
    """The operator, or the function, that a node calls."""
    return f"{node.domain}.{node.op_type}" if node.domain not in ("", "ai.onnx") else node.op_type


def _digest(node: Any) -> str:
    """A digest of what a node is given besides values; empty if that is nothing."""
    if node.op_type == "Constant" and len(node.attribute) == 1 and node.attribute[0].type == AttributeProto.TENSOR:
        return tensor_digest(node.attribute[0].t)
    usual = {} if node.domain else _defaults(node.op_type)
    said = {a.name: _said(a) for a in node.attribute if a.type != AttributeProto.GRAPH}
    # Some tools write out what holds if nothing is said.
    pieces = [text for name, text in sorted(said.items()) if usual.get(name) != text]
    return _short(pieces) if pieces else ""


@cache
def _defaults(op_type: str) -> Mapping[str, bytes]:
    """What the attributes of an operator of ONNX are if nothing is said."""
    try:
        schema = onnx.defs.get_schema(op_type)
    except onnx.defs.SchemaError:
        return {}
    return {name: _said(a.default_value) for name, a in schema.attributes.items() if a.default_value.name}


def _said(attribute: Any) -> bytes:
    """An attribute without what is only for readers."""
    plain = AttributeProto()
    plain.CopyFrom(attribute)
    plain.ClearField("doc_string")
    if plain.type == AttributeProto.TENSOR:
        return b"tensor " + tensor_digest(plain.t).encode()
    return plain.SerializeToString(deterministic=True)


def tensor_digest(tensor: Any) -> str:
    """A digest of the type, the extents and the elements of a tensor, however they are stored."""
    try:
        content = numpy_helper.to_array(tensor).tobytes()
    except (ValueError, TypeError, OSError):
        content = tensor.SerializeToString(deterministic=True)  # its elements are elsewhere, or damaged
    return _short([str(tensor.data_type).encode(), str(list(tensor.dims)).encode(), content])


def _short(pieces: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(len(piece).to_bytes(8, "little") + piece)
    return found.hexdigest()[:16]


def differences(sealed: Outline, model: ModelProto) -> Iterator[str]:
    """Nodes that compute something else than what was sealed; those that are gone are told by what was said of them."""
    now = outline(model)
    for scope, entry in sealed.items():
        if scope not in now:
            continue
        found: dict[str, list[Sketch]] = {}
        for s in sketches(now[scope]):
            found.setdefault(s.name, []).append(s)
        for was in sketches(entry):
            # Several nodes may have one name, or none: they are compared in order.
            others = found.get(was.name, [])
            other = others.pop(0) if len(others) > 1 else others[0] if others else None
            if other is not None and other != was:
                yield f"changed: node {scope}/{was.name} was {spelled(was)}, is {spelled(other)}"
        for side in ("inputs", "outputs"):
            if entry[side] != now[scope][side]:
                yield f"changed: the {side} of {scope} were {', '.join(entry[side])}, are {', '.join(now[scope][side])}"


def spelled(s: Sketch) -> str:
    """A node in one line."""
    return f"{', '.join(s.outputs)} = {s.op}({', '.join(s.inputs)})" + (f" with {s.digest}" if s.digest else "")
