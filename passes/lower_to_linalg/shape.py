"""Extents and rearrangements. A reshape that only inserts or drops axes of extent 1 stays a view of any strides."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from pyc.dialects.build import constant_value
from pyc.dialects.mlir import arith, ir
from pyc.dialects.types import DYNAMIC, element_of, is_memref, meta_of, shape_of
from pyc.dialects.verify import int_array

from .indexing import insert_slice
from .memory import extent
from .site import Rule, Site
from .structured import dim, empty, generic, identity, index_constant, parallel, projection, retyped, to_i64, to_index


def _dim(site: Site) -> Any:
    x, axis = site.operands[0], ir.IntegerAttr(site.op.attributes["axis"]).value
    return to_i64(extent(x, axis) if is_memref(x.type) else dim(x, axis))


def _transpose(site: Site) -> Any:
    (x,) = site.operands
    permutation = int_array(site.op.attributes["permutation"])
    rank = len(permutation)
    destination = empty(site.result_type, lambda axis: dim(x, permutation[axis]))
    inverse = [permutation.index(i) for i in range(rank)]
    maps = [projection(rank, inverse)]
    return generic([x], maps, [destination], [identity(rank)], parallel(rank), lambda e, _: [e]).results[0]


def _broadcast(site: Site) -> Any:
    x, *sizes = site.operands
    rank = len(sizes)
    source, want = shape_of(x.type), shape_of(site.result_type)
    # An axis that is unknown here but known in the result is not stretched: only a static 1 is.
    offset = rank - len(source)
    axes = [None if s == 1 and want[offset + i] != 1 else offset + i for i, s in enumerate(source)]
    destination = empty(site.result_type, lambda axis: to_index(sizes[axis]))
    maps = [projection(rank, axes)]
    return generic([x], maps, [destination], [identity(rank)], parallel(rank), lambda e, _: [e]).results[0]


def _concat(site: Site) -> Any:
    axis = ir.IntegerAttr(site.op.attributes["axis"]).value
    inputs, t = site.operands, site.result_type
    rank = len(shape_of(t))
    extents = [dim(v, axis) for v in inputs]
    starts = [index_constant(0)]
    for e in extents:
        starts.append(_sum(starts[-1], e))
    out = empty(t, lambda i: starts[-1] if i == axis else dim(inputs[0], i))
    for v, start in zip(inputs, starts, strict=False):
        offsets = [start if i == axis else index_constant(0) for i in range(rank)]
        out = insert_slice(v, out, offsets, [dim(v, i) for i in range(rank)], [index_constant(1)] * rank, [])
    return out


def _sum(a: Any, b: Any) -> Any:
    known = (constant_value(a), constant_value(b))
    return index_constant(known[0] + known[1]) if known[0] is not None and known[1] is not None else arith.addi(a, b)


def _reshape(site: Site) -> Any:
    x, *sizes = site.operands
    want = site.result_type
    groups = _unit_axes(x, want, sizes)
    if groups is not None:
        return _squeezed(x, want, sizes, *groups)
    if len(shape_of(x.type)) != 1:
        x = _flattened(x)
    if not sizes:
        one = ir.RankedTensorType.get([1], element_of(x.type), meta_of(x.type))
        return reassociated("tensor.collapse_shape", retyped(x, one), want, [])
    return expand(x, want, [list(range(len(sizes)))], sizes)


def _unit_axes(x: Any, want: Any, sizes: Sequence[Any]) -> tuple[list[int], list[int]] | None:
    """The axes of source and result that are not 1, if those are pairwise equal; else ``None``.

    Extents are equal if both are known, if the size was read from that very axis, or if they are the only pair left.
    """
    source, result = shape_of(x.type), shape_of(want)
    mine, theirs = [i for i, s in enumerate(source) if s != 1], [i for i, s in enumerate(result) if s != 1]
    if len(mine) != len(theirs):
        return None
    unproved = 0
    for i, j in zip(mine, theirs, strict=True):
        if source[i] != DYNAMIC and source[i] == result[j]:
            continue
        if DYNAMIC not in (source[i], result[j]):
            return None
        if not _reads(sizes[j], x, i):
            unproved += 1
    return (mine, theirs) if unproved <= 1 else None


def _reads(size: Any, x: Any, axis: int) -> bool:
    """Whether a size is the extent of that axis, as ``pyc.dim`` lowers to."""
    cast = size.owner
    if isinstance(cast, ir.Block) or cast.name != "arith.index_cast":
        return False
    read = cast.operands[0].owner
    if isinstance(read, ir.Block) or read.name != "tensor.dim" or read.operands[0] != x:
        return False
    return constant_value(read.operands[1]) == axis


def _squeezed(x: Any, want: Any, sizes: Sequence[Any], mine: Sequence[int], theirs: Sequence[int]) -> Any:
    """``x`` without its axes of extent 1, then with those of the result."""
    source = shape_of(x.type)
    if len(mine) != len(source):
        t = ir.RankedTensorType.get([source[i] for i in mine], element_of(x.type), meta_of(x.type))
        x = reassociated("tensor.collapse_shape", x, t, beside(mine, len(source)))
    return expand(x, want, beside(theirs, len(sizes)), sizes)


def beside(kept: Sequence[int], rank: int) -> list[list[int]]:
    """Each kept axis together with the axes of extent 1 that follow it (the first one with those before it too)."""
    ends = [*kept[1:], rank]
    return [list(range(0 if i == 0 else axis, ends[i])) for i, axis in enumerate(kept)]


def _flattened(x: Any) -> Any:
    source = shape_of(x.type)
    t = ir.RankedTensorType.get([_static_product(source)], element_of(x.type), meta_of(x.type))
    if not source:
        return expand(x, t, [])
    return reassociated("tensor.collapse_shape", x, t, [list(range(len(source)))])


def expand(x: Any, want: Any, groups: Sequence[Sequence[int]], sizes: Sequence[Any] | None = None) -> Any:
    """``x`` with each axis ``i`` split into the axes ``groups[i]`` of ``want``.

    Without ``sizes`` every group holds at most one axis that is not 1.
    """
    result = shape_of(want)
    if len(shape_of(x.type)) == len(result):
        return retyped(x, want)
    owner = {axis: i for i, group in enumerate(groups) for axis in group}
    extents = [
        to_index(sizes[axis]) if sizes is not None else dim(x, owner[axis])
        for axis, s in enumerate(result)
        if s == DYNAMIC
    ]
    # The operand must know exactly as much as its group does.
    products = [_static_product([result[axis] for axis in group]) for group in groups]
    x = retyped(x, ir.RankedTensorType.get(products, element_of(x.type), meta_of(x.type)))
    attributes = {"static_output_shape": ir.DenseI64ArrayAttr.get(result)}
    return reassociated("tensor.expand_shape", x, want, groups, extents, attributes)


def _static_product(extents: Sequence[int]) -> int:
    return DYNAMIC if DYNAMIC in extents else prod(extents)


def reassociated(
    name: str,
    x: Any,
    t: Any,
    groups: Sequence[Sequence[int]],
    extents: Sequence[Any] = (),
    attributes: dict[str, Any] | None = None,
) -> Any:
    """``x`` with groups of axes made one axis each, or the other way round."""
    i64 = ir.IntegerType.get_signless(64)
    reassociation = ir.ArrayAttr.get(
        [ir.ArrayAttr.get([ir.IntegerAttr.get(i64, axis) for axis in group]) for group in groups]
    )
    attributes = {"reassociation": reassociation, **(attributes or {})}
    return ir.Operation.create(name, [t], [x, *extents], attributes).results[0]


RULES: dict[str, Rule] = {
    "pyc.dim": _dim,
    "pyc.transpose": _transpose,
    "pyc.reshape": _reshape,
    "pyc.broadcast": _broadcast,
    "pyc.concat": _concat,
}
