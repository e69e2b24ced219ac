"""Arrays in memory: what functions in memory form are made of.

A function whose arrays values cannot express (a loop that exchanges them, a name that may be one of several) carries
the attribute ``pyc.memory``, a string that says why. Its arrays are references into memory: ``memref`` types with a
dynamic strided layout, whose memory space is the ``#pyc.meta`` that a tensor has as its encoding. Two references may
overlap. Whole arrays are computed as values between a ``pyc.read`` and a ``pyc.write`` or ``pyc.allocate``.

No operation here is ``Pure`` but the views: reads and writes keep their order.
"""

from collections.abc import Sequence
from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .types import DYNAMIC, element_of, is_memref, is_tensor, meta_of, shape_of, target_of
from .verify import compatible, fail, has_segments, int_array, shape_text


class ReadOp(Pyc.Operation, name="read"):
    """The elements that are in memory now, as a value: later writes do not change it."""

    m: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        return _holds(self, self.res, self.m)


class WriteOp(Pyc.Operation, name="write"):
    """Put the elements of ``value``, of the same extents, into memory."""

    value: ext.Operand[Any]
    m: ext.Operand[Any]

    def verify_invariants(self) -> bool:
        return _holds(self, self.value, self.m)


class AllocateOp(Pyc.Operation, name="allocate"):
    """A new array, in row-major order, that holds the elements of ``value``."""

    value: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        return _holds(self, self.value, self.res)


class LoadOp(Pyc.Operation, name="load"):
    """One element. Indices are ``i64``, already wrapped and checked."""

    m: ext.Operand[Any]
    indices: Sequence[ext.Operand[Any]]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (has_segments(self) and is_array(self, self.m) and _one_each(self, "indices", self.indices, self.m)):
            return False
        want = element_of(self.m.type)
        return self.res.type == want or fail(self, f"result {self.res.type} should be {want}")


class StoreOp(Pyc.Operation, name="store"):
    """Put ``value`` in the place of one element. Indices as in ``pyc.load``."""

    value: ext.Operand[Any]
    m: ext.Operand[Any]
    indices: Sequence[ext.Operand[Any]]

    def verify_invariants(self) -> bool:
        if not (has_segments(self) and is_array(self, self.m) and _one_each(self, "indices", self.indices, self.m)):
            return False
        return self.value.type == element_of(self.m.type) or fail(self, f"puts {self.value.type} into {self.m.type}")


class ViewOp(Pyc.Operation, name="view", traits=[ext.Pure]):
    """A reference to some of the elements of ``m``: any basic indexing and any order of the axes.

    ``offsets`` is a position on each axis of ``m``, where the view begins. Axis ``i`` of the view goes along the axis
    ``axes[i]`` of ``m``, in steps of ``strides[i]`` (which may be negative, or 0), for ``sizes[i]`` elements. ``-1`` in
    ``axes`` is a new axis, along which all positions are the same elements. Everything is ``i64`` and lies inside
    ``m``, or the view is empty.
    """

    m: ext.Operand[Any]
    offsets: Sequence[ext.Operand[Any]]
    sizes: Sequence[ext.Operand[Any]]
    strides: Sequence[ext.Operand[Any]]
    axes: ir.ArrayAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (has_segments(self) and _same_array(self, self.m, self.res)):
            return False
        if not (
            _one_each(self, "offsets", self.offsets, self.m)
            and _one_each(self, "sizes", self.sizes, self.res)
            and _one_each(self, "strides", self.strides, self.res)
        ):
            return False
        axes, rank = int_array(self.axes), len(shape_of(self.m.type))
        if len(axes) != len(shape_of(self.res.type)):
            return fail(self, f"says {len(axes)} axes for a result of {len(shape_of(self.res.type))}")
        old = [a for a in axes if a != -1]
        if len(set(old)) != len(old) or any(not 0 <= a < rank for a in old):
            return fail(self, f"axes {axes} should be distinct and below {rank}, or -1")
        return True


class ReshapeViewOp(Pyc.Operation, name="reshape_view"):
    """The elements of ``m`` in row-major order under new extents: the same memory where its strides allow it.

    Otherwise a new array, by NumPy's rule. ``sizes`` (``i64``, one for each axis of the result) hold as many elements:
    that has been proved or checked. With the unit attribute ``contiguous`` it is a new array also where the elements do
    not lie one after the other (NumPy's ``ravel``).
    """

    m: ext.Operand[Any]
    sizes: Sequence[ext.Operand[Any]]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        return (
            has_segments(self)
            and _same_array(self, self.m, self.res)
            and _one_each(self, "sizes", self.sizes, self.res)
        )


class PartViewOp(Pyc.Operation, name="part_view", traits=[ext.Pure]):
    """A reference to the real or the imaginary parts (``part``) of the elements of ``m``, which are complex."""

    m: ext.Operand[Any]
    part: ir.StringAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not (is_array(self, self.m) and is_array(self, self.res)):
            return False
        if self.part.value not in ("real", "imag"):
            return fail(self, f"part {self.part} should be real or imag")
        element = element_of(self.m.type)
        if not isinstance(element, ir.ComplexType):
            return fail(self, f"takes an array of complex numbers, not {self.m.type}")
        if element_of(self.res.type) != ir.ComplexType(element).element_type:
            return fail(self, f"{self.res.type} does not hold parts of {element}")
        if target_of(self.res.type) != target_of(self.m.type):
            return fail(self, f"{self.res.type} is on another target than {self.m.type}")
        have, want = shape_of(self.m.type), shape_of(self.res.type)
        return have == want or fail(self, f"shapes {shape_text(have)} and {shape_text(want)} differ")


class DiagonalViewOp(Pyc.Operation, name="diagonal_view", traits=[ext.Pure]):
    """A reference to the elements whose positions along the last two axes of ``m`` are equal: one axis, the last."""

    m: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        if not _same_array(self, self.m, self.res):
            return False
        have, want = shape_of(self.m.type), shape_of(self.res.type)
        if len(have) < 2 or len(want) != len(have) - 1:
            return fail(self, f"gives an array of {len(want)} axes for one of {len(have)}")
        if have[:-2] != want[:-1]:
            return fail(self, f"shapes {shape_text(have)} and {shape_text(want)} differ before the diagonal")
        known = DYNAMIC if DYNAMIC in have[-2:] else min(have[-2:])
        return want[-1] == known or fail(self, f"the diagonal of {shape_text(have)} is not {shape_text(want[-1:])}")


def is_array(op: Any, v: Any) -> bool:
    """A reference with a dynamic strided layout and ``#pyc.meta``."""
    if not is_memref(v.type) or meta_of(v.type) is None:
        return fail(op, f"takes and gives arrays in memory whose memory space is #pyc.meta, not {v.type}")
    if v.type.layout != ir.StridedLayoutAttr.get_fully_dynamic(len(v.type.shape), context=v.type.context):
        return fail(op, f"takes and gives arrays in memory of dynamic strides and offset, not {v.type}")
    return True


def _same_array(op: Any, a: Any, b: Any) -> bool:
    if not (is_array(op, a) and is_array(op, b)):
        return False
    if element_of(a.type) != element_of(b.type) or meta_of(a.type) != meta_of(b.type):
        return fail(op, f"result {b.type} should have the elements and the memory space of {a.type}")
    return True


def _holds(op: Any, value: Any, m: Any) -> bool:
    """``m`` can hold ``value``, a tensor: element type, extents, precision and target agree."""
    if not is_tensor(value.type):
        return fail(op, f"moves elements of a tensor, not of {value.type}")
    if not is_array(op, m):
        return False
    if element_of(value.type) != element_of(m.type) or meta_of(value.type) != meta_of(m.type):
        return fail(op, f"{value.type} and {m.type} differ in their elements, precision or target")
    if not compatible(shape_of(value.type), shape_of(m.type)):
        return fail(op, f"shapes {shape_text(shape_of(value.type))} and {shape_text(shape_of(m.type))} differ")
    return True


def _one_each(op: Any, what: str, values: Sequence[Any], array: Any) -> bool:
    """``values`` are ``i64``, one for each axis of ``array``."""
    if len(list(values)) != len(shape_of(array.type)):
        return fail(op, f"has {len(list(values))} {what} for {array.type}")
    if any(v.type != ir.IntegerType.get_signless(64) for v in values):
        return fail(op, f"takes {what} of type i64")
    return True
