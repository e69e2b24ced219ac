"""BUFFER: functions of arrays are told from functions of single numbers, while arrays still are told from loops."""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from ..base import BUFFER, Level, Pass

#: On an operation of the math dialect: it is applied to each element of an array.
ELEMENTWISE = "pyc.elementwise"


@dataclass(frozen=True)
class MarkArrayMath(Pass):
    """Mark the functions in structured operations."""

    name: ClassVar[str] = "mark-array-math"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        unit = ir.UnitAttr.get(module.context)
        for operation in nested(module.operation):
            if operation.name.startswith("math.") and operation.parent.name == "linalg.generic":
                operation.attributes[ELEMENTWISE] = unit
