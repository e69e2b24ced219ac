"""Reads and writes of elements and basic slices.

Indices are ``i64``, already wrapped, clamped and checked: offsets and sizes lie inside the tensor, strides are at least
1. A write gives a new value; bufferisation puts it back in place.
"""

from collections.abc import Sequence
from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .types import DYNAMIC, element_of, is_tensor, shape_of
from .verify import compatible, fail, has_segments, int_array, result_shape, same_meta, shape_text


class ExtractOp(Pyc.Operation, name="extract", traits=[ext.Pure]):
    """One element."""

    x: ext.Operand[Any]
    indices: Sequence[ext.Operand[Any]]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (has_segments(self) and _indices(self, self.x, list(self.indices))):
            return False
        if self.res.type != element_of(self.x.type):
            return fail(self, f"result {self.res.type} should be {element_of(self.x.type)}")
        return True


class InsertOp(Pyc.Operation, name="insert", traits=[ext.Pure]):
    """``x`` with one element replaced by ``value``."""

    value: ext.Operand[Any]
    x: ext.Operand[Any]
    indices: Sequence[ext.Operand[Any]]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (has_segments(self) and _indices(self, self.x, list(self.indices))):
            return False
        if self.value.type != element_of(self.x.type):
            return fail(self, f"puts {self.value.type} into {self.x.type}")
        return self.res.type == self.x.type or fail(self, f"result {self.res.type} should be {self.x.type}")


class SliceOp(Pyc.Operation, name="slice", traits=[ext.Pure]):
    """The elements at ``offsets + i * strides`` for ``i < sizes`` on every axis, less axes in ``dropped`` (size 1)."""

    x: ext.Operand[Any]
    offsets: Sequence[ext.Operand[Any]]
    sizes: Sequence[ext.Operand[Any]]
    strides: Sequence[ext.Operand[Any]]
    dropped: ir.ArrayAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (has_segments(self) and same_meta(self, [self.x, self.res]) and _ranges(self, self.x)):
            return False
        if element_of(self.res.type) != element_of(self.x.type):
            return fail(self, f"result element {element_of(self.res.type)} should be {element_of(self.x.type)}")
        rank = len(shape_of(self.x.type)) - len(self.dropped)
        return result_shape(self, [DYNAMIC] * rank, tensor=True)


class InsertSliceOp(Pyc.Operation, name="insert_slice", traits=[ext.Pure]):
    """``x`` with the elements that ``pyc.slice`` would read replaced by those of ``value``, of the slice's shape."""

    value: ext.Operand[Any]
    x: ext.Operand[Any]
    offsets: Sequence[ext.Operand[Any]]
    sizes: Sequence[ext.Operand[Any]]
    strides: Sequence[ext.Operand[Any]]
    dropped: ir.ArrayAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (has_segments(self) and same_meta(self, [self.value, self.x, self.res]) and _ranges(self, self.x)):
            return False
        if element_of(self.value.type) != element_of(self.x.type) or not is_tensor(self.value.type):
            return fail(self, f"puts {self.value.type} into {self.x.type}")
        want = [DYNAMIC] * (len(shape_of(self.x.type)) - len(self.dropped))
        if not compatible(shape_of(self.value.type), want):
            return fail(self, f"puts a tensor of shape {shape_text(shape_of(self.value.type))} into {len(want)} axes")
        return self.res.type == self.x.type or fail(self, f"result {self.res.type} should be {self.x.type}")


def _indices(op: Any, x: Any, indices: list[Any]) -> bool:
    if not is_tensor(x.type):
        return fail(op, f"indexes a tensor, not {x.type}")
    if len(indices) != len(shape_of(x.type)):
        return fail(op, f"has {len(indices)} indices for {x.type}")
    if any(i.type != ir.IntegerType.get_signless(64) for i in indices):
        return fail(op, "takes indices of type i64")
    return True


def _ranges(op: Any, x: Any) -> bool:
    if not all(_indices(op, x, list(part)) for part in (op.offsets, op.sizes, op.strides)):
        return False
    dropped, rank = int_array(op.dropped), len(shape_of(x.type))
    if dropped != sorted(set(dropped)) or any(not 0 <= d < rank for d in dropped):
        return fail(op, f"dropped axes {dropped} should be sorted, distinct and below {rank}")
    return True
