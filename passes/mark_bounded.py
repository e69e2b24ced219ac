"""PYC to PYC: functions are marked whose work is bounded by the extents of their arrays.

Before::

    func.func @total(%x: ...) attributes {pyc.export} {
      %n = pyc.dim %x, 0
      scf.for %i = %c0 to %n step %c1 { ... }

After::

    func.func @total(%x: ...) attributes {pyc.bounded, pyc.export}

How long such a function takes is known to within a power from its arguments: for a few elements, a caller need not let
other threads run meanwhile. Functions with ``while`` loops, loops that count to a number that is computed, or to a
large one, parallel loops and functions that call themselves are not marked.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.mlir import ir
from pyc.dialects.walk import callee_of, nested

from .base import PYC, Level, Pass

#: The attribute of loops whose iterations run in any order, in several threads.
PARALLEL = "pyc.parallel"
#: A loop may count to a constant up to this.
_FEW = 256
#: Operations on small integers that give one: a polynomial of extents.
_KEEPING = frozenset(
    f"pyc.{name}"
    for name in ("add", "sub", "mul", "minimum", "maximum", "int_add", "int_sub", "int_mul", "int_floordiv", "int_mod")
)
_KEEPING_ARITH = frozenset(
    {"arith.index_cast", "arith.subi", "arith.addi", "arith.minsi", "arith.maxsi", "arith.select"}
)
#: What makes as many elements as a number says.
_SIZED = frozenset({"pyc.fill", "pyc.iota", "pyc.empty", "pyc.broadcast"})


@dataclass(frozen=True)
class MarkBounded(Pass):
    """Set ``pyc.bounded`` on exported functions whose loops all go over axes."""

    name: ClassVar[str] = "mark-bounded"
    takes: ClassVar[Level] = PYC
    gives: ClassVar[Level] = PYC

    def apply(self, module: Any) -> None:
        functions = {ir.StringAttr(f.attributes["sym_name"]).value: f for f in signature.functions(module)}
        known: dict[str, bool] = {}
        for symbol, function in functions.items():
            if signature.is_exported(function) and _is_bounded(symbol, functions, known):
                with module.context:
                    function.attributes["pyc.bounded"] = ir.UnitAttr.get()


def _is_bounded(symbol: str, functions: dict[str, Any], known: dict[str, bool]) -> bool:
    """Whether a function and all that it calls are bounded; one that is asked about while it is looked at is not."""
    if symbol in known or symbol not in functions:
        return known.get(symbol, False)
    known[symbol] = False
    function = functions[symbol]

    def ends_soon(operation: Any) -> bool:
        # Other threads may have to speak with Python before a parallel loop ends.
        if operation.name == "scf.while" or PARALLEL in operation.attributes:
            return False
        if operation.name == "scf.for":
            return all(_is_small(operation.operands[i]) for i in range(2))
        if operation.name == "func.call":
            return _is_bounded(callee_of(operation), functions, known)
        return operation.name not in _SIZED or all(
            _is_small(v) for v in operation.operands if str(v.type) in ("i64", "index")
        )

    known[symbol] = all(ends_soon(operation) for operation in nested(function.operation))
    return known[symbol]


def _is_small(value: Any) -> bool:
    """Whether an integer is an extent, a small constant, the variable of a loop, or computed of such."""
    pending, seen = [value], 0
    while pending:
        v = pending.pop()
        seen += 1
        if seen > 64:
            return False
        owner = v.owner
        if isinstance(owner, ir.Block):
            if owner.owner.name != "scf.for" or v != owner.arguments[0]:
                return False
            continue  # its loop is looked at by itself
        if owner.name == "arith.constant":
            if abs(ir.IntegerAttr(owner.attributes["value"]).value) > _FEW:
                return False
        elif owner.name in _KEEPING or owner.name in _KEEPING_ARITH:
            pending += [o for o in owner.operands if str(o.type) in ("i64", "index")]
        elif owner.name != "pyc.dim":
            return False
    return True
