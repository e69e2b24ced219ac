"""Run-time checks. Structured control flow itself is upstream's ``scf``, whose values may be tensors."""

import builtins
import json
from collections.abc import Sequence
from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .verify import fail

#: The exceptions that compiled code can raise: the built-in ones that are made of a message, and NumPy's own.
EXCEPTIONS = (
    "LinAlgError",
    *sorted(
        name
        for name, value in vars(builtins).items()
        if isinstance(value, type)
        and issubclass(value, Exception)
        and not issubclass(value, Warning)
        and (not issubclass(value, UnicodeError) or value is UnicodeError)
        and "Group" not in name
        and value.__name__ == name
    ),
)
#: What a program says that is no exception: a line to print, and an element of an array that follows.
SAYS = ("print", "element")


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


class TellOp(Pyc.Operation, name="tell"):
    """Hand numbers to Python, which prints them or keeps them for the exception that is raised next.

    They are handed over in one row, in which each value has its position: the integers (i64), then the floats (f64).
    ``template`` (JSON) says how they stand in what is said; ``message`` is that for readers. Not ``Pure``: it stays
    where it is.
    """

    integers: Sequence[ext.Operand[Any]]
    floats: Sequence[ext.Operand[Any]]
    kind: ir.StringAttr
    message: ir.StringAttr
    template: ir.StringAttr

    def verify_invariants(self) -> bool:
        if self.kind.value not in (*EXCEPTIONS, *SAYS):
            return fail(self, f"says '{self.kind.value}', which is neither an exception nor one of {', '.join(SAYS)}")
        for operand in self.operation.operands:
            if operand.type not in (ir.IntegerType.get_signless(64), ir.F64Type.get()):
                return fail(self, f"takes values of type i64 and f64, not {operand.type}")
        try:
            json.loads(self.template.value)
        except ValueError:
            return fail(self, "has a template that is not JSON")
        return True
