"""BUFFER: structured operations become loops, in the order of their iterators.

Where the last of them steps through no array along its last axis, one that does so takes its place: the sum of the rows
of a transposed array goes along the rows of that array. How the elements of one sum follow each other stays.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, linalg
from pyc.dialects.walk import nested

from .base import BUFFER, Level, Pass, run_upstream


@dataclass(frozen=True)
class LowerToLoops(Pass):
    """Replace ``linalg`` operations and copies by ``scf.for``."""

    name: ClassVar[str] = "lower-to-loops"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            _copies_to_generic(module)
            _keep_positions(module)
            module.operation.walk(_interchange)
        run_upstream(module, "func.func(convert-linalg-to-loops,fold-memref-alias-ops,canonicalize,cse)")


def _copies_to_generic(module: Any) -> None:
    """A ``memref.copy`` of any but contiguous memory would become a call into MLIR's own run-time library."""
    copies = [operation for operation in nested(module.operation) if operation.name == "memref.copy"]
    for copy in copies:
        source, destination = copy.operands
        rank = source.type.rank
        maps = ir.ArrayAttr.get([ir.AffineMapAttr.get(ir.AffineMap.get_identity(rank))] * 2)
        kinds = ir.ArrayAttr.get([ir.Attribute.parse("#linalg.iterator_type<parallel>")] * rank)
        with ir.InsertionPoint(copy), copy.location:
            generic = linalg.GenericOp([], [source], [destination], maps, kinds)
            block = generic.regions[0].blocks.append(source.type.element_type, destination.type.element_type)
            with ir.InsertionPoint(block):
                linalg.YieldOp([block.arguments[0]])
        copy.erase()


def _keep_positions(module: Any) -> None:
    """Read contiguous memory whose axes were joined as such: folding would divide to find where an element was."""
    dynamic, unknown = ir.ShapedType.get_dynamic_size(), ir.ShapedType.get_dynamic_stride_or_offset()
    found = [operation for operation in nested(module.operation) if operation.name == "memref.collapse_shape"]
    for collapse in found:
        source, result = collapse.operands[0], collapse.results[0].type
        if source.type.affine_map != ir.AffineMap.get_identity(source.type.rank) or not result.rank:
            continue
        groups = [[ir.IntegerAttr(a).value for a in ir.ArrayAttr(g)] for g in collapse.attributes["reassociation"]]
        with ir.InsertionPoint(collapse), collapse.location:
            sizes = [_product(source, axes) for axes in groups]
            steps = [arith.constant(ir.IndexType.get(), 1)]
            for size in sizes[:0:-1]:
                steps.insert(0, arith.muli(steps[0], size))
            strides, _ = result.get_strides_and_offset()
            given = [size for size, extent in zip(sizes, result.shape, strict=True) if extent == dynamic]
            moves = [step for step, known in zip(steps, strides, strict=True) if known == unknown]
            attributes = {
                "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 0, len(given), len(moves)]),
                "static_offsets": ir.DenseI64ArrayAttr.get([0]),
                "static_sizes": ir.DenseI64ArrayAttr.get(list(result.shape)),
                "static_strides": ir.DenseI64ArrayAttr.get(list(strides)),
            }
            operands = [source, *given, *moves]
            view = ir.Operation.create("memref.reinterpret_cast", [result], operands, attributes)
        collapse.results[0].replace_all_uses_with(view.results[0])
        collapse.erase()


def _product(source: Any, axes: list[int]) -> Any:
    """How many elements some axes of an array have."""
    size = ir.IndexType.get()
    extents = [
        ir.Operation.create("memref.dim", [size], [source, arith.constant(size, axis)]).results[0] for axis in axes
    ]
    total = extents[0]
    for extent in extents[1:]:
        total = arith.muli(total, extent)
    return total


def _interchange(operation: Any) -> Any:
    """Make the loop the last that goes along the last axes of the largest operands, if the last one goes along none."""
    if operation.name != "linalg.generic":
        return ir.WalkResult.ADVANCE
    maps = [ir.AffineMapAttr(m).value for m in ir.ArrayAttr(operation.attributes["indexing_maps"])]
    loops = maps[0].n_dims
    along = [(_last_loop(m), len(m.results)) for m in maps]
    if loops < 2 or any(loop in (None, loops - 1) for loop, rank in along if rank):
        return ir.WalkResult.ADVANCE
    weights = {loop: sum(rank for other, rank in along if other == loop) for loop, _ in along if loop is not None}
    if not weights:
        return ir.WalkResult.ADVANCE
    kinds = list(ir.ArrayAttr(operation.attributes["iterator_types"]))
    chosen = max(weights, key=lambda loop: (weights[loop], loop))
    order = [loop for loop in range(loops) if loop != chosen] + [chosen]
    reduced = [loop for loop in order if "reduction" in str(kinds[loop])]
    if reduced != sorted(reduced):
        return ir.WalkResult.ADVANCE  # what is added up would be added up in another order
    places = [ir.AffineDimExpr.get(order.index(loop)) for loop in range(loops)]
    renamed = ir.AffineMap.get(loops, 0, places)
    attributes = operation.attributes
    attributes["indexing_maps"] = ir.ArrayAttr.get([ir.AffineMapAttr.get(_composed(m, renamed)) for m in maps])
    attributes["iterator_types"] = ir.ArrayAttr.get([kinds[loop] for loop in order])
    _renumber(operation, order)
    return ir.WalkResult.ADVANCE


def _last_loop(m: Any) -> int | None:
    """The loop that steps along an operand's last axis; ``None`` if that is no single one."""
    last: Any = m.results[-1] if len(m.results) else None
    return last.position if isinstance(last, ir.AffineDimExpr) else None


def _composed(m: Any, renamed: Any) -> Any:
    return ir.AffineMap.get(m.n_dims, 0, [e.compose(renamed) for e in m.results])


def _renumber(operation: Any, order: list[int]) -> None:
    """Let the body ask for its loops by their new numbers."""
    for inner in nested(operation):
        if inner.name == "linalg.index":
            number = ir.IntegerAttr(inner.attributes["dim"])
            inner.attributes["dim"] = ir.IntegerAttr.get(number.type, order.index(number.value))
