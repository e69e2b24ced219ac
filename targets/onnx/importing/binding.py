"""Inputs of a model that get a value when it becomes a program, as axes and extents have to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import onnx

from pyc.diagnostics import CompileError, Diagnostic, Note

Number = int | float | bool


def bind(model: onnx.ModelProto, values: Mapping[str, Sequence[Number]]) -> None:
    """Make inputs of a model constants: one number where they have no axes, a list of them where they have one.

    An extent that has a name in the model may be given as well, one number.

    Raises:
        CompileError: E622 the model has no such input or extent, or its type does not take the numbers.
    """
    inputs = {v.name: v for v in model.graph.input}
    for name, numbers in values.items():
        found = inputs.get(name)
        if found is None and name in _extents(model):
            _fix(model, name, numbers)
            continue
        if found is None:
            note = f"its inputs are {', '.join(inputs) or 'none'}"
            note += f"; its extents are {', '.join(_extents(model))}" if _extents(model) else ""
            raise CompileError([Diagnostic("E622", f"the model has no input '{name}'", None, (Note(note),))])
        t = found.type.tensor_type
        rank = len(t.shape.dim) if t.HasField("shape") else 1
        dtype = onnx.helper.tensor_dtype_to_np_dtype(t.elem_type) if t.elem_type else np.dtype(np.int64)
        try:
            if rank > 1 or (not rank and len(numbers) != 1):
                raise ValueError
            array = np.asarray(numbers, dtype).reshape(() if not rank else -1)
            if any(n != m for n, m in zip(array.ravel().tolist(), numbers, strict=True)):
                raise ValueError
        except (ValueError, TypeError, OverflowError):
            message = f"the input '{name}' has {rank} axes and elements of {dtype}, which these values do not fit"
            raise CompileError([Diagnostic("E622", message)]) from None
        model.graph.input.remove(found)
        tensor = onnx.numpy_helper.from_array(array, name)
        tensor.metadata_props.extend(found.metadata_props)
        if found.doc_string:
            tensor.doc_string = found.doc_string
        model.graph.initializer.append(tensor)


def _dims(model: onnx.ModelProto) -> Iterator[onnx.TensorShapeProto.Dimension]:
    for value in (*model.graph.input, *model.graph.output, *model.graph.value_info):
        yield from value.type.tensor_type.shape.dim


def _extents(model: onnx.ModelProto) -> list[str]:
    """The names of extents of a model."""
    return list(dict.fromkeys(d.dim_param for d in _dims(model) if d.dim_param))


def _fix(model: onnx.ModelProto, name: str, numbers: Sequence[Number]) -> None:
    """Give an extent with a name its value.

    Raises:
        CompileError: E622 it is no extent.
    """
    if len(numbers) != 1 or numbers[0] != int(numbers[0]) or not 0 <= numbers[0] < 2**31:
        raise CompileError([Diagnostic("E622", f"'{name}' is an extent, and these values are none")])
    for dim in _dims(model):
        if dim.dim_param == name:
            dim.dim_value = int(numbers[0])
