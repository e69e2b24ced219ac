"""Run-time checks. Structured control flow itself is upstream's ``scf``, whose values may be tensors."""

from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .verify import fail

#: The built-in exceptions that compiled code can raise.
EXCEPTIONS = (
    "ArithmeticError", "AssertionError", "IndexError", "MemoryError", "OverflowError", "RuntimeError", "TypeError",
    "ValueError", "ZeroDivisionError",
)  # fmt: skip


class CheckOp(Pyc.Operation, name="check"):
    """Raise ``kind(message)`` at this operation's location unless ``condition`` holds. Not ``Pure``: it stays put."""

    condition: ext.Operand[Any]
    kind: ir.StringAttr
    message: ir.StringAttr

    def verify_invariants(self) -> bool:
        if self.condition.type != ir.IntegerType.get_signless(1):
            return fail(self, f"takes a condition of type i1, not {self.condition.type}")
        if self.kind.value not in EXCEPTIONS:
            return fail(self, f"cannot raise '{self.kind.value}'; it can raise {', '.join(EXCEPTIONS)}")
        return True
