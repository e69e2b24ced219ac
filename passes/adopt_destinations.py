"""VECTOR: exported functions take memory from their caller instead of giving tensors back.

Before::

    func.func @f(%x: tensor<?xf32>, %y: tensor<?xf32>) -> (f64, tensor<?xf32>)     // writes y

After::

    func.func @f(%x: memref<?xf32, strided<[?], offset: ?>>, %y: memref<?xf32, strided<[?], offset: ?>>,
                 %out: memref<f64>) -> i32

Arguments keep whatever strides the caller has. Each result has one contiguous destination, a scalar one of rank 0; a
written argument is its own destination. What is returned is 0: checks make it the number of an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pyc.dialects import signature
from pyc.dialects.mlir import arith, func, ir
from pyc.dialects.types import is_tensor, shape_of

from .base import VECTOR, Level, Pass, PassError


@dataclass(frozen=True)
class AdoptDestinations(Pass):
    """Give every exported function its calling convention."""

    name: ClassVar[str] = "adopt-destinations"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        for function in signature.functions(module):
            if not signature.is_exported(function):
                name = ir.StringAttr(function.attributes["sym_name"]).value
                raise PassError(f"function {name} is not exported and was not inlined")
            with module.context, function.location:
                _adopt(function)


def _adopt(function: Any) -> None:
    s = signature.read(function)
    block = function.regions[0].blocks[0]
    ending = block.operations[len(block.operations) - 1]
    values = list(ending.operands)
    if len(values) != len(s.results) + len(s.writes):
        raise PassError(f"{s.symbol} gives {len(values)} values for {len(s.results)} results, {len(s.writes)} writes")
    with ir.InsertionPoint.at_block_begin(block):
        for i, argument in enumerate(list(block.arguments)):
            if is_tensor(argument.type):
                _take_memory(argument, writable=i in s.writes)
    values = list(ending.operands)
    with ir.InsertionPoint(ending):
        for value in values[: len(s.results)]:
            _give(value, block)
        for value, index in zip(values[len(s.results) :], s.writes, strict=True):
            _materialize(value, block.arguments[index])
        i32 = ir.IntegerType.get_signless(32)
        func.ReturnOp([arith.constant(i32, 0)])
    ending.operation.erase()
    t = ir.FunctionType.get([a.type for a in block.arguments], [i32])
    function.attributes["function_type"] = ir.TypeAttr.get(t)
    for name in ("arg_attrs", "res_attrs"):
        if name in function.attributes:
            del function.attributes[name]
    function.attributes["llvm.emit_c_interface"] = ir.UnitAttr.get()


def _take_memory(argument: Any, *, writable: bool) -> None:
    """Make a tensor argument a memref of any strides, and the tensor a view of it."""
    tensor, unknown = argument.type, ir.ShapedType.get_dynamic_stride_or_offset()
    layout = ir.StridedLayoutAttr.get(unknown, [unknown] * tensor.rank)
    argument.set_type(ir.MemRefType.get(shape_of(tensor), tensor.element_type, layout))
    attributes = {"restrict": ir.UnitAttr.get()}
    if writable:
        attributes["writable"] = ir.UnitAttr.get()
    view = ir.Operation.create("bufferization.to_tensor", [tensor], [argument], attributes)
    argument.replace_all_uses_except(view.results[0], view)


def _give(value: Any, block: Any) -> None:
    """Add the destination of a result and fill it."""
    t = value.type
    if is_tensor(t):
        _materialize(value, block.add_argument(ir.MemRefType.get(shape_of(t), t.element_type), value.location))
    else:
        destination = block.add_argument(ir.MemRefType.get([], t), value.location)
        ir.Operation.create("memref.store", [], [value, destination])


def _materialize(value: Any, destination: Any) -> None:
    attributes = {"restrict": ir.UnitAttr.get(), "writable": ir.UnitAttr.get()}
    ir.Operation.create("bufferization.materialize_in_destination", [], [value, destination], attributes)
