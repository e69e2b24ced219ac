"""VECTOR: exported functions take memory from their caller instead of giving tensors back.

Before::

    func.func @f(%x: tensor<?xf32>, %y: tensor<?xf32>) -> (f64, tensor<?xf32>)     // writes y

After::

    func.func @f(%x: memref<?xf32, strided<[?], offset: ?>>, %y: memref<?xf32, strided<[?], offset: ?>>,
                 %out: memref<f64>) -> i32

Arguments keep whatever strides the caller has. Each result has one contiguous destination, a scalar one of rank 0, a
field of an array of records one of any strides; a written argument is its own destination. What is returned is 0:
checks make it the number of an error.

A result that the function allocates is returned as memory as well, and its destination takes numbers that describe it:
``deallocate`` fills them, when it is known who owns the memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import arith, func, ir, linalg_copy
from pyc.dialects.types import DYNAMIC, is_tensor, shape_of

from .base import VECTOR, Level, Pass, PassError
from .in_place import origins, root


@dataclass(frozen=True)
class AdoptDestinations(Pass):
    """Give every exported function its calling convention."""

    name: ClassVar[str] = "adopt-destinations"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        for function in signature.functions(module):
            if not signature.is_exported(function):
                # One that calls itself: it takes numbers and memory, and returns numbers.
                if any(map(is_tensor, (*function.type.inputs, *function.type.results))):
                    name = ir.StringAttr(function.attributes["sym_name"]).value
                    raise PassError(f"function {name} is not exported, was not inlined, and takes or gives tensors")
                continue
            with module.context, function.location:
                _adopt(function)


def _adopt(function: Any) -> None:
    s = signature.read(function)
    block = function.regions[0].blocks[0]
    ending = terminator(block)
    values = list(ending.operands)
    # In memory form, arguments are memory already, and written in place.
    writes = () if signature.is_memory_form(function) else s.writes
    if len(values) != len(s.results) + len(writes):
        raise PassError(f"{s.symbol} gives {len(values)} values for {len(s.results)} results, {len(writes)} writes")
    views: dict[int, Any] = {}
    with ir.InsertionPoint.at_block_begin(block):
        for i, argument in enumerate(list(block.arguments)):
            if is_tensor(argument.type):
                views[i] = _take_memory(argument, writable=i in writes)
    values = list(ending.operands)
    with ir.InsertionPoint(ending):
        given = zip(_apart(values[: len(s.results)]), s.results, strict=True)
        allocated = [m for v, result in given if (m := _give(v, block, result)) is not None]
        # All updates before the first array is final: one may still read the old value of another.
        final = [_put(v, views[i]) for v, i in zip(values[len(s.results) :], writes, strict=True)]
        for value, index in zip(final, writes, strict=True):
            _materialize(value, block.arguments[index])
        i32 = ir.IntegerType.get_signless(32)
        func.ReturnOp([arith.constant(i32, 0), *allocated])
    ending.operation.erase()
    t = ir.FunctionType.get([a.type for a in block.arguments], [i32, *(m.type for m in allocated)])
    function.attributes["function_type"] = ir.TypeAttr.get(t)
    for name in ("arg_attrs", "res_attrs"):
        if name in function.attributes:
            del function.attributes[name]
    function.attributes["llvm.emit_c_interface"] = ir.UnitAttr.get()


def _take_memory(argument: Any, *, writable: bool) -> Any:
    """Make a tensor argument a memref of any strides; gives the tensor that views it and takes its place."""
    tensor = argument.type
    argument.set_type(_any_strides(tensor))
    attributes = {"restrict": ir.UnitAttr.get()}
    if writable:
        attributes["writable"] = ir.UnitAttr.get()
    view = ir.Operation.create("bufferization.to_tensor", [tensor], [argument], attributes)
    argument.replace_all_uses_except(view.results[0], view)
    return view.results[0]


def _any_strides(tensor: Any) -> Any:
    """The type of memory that holds such a tensor, wherever it is."""
    unknown = ir.ShapedType.get_dynamic_stride_or_offset()
    layout = ir.StridedLayoutAttr.get(unknown, [unknown] * tensor.rank)
    return ir.MemRefType.get(shape_of(tensor), tensor.element_type, layout)


def _give(value: Any, block: Any, result: signature.Value) -> Any | None:
    """Add the destination of a result and fill it; gives the memory of one that the function allocates."""
    t = value.type
    if result.allocated:
        numbers = ir.MemRefType.get([2 + 2 * t.rank], ir.IntegerType.get_signless(64))
        block.add_argument(numbers, value.location)
        if not is_tensor(t):
            return value
        return ir.Operation.create("bufferization.to_buffer", [_any_strides(t)], [value]).results[0]
    if is_tensor(t):
        place = _any_strides(t) if result.strided else ir.MemRefType.get(shape_of(t), t.element_type)
        destination = block.add_argument(place, value.location)
        _start_in(destination, value)
        _materialize(value, destination)
    elif isinstance(t, ir.MemRefType):
        destination = block.add_argument(ir.MemRefType.get(list(t.shape), t.element_type), value.location)
        ir.Operation.create("memref.copy", [], [value, destination])
    else:
        destination = block.add_argument(ir.MemRefType.get([], t), value.location)
        ir.Operation.create("memref.store", [], [value, destination])
    return None


def _start_in(destination: Any, value: Any) -> None:
    """Let a value that begins as an empty tensor, on several paths, begin as its destination.

    Bufferisation finds the tensor by itself where only one operation begins with it.
    """
    collapse = value.owner
    reshaped = not isinstance(collapse, ir.Block) and collapse.name == "tensor.collapse_shape"
    origin = root(collapse.operands[0] if reshaped else value)
    if origin is None or not _is_empty(origin) or (reshaped and origin.type != collapse.operands[0].type):
        return
    users = [use.owner.name for use in origin.uses]
    # Parts that are put into it are computed there, as soon as it is there.
    if not reshaped and (origin.type != value.type or (len(users) < 2 and "tensor.insert_slice" not in users)):
        return
    attributes = {"restrict": ir.UnitAttr.get(), "writable": ir.UnitAttr.get()}
    with ir.InsertionPoint(origin.owner):
        view = ir.Operation.create("bufferization.to_tensor", [value.type], [destination], attributes).results[0]
        if reshaped:
            # What is computed with more axes than the result has is computed in a view of it.
            extents = {
                "static_output_shape": ir.DenseI64ArrayAttr.get(list(origin.type.shape)),
                "reassociation": collapse.attributes["reassociation"],
            }
            sizes = list(origin.owner.operands)
            view = ir.Operation.create("tensor.expand_shape", [origin.type], [view, *sizes], extents).results[0]
    origin.replace_all_uses_with(view)


def _apart(values: Sequence[Any]) -> list[Any]:
    """Values of which no two may be computed in one empty tensor: all but the first that share one are copied.

    Two destinations would else have the memory of one: the later value would be lost when the first is put there, and
    bufferisation, which follows tensors and not memory, would not see it.
    """
    taken: set[Any] = set()
    out: list[Any] = []
    for value in values:
        found = origins(value) if is_tensor(value.type) else set()
        out.append(_copied(value) if found & taken else value)
        taken |= found
    return out


def _copied(value: Any) -> Any:
    t = value.type
    sizes = [_dim(value, axis) for axis, extent in enumerate(shape_of(t)) if extent == DYNAMIC]
    empty = ir.Operation.create("tensor.empty", [t], sizes).results[0]
    return linalg_copy(value, empty)


def _put(value: Any, view: Any) -> Any:
    """The final value of a written argument, as an update of the tensor that it was at first.

    Bufferisation follows tensors, not memory: it must see that the new value takes the place of the old one. What is
    computed into an empty tensor is computed into the argument; it copies where the old value is still needed.
    """
    origin = root(value)
    if origin is not None and origin == view:
        return value
    if origin is not None and origin.type == view.type and _is_empty(origin):
        origin.replace_all_uses_with(view)
        return value
    extents = shape_of(view.type)
    dynamic = [_dim(view, axis) for axis, extent in enumerate(extents) if extent == DYNAMIC]
    attributes = {
        "static_offsets": ir.DenseI64ArrayAttr.get([0] * len(extents)),
        "static_sizes": ir.DenseI64ArrayAttr.get(extents),
        "static_strides": ir.DenseI64ArrayAttr.get([1] * len(extents)),
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 1, 0, len(dynamic), 0]),
    }
    return ir.Operation.create("tensor.insert_slice", [view.type], [value, view, *dynamic], attributes).results[0]


def _is_empty(value: Any) -> bool:
    return not isinstance(value.owner, ir.Block) and value.owner.name == "tensor.empty"


def _dim(view: Any, axis: int) -> Any:
    index = arith.constant(ir.IndexType.get(), axis)
    return ir.Operation.create("tensor.dim", [ir.IndexType.get()], [view, index]).results[0]


def _materialize(value: Any, destination: Any) -> None:
    attributes = {"restrict": ir.UnitAttr.get(), "writable": ir.UnitAttr.get()}
    ir.Operation.create("bufferization.materialize_in_destination", [], [value, destination], attributes)
