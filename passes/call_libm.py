"""FLAT: functions that LLVM has no accurate intrinsic for become calls of the C library.

Before::

    %y = math.expm1 %x : f64

After::

    %y = func.call @c.expm1(%x) : (f64) -> f64

MLIR would write ``expm1`` as ``exp(x) - 1``, which loses every digit of a small ``x``. The prefix
tells the C library's functions from the user's, who may well have an ``expm1`` too; code generation takes it off.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .base import C_LIBRARY, FLAT, Level, Pass

#: Functions of <math.h>; for f32 an ``f`` is added to the name.
FUNCTIONS = frozenset(
    f"math.{name}"
    for name in (
        "expm1", "log1p", "erf", "erfc", "tan", "tanh", "sinh", "cosh", "asin", "acos", "atan", "asinh", "acosh",
        "atanh", "atan2", "cbrt",
    )
)  # fmt: skip


@dataclass(frozen=True)
class CallLibm(Pass):
    """Call the C library for the functions of <math.h> but exp, log, pow, sin, cos and sqrt."""

    name: ClassVar[str] = "call-libm"
    takes: ClassVar[Level] = FLAT
    gives: ClassVar[Level] = FLAT

    def apply(self, module: Any) -> None:
        found = [operation for operation in nested(module.operation) if operation.name in FUNCTIONS]
        declared = {ir.StringAttr(op.attributes["sym_name"]).value for op in module.body.operations}
        for operation in found:
            with module.context, operation.location:
                _call(module, operation, declared)


def _call(module: Any, operation: Any, declared: set[str]) -> None:
    t = operation.results[0].type
    symbol = C_LIBRARY + operation.name.removeprefix("math.") + ("f" if str(t) == "f32" else "")
    if symbol not in declared:
        declared.add(symbol)
        with ir.InsertionPoint.at_block_begin(module.body):
            ir.Operation.create(
                "func.func",
                attributes={
                    "sym_name": ir.StringAttr.get(symbol),
                    "sym_visibility": ir.StringAttr.get("private"),
                    "function_type": ir.TypeAttr.get(ir.FunctionType.get([t] * len(operation.operands), [t])),
                },
                regions=1,
            )
    with ir.InsertionPoint(operation):
        attributes = {"callee": ir.FlatSymbolRefAttr.get(symbol)}
        call = ir.Operation.create("func.call", [t], list(operation.operands), attributes)
    operation.results[0].replace_all_uses_with(call.results[0])
    operation.erase()
