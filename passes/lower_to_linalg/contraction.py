"""Products: one ``linalg.generic``; of matrices, over (batch..., m, k, n).

The columns of the right operand are innermost, so that the inner loop runs along rows of memory and needs no reduction
across vector lanes. So are those of windows of images, which read an image at sums of loops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dialects.mlir import arith, ir
from pyc.dialects.types import element_of, is_tensor, meta_of, shape_of
from pyc.precision import DTYPES

from . import complex_math, scalar
from .site import Rule, Site
from .structured import (
    Iterator,
    broadcast_extent,
    dim,
    elementwise,
    filled,
    generic,
    parallel,
    projection,
    retyped,
    to_index,
)

#: The order of the terms is free, and a product may be fused with its addition: no rounding in between.
_FUSED = "#arith.fastmath<reassoc,contract>"


def _product(lhs: Any, rhs: Any, acc: Any, source: str, to: str) -> Any:
    """``acc + lhs * rhs`` in the element type of the result."""
    wide = scalar.compute_dtype(to)
    a, b = scalar.convert(lhs, source, wide), scalar.convert(rhs, source, wide)
    if wide in complex_math.PART:
        flags = ir.Attribute.parse(_FUSED)
        return complex_math.binary("add", acc, complex_math.binary("mul", a, b, flags), flags)
    if not DTYPES[wide].is_float:
        return arith.addi(acc, arith.muli(a, b))
    flags = ir.Attribute.parse(_FUSED)
    total = arith.addf(scalar.convert(acc, to, wide), arith.mulf(a, b, fastmath=flags), fastmath=flags)
    return scalar.convert(total, wide, to)


def _sums_of(dtype: str) -> str:
    """What a product of two matrices is summed in: narrow integers in wider ones, whose lower bits are the same."""
    kind = DTYPES[dtype]
    return "i32" if kind.kind in ("int", "uint") and kind.bits < 32 else dtype


def _batch_axes(shape: Sequence[int], batch: int) -> list[int | None]:
    """How the leading axes of an operand are read: aligned to the right, those of extent 1 at 0."""
    return [None if s == 1 else batch - len(shape) + i for i, s in enumerate(shape)]


def _matmul(site: Site) -> Any:
    lhs, rhs = site.operands
    a, b = shape_of(lhs.type), shape_of(rhs.type)
    batch = max(len(a), len(b), 2) - 2
    rows, columns = len(a) > 1, len(b) > 1
    iterators: list[Iterator] = parallel(batch)
    m = len(iterators)
    iterators += parallel(1) if rows else []
    k = len(iterators)
    iterators.append("reduction")
    n = len(iterators)
    iterators += parallel(1) if columns else []
    rank = len(iterators)

    left = projection(rank, [*_batch_axes(a[:-2], batch), *([m] if rows else []), k])
    right = projection(rank, [*_batch_axes(b[:-2], batch), k, *([n] if columns else [])])
    out = projection(rank, [*range(batch), *([m] if rows else []), *([n] if columns else [])])

    want = site.result_type
    sums = _sums_of(site.result) if rows and columns else site.result
    t = want if is_tensor(want) else ir.RankedTensorType.get([], element_of(want), meta_of(lhs.type))
    if sums != site.result:
        t = ir.RankedTensorType.get(shape_of(t), scalar.element(sums), meta_of(t))

    def extent(axis: int) -> Any:
        if axis < batch:
            return _batch_extent(lhs, rhs, batch, axis)
        return dim(lhs, len(a) - 2) if rows and axis == batch else dim(rhs, len(b) - 1)

    initial = filled(scalar.constant(0, sums), t, extent)
    source = site.dtypes[0]
    product = generic(
        [lhs, rhs],
        [left, right],
        [initial],
        [out],
        iterators,
        lambda x, y, acc: [_product(x, y, acc, source, sums)],
    ).results[0]
    if sums != site.result:
        narrow = ir.RankedTensorType.get(shape_of(t), element_of(want), meta_of(t))
        product = elementwise([product], narrow, lambda x: scalar.convert(x, sums, site.result))
    if not is_tensor(want):
        return ir.Operation.create("tensor.extract", [want], [product]).results[0]
    return retyped(product, want)


def _batch_extent(lhs: Any, rhs: Any, batch: int, axis: int) -> Any:
    """The extent of a batch axis: the operands without their last two axes broadcast."""
    for v in (lhs, rhs):
        lead = len(shape_of(v.type)) - 2
        own = axis - (batch - lead)
        if lead > 0 and own >= 0 and shape_of(v.type)[own] != 1:
            return dim(v, own)
    return broadcast_extent([], batch)(axis)


def _correlate(site: Site) -> Any:
    """Over images, groups, filters, then channels, rows and columns of filters, then rows and columns of windows."""
    images, filters, *sizes = site.operands
    iterators: list[Iterator] = [*parallel(3), "reduction", "reduction", "reduction", *parallel(2)]
    d = [ir.AffineDimExpr.get(i) for i in range(len(iterators))]
    steps = [[ir.IntegerAttr(n).value for n in site.op.operation.attributes[a]] for a in ("strides", "dilations")]
    at = [d[6 + i] * steps[0][i] + d[4 + i] * steps[1][i] for i in range(2)]
    left = projection(len(d), [1, 2, 3, 4, 5])
    right = ir.AffineMap.get(len(d), 0, [d[0], d[1], d[3], *at])
    extents = [lambda: dim(images, 0), lambda: dim(filters, 0), lambda: dim(filters, 1)]
    extents += [lambda: to_index(sizes[0]), lambda: to_index(sizes[1])]
    initial = filled(scalar.constant(0, site.result), site.result_type, lambda axis: extents[axis]())
    out = projection(len(d), [0, 1, 2, 6, 7])
    source = site.dtypes[0]
    return generic(
        [filters, images],
        [left, right],
        [initial],
        [out],
        iterators,
        lambda w, x, acc: [_product(w, x, acc, source, site.result)],
    ).results[0]


RULES: dict[str, Rule] = {"pyc.matmul": _matmul, "pyc.correlate": _correlate}
