"""``erf`` and ``erfc`` of f64, of which ONNX Runtime has no kernel, by the polynomials that compiled code has."""

from __future__ import annotations

from collections.abc import Sequence

import onnx_ir as ir

from pyc.passes.expand_math.error_function import ERF, ERFC

from .scope import Scope


def erf(scope: Scope, x: ir.Value) -> ir.Value:
    """Within 3 units in the last place: what ``x`` is multiplied by, so that a zero keeps its sign.

    From 28 on it is 1 in any case, and a factor of infinity would be 0.
    """
    x = scope.op("Max", scope.like(x, -28.0), scope.op("Min", x, scope.like(x, 28.0)))
    a, one = scope.op("Abs", x), scope.like(x, 1.0)
    near = scope.op("Add", one, _polynomial(scope, scope.op("Mul", x, x), ERF))
    far = scope.op("Div", scope.op("Sub", one, _complement(scope, a)), a)
    return scope.op("Mul", x, scope.choose(scope.comparison("Less", a, one), near, far))


def erfc(scope: Scope, x: ir.Value) -> ir.Value:
    """Within 10 units in the last place."""
    a, zero, one = scope.op("Abs", x), scope.like(x, 0.0), scope.like(x, 1.0)
    near = scope.op("Sub", one, scope.op("Add", x, scope.op("Mul", x, _polynomial(scope, scope.op("Mul", x, x), ERF))))
    far = _complement(scope, a)
    far = scope.choose(scope.comparison("Less", x, zero), scope.op("Sub", scope.like(x, 2.0), far), far)
    return scope.choose(scope.comparison("Less", a, scope.like(x, 0.5)), near, far)


def _complement(scope: Scope, x: ir.Value) -> ir.Value:
    """``erfc(x)`` of ``x`` of 1/2 and more; NaN of what is none.

    The square is that of a number of few bits, which is exact, and a small rest.
    """
    x = scope.op("Max", scope.like(x, 0.5), scope.op("Min", x, scope.like(x, 28.0)))
    high = scope.cast(scope.cast(x, "f32"), "f64")
    rest = scope.op("Mul", scope.op("Sub", x, high), scope.op("Add", x, high))
    power = scope.op("Mul", *(scope.op("Exp", scope.op("Neg", v)) for v in (scope.op("Mul", high, high), rest)))
    four = scope.like(x, 4.0)
    p = _polynomial(scope, scope.op("Div", scope.op("Sub", x, four), scope.op("Add", x, four)), ERFC)
    under = scope.op("Add", scope.op("Add", x, x), scope.like(x, 1.0))
    return scope.op("Mul", power, scope.op("Div", p, under))


def _polynomial(scope: Scope, x: ir.Value, coefficients: Sequence[float]) -> ir.Value:
    """The highest power's coefficient first."""
    value = scope.like(x, coefficients[0])
    for c in coefficients[1:]:
        value = scope.op("Add", scope.op("Mul", value, x), scope.like(x, c))
    return value
