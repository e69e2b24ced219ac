"""Moves between targets."""

from typing import Any

from .dialect import Pyc
from .mlir import ext
from .types import element_of, is_tensor, precision_of, shape_of, target_of
from .verify import compatible, fail


class ToOp(Pyc.Operation, name="to", traits=[ext.Pure]):
    """The same tensor on the result's target. The only operation whose tensors may differ in target."""

    x: ext.Operand[Any]
    res: ext.Result[Any]

    def verify_invariants(self) -> bool:
        a, b = self.x.type, self.res.type
        if not (is_tensor(a) and is_tensor(b) and target_of(a) and target_of(b)):
            return fail(self, "takes and gives tensors whose encoding is #pyc.meta")
        if element_of(a) != element_of(b) or precision_of(a) != precision_of(b):
            return fail(self, f"changes the precision of {a} to {b}; insert pyc.cast")
        return compatible(shape_of(a), shape_of(b)) or fail(self, f"changes the shape of {a} to {b}")
