"""FLAT: the f32 functions that neural networks spend their time in become polynomials, which LLVM vectorises.

Before::

    %y = math.exp %x : f32

After::

    %n = ...                             // the nearest integer to x / log 2
    %p = ...                             // a polynomial in x - n log 2
    %y = arith.mulf %p, %scale : f32     // times 2^n

A call of the C library is made element by element. Errors, measured over all magnitudes: exp, exp2 and erf 1 ulp, log
0.8 ulp, tanh 1.4 ulp. f64 functions stay calls: they give what Python's own give.

Source: Stephen L. Moshier, Cephes mathematical library, single precision; Norbert Juffa's erff.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pyc.dialects.mlir import arith, ir, math

from .base import FLAT, Level, Pass

_EQ, _GT, _GE, _LT = 1, 2, 3, 4
_LOG2_E = 1.44269504088896341
#: log 2 in two parts, the first so short that its product with an exponent is exact.
_LOG_2_HIGH, _LOG_2_LOW = 0.693359375, -2.12194440e-4
#: Adding it to a small number rounds that to an integer, which then stands in the low bits.
_ROUNDER = 1.5 * 2.0**23
_EXP = (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
_LOG = (
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
    2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
_TANH = (-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1)
_ERF_SMALL = (-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1)
_ERF_LARGE = (-1.06777877e-1, -6.34846687e-1, -1.28717512e-1)


@dataclass(frozen=True)
class ExpandMath(Pass):
    """Expand exp, exp2, log, tanh and erf of f32."""

    name: ClassVar[str] = "expand-math"
    takes: ClassVar[Level] = FLAT
    gives: ClassVar[Level] = FLAT

    def apply(self, module: Any) -> None:
        found: list[Any] = []

        def visit(operation: Any) -> Any:
            if operation.name in _EXPANSIONS and isinstance(operation.results[0].type, ir.F32Type):
                found.append(operation)
            return ir.WalkResult.ADVANCE

        module.operation.walk(visit)
        for operation in found:
            with module.context, ir.InsertionPoint(operation), operation.location:
                value = _EXPANSIONS[operation.name](operation.operands[0])
            operation.results[0].replace_all_uses_with(value)
            operation.erase()


def _number(value: float) -> Any:
    return arith.constant(ir.F32Type.get(), value)


def _integer(value: int) -> Any:
    return arith.constant(_i32(), value)


def _i32() -> Any:
    return ir.IntegerType.get_signless(32)


def _bits(x: Any) -> Any:
    return arith.bitcast(_i32(), x)


def _float(bits: Any) -> Any:
    return arith.bitcast(ir.F32Type.get(), bits)


def _fma(a: Any, b: Any, c: Any) -> Any:
    """``a * b + c``, fused where the chip can: an emulated fused operation would be slow."""
    flags = ir.Attribute.parse("#arith.fastmath<contract>")
    return arith.addf(arith.mulf(a, b, fastmath=flags), c, fastmath=flags)


def _polynomial(x: Any, coefficients: Sequence[float]) -> Any:
    """By Horner's rule, the highest coefficient first."""
    total = _number(coefficients[0])
    for c in coefficients[1:]:
        total = _fma(total, x, _number(c))
    return total


def _clamped(x: Any, low: float, high: float) -> Any:
    """NaN stays NaN."""
    x = arith.select(arith.cmpf(_LT, x, _number(low)), _number(low), x)
    return arith.select(arith.cmpf(_GT, x, _number(high)), _number(high), x)


def _rounded(x: Any) -> tuple[Any, Any]:
    """The nearest integer to ``x``, as a float and as an integer. ``x`` is already offset by ``_ROUNDER``."""
    return arith.subf(x, _number(_ROUNDER)), arith.subi(_bits(x), _bits(_number(_ROUNDER)))


def _scaled(x: Any, exponent: Any) -> Any:
    """``x * 2^exponent`` in two steps, so that subnormal results and overflow come out right."""
    half = arith.shrsi(exponent, _integer(1))
    for part in (half, arith.subi(exponent, half)):
        x = arith.mulf(x, _float(arith.shli(arith.addi(part, _integer(127)), _integer(23))))
    return x


def _exp_reduced(r: Any) -> Any:
    """``exp`` on [-0.35, 0.35]."""
    p = _polynomial(r, _EXP)
    return arith.addf(_fma(p, arith.mulf(r, r), r), _number(1.0))


def _exp(x: Any) -> Any:
    # Beyond these bounds the result is 0 or infinite anyway.
    x = _clamped(x, -104.0, 89.0)
    n, exponent = _rounded(_fma(x, _number(_LOG2_E), _number(_ROUNDER)))
    r = _fma(n, _number(-_LOG_2_HIGH), x)
    r = _fma(n, _number(-_LOG_2_LOW), r)
    return _scaled(_exp_reduced(r), exponent)


def _exp2(x: Any) -> Any:
    x = _clamped(x, -151.0, 129.0)
    n, exponent = _rounded(arith.addf(x, _number(_ROUNDER)))
    return _scaled(_exp_reduced(arith.mulf(arith.subf(x, n), _number(0.693147180559945309))), exponent)


def _log(x: Any) -> Any:
    subnormal = arith.cmpf(_LT, x, _number(2.0**-126))
    normal = arith.select(subnormal, arith.mulf(x, _number(2.0**23)), x)
    # Subtracting the bits of sqrt(1/2) leaves the exponent of a mantissa in [sqrt(1/2), sqrt(2)).
    offset = arith.subi(_bits(normal), _integer(0x3F3504F3))
    exponent = arith.shrsi(offset, _integer(23))
    mantissa = _float(arith.subi(_bits(normal), arith.shli(exponent, _integer(23))))
    exponent = arith.subi(exponent, arith.select(subnormal, _integer(23), _integer(0)))
    e = arith.sitofp(ir.F32Type.get(), exponent)
    y = arith.subf(mantissa, _number(1.0))
    z = arith.mulf(y, y)
    value = arith.mulf(arith.mulf(_polynomial(y, _LOG), y), z)
    value = _fma(e, _number(_LOG_2_LOW), value)
    value = _fma(z, _number(-0.5), value)
    value = _fma(e, _number(_LOG_2_HIGH), arith.addf(y, value))
    value = arith.select(arith.cmpf(_GE, x, _number(0.0)), value, _number(float("nan")))
    value = arith.select(arith.cmpf(_EQ, x, _number(0.0)), _number(float("-inf")), value)
    return arith.select(arith.cmpf(_EQ, x, _number(float("inf"))), x, value)


def _tanh(x: Any) -> Any:
    magnitude = math.absf(x)
    e = _exp(arith.addf(magnitude, magnitude))
    large = arith.subf(_number(1.0), arith.divf(_number(2.0), arith.addf(e, _number(1.0))))
    square = arith.mulf(x, x)
    small = _fma(arith.mulf(_polynomial(square, _TANH), square), magnitude, magnitude)
    return math.copysign(arith.select(arith.cmpf(_LT, magnitude, _number(0.625)), small, large), x)


def _erf(x: Any) -> Any:
    t, s = math.absf(x), arith.mulf(x, x)
    # Beyond 4 it is 1; the polynomial would grow without bound.
    t = arith.select(arith.cmpf(_GT, t, _number(4.0)), _number(4.0), t)
    clipped = arith.mulf(t, t)
    r = _fma(_number(-1.72853470e-5), t, _number(3.83197126e-4))
    u = _fma(_number(-3.88396438e-3), t, _number(2.42546219e-2))
    r = _fma(r, clipped, u)
    for c in _ERF_LARGE:
        r = _fma(r, t, _number(c))
    r = _fma(r, t, arith.negf(t))
    large = math.copysign(arith.subf(_number(1.0), _exp(r)), x)
    small = _fma(_polynomial(s, _ERF_SMALL), x, x)
    return arith.select(arith.cmpf(_LT, t, _number(0.927734375)), small, large)


_EXPANSIONS: dict[str, Callable[[Any], Any]] = {
    "math.exp": _exp,
    "math.exp2": _exp2,
    "math.log": _log,
    "math.tanh": _tanh,
    "math.erf": _erf,
}
