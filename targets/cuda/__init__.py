"""The target ``cuda``: PTX and cubins for NVIDIA GPUs, and bundles that launch them on the caller's arrays."""

from __future__ import annotations

from typing import Any

from pyc.artifact import Artifact
from pyc.passes.base import Pipeline
from pyc.target import Target

from ..backend import Options


class CudaBackend:
    """PTX by LLVM, cubins by ptxas where it is installed."""

    name = "cuda"
    emits = ("bundle", "ptx", "cubin", "llvm")

    def pipeline(self, target: Target, options: Options) -> Pipeline:
        from .pipeline import pipeline

        return pipeline(target, options)

    def emit(self, module: Any, target: Target, options: Options) -> Artifact:
        from .emit import emit

        return emit(module, target, options)
