"""Models read from files, which nobody vouches for: what they claim is held against what is there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError

from pyc.diagnostics import CompileError, Diagnostic

from .. import external

#: Nodes that a model may have when all its functions are written out.
_NODES = 1_000_000


def read(path: str | Path) -> onnx.ModelProto:
    """A model, with the weights that lie in files beside it.

    Raises:
        CompileError: E620 it is missing or damaged, or claims what is not so.
    """
    path = Path(path)
    model = read_alone(path)
    for tensor in _tensors(model):
        if external.is_outside(tensor):
            _load(tensor, path)
    return model


def read_alone(path: str | Path) -> onnx.ModelProto:
    """A model; weights in other files are left where they are.

    Raises:
        CompileError: E620 it is missing or damaged, or claims what is not so.
    """
    path = Path(path)
    try:
        if path.stat().st_size > external.LARGEST:
            raise _refused(path, "it is larger than the 2 GiB that a model may have")
        text = path.read_bytes()
    except OSError as error:
        raise _refused(path, (error.strerror or str(error)).lower()) from None
    return parsed(text, path)


def parsed(text: bytes, path: str | Path = "<model>") -> onnx.ModelProto:
    """A model from its bytes. Weights in other files are left where they are.

    Raises:
        CompileError: E620 it is damaged, or claims what is not so.
    """
    path = Path(path)
    model = onnx.ModelProto()
    try:
        model.ParseFromString(text)
    except DecodeError:
        raise _refused(path, "it is no ONNX model, or a damaged one") from None
    if not model.HasField("graph") or not model.opset_import:
        raise _refused(path, "it is no ONNX model: it has no graph, or says no version of its operators")
    _check_functions(model, path)
    for tensor in _tensors(model):
        _check_size(tensor, path)
    checked = onnx.ModelProto()
    checked.CopyFrom(model)
    for tensor in _tensors(checked):
        if external.is_outside(tensor):
            # The checker would look for the file.
            tensor.ClearField("external_data")
            tensor.data_location = onnx.TensorProto.DEFAULT
            tensor.raw_data = b""
            tensor.dims[:] = [0]
    with judged(path.name):
        onnx.checker.check_model(checked)
        for tensor in _tensors(checked):
            onnx.numpy_helper.to_array(tensor)
    return model


@contextmanager
def judged(name: str) -> Iterator[None]:
    """Where the package onnx looks at a model: whatever it raises then says that the model is not valid.

    Raises:
        CompileError: E620.
    """
    try:
        yield
    except CompileError:
        raise
    except Exception as error:
        text = str(error).strip() or type(error).__name__
        raise _refused(Path(name), f"it is not valid: {text.splitlines()[0][:200]}") from None


def _refused(path: Path, why: str) -> CompileError:
    return CompileError([Diagnostic("E620", f"the model {path.name} cannot be read: {why}")])


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    yield graph
    for node in graph.node:
        yield from _inner(node)


def _inner(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            yield from _graphs(attribute.g)
        for graph in attribute.graphs:
            yield from _graphs(graph)


def _tensors(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    """All tensors of a model: weights, and attributes of nodes."""
    bodies = [node for function in model.functions for node in function.node]
    graphs = [*_graphs(model.graph), *(g for node in bodies for g in _inner(node))]
    for graph in graphs:
        yield from graph.initializer
        for sparse in graph.sparse_initializer:
            yield from (sparse.values, sparse.indices)
    for node in (*bodies, *(n for g in graphs for n in g.node)):
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                yield attribute.t
            yield from attribute.tensors


# --- what it claims ---------------------------------------------------------------------------------------------------


def _check_size(tensor: onnx.TensorProto, path: Path) -> None:
    """Hold the extents of a tensor against the elements that it has."""
    name = tensor.name or "a constant"
    if any(extent < 0 for extent in tensor.dims):
        raise _refused(path, f"'{name}' has the extent {min(tensor.dims)}")
    try:
        expected = external.size_of(tensor)
    except external.Unreadable as error:
        raise _refused(path, str(error)) from None
    if external.is_outside(tensor):
        return
    if tensor.HasField("raw_data"):
        if tensor.data_type != onnx.TensorProto.STRING and len(tensor.raw_data) != expected:
            raise _refused(path, f"'{name}' should have {expected} bytes, and has {len(tensor.raw_data)}")
        return
    if math.prod(tensor.dims) > external.LARGEST:
        raise _refused(path, f"'{name}' should have {math.prod(tensor.dims)} elements, which no message holds")


def _check_functions(model: onnx.ModelProto, path: Path) -> None:
    """Refuse functions that call themselves, and those that would write out to more nodes than anybody needs."""
    functions = {(f.domain, f.name, f.overload): f for f in model.functions}
    sizes: dict[tuple[str, str, str], int] = {}
    open_calls: list[tuple[str, str, str]] = []

    def size(nodes: Iterator[onnx.NodeProto]) -> int:
        total = 0
        for node in nodes:
            total += 1
            key = (node.domain, node.op_type, node.overload)
            if key in functions:
                total += of(key)
            for attribute in node.attribute:
                for graph in (attribute.g, *attribute.graphs):
                    total += size(iter(graph.node))
        return total

    def of(key: tuple[str, str, str]) -> int:
        if key in open_calls:
            raise _refused(path, f"its function {key[1]} calls itself")
        if key not in sizes:
            if len(open_calls) > 100:
                raise _refused(path, "its functions call each other more than 100 deep")
            open_calls.append(key)
            sizes[key] = size(iter(functions[key].node))
            open_calls.pop()
        return sizes[key]

    if max([size(iter(model.graph.node)), *(of(key) for key in functions)]) > _NODES:
        raise _refused(path, f"written out, its functions have more than {_NODES:,} nodes")


# --- files beside it --------------------------------------------------------------------------------------------------


def _load(tensor: onnx.TensorProto, path: Path) -> None:
    """Give a tensor its elements from a file in the model's folder, and from no other place."""
    try:
        tensor.raw_data = external.read(external.place_of(tensor, path.parent))
    except external.Unreadable as error:
        raise _refused(path, str(error)) from None
    tensor.ClearField("external_data")
    tensor.data_location = onnx.TensorProto.DEFAULT
