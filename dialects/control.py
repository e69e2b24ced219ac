"""Run-time checks. Structured control flow itself is upstream's ``scf``, whose values may be tensors."""

import builtins
import json
from collections.abc import Sequence
from typing import Any

from .dialect import Pyc
from .mlir import ext, ir
from .types import element_of, is_tensor
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


def is_derived(kind: str, wanted: Sequence[str]) -> bool:
    """Whether an exception of one name is one of some others, or derived from them; names of no exceptions are not."""
    # NumPy's own error is a ValueError.
    found = getattr(builtins, "ValueError" if kind == "LinAlgError" else kind, None)
    if kind in wanted or not (isinstance(found, type) and issubclass(found, BaseException)):
        return kind in wanted
    return issubclass(found, tuple(getattr(builtins, name) for name in wanted if name != "LinAlgError"))


#: What a program says that is no exception: a line to print, and an element of an array that follows.
SAYS = ("print", "element")


class CheckOp(Pyc.Operation, name="check"):
    """Raise ``kind(message)`` at this operation's location unless ``condition`` holds. Not ``Pure``: it stays put.

    ``values`` are what stands in the message, i64, where the attribute ``template`` says (JSON, as in ``pyc.tell``).
    They are handed to Python only where the condition does not hold.
    """

    condition: ext.Operand[Any]
    values: Sequence[ext.Operand[Any]]
    kind: ir.StringAttr
    message: ir.StringAttr

    def verify_invariants(self) -> bool:
        condition, *values = self.operation.operands
        if condition.type != ir.IntegerType.get_signless(1):
            return fail(self, f"takes a condition of type i1, not {condition.type}")
        for v in values:
            if v.type != ir.IntegerType.get_signless(64):
                return fail(self, f"says values of type i64, not {v.type}")
        if values and "template" not in self.operation.attributes:
            return fail(self, "has values and no template that says where they stand")
        if self.kind.value not in EXCEPTIONS:
            return fail(self, f"cannot raise '{self.kind.value}'; it can raise {', '.join(EXCEPTIONS)}")
        return True


class FirstOutsideOp(Pyc.Operation, name="first_outside", traits=[ext.Pure]):
    """The first of ``positions`` that is none of ``extent``, counted from either end; 0 where ``condition`` holds.

    It is what a ``check`` of that condition says, and is looked for only where that does not hold.
    """

    condition: ext.Operand[ir.IntegerType[1]]
    positions: ext.Operand[Any]
    extent: ext.Operand[ir.IntegerType[64]]
    res: ext.Result[ir.IntegerType[64]]

    def verify_invariants(self) -> bool:
        t = self.positions.type
        if not is_tensor(t) or element_of(t) != ir.IntegerType.get_signless(64):
            return fail(self, f"takes positions that are a tensor of i64, not {t}")
        return True


def erase_check(operation: Any) -> None:
    """Take away a ``check``, and what finds its values alone."""
    values = list(operation.operands)[1:]
    operation.erase()
    for v in values:
        owner = v.owner
        if not isinstance(owner, ir.Block) and owner.name == "pyc.first_outside" and not list(v.uses):
            owner.erase()


class EnterOp(Pyc.Operation, name="enter"):
    """True where a guarded region begins: the condition of an ``scf.if`` around it, which what fails inside leaves.

    Not ``Pure``: nothing is known of its result.
    """

    res: ext.Result[ir.IntegerType[1]]


class CaughtOp(Pyc.Operation, name="caught"):
    """The number of the error that left the guarded region of an ``enter``, 0 if none did; it stands right behind."""

    region: ext.Operand[Any]
    res: ext.Result[ir.IntegerType[32]]

    def verify_invariants(self) -> bool:
        owner = self.operation.operands[0].owner
        if isinstance(owner, ir.Block) or owner.name != "pyc.enter":
            return fail(self, "takes what pyc.enter gives")
        return True


class IsKindOp(Pyc.Operation, name="is_kind"):
    """Whether the error of a number is an exception of one of ``kinds``, or of one derived from them."""

    number: ext.Operand[ir.IntegerType[32]]
    kinds: ir.ArrayAttr
    res: ext.Result[ir.IntegerType[1]]

    def verify_invariants(self) -> bool:
        for kind in self.kinds:
            if not hasattr(builtins, ir.StringAttr(kind).value) and ir.StringAttr(kind).value != "LinAlgError":
                return fail(self, f"knows no exception {kind}")
        return True


class ReraiseOp(Pyc.Operation, name="reraise"):
    """Raise the error of a number again, unless the number is 0. Not ``Pure``: it stays where it is."""

    number: ext.Operand[ir.IntegerType[32]]


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
