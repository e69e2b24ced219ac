"""Models run by ONNX Runtime on NumPy arrays, of every element type."""

from __future__ import annotations

import ctypes
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
    "tensor(bfloat16)": (TensorProto.BFLOAT16, ml_dtypes.bfloat16),
    "tensor(float8e4m3fn)": (TensorProto.FLOAT8E4M3FN, ml_dtypes.float8_e4m3fn),
    "tensor(float8e5m2)": (TensorProto.FLOAT8E5M2, ml_dtypes.float8_e5m2),
}


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
    return onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(bits, _FOREIGN[kind][0])


def _taken(value: Any) -> Array:
    kind = value.data_type()
    if kind not in _FOREIGN:
        return value.numpy()
    content = ctypes.string_at(value.data_ptr(), value.tensor_size_in_bytes())
    return np.frombuffer(bytearray(content), _FOREIGN[kind][1]).reshape(value.shape())
