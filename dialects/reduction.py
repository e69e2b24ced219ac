"""Reductions over axes of a tensor."""

from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .types import element_of, is_tensor, shape_of
from .verify import ANY, BOOL, NUMBERS, REAL, elements_in, fail, int_array, result_shape, same_meta

KINDS = {"sum": NUMBERS, "prod": NUMBERS, "max": REAL, "min": REAL, "any": BOOL, "all": BOOL}


class ReduceOp(Pyc.Operation, name="reduce", traits=[ext.Pure]):
    """``kind`` over ``axes`` (sorted, not negative), in any order of elements.

    Elements are converted to the result's element type first and accumulated in it: the accumulate precision of a sum
    is its result type. ``max`` and ``min`` give NaN if any element is NaN. The result is a tensor of the remaining axes
    (reduced ones stay as extent 1 with ``keepdims``), or a scalar where none remain. An empty ``max``, ``min`` is
    excluded before by a check.
    """

    x: ext.Operand[Any]
    kind: ir.StringAttr
    axes: ir.ArrayAttr
    keepdims: ir.IntegerAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if self.kind.value not in KINDS:
            return fail(self, f"has no kind '{self.kind.value}'; it knows {', '.join(KINDS)}")
        if not (same_meta(self, [self.x, self.res]) and elements_in(self, [self.x, self.res], KINDS[self.kind.value])):
            return False
        return _verify_axes(self, int_array(self.axes), bool(self.keepdims.value))


class ArgReduceOp(Pyc.Operation, name="arg_reduce", traits=[ext.Pure]):
    """Index (``i64``) of the first ``max`` or ``min`` along the one axis in ``axes``; of the first NaN if any."""

    x: ext.Operand[Any]
    kind: ir.StringAttr
    axes: ir.ArrayAttr
    keepdims: ir.IntegerAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if self.kind.value not in ("max", "min"):
            return fail(self, f"has no kind '{self.kind.value}'; it knows max, min")
        if not (same_meta(self, [self.x, self.res]) and elements_in(self, [self.x], ANY)):
            return False
        if element_of(self.res.type) != ir.IntegerType.get_signless(64):
            return fail(self, f"result element {element_of(self.res.type)} should be i64")
        if len(self.axes) != 1:
            return fail(self, "takes one axis")
        return _verify_axes(self, int_array(self.axes), bool(self.keepdims.value))


def _verify_axes(op: Any, axes: list[int], keepdims: bool) -> bool:
    if not is_tensor(op.x.type):
        return fail(op, f"reduces a tensor, not {op.x.type}")
    shape = shape_of(op.x.type)
    if axes != sorted(set(axes)) or any(not 0 <= a < len(shape) for a in axes):
        return fail(op, f"axes {axes} should be sorted, distinct and below {len(shape)}")
    want = [1 if i in axes else s for i, s in enumerate(shape) if keepdims or i not in axes]
    return result_shape(op, want, tensor=bool(want))
