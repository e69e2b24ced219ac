"""Models run by ONNX Runtime on NumPy arrays, of every element type."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import Any

import ml_dtypes
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto

Array = NDArray[Any]
#: The element types that NumPy, and so ONNX Runtime's Python interface, has no names for.
_FOREIGN: dict[str, tuple[int, Any]] = {
    "tensor(int4)": (TensorProto.INT4, ml_dtypes.int4),
    "tensor(uint4)": (TensorProto.UINT4, ml_dtypes.uint4),
    "tensor(bfloat16)": (TensorProto.BFLOAT16, ml_dtypes.bfloat16),
    "tensor(float8e4m3fn)": (TensorProto.FLOAT8E4M3FN, ml_dtypes.float8_e4m3fn),
    "tensor(float8e5m2)": (TensorProto.FLOAT8E5M2, ml_dtypes.float8_e5m2),
}
#: Those of which a byte holds two.
_HALVES = ("tensor(int4)", "tensor(uint4)")


class Session:
    """A model, as bytes or a path, in ONNX Runtime. ``optimise`` lets it rewrite the graph, as it does by default."""

    def __init__(self, content: bytes | str, *, optimise: bool = True) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        if not optimise:
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        self._inputs = [(i.name, i.type) for i in self._session.get_inputs()]
        self._outputs = [o.name for o in self._session.get_outputs()]

    @property
    def input_count(self) -> int:
        """How many inputs the model has: those of its function, and the weights that it does not hold."""
        return len(self._inputs)

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata of the model."""
        return self._session.get_modelmeta().custom_metadata_map

    @property
    def inputs(self) -> list[tuple[str, str, list[int | str | None]]]:
        """Name, element type and extents of each input."""
        return [(v.name, v.type, v.shape) for v in self._session.get_inputs()]

    @property
    def outputs(self) -> list[tuple[str, str, list[int | str | None]]]:
        """Name, element type and extents of each output."""
        return [(v.name, v.type, v.shape) for v in self._session.get_outputs()]

    def run(self, arrays: Sequence[Array]) -> list[Array]:
        """The outputs for the inputs, both in the order of the model."""
        feeds = {name: _handed(kind, a) for (name, kind), a in zip(self._inputs, arrays, strict=True)}
        return [_taken(v) for v in self._session.run_with_ort_values(self._outputs, feeds)]


def _handed(kind: str, array: Array) -> Any:
    array = np.ascontiguousarray(array) if array.ndim else array
    if kind not in _FOREIGN:
        return onnxruntime.OrtValue.ortvalue_from_numpy(array)
    bits = array.view(f"u{array.itemsize}")
    if kind in _HALVES:
        return _packed(bits.reshape(-1) & 15, array.shape, _FOREIGN[kind][0])
    return onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(bits, _FOREIGN[kind][0])


def _packed(numbers: Array, shape: Sequence[int], element: int) -> Any:
    """Numbers of 4 bits as ONNX Runtime has them: two in a byte, the first in the lower half."""
    padded = np.concatenate((numbers, np.zeros(numbers.size % 2, np.uint8)))
    made = onnxruntime.OrtValue.ortvalue_from_shape_and_type(list(shape), element)
    content = np.ascontiguousarray(padded[0::2] | padded[1::2] << 4)
    if content.size:
        ctypes.memmove(made.data_ptr(), content.ctypes.data, content.size)
    return made


def _taken(value: Any) -> Array:
    kind = value.data_type()
    if kind not in _FOREIGN:
        return value.numpy()
    content = ctypes.string_at(value.data_ptr(), value.tensor_size_in_bytes())
    if kind in _HALVES:
        pairs = np.frombuffer(content, np.uint8)
        apart = np.stack((pairs & 15, pairs >> 4), axis=-1).reshape(-1)
        return apart[: math.prod(value.shape())].view(_FOREIGN[kind][1]).reshape(value.shape())
    return np.frombuffer(bytearray(content), _FOREIGN[kind][1]).reshape(value.shape())
