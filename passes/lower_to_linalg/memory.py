"""Arrays in memory: what is read becomes a tensor of a private copy, what is written comes from one.

Copies that are not needed are taken away later (``elide-copies``), when fusion has settled where values are computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from pyc.dialects.mlir import arith, ir, scf
from pyc.dialects.types import DYNAMIC, element_of, meta_of, shape_of
from pyc.dialects.verify import int_array

from .site import Rule, Site
from .structured import dim, index_constant, to_index

_EQUAL = 0


def _read(site: Site) -> Any:
    (m,) = site.operands
    copy = _allocated(m, [extent(m, axis) for axis in range(m.type.rank)])
    ir.Operation.create("memref.copy", [], [m, copy])
    return _to_tensor(copy, site.result_type)


def _write(site: Site) -> None:
    value, m = site.operands
    put(value, m, [extent(m, axis) for axis in range(m.type.rank)])


def _allocate(site: Site) -> Any:
    (value,) = site.operands
    sizes = [dim(value, axis) for axis in range(len(shape_of(value.type)))]
    m = _allocated(site.result_type, sizes)
    put(value, m, sizes)
    return _cast(m, site.result_type)


def _load(site: Site) -> Any:
    m, *indices = site.operands
    return ir.Operation.create("memref.load", [element_of(m.type)], [m, *map(to_index, indices)]).results[0]


def _store(site: Site) -> None:
    value, m, *indices = site.operands
    ir.Operation.create("memref.store", [], [value, m, *map(to_index, indices)])


def _view(site: Site) -> Any:
    op = site.op
    base, start, _, steps = metadata(op.m)
    for offset, step in zip(op.offsets, steps, strict=True):
        start = arith.addi(start, arith.muli(to_index(offset), step))
    strides = [
        index_constant(0) if axis < 0 else arith.muli(to_index(stride), steps[axis])
        for axis, stride in zip(int_array(op.attributes["axes"]), op.strides, strict=True)
    ]
    return cast_to(base, start, [to_index(s) for s in op.sizes], strides, site.result_type)


def _reshape_view(site: Site) -> Any:
    m, *sizes = site.operands
    want, new = site.result_type, [to_index(s) for s in sizes]
    base, start, old, steps = metadata(m)
    one = index_constant(1)
    # Nothing is asked of the strides of an array without elements; its extents must only not be divided by.
    extents = [arith.maxui(n, one) for n in old]
    inner, inner_new = _products(extents), _products([arith.maxui(n, one) for n in new])
    if "contiguous" in site.op.operation.attributes:
        possible = _is_contiguous(extents, steps, inner)
    else:
        possible = _keeps_order(extents, steps, inner, inner_new)
    choice = scf.IfOp(possible, [want], has_else=True)
    with ir.InsertionPoint(choice.then_block):
        strides = [_address(position, extents, steps, inner[1:]) for position in inner_new[1:]]
        scf.YieldOp([cast_to(base, start, new, strides, want)])
    with ir.InsertionPoint(choice.else_block):
        copy = _allocated(m, old)
        ir.Operation.create("memref.copy", [], [m, copy])
        base, start, _, _ = metadata(copy)
        scf.YieldOp([cast_to(base, start, new, _products(new)[1:], want)])
    return choice.results[0]


def _part_view(site: Site) -> Any:
    op, want = site.op, site.result_type
    base, start, sizes, steps = metadata(op.m)
    # Nothing in MLIR reinterprets memory; both descriptors are the same words, and the cast is gone in LLVM.
    single = ir.MemRefType.get([], element_of(want), memory_space=meta_of(want))
    base = ir.Operation.create("builtin.unrealized_conversion_cast", [single], [base]).results[0]
    two = index_constant(2)
    start = arith.addi(arith.muli(start, two), index_constant(int(op.part.value == "imag")))
    return cast_to(base, start, sizes, [arith.muli(s, two) for s in steps], want)


def _diagonal_view(site: Site) -> Any:
    base, start, sizes, steps = metadata(site.op.m)
    size, step = arith.minui(*sizes[-2:]), arith.addi(*steps[-2:])
    return cast_to(base, start, [*sizes[:-2], size], [*steps[:-2], step], site.result_type)


def _is_contiguous(extents: Sequence[Any], steps: Sequence[Any], inner: Sequence[Any]) -> Any:
    """Whether the elements lie one after the other, in row-major order; strides of extents of 1 say nothing."""
    one, ok = index_constant(1), arith.constant(ir.IntegerType.get_signless(1), 1)
    for axis, (n, step) in enumerate(zip(extents, steps, strict=True)):
        single = arith.cmpi(_EQUAL, n, one)
        ok = arith.andi(ok, arith.ori(single, arith.cmpi(_EQUAL, step, inner[axis + 1])))
    return ok


def _keeps_order(extents: Sequence[Any], steps: Sequence[Any], inner: Sequence[Any], inner_new: Sequence[Any]) -> Any:
    """Whether the elements, in row-major order, are evenly spaced along each axis of the result (NumPy's rule).

    Two neighbouring axes must be one even sequence unless an axis of the result begins where the inner one does. Those
    of extent 1 are no neighbours.
    """
    one, true = index_constant(1), arith.constant(ir.IntegerType.get_signless(1), 1)
    ok, next_extent, next_step = true, one, one
    none = true  # no axis but of extent 1 is inside
    for axis in reversed(range(len(extents))):
        single = arith.cmpi(_EQUAL, extents[axis], one)
        even = arith.cmpi(_EQUAL, steps[axis], arith.muli(next_extent, next_step))
        begins = [arith.cmpi(_EQUAL, inner[axis + 1], other) for other in inner_new]
        ok = arith.andi(ok, reduce(arith.ori, [single, none, even, *begins]))
        next_extent = arith.select(single, next_extent, extents[axis])
        next_step = arith.select(single, next_step, steps[axis])
        none = arith.andi(none, single)
    return ok


def _address(position: Any, extents: Sequence[Any], steps: Sequence[Any], inner: Sequence[Any]) -> Any:
    """How far, in elements of memory, the element at a position in row-major order is from the first."""
    total = index_constant(0)
    for axis, (n, step, count) in enumerate(zip(extents, steps, inner, strict=True)):
        index = arith.divui(position, count)
        if axis:
            index = arith.remui(index, n)
        total = arith.addi(total, arith.muli(index, step))
    return total


def _products(extents: Sequence[Any]) -> list[Any]:
    """For each axis, the number of elements in it and the axes inside it; then 1."""
    found = [index_constant(1)]
    for n in reversed(extents):
        found.append(arith.muli(found[-1], n))
    return found[::-1]


def put(value: Any, m: Any, sizes: Sequence[Any]) -> None:
    """Copy a tensor into memory with those extents, through a temporary."""
    temporary = _allocated(m, sizes)
    attributes = {"restrict": ir.UnitAttr.get(), "writable": ir.UnitAttr.get()}
    ir.Operation.create("bufferization.materialize_in_destination", [], [value, temporary], attributes)
    ir.Operation.create("memref.copy", [], [temporary, m])


def extent(m: Any, axis: int) -> Any:
    """The extent of an axis of an array in memory, as ``index``."""
    known = shape_of(m.type)[axis]
    if known != DYNAMIC:
        return index_constant(known)
    return ir.Operation.create("memref.dim", [ir.IndexType.get()], [m, index_constant(axis)]).results[0]


def _allocated(like: Any, sizes: Sequence[Any]) -> Any:
    """New memory, in row-major order, for the elements of an array (or of a type of one)."""
    t = like.type if isinstance(like, ir.Value) else like
    plain = ir.MemRefType.get(shape_of(t), element_of(t), memory_space=meta_of(t))
    dynamic = [size for size, n in zip(sizes, shape_of(t), strict=True) if n == DYNAMIC]
    attributes = {"operandSegmentSizes": ir.DenseI32ArrayAttr.get([len(dynamic), 0])}
    return ir.Operation.create("memref.alloc", [plain], dynamic, attributes).results[0]


def _cast(m: Any, want: Any) -> Any:
    return ir.Operation.create("memref.cast", [want], [m]).results[0]


def _to_tensor(m: Any, t: Any) -> Any:
    return ir.Operation.create("bufferization.to_tensor", [t], [m], {"restrict": ir.UnitAttr.get()}).results[0]


def metadata(m: Any) -> tuple[Any, Any, list[Any], list[Any]]:
    """The memory that an array is in, where it begins, its extents and its strides."""
    index, rank = ir.IndexType.get(), m.type.rank
    base_type = ir.MemRefType.get([], m.type.element_type, memory_space=m.type.memory_space)
    kinds = [base_type, *[index] * (1 + 2 * rank)]
    base, start, *rest = ir.Operation.create("memref.extract_strided_metadata", kinds, [m]).results
    return base, start, rest[:rank], rest[rank:]


def cast_to(base: Any, start: Any, sizes: Sequence[Any], strides: Sequence[Any], want: Any) -> Any:
    """The array of type ``want`` in the memory of ``base``."""
    known = shape_of(want)
    dynamic = [s for s, n in zip(sizes, known, strict=True) if n == DYNAMIC]
    attributes = {
        "static_offsets": ir.DenseI64ArrayAttr.get([DYNAMIC]),
        "static_sizes": ir.DenseI64ArrayAttr.get(known),
        "static_strides": ir.DenseI64ArrayAttr.get([DYNAMIC] * len(known)),
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 1, len(dynamic), len(known)]),
    }
    operands = [base, start, *dynamic, *strides]
    return ir.Operation.create("memref.reinterpret_cast", [want], operands, attributes).results[0]


RULES: dict[str, Rule] = {
    "pyc.read": _read,
    "pyc.write": _write,
    "pyc.allocate": _allocate,
    "pyc.load": _load,
    "pyc.store": _store,
    "pyc.view": _view,
    "pyc.reshape_view": _reshape_view,
    "pyc.part_view": _part_view,
    "pyc.diagonal_view": _diagonal_view,
}
