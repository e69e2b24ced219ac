"""Matrix products."""

from typing import Any

from .dialect import Pyc
from .mlir import ext
from .types import DYNAMIC, element_of, is_tensor, shape_of
from .verify import NUMBERS, broadcast, elements_in, fail, result_shape, same_meta, shape_text


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
