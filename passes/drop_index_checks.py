"""PYC to PYC: functions that asked for it do not check their indices.

Before::

    func.func @at(%x: ..., %i: i64) attributes {pyc.unchecked} {
      "pyc.check"(%inside) {kind = "IndexError", message = "index out of bounds for axis 0 of 'x'"}
      %0 = "pyc.extract"(%x, %i)

After::

    func.func @at(%x: ..., %i: i64) attributes {pyc.unchecked} {
      %0 = "pyc.extract"(%x, %i)

Only checks of indices go: overflow, division by zero and what the program raises itself are its meaning.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import control, signature
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .base import PYC, Level, Pass


@dataclass(frozen=True)
class DropIndexChecks(Pass):
    """Erase the checks that raise IndexError in functions marked ``pyc.unchecked``, or ``everywhere``."""

    name: ClassVar[str] = "drop-index-checks"
    takes: ClassVar[Level] = PYC
    gives: ClassVar[Level] = PYC

    everywhere: bool = False

    def apply(self, module: Any) -> None:
        for function in signature.functions(module):
            if self.everywhere or "pyc.unchecked" in function.attributes:
                for check in _index_checks(function):
                    control.erase_check(check)


def _index_checks(function: Any) -> list[Any]:
    return [
        operation
        for operation in nested(function.operation)
        if operation.name == "pyc.check" and ir.StringAttr(operation.attributes["kind"]).value == "IndexError"
    ]
