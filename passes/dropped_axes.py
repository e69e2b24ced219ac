"""LINALG and VECTOR: slices that drop an axis of extent 1 and keep another one say which one they drop.

Before (``out[i] = part``, where ``part`` has one row)::

    %r = tensor.insert_slice %part into %out[%i, 0, 0] [1, 1, %n] [1, 1, 1] : tensor<1x?xf32> into tensor<3x?x?xf32>

After::

    %p = tensor.expand_shape %part [[0, 1], [2]] output_shape [1, 1, %n] : tensor<1x?xf32> into tensor<1x1x?xf32>
    %r = tensor.insert_slice %p into %out[%i, 0, 0] [1, 1, %n] [1, 1, 1] : tensor<1x1x?xf32> into tensor<3x?x?xf32>

In memory, MLIR has to guess from the strides which axis is dropped. Where these are not known the guess is refused, or
it is a crash, once more is known of the array. For elements it makes no difference: both axes have the one position.
"""

from __future__ import annotations

import itertools
from typing import Any

from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .lower_to_linalg.shape import reassociated

#: Slices, with the number of their operands that are tensors.
_SLICES = {"tensor.extract_slice": 1, "tensor.insert_slice": 2}
_PLACE = ("static_offsets", "static_sizes", "static_strides", "operandSegmentSizes")


def say(module: Any, *, misread: bool = False) -> None:
    """Rewrite all slices of a module of which it is not clear which axis they drop.

    With ``misread``, only those that MLIR certainly takes for other ones as soon as it learns more of their extents:
    that ends the process, where it canonicalises.
    """
    for operation in [o for o in nested(module.operation) if o.name in _SLICES]:
        part = operation.results[0] if operation.name == "tensor.extract_slice" else _stated(operation.operands[0])
        sizes = list(ir.DenseI64ArrayAttr(operation.attributes["static_sizes"]))
        shape = list(part.type.shape)
        kept = _kept(shape, sizes)
        unclear = len(kept) < len(sizes) and any(sizes[axis] == 1 for axis in kept)
        if unclear and not (misread and _guessed(len(shape), sizes) == shape):
            with operation.location, ir.InsertionPoint(operation):
                _rewrite(operation, part, sizes, kept)


def _guessed(rank: int, sizes: list[int]) -> list[int]:
    """The shape that MLIR takes a slice to have that keeps ``rank`` axes: it drops the first ones of extent 1."""
    shape, left = [], len(sizes) - rank
    for size in sizes:
        if left and size == 1:
            left -= 1
        else:
            shape.append(size)
    return shape


def _stated(part: Any) -> Any:
    """What is inserted, as it was before MLIR took another axis for the one that is dropped.

    Where it learns that an axis has extent 1, it guesses which axes a slice keeps, and casts the part to what that
    makes of it: ``tensor<1x?xf32>`` to ``tensor<?x1xf32>``, which is wrong unless both have the extent 1.
    """
    if isinstance(part.owner, ir.Block) or part.owner.name != "tensor.cast":
        return part
    before = part.owner.operands[0]
    if not isinstance(before.type, ir.RankedTensorType):
        return part
    pairs = list(zip(before.type.shape, part.type.shape, strict=True))
    return before if any(b < 0 <= a for a, b in pairs) and any(a < 0 <= b for a, b in pairs) else part


def _kept(shape: list[int], sizes: list[int]) -> list[int]:
    """The axes of a slice that are those of ``shape``; of those with extent 1 that may be meant, the last ones."""
    kept: list[int] = []
    for axis in reversed(range(len(sizes))):
        left = len(shape) - len(kept)
        if left and (sizes[axis] != 1 or shape[left - 1] == 1):
            kept.insert(0, axis)
    return kept


def _groups(kept: list[int], rank: int) -> list[list[int]]:
    """Each kept axis with those dropped before it, which is a view whatever the strides are; the last with the rest."""
    starts = [0, *(axis + 1 for axis in kept[:-1]), rank]
    return [list(range(start, end)) for start, end in itertools.pairwise(starts)]


def _rewrite(operation: Any, part: Any, sizes: list[int], kept: list[int]) -> None:
    whole = ir.RankedTensorType.get(sizes, part.type.element_type, part.type.encoding)
    groups = _groups(kept, len(sizes))
    operands, attributes = list(operation.operands), {n: operation.attributes[n] for n in _PLACE}
    if operation.name == "tensor.extract_slice":
        made = ir.Operation.create(operation.name, [whole], operands, attributes).results[0]
        result = reassociated("tensor.collapse_shape", made, part.type, groups)
    else:
        known = {"static_output_shape": ir.DenseI64ArrayAttr.get(sizes)}
        extents = operands[_first_size(operation) :][: sum(s < 0 for s in sizes)]
        operands[0] = reassociated("tensor.expand_shape", part, whole, groups, extents, known)
        result = ir.Operation.create(operation.name, [operation.results[0].type], operands, attributes).results[0]
    operation.results[0].replace_all_uses_with(result)
    operation.erase()


def _first_size(operation: Any) -> int:
    """The operand that is the first extent that is known at run time only: those of offsets come before."""
    offsets = ir.DenseI64ArrayAttr(operation.attributes["static_offsets"])
    return _SLICES[operation.name] + sum(o == ir.ShapedType.get_dynamic_stride_or_offset() for o in offsets)
