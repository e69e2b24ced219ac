"""BUFFER to FLAT: structured control flow becomes branches, views become address arithmetic."""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir

from . import landings
from .base import BUFFER, FLAT, Level, Pass, run_upstream


@dataclass(frozen=True)
class Flatten(Pass):
    """Replace ``scf`` by ``cf``, and subviews by arithmetic on offsets and strides."""

    name: ClassVar[str] = "flatten"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = FLAT

    def apply(self, module: Any) -> None:
        # While regions still say what is inside them.
        with module.context, ir.Location.unknown():
            landings.mark(module)
        run_upstream(module, "convert-scf-to-cf,expand-strided-metadata,lower-affine,func.func(canonicalize,cse)")
