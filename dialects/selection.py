"""Elements at positions that arrays say, as NumPy's advanced indexing chooses them.

Positions are ``i64``, counted from the start and inside: they have been wrapped and checked.
"""

from collections.abc import Sequence
from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .types import DYNAMIC, element_of, is_tensor, shape_of
from .verify import BOOL, broadcast, elements_in, fail, has_segments, int_array, result_shape, same_meta, shape_text


class GatherOp(Pyc.Operation, name="gather", traits=[ext.Pure]):
    """The elements of ``x`` at ``indices`` along ``axes``, all of them along the other axes.

    Indices are tensors of one type, one for each of ``axes``. Their axes stand in the result before axis ``position``
    of those that ``x`` keeps.
    """

    x: ext.Operand[Any]
    indices: Sequence[ext.Operand[Any]]
    axes: ir.ArrayAttr
    position: ir.IntegerAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (has_segments(self) and same_meta(self, [self.x, *self.indices, self.res])):
            return False
        want = _region(self, self.x, list(self.indices))
        if want is None:
            return False
        if element_of(self.res.type) != element_of(self.x.type):
            return fail(self, f"result element {element_of(self.res.type)} should be {element_of(self.x.type)}")
        return result_shape(self, want, tensor=bool(want) or is_tensor(self.res.type))


class ScatterOp(Pyc.Operation, name="scatter", traits=[ext.Pure]):
    """``x`` with the elements that ``pyc.gather`` would read replaced by those of ``value``, which broadcasts to them.

    Where an element is named several times, the last one counts.
    """

    value: ext.Operand[Any]
    x: ext.Operand[Any]
    indices: Sequence[ext.Operand[Any]]
    axes: ir.ArrayAttr
    position: ir.IntegerAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (has_segments(self) and same_meta(self, [self.value, self.x, *self.indices, self.res])):
            return False
        region = _region(self, self.x, list(self.indices))
        if region is None:
            return False
        if element_of(self.value.type) != element_of(self.x.type):
            return fail(self, f"puts {self.value.type} into {self.x.type}")
        shape = shape_of(self.value.type)
        if len(shape) > len(region) or broadcast(shape, region) is None:
            return fail(self, f"puts a tensor of shape {shape_text(shape)} into {shape_text(region)}")
        return self.res.type == self.x.type or fail(self, f"result {self.res.type} should be {self.x.type}")


class NonzeroOp(Pyc.Operation, name="nonzero", traits=[ext.Pure]):
    """The positions of the true elements of ``x`` in row-major order: row ``i`` holds those along axis ``i``."""

    x: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not same_meta(self, [self.x, self.res]) or not elements_in(self, [self.x], BOOL):
            return False
        rank = len(shape_of(self.x.type))
        if not rank:
            return fail(self, f"takes a tensor with axes, not {self.x.type}")
        if element_of(self.res.type) != ir.IntegerType.get_signless(64):
            return fail(self, f"result element {element_of(self.res.type)} should be i64")
        return result_shape(self, [rank, DYNAMIC], tensor=True)


class ReverseOp(Pyc.Operation, name="reverse", traits=[ext.Pure]):
    """``x`` read backwards along each of ``axes`` whose condition holds."""

    x: ext.Operand[Any]
    conditions: Sequence[ext.Operand[Any]]
    axes: ir.ArrayAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not has_segments(self):
            return False
        axes, rank = int_array(self.axes), len(shape_of(self.x.type))
        if not is_tensor(self.x.type) or axes != sorted(set(axes)) or any(not 0 <= a < rank for a in axes):
            return fail(self, f"axes {axes} should be sorted, distinct and some of {self.x.type}")
        if len(list(self.conditions)) != len(axes):
            return fail(self, f"has {len(list(self.conditions))} conditions for {len(axes)} axes")
        if any(c.type != ir.IntegerType.get_signless(1) for c in self.conditions):
            return fail(self, "takes conditions of type i1")
        return self.res.type == self.x.type or fail(self, f"result {self.res.type} should be {self.x.type}")


def region(x: Any, index: Any, axes: Sequence[int], position: int) -> list[int]:
    """The shape of what a gather reads with indices of a type."""
    kept = [s for axis, s in enumerate(shape_of(x.type)) if axis not in axes]
    return [*kept[:position], *shape_of(index.type), *kept[position:]]


def _region(op: Any, x: Any, indices: list[Any]) -> list[int] | None:
    axes, rank, position = int_array(op.axes), len(shape_of(x.type)), op.position.value
    if not is_tensor(x.type) or axes != sorted(set(axes)) or any(not 0 <= a < rank for a in axes):
        fail(op, f"axes {axes} should be sorted, distinct and some of {x.type}")
        return None
    if not indices or len(indices) != len(axes):
        fail(op, f"has {len(indices)} indices for {len(axes)} axes")
        return None
    if any(not is_tensor(i.type) or element_of(i.type) != ir.IntegerType.get_signless(64) for i in indices):
        fail(op, "takes indices that are tensors of i64")
        return None
    if not 0 <= position <= rank - len(axes):
        fail(op, f"position {position} is not one of {rank - len(axes)} axes that stay")
        return None
    return region(x, indices[0], axes, position)
