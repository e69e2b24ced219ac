"""Reads and writes of elements and slices. Static extents are kept where the type knows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dialects.build import constant_value
from pyc.dialects.mlir import ir
from pyc.dialects.types import DYNAMIC, element_of, meta_of, shape_of, target_of
from pyc.dialects.verify import int_array

from ..keep_writes import is_whole, whole_write
from .site import Rule, Site
from .structured import retyped, to_index


def _extract(site: Site) -> Any:
    x, *indices = site.operands
    return ir.Operation.create("tensor.extract", [element_of(x.type)], [x, *map(to_index, indices)]).results[0]


def _insert(site: Site) -> Any:
    value, x, *indices = site.operands
    return ir.Operation.create("tensor.insert", [x.type], [value, x, *map(to_index, indices)]).results[0]


def _slice(site: Site) -> Any:
    op, want = site.op, site.result_type
    dropped = int_array(op.attributes["dropped"])
    return extract_slice(op.x, want, list(op.offsets), list(op.sizes), list(op.strides), dropped)


def _insert_slice(site: Site) -> Any:
    op = site.op
    dropped = int_array(op.attributes["dropped"])
    if _replaces_all(op):
        return whole_write(op.value, op.x)
    return insert_slice(op.value, op.x, list(op.offsets), list(op.sizes), list(op.strides), dropped)


def _replaces_all(op: Any) -> bool:
    """Whether a slice of known extents is all of an array, on a target where a later error must find it written."""
    if not is_whole(op.value, op.x) or not (target_of(op.x.type) or "").startswith("cpu"):
        return False
    starts, steps = ([constant_value(v) for v in values] for values in (op.offsets, op.strides))
    return all(v == 0 for v in starts) and all(v == 1 for v in steps)


def extract_slice(
    x: Any, want: Any, offsets: Sequence[Any], sizes: Sequence[Any], strides: Sequence[Any], dropped: Sequence[int]
) -> Any:
    """The slice as a tensor of type ``want``; offsets, sizes and strides are ``i64`` or ``index`` values."""
    known = _extents(sizes, shape_of(want), dropped)
    kept = [s for i, s in enumerate(known) if i not in dropped]
    t = ir.RankedTensorType.get(kept, element_of(x.type), meta_of(x.type))
    return retyped(_sliced("tensor.extract_slice", [x], t, offsets, sizes, known, strides), want)


def insert_slice(
    value: Any, x: Any, offsets: Sequence[Any], sizes: Sequence[Any], strides: Sequence[Any], dropped: Sequence[int]
) -> Any:
    """``x`` with a slice replaced by ``value``."""
    known = _extents(sizes, shape_of(value.type), dropped)
    kept = [s for i, s in enumerate(known) if i not in dropped]
    value = retyped(value, ir.RankedTensorType.get(kept, element_of(value.type), meta_of(value.type)))
    return _sliced("tensor.insert_slice", [value, x], x.type, offsets, sizes, known, strides)


def _extents(sizes: Sequence[Any], shape: Sequence[int], dropped: Sequence[int]) -> list[int]:
    """What is statically known of a slice's extents, from its sizes or from its type."""
    kept = iter(shape)
    out = []
    for i, size in enumerate(sizes):
        from_type = 1 if i in dropped else next(kept)
        value = constant_value(size)
        out.append(from_type if value is None else value)
    return out


def _sliced(
    name: str,
    operands: Sequence[Any],
    t: Any,
    offsets: Sequence[Any],
    sizes: Sequence[Any],
    known: Sequence[int],
    strides: Sequence[Any],
) -> Any:
    """A slice operation in MLIR's form: one list of numbers, one of the values where the number is unknown."""
    dynamic: list[list[Any]] = []
    static: list[list[int]] = []
    for values, extents in ((offsets, None), (sizes, known), (strides, None)):
        numbers = list(extents) if extents is not None else [_known(v) for v in values]
        static.append(numbers)
        dynamic.append(
            [
                to_index(v) if v.type != ir.IndexType.get() else v
                for v, n in zip(values, numbers, strict=True)
                if n == DYNAMIC
            ]
        )
    segments = [*[1] * len(operands), *map(len, dynamic)]
    attributes = {
        "static_offsets": ir.DenseI64ArrayAttr.get(static[0]),
        "static_sizes": ir.DenseI64ArrayAttr.get(static[1]),
        "static_strides": ir.DenseI64ArrayAttr.get(static[2]),
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get(segments),
    }
    values = [*operands, *(v for part in dynamic for v in part)]
    return ir.Operation.create(name, [t], values, attributes).results[0]


def _known(value: Any) -> int:
    known = constant_value(value)
    return DYNAMIC if known is None else known


RULES: dict[str, Rule] = {
    "pyc.extract": _extract,
    "pyc.insert": _insert,
    "pyc.slice": _slice,
    "pyc.insert_slice": _insert_slice,
}
