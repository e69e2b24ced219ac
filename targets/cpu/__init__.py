"""The target ``cpu``: shared libraries, and bundles that Python imports without pyc."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pyc.artifact import Artifact
from pyc.target import Target

from ..backend import Options

if TYPE_CHECKING:  # what was compiled before runs without MLIR
    from pyc.passes.base import Pipeline


class CpuBackend:
    """Machine code by LLVM, called on NumPy arrays in place."""

    name = "cpu"
    emits = ("bundle", "exe", "wheel", "obj", "so", "asm", "llvm")

    def pipeline(self, target: Target, options: Options) -> Pipeline:
        from .pipeline import pipeline

        return pipeline(target, options)

    def emit(
        self, module: Any, target: Target, options: Options, higher: Mapping[Target, Any] | None = None
    ) -> Artifact:
        from .emit import emit

        return emit(module, target, options, higher)
