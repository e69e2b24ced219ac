"""FLAT: functions become polynomials, which LLVM vectorises: a call of the C library is made element by element.

Before::

    %y = math.exp %x : f32

After::

    %n = ...                             // the nearest integer to x / log 2
    %p = ...                             // a polynomial in x - n log 2
    %y = arith.mulf %p, %scale : f32     // times 2^n

Functions that are not marked as those of arrays are left alone, but the commonest of f32: Python's own numbers get what
Python's own functions give. Most functions of f32 are computed in f64 and rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from ..base import FLAT, Level, Pass, is_function
from . import (
    activations,
    activations_widened,
    called,
    error_function,
    exponential,
    inverse,
    logarithm,
    powers,
    single,
    trigonometric,
    widened,
)
from .mark import ELEMENTWISE
from .real import Real

_Function = Callable[..., Any]
_SINGLE: Mapping[str, _Function] = {
    "math.exp": single.exp,
    "math.log": single.log,
    "math.erf": single.erf,
}
#: Functions of f32 that are computed in f64.
_WIDENED: Mapping[str, _Function] = {
    "math.exp2": widened.exp2,
    "math.expm1": widened.expm1,
    "math.sinh": widened.sinh,
    "math.cosh": widened.cosh,
    "math.tanh": widened.tanh,
    "math.log2": widened.log2,
    "math.log10": widened.log10,
    "math.log1p": widened.log1p,
    "math.powf": widened.pow,
    "math.asin": widened.asin,
    "math.acos": widened.acos,
    "math.atan": widened.atan,
    "math.atan2": widened.atan2,
    "math.erfc": widened.erfc,
}
_DOUBLE: Mapping[str, _Function] = {
    "math.exp": exponential.exp,
    "math.exp2": exponential.exp2,
    "math.expm1": exponential.expm1,
    "math.sinh": exponential.sinh,
    "math.cosh": exponential.cosh,
    "math.tanh": exponential.tanh,
    "math.log": logarithm.log,
    "math.log2": logarithm.log2,
    "math.log10": logarithm.log10,
    "math.log1p": logarithm.log1p,
    "math.powf": logarithm.pow,
    "math.asin": inverse.asin,
    "math.acos": inverse.acos,
    "math.atan": inverse.atan,
    "math.atan2": inverse.atan2,
    "math.erf": error_function.erf,
    "math.erfc": error_function.erfc,
}
#: Functions that nothing else knows: of f32, computed in f64, and of f32 and f64, in pairs.
OWN: Mapping[str, tuple[_Function, _Function]] = {
    "math.rsqrt": (widened.rsqrt, activations.rsqrt),
    "pyc.gelu": (activations_widened.gelu, activations.gelu),
    "pyc.gelu_tanh": (activations_widened.gelu_tanh, activations.gelu_tanh),
    "pyc.sigmoid": (activations_widened.sigmoid, activations.sigmoid),
}
#: Those of them of which pairs of f32 are the quicker way on CPUs with fused multiply-adds.
_PAIRED = frozenset({"math.rsqrt", "pyc.sigmoid"})
#: Functions that leave vast arguments to the C library, of f32 and of f64: the polynomials, in f64.
_CALLED: Mapping[str, tuple[_Function, _Function]] = {
    "math.sin": (widened.sin, trigonometric.sin),
    "math.cos": (widened.cos, trigonometric.cos),
    "math.tan": (widened.tan, trigonometric.tan),
}


#: Functions of f64 that are exact without fused multiply-adds too, and quicker than the C library's, one by one.
_UNFUSED = frozenset(f"math.{name}" for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "log1p"))


@dataclass(frozen=True)
class ExpandMath(Pass):
    """Expand functions of f32, and of f64 in arrays; of f64, some only if the chip has a ``fused`` multiply-add.

    ``bits`` are those of a vector register.
    """

    name: ClassVar[str] = "expand-math"
    takes: ClassVar[Level] = FLAT
    gives: ClassVar[Level] = FLAT

    fused: bool = True
    bits: int = 256

    def apply(self, module: Any) -> None:
        found = [
            operation
            for operation in nested(module.operation)
            if is_function(operation.name) and self._is_ours(operation)
        ]
        for operation in found:
            with module.context, ir.InsertionPoint(operation), operation.location:
                value = self._expanded(module, operation)
            operation.results[0].replace_all_uses_with(value)
            operation.erase()

    def _is_ours(self, operation: Any) -> bool:
        name, t = operation.name, operation.results[0].type
        if name in OWN or (isinstance(t, ir.F32Type) and name in _SINGLE):
            return True
        if ELEMENTWISE not in operation.attributes:
            return False
        table = _WIDENED if isinstance(t, ir.F32Type) else _DOUBLE if isinstance(t, ir.F64Type) else {}
        if name not in table and not (table and name in _CALLED):
            return False
        if self.fused:
            return True
        if isinstance(t, ir.F64Type):
            return name in _UNFUSED
        # Powers of f32 take logarithms of more than that.
        return name != "math.powf" or powers.exponent_of(operation.operands[1]) is not None

    def _expanded(self, module: Any, operation: Any) -> Any:
        """The value that an operation stands for."""
        name, t, operands = operation.name, operation.results[0].type, list(operation.operands)
        if name in _CALLED:
            return self._called(module, name, t, operands)
        if name in OWN:
            return self._own(name, self._real(operands[0])).value
        exponent = powers.exponent_of(operands[1]) if name == "math.powf" else None
        if exponent is not None and isinstance(t, ir.F64Type):
            return powers.power(self._real(operands[0]), exponent).value
        if exponent is not None:
            return powers.power_of_single(self._real(operands[0]).widened(), exponent).narrowed().value
        if isinstance(t, ir.F64Type):
            return _DOUBLE[name](*map(self._real, operands)).value
        if name in _SINGLE:
            return _SINGLE[name](*map(self._real, operands)).value
        return _WIDENED[name](*(self._real(x).widened() for x in operands)).narrowed().value

    def _real(self, value: Any) -> Real:
        return Real(value, self.fused)

    def _own(self, name: str, x: Real) -> Real:
        in_double, in_pairs = OWN[name]
        if x.is_single() and not (self.fused and name in _PAIRED):
            return in_double(x.widened()).narrowed()
        return in_pairs(x)

    def _called(self, module: Any, name: str, t: Any, operands: list[Any]) -> Any:
        compute = _CALLED[name][isinstance(t, ir.F64Type)]
        lanes = self.bits // t.width
        limit, short = trigonometric.LIMIT, name.removeprefix("math.")
        symbol = called.define(module, short, str(t), compute, limit, lanes, fused=self.fused)
        attributes = {"callee": ir.FlatSymbolRefAttr.get(symbol)}
        return ir.Operation.create("func.call", [t], operands, attributes).results[0]
