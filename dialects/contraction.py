"""Matrix products, and products of filters with windows of images."""

from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .types import DYNAMIC, element_of, is_tensor, shape_of
from .verify import (
    FLOATS,
    NUMBERS,
    broadcast,
    compatible,
    elements_in,
    fail,
    int_array,
    result_shape,
    same_meta,
    shape_text,
)


class MatmulOp(Pyc.Operation, name="matmul", traits=[ext.Pure]):
    """NumPy's ``matmul``: vectors, matrices and stacks of matrices, ``lhs[..., m, k] @ rhs[..., k, n]``.

    Operands have one element type. Products are exact and accumulate in the result's element type: rounding to a
    narrower one is a cast that follows. Two vectors give a scalar.
    """

    lhs: ext.Operand[Any]
    rhs: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        values = [self.lhs, self.rhs]
        if not (same_meta(self, [*values, self.res]) and elements_in(self, [*values, self.res], NUMBERS)):
            return False
        if not all(is_tensor(v.type) and shape_of(v.type) for v in values):
            return fail(self, "takes tensors of at least one axis")
        if element_of(self.lhs.type) != element_of(self.rhs.type):
            return fail(
                self, f"operands have different element types: {element_of(self.lhs.type)}, {element_of(self.rhs.type)}"
            )
        a, b = shape_of(self.lhs.type), shape_of(self.rhs.type)
        inner, other = a[-1], b[-2] if len(b) > 1 else b[0]
        if inner != other and DYNAMIC not in (inner, other):
            return fail(self, f"contracts extents {inner} and {other}: {shape_text(a)} @ {shape_text(b)}")
        batch = broadcast(a[:-2], b[:-2])
        if batch is None:
            return fail(self, f"batch shapes of {shape_text(a)} @ {shape_text(b)} do not broadcast")
        want = [*batch, *a[-2:-1], *(b[-1:] if len(b) > 1 else [])]
        return result_shape(self, want, tensor=bool(want))


class CorrelateOp(Pyc.Operation, name="correlate", traits=[ext.Pure]):
    """Sums of products of filters with windows of images.

    ``images[b, g, c, h, w]`` and ``filters[g, f, c, r, q]`` give ``[b, g, f, height, width]``, where the windows of
    ``height`` rows and ``width`` columns are ``strides`` apart and their elements ``dilations``. All windows are within
    the images: who makes the operation has seen to that. Products are exact, and accumulate in the result's element
    type.
    """

    images: ext.Operand[Any]
    filters: ext.Operand[Any]
    height: ext.Operand[Any]
    width: ext.Operand[Any]
    strides: ir.ArrayAttr
    dilations: ir.ArrayAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        values = [self.images, self.filters, self.res]
        if not (same_meta(self, values) and elements_in(self, values, FLOATS)):
            return False
        if any(len(shape_of(v.type)) != 5 for v in values):
            return fail(self, "takes and gives tensors of five axes")
        if element_of(self.images.type) != element_of(self.filters.type):
            kinds = f"{element_of(self.images.type)}, {element_of(self.filters.type)}"
            return fail(self, f"operands have different element types: {kinds}")
        steps = [int_array(a) for a in (self.strides, self.dilations)]
        if any(len(s) != 2 or min(s) < 1 for s in steps):
            return fail(self, "strides and dilations are two positive numbers each")
        (b, g, c, _, _), (h, f, d, _, _), found = (shape_of(v.type) for v in values)
        if not compatible([g, c], [h, d]) or not compatible(found[:3], [b, g, f]):
            shapes = ", ".join(shape_text(shape_of(v.type)) for v in values)
            return fail(self, f"groups, channels, images or filters of {shapes} differ")
        return True
