"""Building blocks of LINALG: structured operations, fresh tensors, extents and index values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from pyc.dialects.build import constant_value
from pyc.dialects.mlir import arith, ir, linalg, linalg_fill
from pyc.dialects.types import DYNAMIC, is_tensor, shape_of

Iterator = Literal["parallel", "reduction"]


def index_constant(value: int) -> Any:
    return arith.constant(ir.IndexType.get(), value)


def to_index(value: Any) -> Any:
    """An ``i64`` as ``index``; constants stay constants, so that static extents are found again."""
    known = constant_value(value)
    return index_constant(known) if known is not None else arith.index_cast(ir.IndexType.get(), value)


def to_i64(value: Any) -> Any:
    return arith.index_cast(ir.IntegerType.get_signless(64), value)


def dim(x: Any, axis: int) -> Any:
    """The extent of an axis as ``index``."""
    extent = shape_of(x.type)[axis]
    if extent != DYNAMIC:
        return index_constant(extent)
    return ir.Operation.create("tensor.dim", [ir.IndexType.get()], [x, index_constant(axis)]).results[0]


def empty(t: Any, extents: Callable[[int], Any]) -> Any:
    """A tensor without defined elements; ``extents(axis)`` is asked for the dynamic ones."""
    sizes = [extents(i) for i, s in enumerate(shape_of(t)) if s == DYNAMIC]
    return ir.Operation.create("tensor.empty", [t], sizes).results[0]


def filled(value: Any, t: Any, extents: Callable[[int], Any]) -> Any:
    """A tensor whose elements are all ``value``, as ``linalg.fill``."""
    return linalg_fill(value, empty(t, extents))


def iteration_index(axis: int) -> Any:
    """In the body of a structured operation: the position along an axis of the iteration space."""
    attributes = {"dim": ir.IntegerAttr.get(ir.IntegerType.get_signless(64), axis)}
    return ir.Operation.create("linalg.index", [ir.IndexType.get()], [], attributes).results[0]


def identity(rank: int) -> Any:
    return ir.AffineMap.get_identity(rank)


def projection(rank: int, axes: Sequence[int | None]) -> Any:
    """The map to ``axes`` of an iteration space; ``None`` is the constant 0."""
    exprs = [ir.AffineConstantExpr.get(0) if a is None else ir.AffineDimExpr.get(a) for a in axes]
    return ir.AffineMap.get(rank, 0, exprs)


def broadcast_operand(x: Any, rank: int) -> tuple[Any, Any]:
    """The tensor that a broadcast operand is read from, and its map: an axis of extent 1 is read at 0.

    An operand that only has axes of extent 1 more than another tensor is read from that one: no reshape is then in the
    way of fusion.
    """
    shape = shape_of(x.type)
    offset = rank - len(shape)
    axes = [None if s == 1 else offset + i for i, s in enumerate(shape)]
    if not isinstance(x.owner, ir.Block) and x.owner.name == "tensor.expand_shape":
        groups = [[ir.IntegerAttr(a).value for a in ir.ArrayAttr(g)] for g in x.owner.attributes["reassociation"]]
        kept = [[axes[a] for a in group if shape[a] != 1] for group in groups]
        if all(len(k) <= 1 for k in kept):
            return x.owner.operands[0], projection(rank, [k[0] if k else None for k in kept])
    return x, projection(rank, axes)


def broadcast_extent(operands: Sequence[Any], rank: int) -> Callable[[int], Any]:
    """The extents of the broadcast of tensors: each from an operand that is not stretched along that axis."""

    def extent(axis: int) -> Any:
        found = None
        for v in operands:
            shape = shape_of(v.type)
            own = axis - (rank - len(shape))
            if own >= 0 and shape[own] not in (1, DYNAMIC):
                return index_constant(shape[own])
            if own >= 0 and shape[own] == DYNAMIC and found is None:
                found = (v, own)
        return index_constant(1) if found is None else dim(*found)

    return extent


def parallel(rank: int) -> list[Iterator]:
    return ["parallel"] * rank


def generic(
    inputs: Sequence[Any],
    maps: Sequence[Any],
    outputs: Sequence[Any],
    output_maps: Sequence[Any],
    iterators: Sequence[Iterator],
    body: Callable[..., Sequence[Any]],
) -> Any:
    """The ``linalg.generic`` operation; ``body`` gets the elements of inputs and outputs, and gives what is yielded."""
    indexing = ir.ArrayAttr.get([ir.AffineMapAttr.get(m) for m in (*maps, *output_maps)])
    kinds = ir.ArrayAttr.get([ir.Attribute.parse(f"#linalg.iterator_type<{i}>") for i in iterators])
    op = linalg.GenericOp([v.type for v in outputs], inputs, outputs, indexing, kinds)
    block = op.regions[0].blocks.append(*[v.type.element_type for v in (*inputs, *outputs)])
    with ir.InsertionPoint(block):
        linalg.YieldOp(list(body(*block.arguments)))
    return op


def elementwise(operands: Sequence[Any], result: Any, body: Callable[..., Any]) -> Any:
    """``body`` of each element of the broadcast operands, as a tensor of type ``result``.

    Scalar operands are captured. Without a tensor among the operands the result is the scalar itself.
    """
    if not is_tensor(result):
        return body(*operands)
    tensors = [v for v in operands if is_tensor(v.type)]
    rank = len(shape_of(result))

    def compute(*elements: Any) -> Sequence[Any]:
        left = iter(elements)
        return [body(*[next(left) if is_tensor(v.type) else v for v in operands])]

    destination = empty(result, broadcast_extent(tensors, rank))
    sources, maps = zip(*[broadcast_operand(v, rank) for v in tensors], strict=True)
    return generic(sources, maps, [destination], [identity(rank)], parallel(rank), compute).results[0]


def retyped(x: Any, t: Any) -> Any:
    """``x`` with other static extents: the same value, another knowledge of it."""
    if x.type == t:
        return x
    return ir.Operation.create("tensor.cast", [t], [x]).results[0]
