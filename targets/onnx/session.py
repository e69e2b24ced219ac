"""Models as Python functions on NumPy arrays, run by ONNX Runtime: what ``pyc.load`` gives for them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from pyc.diagnostics import CompileError, Diagnostic, Note
from pyc.precision import DTYPES
from pyc.targets.cpu.runtime import Bundle, Function
from pyc.targets.naming import python_name

_MANIFEST = "org.pyc.manifest"
#: ONNX Runtime's names of element types.
_ELEMENTS = {
    "tensor(bool)": "bool",
    "tensor(int8)": "i8",
    "tensor(int16)": "i16",
    "tensor(int32)": "i32",
    "tensor(int64)": "i64",
    "tensor(uint8)": "u8",
    "tensor(uint16)": "u16",
    "tensor(uint32)": "u32",
    "tensor(uint64)": "u64",
    "tensor(float8e4m3fn)": "f8e4m3",
    "tensor(float8e5m2)": "f8e5m2",
    "tensor(bfloat16)": "bf16",
    "tensor(float16)": "f16",
    "tensor(float)": "f32",
    "tensor(double)": "f64",
}


class ModelFunction(Function):
    """A model as a function: the same checks and results as compiled code, except that arrays may be copied."""

    def __init__(self, entry: Mapping[str, Any], session: Any) -> None:
        # A weight that the model holds is none of its inputs; without --weights it is, after the parameters.
        held = len(entry["parameters"]) - session.input_count
        parameters = [v for v in entry["parameters"] if v["weight"] is None]
        weights = [v for v in entry["parameters"] if v["weight"] is not None] if not held else []
        self._describe({**entry, "parameters": [*parameters, *weights]})
        self._session = session

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        arguments, dims, _ = self._taken(arguments, named)
        values = self._description["parameters"]
        given = [
            a if v["dims"] is not None else np.asarray(a, DTYPES[v["dtype"]].dtype)
            for v, a in zip(values, arguments, strict=True)
        ]
        outputs = self._session.run(given)
        count = len(self._results)
        for index, final in zip(self._description["writes"], outputs[count:], strict=True):
            arguments[index][...] = final
        results = [_scalar(v, o) if v["dims"] is None else o for v, o in zip(self._kinds, outputs, strict=False)]
        return self._returned(results, arguments)

    @property
    def _kinds(self) -> Sequence[Mapping[str, Any]]:
        return self._description["results"]


def _scalar(value: Mapping[str, Any], output: Any) -> Any:
    """A scalar result as Python's for ``int``, ``float`` and ``bool``, else as NumPy's."""
    return output.item() if value["type"] in ("int", "float", "bool") else output[()]
