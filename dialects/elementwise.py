"""Elementwise operations, on scalars and on tensors alike.

Operands are tensors or scalars of one element type; tensors broadcast as NumPy's do and scalars to any shape. The
result has the operands' element type (``i1`` for comparisons), computed in it and rounded to it once: precision changes
are casts. Integers wrap; division and remainder are Python's (floor, sign of the divisor), with 0 for a zero divisor of
sized integers, as NumPy gives. Exact ``int`` arithmetic is in ``integer.py``.
"""

from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .types import element_of, is_tensor, shape_of
from .verify import (
    ANY,
    BOOL,
    COMPLEX,
    FLOATS,
    INTEGERS,
    NUMBERS,
    REAL,
    broadcast,
    elements_in,
    fail,
    result_shape,
    same_meta,
    shape_text,
)


def _verify(op: Any, inputs: list[Any], allowed: frozenset[str], result_element: Any) -> bool:
    """Targets agree, elements are ``allowed`` and equal, shapes broadcast to the result's."""
    if not (same_meta(op, [*inputs, op.results[0]]) and elements_in(op, inputs, allowed)):
        return False
    elements = {str(element_of(v.type)) for v in inputs}
    if len(elements) > 1:
        return fail(op, f"operands have different element types: {', '.join(sorted(elements))}")
    if element_of(op.results[0].type) != result_element:
        return fail(op, f"result element {element_of(op.results[0].type)} should be {result_element}")
    return _verify_shapes(op, inputs)


def _verify_shapes(op: Any, inputs: list[Any]) -> bool:
    shape: list[int] = []
    for v in inputs:
        joined = broadcast(shape, shape_of(v.type))
        if joined is None:
            return fail(op, f"shapes {shape_text(shape)} and {shape_text(shape_of(v.type))} do not broadcast")
        shape = joined
    return result_shape(op, shape, tensor=any(is_tensor(v.type) for v in inputs))


class UnaryOp(Pyc.Operation):
    """``y = f(x)``, element by element."""

    x: ext.Operand[Any]
    res: ext.Result[Any]
    ALLOWED = FLOATS

    def verify_invariants(self) -> bool:
        return _verify(self, [self.x], self.ALLOWED, element_of(self.x.type))


class BinaryOp(Pyc.Operation):
    """``y = f(lhs, rhs)``, element by element."""

    lhs: ext.Operand[Any]
    rhs: ext.Operand[Any]
    res: ext.Result[Any]
    ALLOWED = NUMBERS

    def verify_invariants(self) -> bool:
        return _verify(self, [self.lhs, self.rhs], self.ALLOWED, element_of(self.lhs.type))


class AddOp(BinaryOp, name="add", traits=[ext.Pure]): ...


class SubOp(BinaryOp, name="sub", traits=[ext.Pure]): ...


class MulOp(BinaryOp, name="mul", traits=[ext.Pure]): ...


class DivOp(BinaryOp, name="div", traits=[ext.Pure]):
    """True division, of floats and complex numbers only: the frontend casts integers first."""

    ALLOWED = FLOATS | COMPLEX


class FloorDivOp(BinaryOp, name="floordiv", traits=[ext.Pure]):
    ALLOWED = REAL


class ModOp(BinaryOp, name="mod", traits=[ext.Pure]):
    ALLOWED = REAL


class PowOp(BinaryOp, name="pow", traits=[ext.Pure]):
    ALLOWED = REAL


class FmodOp(BinaryOp, name="fmod", traits=[ext.Pure]):
    """The remainder with the sign of ``lhs``, as C's."""

    ALLOWED = FLOATS


class Atan2Op(BinaryOp, name="atan2", traits=[ext.Pure]):
    """The angle of the point (``rhs``, ``lhs``)."""

    ALLOWED = FLOATS


class CopysignOp(BinaryOp, name="copysign", traits=[ext.Pure]):
    """The magnitude of ``lhs`` with the sign of ``rhs``, also that of a zero or NaN."""

    ALLOWED = FLOATS


class MaximumOp(BinaryOp, name="maximum", traits=[ext.Pure]):
    """The larger operand; NaN if either is NaN, as NumPy's."""

    ALLOWED = REAL


class MinimumOp(BinaryOp, name="minimum", traits=[ext.Pure]):
    """The smaller operand; NaN if either is NaN, as NumPy's."""

    ALLOWED = REAL


class AndOp(BinaryOp, name="and", traits=[ext.Pure]):
    """Bitwise on integers, logical on booleans."""

    ALLOWED = INTEGERS | BOOL


class OrOp(BinaryOp, name="or", traits=[ext.Pure]):
    ALLOWED = INTEGERS | BOOL


class XorOp(BinaryOp, name="xor", traits=[ext.Pure]):
    ALLOWED = INTEGERS | BOOL


class ShiftLeftOp(BinaryOp, name="shl", traits=[ext.Pure]):
    """As NumPy's: 0 where the count is not below the width."""

    ALLOWED = INTEGERS


class ShiftRightOp(BinaryOp, name="shr", traits=[ext.Pure]):
    """As NumPy's: keeps the sign; 0 or -1 where the count is not below the width."""

    ALLOWED = INTEGERS


class NegOp(UnaryOp, name="neg", traits=[ext.Pure]):
    ALLOWED = NUMBERS


class AbsOp(UnaryOp, name="abs", traits=[ext.Pure]):
    ALLOWED = REAL


class NotOp(UnaryOp, name="not", traits=[ext.Pure]):
    """Bitwise on integers, logical on booleans."""

    ALLOWED = INTEGERS | BOOL


class ExpOp(UnaryOp, name="exp", traits=[ext.Pure]): ...


class Exp2Op(UnaryOp, name="exp2", traits=[ext.Pure]): ...


class Expm1Op(UnaryOp, name="expm1", traits=[ext.Pure]): ...


class LogOp(UnaryOp, name="log", traits=[ext.Pure]): ...


class Log2Op(UnaryOp, name="log2", traits=[ext.Pure]): ...


class Log10Op(UnaryOp, name="log10", traits=[ext.Pure]): ...


class Log1pOp(UnaryOp, name="log1p", traits=[ext.Pure]): ...


class SqrtOp(UnaryOp, name="sqrt", traits=[ext.Pure]): ...


class SinOp(UnaryOp, name="sin", traits=[ext.Pure]): ...


class CosOp(UnaryOp, name="cos", traits=[ext.Pure]): ...


class TanOp(UnaryOp, name="tan", traits=[ext.Pure]): ...


class TanhOp(UnaryOp, name="tanh", traits=[ext.Pure]): ...


class SinhOp(UnaryOp, name="sinh", traits=[ext.Pure]): ...


class CoshOp(UnaryOp, name="cosh", traits=[ext.Pure]): ...


class AsinOp(UnaryOp, name="asin", traits=[ext.Pure]): ...


class AcosOp(UnaryOp, name="acos", traits=[ext.Pure]): ...


class AtanOp(UnaryOp, name="atan", traits=[ext.Pure]): ...


class AsinhOp(UnaryOp, name="asinh", traits=[ext.Pure]): ...


class AcoshOp(UnaryOp, name="acosh", traits=[ext.Pure]): ...


class AtanhOp(UnaryOp, name="atanh", traits=[ext.Pure]): ...


class CbrtOp(UnaryOp, name="cbrt", traits=[ext.Pure]):
    """The cube root, negative of negative numbers."""


class ErfOp(UnaryOp, name="erf", traits=[ext.Pure]): ...


class ErfcOp(UnaryOp, name="erfc", traits=[ext.Pure]):
    """``1 - erf(x)`` without cancellation."""


class RsqrtOp(UnaryOp, name="rsqrt", traits=[ext.Pure]):
    """``1 / sqrt(x)``, rounded once."""


class SigmoidOp(UnaryOp, name="sigmoid", traits=[ext.Pure]):
    """``1 / (1 + exp(-x))``."""


class GeluOp(UnaryOp, name="gelu", traits=[ext.Pure]):
    """``x * Phi(x)``, where ``Phi`` is the distribution function of a standard normal variable; 0 at ``-inf``."""


class GeluTanhOp(UnaryOp, name="gelu_tanh", traits=[ext.Pure]):
    """``x * sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x^3))``, which is like ``gelu``; 0 at ``-inf``."""


class FloorOp(UnaryOp, name="floor", traits=[ext.Pure]): ...


class CeilOp(UnaryOp, name="ceil", traits=[ext.Pure]): ...


class RintOp(UnaryOp, name="rint", traits=[ext.Pure]):
    """To the nearest integer, ties to even."""


class TruncOp(UnaryOp, name="trunc", traits=[ext.Pure]): ...


PREDICATES = ("eq", "ne", "lt", "le", "gt", "ge")


class CompareOp(Pyc.Operation, name="compare", traits=[ext.Pure]):
    """``predicate`` of each pair, as ``i1``. Comparisons with NaN are false, but ``ne`` is true."""

    lhs: ext.Operand[Any]
    rhs: ext.Operand[Any]
    predicate: ir.StringAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if self.predicate.value not in PREDICATES:
            return fail(self, f"has no predicate '{self.predicate.value}'; it knows {', '.join(PREDICATES)}")
        allowed = ANY if self.predicate.value in ("eq", "ne") else ANY - COMPLEX
        return _verify(self, [self.lhs, self.rhs], allowed, ir.IntegerType.get_signless(1))


class SelectOp(Pyc.Operation, name="select", traits=[ext.Pure]):
    """``on_true`` where ``condition`` holds, else ``on_false``: NumPy's ``where``. Both are evaluated."""

    condition: ext.Operand[Any]
    on_true: ext.Operand[Any]
    on_false: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        inputs = [self.condition, self.on_true, self.on_false]
        if not (same_meta(self, [*inputs, self.res]) and elements_in(self, inputs[:1], BOOL)):
            return False
        if element_of(self.on_true.type) != element_of(self.on_false.type):
            return fail(self, f"chooses between {element_of(self.on_true.type)} and {element_of(self.on_false.type)}")
        if element_of(self.res.type) != element_of(self.on_true.type):
            return fail(self, f"result element {element_of(self.res.type)} should be {element_of(self.on_true.type)}")
        return _verify_shapes(self, inputs)


class CastOp(Pyc.Operation, name="cast", traits=[ext.Pure]):
    """The same values in another element type, or under another precision policy.

    To a narrower float it rounds to nearest even; to an integer it truncates towards zero; to ``i1`` it tests for
    non-zero. Out-of-range integers wrap.
    """

    x: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (same_meta(self, [self.x, self.res]) and elements_in(self, [self.x, self.res], ANY)):
            return False
        return result_shape(self, shape_of(self.x.type), tensor=is_tensor(self.x.type))


class BitcastOp(Pyc.Operation, name="bitcast", traits=[ext.Pure]):
    """The bits of each element as an element type of the same width: NumPy's ``view``."""

    x: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (same_meta(self, [self.x, self.res]) and elements_in(self, [self.x, self.res], REAL)):
            return False
        source, to = element_of(self.x.type), element_of(self.res.type)
        if source.width != to.width:
            return fail(self, f"cannot take the bits of {source} for {to}: their widths differ")
        return result_shape(self, shape_of(self.x.type), tensor=is_tensor(self.x.type))
