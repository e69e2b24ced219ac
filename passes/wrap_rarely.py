"""BUFFER: an index that data decides is only counted from the end where it is out of bounds otherwise.

Before (``parent[x]``, where ``%x`` was read from memory)::

    %negative = arith.cmpi slt, %x, %c0
    %sum = arith.addi %x, %n
    %i = arith.select %negative, %sum, %x
    %low = arith.cmpi sge, %i, %c0
    %high = arith.cmpi slt, %i, %n
    %ok = arith.andi %low, %high
    cf.assert %ok, "7"
    memref.load %parent[%i]

After::

    %usual = arith.cmpi ult, %x, %n
    %i = scf.if %usual {
      yield %x
    } else {
      %sum = arith.addi %x, %n
      %ok = arith.cmpi ult, %sum, %n
      cf.assert %ok, "7"
      yield %sum
    }
    memref.load %parent[%i]

A number that is not below the extent, read without a sign, is negative or too large. The processor goes on with ``%x``
while it compares: the selection would make each load of a chain wait for it. Indices that loops count are left as they
are, because loops over these become vectors.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, scf
from pyc.dialects.walk import around, is_inside, nested

from .base import BUFFER, Level, Pass
from .lower_to_linalg.check import VALUES, assert_or_fail

_SLT, _SGE, _ULT = 2, 5, 6
_LOOPS = frozenset({"scf.for", "scf.while", "scf.parallel", "scf.forall"})
#: How many operations an index is followed back through.
_DEEPEST = 16


@dataclass(frozen=True)
class WrapRarely(Pass):
    """Branch on whether an index is a usual one, where its value comes from memory."""

    name: ClassVar[str] = "wrap-rarely"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        found = [operation for operation in nested(module.operation, outer_first=True) if operation.name == "cf.assert"]
        checked: dict[tuple[Any, Any], list[Any]] = {}
        for check in found:
            _branch(check, checked)


@dataclass(frozen=True)
class _Index:
    """``position`` in an axis of ``extent``, and what it is ``wrapped``; ``values`` are those of the message."""

    position: Any
    extent: Any
    wrapped: Any
    values: tuple[Any, ...]


def _branch(check: Any, checked: dict[tuple[Any, Any], list[Any]]) -> None:
    """Replace a check of an index; ``checked`` are the branches that there are by position and extent."""
    index = _index(check)
    if index is None or not _is_data(index.position, check):
        return
    known = checked.setdefault((index.position, index.extent), [])
    branch = next((b for b in known if _is_after(check, b)), None)
    if branch is None:
        branch = _new_branch(check, index)
        known.append(branch)
    for use in list(index.wrapped.uses):
        if _is_after(use.owner.operation, check):
            use.owner.operation.operands[use.operand_number] = branch.results[0]
    conditions = [check.operands[0]]
    check.erase()
    while conditions:
        value = conditions.pop()
        if not isinstance(value.owner, ir.Block) and not list(value.uses):
            conditions += list(value.owner.operands)
            value.owner.erase()


def _new_branch(check: Any, index: _Index) -> Any:
    number = int(ir.StringAttr(check.attributes["msg"]).value)
    with ir.InsertionPoint(check), check.location:
        usual = arith.cmpi(_ULT, index.position, index.extent)
        branch = scf.IfOp(usual, [index.position.type], has_else=True)
        with ir.InsertionPoint(branch.then_block):
            scf.YieldOp([index.position])
        with ir.InsertionPoint(branch.else_block):
            total = arith.addi(index.position, index.extent)
            assert_or_fail(arith.cmpi(_ULT, total, index.extent), number, check.location, index.values)
            scf.YieldOp([total])
    return branch.operation


def _index(check: Any) -> _Index | None:
    """What a check is of, if it is that of an index that may be negative."""
    condition, values = check.operands[0], ()
    owner = _maker(condition)
    if owner is not None and owner.name == VALUES:
        condition, *rest = owner.operands
        values, owner = tuple(rest), _maker(condition)
    if owner is None or owner.name != "arith.andi":
        return None
    low, high = (_compared(v) for v in owner.operands)
    if low is None or high is None:
        return None
    if low[0] == _SLT:
        low, high = high, low
    if (low[0], high[0]) != (_SGE, _SLT) or low[1] != high[1] or not _is_zero(low[2]):
        return None
    wrapped, extent = high[1:]
    choice = _maker(wrapped)
    if choice is None or choice.name != "arith.select":
        return None
    negative, total, position = choice.operands
    sign, added = _compared(negative), _maker(total)
    if sign is None or sign[:2] != (_SLT, position) or not _is_zero(sign[2]):
        return None
    if added is None or added.name != "arith.addi" or set(added.operands) != {position, extent}:
        return None
    return _Index(position, extent, wrapped, values)


def _maker(value: Any) -> Any | None:
    return None if isinstance(value.owner, ir.Block) else value.owner


def _compared(value: Any) -> tuple[int, Any, Any] | None:
    """The predicate and operands of a comparison of whole numbers."""
    owner = _maker(value)
    if owner is None or owner.name != "arith.cmpi":
        return None
    return ir.IntegerAttr(owner.attributes["predicate"]).value, *owner.operands


def _is_zero(value: Any) -> bool:
    owner = _maker(value)
    return owner is not None and owner.name == "arith.constant" and ir.IntegerAttr(owner.attributes["value"]).value == 0


def _is_data(position: Any, check: Any) -> bool:
    """Whether a position changes in the innermost loop around, other than as the loop counts.

    One that is chosen there is none: LLVM would choose by a branch, that of the two that nobody can predict.
    """
    if not isinstance(position.owner, ir.Block) and position.owner.name in ("arith.select", "scf.if"):
        return False
    loop = next((o for o in around(check) if o.name in _LOOPS), None)
    if loop is None:
        return False
    seen: set[Any] = set()
    pending = [position]
    while pending and len(seen) < _DEEPEST:
        value = pending.pop()
        if value in seen:
            continue
        seen.add(value)
        if isinstance(value.owner, ir.Block):
            owner = value.owner.owner.operation
            counts = owner.name == "scf.for" and ir.BlockArgument(value).arg_number == 0
            if not counts and is_inside(owner, loop):
                return True
            continue
        maker = value.owner.operation
        if not is_inside(maker, loop):
            continue
        if not maker.name.startswith("arith."):
            return True
        pending += maker.operands
    return False


def _is_after(operation: Any, first: Any) -> bool:
    """Whether an operation only runs after another one has."""
    place = next((o for o in around(operation) if o.block == first.block), None)
    return place is not None and place != first and first.is_before_in_block(place)
