"""PYC to PYC: what scalars are known to be is said by constants, and a choice between scalars is no branch.

Before::

    %0 = "pyc.compare"(%two, %half) {predicate = "eq"} : (f64, f64) -> i1      // of two constants
    %1 = scf.if %0 -> (f64) { ... } else { ... scf.yield %x }
    %2 = scf.if %c -> (i1) { scf.yield %true } else { scf.yield %stopped }

After::

    ...                                                                        // what the second branch does: %1 is %x
    %2 = "pyc.or"(%c, %stopped) : (i1, i1) -> i1

``break``, ``continue`` and ``return`` are such branches; so are those that compute a few scalars, which is then done in
any case. A target that keeps branches as they are gets fewer of them;
on a CPU, LLVM does this. Numbers are folded where Python's arithmetic is that of the type: ``f64``, ``i1``, and ``i64``
that stay in 64 bits.
"""

from __future__ import annotations

import operator
import sys
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import annotation, build, signature
from pyc.dialects.mlir import ir
from pyc.dialects.types import dtype_of
from pyc.dialects.walk import nested

from .base import PYC, Level, Pass

Number = bool | int | float
_DTYPES = frozenset({"bool", "i64", "f64"})
_COMPARISONS = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip
_ARITHMETIC = {
    f"pyc.{prefix}{name}": getattr(operator, name) for prefix in ("", "int_") for name in ("add", "sub", "mul")
}
_LOGICAL = {"pyc.and": operator.and_, "pyc.or": operator.or_, "pyc.xor": operator.xor}
#: What a branch may compute for a choice: operations of scalars that always give something.
_CHEAP = frozenset(
    (*_LOGICAL, "pyc.compare", "pyc.not", "pyc.select", "pyc.add", "pyc.sub", "pyc.mul", "pyc.neg", "pyc.minimum",
     "pyc.maximum", "pyc.cast", "arith.constant", "scf.yield")
)  # fmt: skip
#: How many of them; any number in branches that are nested so deeply that a file of ONNX cannot hold them.
_FEW, _DEEP = 12, 24
_READ = frozenset((*_ARITHMETIC, *_LOGICAL, "pyc.compare", "pyc.not", "pyc.cast", "pyc.select", "scf.if"))


@dataclass(frozen=True)
class FoldBranches(Pass):
    """Take away branches whose condition is known, and those that only choose between scalars."""

    name: ClassVar[str] = "fold-branches"
    takes: ClassVar[Level] = PYC
    gives: ClassVar[Level] = PYC

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                while _folded(function, _FEW):
                    pass
                while nesting(function.operation) > _DEEP and _folded(function, sys.maxsize):
                    pass


def _folded(function: Any, most: int) -> bool:
    """Whether anything has been taken away in a function.

    Inner branches come first: what is around them may then have nothing left but a choice.
    """
    return [op.name in _READ and _fold(op, most) for op in nested(function.operation)].count(True) > 0


def nesting(operation: Any) -> int:
    """How many operations with regions are in each other, inside one."""
    inner = [op.operation for region in operation.regions for block in region.blocks for op in block.operations]
    return max((1 + nesting(op) for op in inner if len(op.regions)), default=0)


def _fold(op: Any, most: int) -> bool:
    """Whether an operation has been taken away; a branch that computes at most so much."""
    if annotation.ANNOTATIONS in op.attributes:
        return False
    if op.name == "scf.if":
        return _branch(op, most)
    with ir.InsertionPoint(op), op.location:
        value = _value(op)
    if value is None:
        return False
    op.results[0].replace_all_uses_with(value)
    op.erase()
    return True


def number(value: Any) -> Number | None:
    """The number that a scalar of ``f64``, ``i64`` or ``i1`` is known to be; ``None`` for anything else."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.name != "arith.constant":
        return None
    attribute = owner.attributes["value"]
    if isinstance(attribute, ir.FloatAttr):
        return attribute.value if str(value.type) == "f64" else None
    known = build.constant_value(value)
    dtype = dtype_of(value.type)
    return None if known is None or dtype not in _DTYPES else bool(known) if dtype == "bool" else known


def _value(op: Any) -> Any | None:
    """What gives the result of a scalar operation, or of a selection, without it."""
    operands, result = list(op.operands), op.results[0]
    if op.name == "pyc.select":
        known = number(operands[0])
        chosen = None if known is None else operands[1 if known else 2]
        return chosen if chosen is not None and chosen.type == result.type else None
    if not _is_folded(result.type):
        return None
    known = [number(v) for v in operands]
    if op.name in _LOGICAL and dtype_of(result.type) == "bool" and None not in known:
        return build.constant(_LOGICAL[op.name](*known), "bool")
    if op.name in ("pyc.and", "pyc.or") and dtype_of(result.type) == "bool":
        return _shortened(op.name, operands, known)
    if None in known:
        return None
    dtype = dtype_of(result.type)
    if op.name == "pyc.compare":
        predicate = ir.StringAttr(op.attributes["predicate"]).value
        return build.constant(_COMPARISONS[predicate](*known), "bool")
    if op.name == "pyc.not":
        return build.constant(not known[0], "bool") if dtype == "bool" else None
    if op.name == "pyc.cast":
        return None if isinstance(known[0], float) else _constant(known[0], dtype)
    return _constant(_ARITHMETIC[op.name](*known), dtype) if op.name in _ARITHMETIC else None


def _is_folded(t: Any) -> bool:
    return isinstance(t, ir.IntegerType | ir.F64Type) and dtype_of(t) in _DTYPES


def _constant(value: Any, dtype: str) -> Any | None:
    if dtype == "f64":
        return build.constant(float(value), dtype)
    if dtype == "bool":
        return build.constant(bool(value), dtype)
    return build.constant(int(value), dtype) if -(1 << 63) <= value < 1 << 63 else None


def _shortened(name: str, operands: list[Any], known: list[Number | None]) -> Any | None:
    """``a and b``, or ``a or b``, of which one is known."""
    for value, rest in zip(known, reversed(operands), strict=True):
        if value is not None:
            absorbing = (name == "pyc.or") == bool(value)
            return build.constant(value, "bool") if absorbing else rest
    return None


# --- branches ---------------------------------------------------------------------------------------------------------


def _branch(op: Any, most: int) -> bool:
    known = number(op.operands[0])
    blocks = [region.blocks[0] if len(region.blocks) else None for region in op.regions]
    if known is not None:
        kept, dropped = blocks if known else reversed(blocks)
        if _is_annotated(dropped):
            return False
        _replace(op, kept)
        return True
    if not len(op.results) or any(_is_array(r.type) for r in op.results):
        return False
    if not all(_is_cheap(b, most) for b in blocks):
        return False
    ends = [_moved(op, b) for b in blocks]
    with ir.InsertionPoint(op), op.location:
        chosen = [_choice(op.operands[0], a, b) for a, b in zip(*ends, strict=True)]
    for result, value in zip(op.results, chosen, strict=True):
        result.replace_all_uses_with(value)
    op.erase()
    return True


def _is_array(t: Any) -> bool:
    return isinstance(t, ir.ShapedType)


def _is_annotated(block: Any | None) -> bool:
    """Whether a block says something of values or operations, which is not to be lost."""
    if block is None:
        return False
    return any(
        inner.name == "pyc.annotate" or annotation.ANNOTATIONS in inner.attributes
        for op in block.operations
        for inner in nested(op.operation)
    )


def _is_cheap(block: Any | None, most: int) -> bool:
    """Whether a block may be done in any case."""
    if block is None or len(block.operations) > most:
        return False
    found = [op.operation for op in block.operations]
    return all(op.name in _CHEAP and not any(_is_array(r.type) for r in op.results) for op in found)


def _moved(op: Any, block: Any) -> list[Any]:
    """What a block gives, after what it does has been moved before the branch that it is of."""
    values: list[Any] = []
    for inner in list(block.operations):
        if inner.operation.name == "scf.yield":
            values = list(inner.operation.operands)
        else:
            inner.operation.move_before(op)
    return values


def _replace(op: Any, block: Any | None) -> None:
    """What a block does and gives, in the place of the branch that it is of."""
    values = [] if block is None else _moved(op, block)
    for result, value in zip(op.results, values, strict=True):
        result.replace_all_uses_with(value)
    op.erase()


def _choice(condition: Any, on_true: Any, on_false: Any) -> Any:
    """One of two scalars; of truth values, by what is known of them."""
    if on_true == on_false:
        return on_true
    if dtype_of(on_true.type) != "bool":
        return build.select(condition, on_true, on_false)
    known = number(on_true), number(on_false)
    if known == (True, False):
        return condition
    if known == (False, True):
        return build.unary("not", condition)
    if known[0] is not None:
        chosen = ("or", condition) if known[0] else ("and", build.unary("not", condition))
        return build.binary(chosen[0], chosen[1], on_false)
    if known[1] is not None:
        chosen = ("or", build.unary("not", condition)) if known[1] else ("and", condition)
        return build.binary(chosen[0], chosen[1], on_true)
    return build.select(condition, on_true, on_false)
