"""Functions built from pyc operations, exported to ONNX and run there on NumPy arrays: ``Compiled`` for ONNX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
from compiled import Parameter, build, numpy_dtype
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator
from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as NotImplementedByRuntime

from pyc.dialects import remarks
from pyc.dialects.dialect import context
from pyc.dialects.mlir import ir
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.onnx import OnnxBackend
from pyc.targets.onnx.runtime import Session


class Exported:
    """``body(*parameters)`` gives the results, then the final values of the parameters at ``writes``."""

    def __init__(
        self, parameters: Sequence[Parameter], body: Callable[..., Sequence[Any]], *, writes: Sequence[int] = ()
    ) -> None:
        self.parameters, self.writes = parameters, writes
        with context(), ir.Location.file("program.py", 1, 1):
            module = build(parameters, body, writes)
            module.operation.verify()
            self.content = export(module)
            self.remarks = [r for r in remarks.read(module) if r.code != "E607"]
        self.model = onnx.load_from_string(self.content)
        # Where ONNX Runtime runs the nodes as they are, and as users run it.
        self.runs = [_runner(self.content, optimise) for optimise in (False, True)]

    def __call__(self, arguments: Sequence[Any], results: Sequence[tuple[str, Sequence[int]]]) -> list[NDArray[Any]]:
        """The results, the same at every level of optimisation; written arguments change."""
        kinds = [numpy_dtype(dtype) for dtype, _ in self.parameters]
        given = [np.array(a, k, order="C") for a, k in zip(arguments, kinds, strict=True)]
        runs = [run(given) for run in self.runs]
        kinds = [numpy_dtype(dtype) for dtype, _ in results] + [kinds[w] for w in self.writes]
        outputs = [[np.asarray(o) for o in run] for run in runs]
        for kind, first, other in zip(kinds, *outputs, strict=True):
            assert first.dtype == other.dtype == kind
            assert first.shape == other.shape
            if kind.kind not in "iub":
                # Integers of floats that fit none are not defined, and differ.
                np.testing.assert_allclose(first.astype("f8"), other.astype("f8"), rtol=1e-5)
        for w, value in zip(self.writes, outputs[0][len(results) :], strict=True):
            arguments[w][...] = value
        return outputs[1][: len(results)]


def export(module: Any, weights: dict[str, Any] | None = None) -> bytes:
    """The one model of a module, checked by the exporter."""
    options = Options("program", source_path="program.py", weights=weights)
    backend = OnnxBackend()
    backend.pipeline(Target("onnx"), options).run(module)
    (content,) = backend.emit(module, Target("onnx"), options).files.values()
    return content


def _runner(content: bytes, optimise: bool) -> Callable[[Sequence[NDArray[Any]]], list[NDArray[Any]]]:
    """What runs a model: ONNX Runtime, or ONNX's reference where that lacks a kernel."""
    try:
        return Session(content, optimise=optimise).run
    except NotImplementedByRuntime:
        reference: Any = ReferenceEvaluator(onnx.load_from_string(content))
        return lambda given: reference.run(None, dict(zip(reference.input_names, given, strict=True)))
