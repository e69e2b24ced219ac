"""How tensors are quantised, as ONNX says it: ``quantization_annotation`` of graphs, and the tensors that it names.

What the program says of a value (``org.pyc.user.quantization``) is said once more in the place that ONNX has for it::

    quantization_annotation {
      tensor_name: "w"
      quant_parameter_tensor_names { key: "SCALE_TENSOR" value: "w/scale" }
      quant_parameter_tensor_names { key: "ZERO_POINT_TENSOR" value: "w/zero_point" }
    }

The axis and the block have no place there, and functions have no such list: the metadata says them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, numpy_helper

from pyc import quantization
from pyc.precision import DTYPES
from pyc.user_annotations import decoded

from .carriers import USER, read_properties
from .outline import scopes

#: The metadata that says how a tensor is quantised.
SAID = USER + quantization.KEY
KIND = "quantization"
_SCALE, _ZERO = "SCALE_TENSOR", "ZERO_POINT_TENSOR"
_SUFFIXES = {_SCALE: "scale", _ZERO: "zero_point"}


def write(model: ModelProto) -> list[str]:
    """The parts of the table that say what is written: each graph gets the annotations that its values say, if it has
    none of them."""
    written: list[str] = []
    for scope, graph in _graphs(model):
        there = {a.tensor_name for a in graph.quantization_annotation}
        for name, proto in _values(graph):
            said = _record(proto)
            if said is not None and said.get("scale") is not None and name not in there:
                _annotate(graph, name, said)
                written.append(f"{KIND} {scope}/{name}")
    return written


def _graphs(model: ModelProto) -> Iterator[tuple[str, Any]]:
    return ((scope, body) for scope, body in scopes(model) if isinstance(body, onnx.GraphProto))


def _values(graph: Any) -> Iterator[tuple[str, Any]]:
    """What a graph says something of: weights, inputs, outputs and values, each once."""
    seen: set[str] = set()
    for proto in (*graph.initializer, *graph.input, *graph.output, *graph.value_info):
        if proto.name not in seen:
            seen.add(proto.name)
            yield proto.name, proto


def _record(proto: Any) -> Mapping[str, Any] | None:
    """How a tensor is quantised; ``None`` where nothing says it, or something else stands there."""
    text = read_properties(proto).get(SAID)
    try:
        said = None if text is None else decoded(text)
    except ValueError:
        return None
    return said if quantization.is_record(said) and not quantization.problem(said) else None


def _annotate(graph: Any, name: str, said: Mapping[str, Any]) -> None:
    entry = graph.quantization_annotation.add(tensor_name=name)
    taken = {t.name for t in graph.initializer} | {o for n in graph.node for o in n.output}
    for key, tensor in _parameters(said).items():
        wanted = f"{name}/{_SUFFIXES[key]}"
        known = next((t for t in graph.initializer if t.name == wanted), None)
        if known is None or _elements(known) != _elements(tensor):
            tensor.name = _free(wanted, taken)
            graph.initializer.append(tensor)
        else:
            tensor.name = wanted
        entry.quant_parameter_tensor_names.add(key=key, value=tensor.name)


def _free(name: str, taken: Iterable[str]) -> str:
    number, chosen = 0, name
    while chosen in taken:
        number += 1
        chosen = f"{name}_{number}"
    return chosen


def _elements(tensor: Any) -> tuple[Any, ...]:
    return (tensor.data_type, tuple(tensor.dims), numpy_helper.to_array(tensor).tobytes())


def _parameters(said: Mapping[str, Any]) -> dict[str, TensorProto]:
    """The scale and the zero point that a record says."""
    found = {_SCALE: _tensor(said["scale"], said.get("scale_dtype", "f32"))}
    if said.get("zero_point") is not None:
        found[_ZERO] = _tensor(said["zero_point"], said["dtype"])
    return found


def _tensor(numbers: Any, dtype: str) -> TensorProto:
    made = np.asarray(numbers, np.float64 if dtype not in quantization.INTEGERS else np.int64)
    return numpy_helper.from_array(made.astype(DTYPES[dtype].dtype))


# --- reading ---------------------------------------------------------------------------------------------------------


def table(model: ModelProto) -> dict[str, dict[str, str]]:
    """What the graphs of a model say, as parts of the table of its annotations."""
    return {
        f"{KIND} {scope}/{a.tensor_name}": {f"@{p.key}": p.value for p in a.quant_parameter_tensor_names}
        for scope, graph in _graphs(model)
        for a in graph.quantization_annotation
    }


def parameters(graph: Any) -> set[str]:
    """The names of the scales and zero points that no node reads: they are no weights."""
    read = {i for n in graph.node for i in n.input}
    return {p.value for a in graph.quantization_annotation for p in a.quant_parameter_tensor_names} - read


def dangling(model: ModelProto) -> Iterator[str]:
    """Annotations of values, or by tensors, that are not there, and those that stand twice."""
    for scope, graph in _graphs(model):
        tensors = {t.name for t in graph.initializer}
        values = tensors | {v.name for v in graph.input} | {o for n in graph.node for o in n.output}
        for name, count in Counter(a.tensor_name for a in graph.quantization_annotation).items():
            if count > 1:
                yield f"twice: {KIND} {scope}/{name}"
        for a in graph.quantization_annotation:
            if a.tensor_name not in values:
                yield f"dangling: {KIND} {scope}/{a.tensor_name} is of a value that is not there"
            for p in a.quant_parameter_tensor_names:
                if p.value not in tensors | values:
                    yield f"dangling: {KIND} {scope}/{a.tensor_name} has {p.value} for {p.key}, which is not there"


def drop_dangling(model: ModelProto) -> Iterator[str]:
    """Take away annotations of which :func:`dangling` tells, and name them."""
    for scope, graph in _graphs(model):
        tensors = {t.name for t in graph.initializer} | {v.name for v in graph.input}
        values = tensors | {o for n in graph.node for o in n.output}
        seen: set[str] = set()
        for i, a in reversed(list(enumerate(graph.quantization_annotation))):
            whole = a.tensor_name in values and all(p.value in values for p in a.quant_parameter_tensor_names)
            if not whole or a.tensor_name in seen:
                del graph.quantization_annotation[i]
                yield f"{KIND} {scope}/{a.tensor_name}, whose tensors are not there"
            seen.add(a.tensor_name)
