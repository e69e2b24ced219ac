"""FLAT: memory that cannot be had is a ``MemoryError``, not a crash.

Before::

    %a = memref.alloc(%n) : memref<?xf32>

After::

    cf.assert %plausible, "3"            // the number of elements as a float, so that it cannot wrap
    %a = memref.alloc(%n) : memref<?xf32>
    cf.assert %not_null, "3"
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import errors
from pyc.dialects.mlir import arith, ir

from .base import FLAT, Level, Pass
from .buffers import element_bytes
from .landings import LANDING

_NE, _FLOAT_LESS = 1, 4
#: No machine maps more bytes than this; below it, no computation of a size or an offset can wrap.
_LARGEST = 2.0**46
_MESSAGE = "not enough memory for a temporary array"


@dataclass(frozen=True)
class CheckAllocations(Pass):
    """Assert that every allocation succeeds."""

    name: ClassVar[str] = "check-allocations"
    takes: ClassVar[Level] = FLAT
    gives: ClassVar[Level] = FLAT

    def apply(self, module: Any) -> None:
        table = errors.ErrorTable(errors.read(module))
        for function in module.body.operations:
            if function.operation.name == "func.func":
                attributes = function.operation.attributes
                label = attributes["pyc.name"] if "pyc.name" in attributes else attributes["sym_name"]
                _check(function, table, ir.StringAttr(label).value)
        errors.attach(module, table.errors)


def _check(function: Any, table: errors.ErrorTable, name: str) -> None:
    allocations = [
        op.operation
        for block in function.regions[0].blocks
        for op in block.operations
        if op.operation.name == "memref.alloc"
    ]
    for allocation in allocations:
        location = allocation.location
        with allocation.context, location:
            number = str(table.number("MemoryError", _MESSAGE, location, name))
            with ir.InsertionPoint(allocation):
                _assert_plausible(allocation, number)
            with ir.InsertionPoint.after(allocation):
                index = ir.IndexType.get()
                pointer = ir.Operation.create(
                    "memref.extract_aligned_pointer_as_index", [index], [allocation.results[0]]
                ).results[0]
                _assert(arith.cmpi(_NE, pointer, arith.constant(index, 0)), number, allocation)


def _assert_plausible(allocation: Any, number: str) -> None:
    sizes = list(allocation.operands)
    t, f64 = allocation.results[0].type, ir.F64Type.get()
    static = 1
    for axis in range(t.rank):
        static *= 1 if t.is_dynamic_dim(axis) else t.get_dim_size(axis)
    if not sizes:
        if static * element_bytes(t.element_type) >= _LARGEST:
            _assert(arith.constant(ir.IntegerType.get_signless(1), 0), number, allocation)
        return
    bytes_ = arith.constant(f64, float(static * element_bytes(t.element_type)))
    i64 = ir.IntegerType.get_signless(64)
    for size in sizes:
        # A negative size counts as an enormous one.
        bytes_ = arith.mulf(bytes_, arith.uitofp(f64, arith.index_cast(i64, size)))
    _assert(arith.cmpf(_FLOAT_LESS, bytes_, arith.constant(f64, _LARGEST)), number, allocation)


def _assert(condition: Any, number: str, allocation: Any) -> None:
    """An assertion in the place of an allocation, and in its guarded region."""
    attributes = {"msg": ir.StringAttr.get(number)}
    if LANDING in allocation.attributes:
        attributes[LANDING] = allocation.attributes[LANDING]
    ir.Operation.create("cf.assert", [], [condition], attributes)
