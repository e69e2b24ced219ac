"""Cells of arrays: what a name held when an error left a guarded region.

A function has a cell for each name of an array that such a region binds, by number. A cell refers to an array, which
stays until the cell refers to another one and nothing else refers to the array any more.

No operation here is ``Pure``: they keep their order.
"""

from typing import Any

from .dialect import Pyc
from .memory import is_array
from .mlir import ext, ir


class HoldOp(Pyc.Operation, name="hold"):
    """From here on, the cell of a number refers to the array ``m``, and not to what it referred to before."""

    m: ext.Operand[Any]
    cell: ir.IntegerAttr

    def verify_invariants(self) -> bool:
        return is_array(self, self.m)


class HeldOp(Pyc.Operation, name="held"):
    """The array that the cell of a number refers to: one that a ``hold`` before has given to it."""

    cell: ir.IntegerAttr
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        return is_array(self, self.res)


class SpareOp(Pyc.Operation, name="spare"):
    """A name still refers to the array ``m``: the next ``sweep`` leaves it."""

    m: ext.Operand[Any]

    def verify_invariants(self) -> bool:
        return is_array(self, self.m)


class SweepOp(Pyc.Operation, name="sweep"):
    """Free the arrays that were taken from cells, which no cell refers to and no ``spare`` has named."""
