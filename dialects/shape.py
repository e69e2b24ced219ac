"""Extents and rearrangements: nothing here computes with elements."""

from collections.abc import Sequence
from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .types import DYNAMIC, element_of, is_array, is_tensor, shape_of
from .verify import broadcast, fail, has_segments, int_array, result_shape, same_meta, shape_text


class DimOp(Pyc.Operation, name="dim", traits=[ext.Pure]):
    """The extent of one axis of an array, a tensor or in memory, as ``i64``."""

    x: ext.Operand[Any]
    axis: ir.IntegerAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        rank = len(shape_of(self.x.type))
        if not is_array(self.x.type) or not 0 <= self.axis.value < rank:
            return fail(self, f"axis {self.axis.value} is not one of {self.x.type}")
        if self.res.type != ir.IntegerType.get_signless(64):
            return fail(self, "gives i64")
        return True


class TransposeOp(Pyc.Operation, name="transpose", traits=[ext.Pure]):
    """Axis ``i`` of the result is axis ``permutation[i]`` of ``x``."""

    x: ext.Operand[Any]
    permutation: ir.ArrayAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        shape, permutation = shape_of(self.x.type), int_array(self.permutation)
        if sorted(permutation) != list(range(len(shape))):
            return fail(self, f"{permutation} is not a permutation of {len(shape)} axes")
        return same_element(self) and result_shape(self, [shape[p] for p in permutation], tensor=True)


class CopyOp(Pyc.Operation, name="copy", traits=[ext.Pure]):
    """The same elements in memory of their own: what the program asked to copy."""

    x: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not is_tensor(self.x.type):
            return fail(self, f"copies a tensor, not {self.x.type}")
        return self.res.type == self.x.type or fail(self, f"result {self.res.type} should be {self.x.type}")


class ReshapeOp(Pyc.Operation, name="reshape", traits=[ext.Pure]):
    """The elements of ``x`` in row-major order under new extents.

    ``sizes`` (``i64``, one for each axis of the result) say them; that their product fits has been proved or checked.
    """

    x: ext.Operand[Any]
    sizes: Sequence[ext.Operand[Any]]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (same_element(self) and one_size_each(self)):
            return False
        source, want = shape_of(self.x.type), shape_of(self.res.type)
        if DYNAMIC not in source and DYNAMIC not in want and _product(source) != _product(want):
            return fail(self, f"{shape_text(source)} and {shape_text(want)} hold different numbers of elements")
        return True


class BroadcastOp(Pyc.Operation, name="broadcast", traits=[ext.Pure]):
    """``x`` stretched to the result's extents, as NumPy's ``broadcast_to``; ``sizes`` as in ``pyc.reshape``."""

    x: ext.Operand[Any]
    sizes: Sequence[ext.Operand[Any]]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (same_element(self) and one_size_each(self)):
            return False
        source, want = shape_of(self.x.type), shape_of(self.res.type)
        if len(source) > len(want) or broadcast(source, want) is None:
            return fail(self, f"{shape_text(source)} does not broadcast to {shape_text(want)}")
        return True


class ConcatOp(Pyc.Operation, name="concat", traits=[ext.Pure]):
    """The operands, which have one type, one after the other along ``axis``."""

    inputs: Sequence[ext.Operand[Any]]
    axis: ir.IntegerAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not has_segments(self):
            return False
        inputs = list(self.inputs)
        if not inputs or not same_meta(self, [*inputs, self.res]):
            return bool(inputs) or fail(self, "takes at least one operand")
        axis, want = self.axis.value, shape_of(inputs[0].type)
        if not 0 <= axis < len(want):
            return fail(self, f"axis {axis} is not one of {inputs[0].type}")
        extents = []
        for v in inputs:
            shape = shape_of(v.type)
            if element_of(v.type) != element_of(self.res.type) or len(shape) != len(want):
                return fail(self, f"joins {inputs[0].type} and {v.type}")
            extents.append(shape[axis])
        want[axis] = DYNAMIC if DYNAMIC in extents else sum(extents)
        return result_shape(self, want, tensor=True)


def same_element(op: Any) -> bool:
    if not same_meta(op, [op.x, op.results[0]]):
        return False
    if element_of(op.x.type) != element_of(op.results[0].type):
        return fail(op, f"result element {element_of(op.results[0].type)} should be {element_of(op.x.type)}")
    return is_tensor(op.results[0].type) or fail(op, "gives a tensor")


def one_size_each(op: Any) -> bool:
    if not has_segments(op):
        return False
    rank, sizes = len(shape_of(op.results[0].type)), list(op.sizes)
    if len(sizes) != rank:
        return fail(op, f"has {len(sizes)} sizes for a result of {rank} axes")
    if any(s.type != ir.IntegerType.get_signless(64) for s in sizes):
        return fail(op, "takes sizes of type i64")
    return True


def _product(shape: Sequence[int]) -> int:
    out = 1
    for s in shape:
        out *= s
    return out
