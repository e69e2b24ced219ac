"""Complex numbers from their parts, and their parts, on scalars and on tensors alike.

A complex element is two floats of half its width, the real part first: NumPy's layout. Sums, products, quotients,
comparisons and casts of complex numbers are the operations of ``elementwise.py``.
"""

from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .types import element_of, is_tensor, shape_of
from .verify import COMPLEX, broadcast, elements_in, fail, result_shape, same_meta, shape_text

PARTS = frozenset(("f32", "f64"))


class ComplexOp(Pyc.Operation, name="complex", traits=[ext.Pure]):
    """``re + im * 1j``, element by element, where neither part is touched by the other."""

    re: ext.Operand[Any]
    im: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        inputs = [self.re, self.im]
        if not (same_meta(self, [*inputs, self.res]) and elements_in(self, inputs, PARTS)):
            return False
        element = element_of(self.re.type)
        if element_of(self.im.type) != element:
            return fail(self, f"parts have different element types: {element}, {element_of(self.im.type)}")
        if element_of(self.res.type) != ir.ComplexType.get(element):
            return fail(self, f"result element {element_of(self.res.type)} should be complex<{element}>")
        a, b = (shape_of(v.type) for v in inputs)
        shape = broadcast(a, b)
        if shape is None:
            return fail(self, f"shapes {shape_text(a)} and {shape_text(b)} do not broadcast")
        return result_shape(self, shape, tensor=any(is_tensor(v.type) for v in inputs))


class PartOp(Pyc.Operation):
    """One part of each element."""

    x: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (same_meta(self, [self.x, self.res]) and elements_in(self, [self.x], COMPLEX)):
            return False
        want = ir.ComplexType(element_of(self.x.type)).element_type
        if element_of(self.res.type) != want:
            return fail(self, f"result element {element_of(self.res.type)} should be {want}")
        return result_shape(self, shape_of(self.x.type), tensor=is_tensor(self.x.type))


class RealOp(PartOp, name="real", traits=[ext.Pure]):
    """The real part."""


class ImagOp(PartOp, name="imag", traits=[ext.Pure]):
    """The imaginary part."""
