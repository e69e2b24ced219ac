"""PYC to PYC: checks that cannot fail are not made.

Before::

    %0 = "pyc.compare"(%i, %n) {predicate = "lt"} : (i64, i64) -> i1           // %i counts up to %n
    "pyc.check"(%0) {kind = "IndexError", ...} : (i1) -> ()
    %1 = "pyc.int_add"(%i, %one) : (i64, i64) -> i64

After::

    %1 = "pyc.add"(%i, %one) : (i64, i64) -> i64

An exact operation whose result fits 64 bits is the one that wraps; a selection whose condition is known, and the less
or the greater of two numbers of which that is known, is what it gives. Floor division and remainder of numbers that are
not negative need no correction of signs, and are done without sign. Checks of all elements of an array of indices are
idle where those are chosen so (``np.clip(i, 0, n - 1)``).
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import annotation, build, control, signature
from pyc.dialects.mlir import ir

from .base import PYC, Level, Pass
from .element_ranges import holds
from .integer_ranges import IntegerRanges

_UNSIGNED = {"pyc.int_floordiv": "floordiv", "pyc.int_mod": "mod"}
#: Which operand an operation is known to give.
_OPERANDS = ("first", "second", "third")
#: Exact operations that have a wrapping one of the same meaning.
_PLAIN = frozenset({"add", "sub", "mul", "floordiv", "mod", "pow", "shl", "shr", "neg", "abs"})


@dataclass(frozen=True)
class DropIdleChecks(Pass):
    """Take away the checks that the ranges of integers prove."""

    name: ClassVar[str] = "drop-idle-checks"
    takes: ClassVar[Level] = PYC
    gives: ClassVar[Level] = PYC

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                if len(function.regions[0].blocks):
                    drop(function)


def drop(function: Any) -> None:
    """Take away what the ranges of integers prove idle in a function."""
    found: dict[Any, str | None] = {}

    def visit(op: Any, ranges: IntegerRanges) -> None:
        if op.name == "pyc.check":
            idle = ranges.at(op, op.operands[0]).low == 1 or holds(op.operands[0], ranges.of)
            found[op] = "idle" if idle else None
        elif op.name.startswith("pyc.int_") and op.name.removeprefix("pyc.int_") in _PLAIN:
            found[op] = _form(op, ranges)
        elif op.name == "pyc.select" and isinstance(op.results[0].type, ir.IntegerType):
            # An index that is known not to be negative needs no wrapping.
            number = ranges.of(op.operands[0]).number
            found[op] = None if number is None else "second" if number else "third"
        elif op.name in ("pyc.minimum", "pyc.maximum") and isinstance(op.results[0].type, ir.IntegerType):
            found[op] = ranges.extreme(op)

    IntegerRanges(visit).walk(function.regions[0].blocks[0])
    for op, form in found.items():
        if form == "idle":
            control.erase_check(op)
        elif form in _OPERANDS:
            op.results[0].replace_all_uses_with(op.operands[_OPERANDS.index(form)])
            op.erase()
        elif form is not None:
            _replace(op, form)


def _form(op: Any, ranges: IntegerRanges) -> str | None:
    """``unsigned`` or ``plain``, if an exact operation can be that."""
    if op.name in _UNSIGNED and ranges.of(op.operands[0]).low >= 0 and ranges.of(op.operands[1]).low > 0:
        return "unsigned"
    return None if ranges.of(op.results[0]).overflows else "plain"


def _replace(op: Any, form: str) -> None:
    with ir.InsertionPoint(op), op.location:
        if form == "unsigned":
            a, b = (build.cast(v, "u64") for v in op.operands)
            plain = build.cast(build.binary(_UNSIGNED[op.name], a, b), "i64")
        else:
            name = "pyc." + op.name.removeprefix("pyc.int_")
            plain = ir.Operation.create(name, [op.results[0].type], list(op.operands)).results[0]
    annotation.carry(op, plain.owner)
    op.results[0].replace_all_uses_with(plain)
    op.erase()
