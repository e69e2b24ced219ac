"""What of a model has no place in the program that it becomes: each is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import onnx
from google.protobuf.unknown_fields import UnknownFieldSet
from onnx import AttributeProto

from pyc.targets.onnx.manifest import parts


def unplaced(model: onnx.ModelProto) -> list[str]:
    """A sentence for each thing that a model says and the program does not."""
    found = [*_of_part("the model", model), *_opsets("the model", model)]
    for kind, name, proto in parts(model):
        where = f"{kind} {name}"
        found += _of_part(where, proto)
        if kind == "graph":
            found += _described_twice(where, (v.name for v in proto.value_info))
            found += _twice(f"the tensor {{}} of {where} stands twice", (t.name for t in proto.initializer))
        elif kind == "function":
            found += [*_opsets(where, proto), *_described_twice(where, (v.name for v in proto.value_info))]
        elif kind == "node":
            found += [p for a in proto.attribute for p in _of_part(f"the attribute {a.name} of {where}", a)]
            found += [p for a in proto.attribute if a.type == AttributeProto.TENSOR for p in _of_tensor(where, a.t)]
        elif kind == "initializer":
            found += _of_tensor(where, proto)
    return found


def _of_part(where: str, part: Any) -> Iterator[str]:
    """Keys that stand twice, of which the last is kept, and fields that this version of ONNX does not know."""
    yield from _twice(f"{{!r}} of {where} stands twice", (e.key for e in getattr(part, "metadata_props", ())))
    for unknown in UnknownFieldSet(part):
        yield f"field {unknown.field_number} of {where} is of a version of ONNX that is not known"


def _of_tensor(where: str, tensor: onnx.TensorProto) -> Iterator[str]:
    if tensor.HasField("segment"):
        yield f"{where} is a segment of a tensor"


def _opsets(where: str, part: Any) -> Iterator[str]:
    return _twice(f"the operators of {{!r}} have two versions in {where}", (i.domain for i in part.opset_import))


def _described_twice(where: str, names: Iterable[str]) -> Iterator[str]:
    return _twice(f"the value {{}} of {where} is described twice", names)


def _twice(sentence: str, names: Iterable[str]) -> Iterator[str]:
    return (sentence.format(name) for name, count in Counter(names).items() if count > 1)
