"""GPU: the functions that libdevice lacks become arithmetic, in kernels and before they are launched."""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from ..base import GPU, Level, Pass
from . import OWN
from .real import Real


@dataclass(frozen=True)
class ExpandKernelMath(Pass):
    """Expand ``sigmoid``, ``gelu`` and ``rsqrt``, f32 without f64, which few chips are quick with."""

    name: ClassVar[str] = "expand-kernel-math"
    takes: ClassVar[Level] = GPU
    gives: ClassVar[Level] = GPU

    def apply(self, module: Any) -> None:
        for operation in [op for op in nested(module.operation) if op.name in OWN]:
            x = operation.operands[0]
            with module.context, ir.InsertionPoint(operation), operation.location:
                value = OWN[operation.name][1](Real(x)).value
            operation.results[0].replace_all_uses_with(value)
            operation.erase()
