"""PYC to PYC: a loop whose checks would be idle if some numbers were small has a copy for when they are.

Before::

    scf.for %i = %zero to %n step %one {
      %0 = "pyc.int_sub"(%i, %r) : (i64, i64) -> i64       // may leave 64 bits: %r is any number
      ...
    }

After::

    %small = 0 <= %r and %r <= 2**31
    scf.if %small {
      scf.for %i = %zero to %n step %one {
        %0 = "pyc.sub"(%i, %r) : (i64, i64) -> i64
        ...
      }
    } else {
      scf.for %i = %zero to %n step %one {
        %0 = "pyc.int_sub"(%i, %r) : (i64, i64) -> i64
        ...
      }
    }

The numbers are made before the loop. A copy in which no fewer checks are made is taken away again.

So has a branch in a loop that only computes numbers from another one, ``n // 2 if n % 2 == 0 else 3 * n + 1``: there
both numbers are computed and one is chosen, as a processor cannot guess which it will be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import build, signature
from pyc.dialects.mlir import ir, scf
from pyc.dialects.walk import around, is_inside, nested

from .base import PYC, Level, Pass
from .drop_idle_checks import drop

#: Numbers up to this are small: sums and products of two of them fit 64 bits.
SMALL = 1 << 31
#: At most so many numbers are compared before a loop, and loops of more operations have no copy.
_NUMBERS, _LONGEST = 4, 400
#: Sums and products of a number of a branch and of constants fit 64 bits up to this; longer branches have no copy.
_SINGLE, _SHORT = 1 << 48, 8
#: How often a function is looked at again: for loops in the copies, and in loops whose copies were no better.
_TRIES = 3
_CHECKED = frozenset(f"pyc.{name}" for name in ("check", "int_add", "int_sub", "int_mul", "int_neg", "int_abs"))
_QUOTIENTS = frozenset({"pyc.int_floordiv", "pyc.int_mod", "pyc.floordiv", "pyc.mod", "pyc.int_shr", "pyc.shr"})
#: Scalars that follow from their operands.
_DERIVED = _CHECKED | frozenset(
    f"pyc.{name}"
    for name in (
        "add",
        "sub",
        "mul",
        "neg",
        "abs",
        "minimum",
        "maximum",
        "select",
        "compare",
        "and",
        "or",
        "not",
        "cast",
    )
)
#: What gives numbers of which nothing is known: elements, and what loops carry.
_MAKERS = frozenset({"pyc.extract", "pyc.load", "scf.for", "scf.while"})


@dataclass(frozen=True)
class SplitChecks(Pass):
    """Copy loops for numbers that are small, and take away the checks that are then idle."""

    name: ClassVar[str] = "split-checks"
    takes: ClassVar[Level] = PYC
    gives: ClassVar[Level] = PYC

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                if len(function.regions[0].blocks):
                    _split_all(function)
                    _split_branches(function)


def _split_all(function: Any) -> None:
    """Copy the loops of a function where that makes fewer checks, outer ones first."""
    pending, tries = list(_worthwhile(function.regions[0].blocks[0])), _TRIES
    while pending and tries:
        tries -= 1
        # What a loop gave, of which others ask how large it is, and what gives it now.
        given: dict[Any, Any] = {}
        branches = [_split(loop, [given.get(n, n) for n in numbers], given) for loop, numbers in pending]
        drop(function)
        pending = []
        for branch in branches:
            copy, loop = (next(iter(r.blocks[0].operations)).operation for r in branch.regions)
            better = _checks(copy) < _checks(loop)
            if not better:
                _join(branch, loop)
            pending += _worthwhile((copy if better else loop).regions[0].blocks[0])


def _split_branches(function: Any) -> None:
    """Copy the branches in loops that compute from one number, where that makes fewer checks."""
    pending = [
        (op.operation, number)
        for op in nested(function)
        if op.name == "scf.if" and (number := _only_number(op.operation)) is not None and _is_in_loop(op.operation)
    ]
    if not pending:
        return
    branches = [_split(op, [number], {}, _SINGLE) for op, number in pending]
    drop(function)
    for branch in branches:
        copy, op = (next(iter(r.blocks[0].operations)).operation for r in branch.regions)
        if _checks(copy):
            _join(branch, op)
        else:
            _choose(copy)


def _choose(branch: Any) -> None:
    """Compute what both sides of a branch do, and choose."""
    sides: list[list[Any]] = []
    for region in branch.regions:
        *ops, end = [op.operation for op in region.blocks[0].operations]
        for op in ops:
            op.move_before(branch)
        sides.append(list(end.operands))
    with ir.InsertionPoint(branch), branch.location:
        for result, a, b in zip(branch.results, *sides, strict=True):
            result.replace_all_uses_with(build.select(branch.operands[0], a, b))
    branch.erase()


def _only_number(branch: Any) -> Any | None:
    """The number from which a short branch computes others, some of them exactly, and nothing else that may fail."""
    found: dict[Any, None] = {}
    ops = [op.operation for region in branch.regions for block in region.blocks for op in block.operations]
    if len(ops) > _SHORT + 2 or not len(branch.results) or not _checks(branch):
        return None
    for op in ops:
        if op.name == "scf.yield":
            continue
        if op.name not in _DERIVED | _QUOTIENTS or op.name == "pyc.check":
            return None
        if op.name in _QUOTIENTS and not _is_constant(op.operands[1]):
            return None  # it would be by zero where the other side is for that
        if op.name in _CHECKED | _QUOTIENTS:
            inputs = [v for v in op.operands if isinstance(v.owner, ir.Block) or not is_inside(v.owner, branch)]
            found |= dict.fromkeys(v for v in inputs if not _is_constant(v))
    exact = all(v.type == ir.IntegerType.get_signless(64) for v in found)
    return next(iter(found)) if len(found) == 1 and exact else None


def _is_constant(value: Any) -> bool:
    if isinstance(value.owner, ir.Block):
        return False
    cast = value.owner.name == "pyc.cast"
    return value.owner.name == "arith.constant" or (cast and _is_constant(value.owner.operands[0]))


def _is_in_loop(operation: Any) -> bool:
    return any(op.name in ("scf.for", "scf.while") for op in around(operation))


def _worthwhile(block: Any) -> Iterator[tuple[Any, list[Any]]]:
    """The outermost loops with checks that depend on numbers made before them, and these numbers."""
    for op in list(block.operations):
        operation = op.operation
        if operation.name == "scf.for" and 0 < len(numbers := _numbers(operation)) <= _NUMBERS:
            yield operation, numbers
            continue
        for region in operation.regions:
            for inner in region.blocks:
                yield from _worthwhile(inner)


def _numbers(loop: Any) -> list[Any]:
    """Numbers of any size, made before a loop, on which checks in its loops depend; none if it is not to be copied."""
    found: dict[Any, None] = {}
    count = 0
    for op in nested(loop):
        count += 1
        if op.name in _CHECKED:
            for value in op.operands[:1] if op.name == "pyc.check" else op.operands:
                _collect(value, loop, found)
    return list(found) if count <= _LONGEST else []


def _collect(value: Any, loop: Any, found: dict[Any, None], depth: int = 0) -> None:
    owner = value.owner
    if isinstance(owner, ir.Block):
        inside = is_inside(owner.owner, loop)
        if not inside and value.type == ir.IntegerType.get_signless(64):
            found[value] = None
        elif inside and owner.owner.name == "scf.for" and value == owner.arguments[0]:
            for bound in list(owner.owner.operands)[:2]:
                _collect(bound, loop, found, depth + 1)
        return
    if owner.name in _DERIVED and depth < 8:
        for operand in owner.operands:
            _collect(operand, loop, found, depth + 1)
    elif owner.name in _MAKERS and value.type == ir.IntegerType.get_signless(64) and not is_inside(owner, loop):
        found[value] = None


def _split(loop: Any, numbers: list[Any], given: dict[Any, Any], limit: int = SMALL) -> Any:
    """The branch with a copy of a loop, and the loop, that replaces it; its results are ``given`` by the branch."""
    with ir.InsertionPoint(loop), loop.location:
        least, most = build.constant(0, "i64"), build.constant(limit, "i64")
        tests = [t for n in numbers for t in (build.compare("ge", n, least), build.compare("le", n, most))]
        small = tests[0]
        for test in tests[1:]:
            small = build.binary("and", small, test)
        branch = scf.IfOp(small, [r.type for r in loop.results], has_else=True)
    for old, new in zip(loop.results, branch.results, strict=True):
        old.replace_all_uses_with(new)
        given[old] = new
    with ir.InsertionPoint(branch.then_block):
        scf.YieldOp(list(loop.clone().results))
    with ir.InsertionPoint(branch.else_block):
        end = scf.YieldOp(list(loop.results))
    loop.move_before(end)
    return branch.operation


def _join(branch: Any, loop: Any) -> None:
    """Keep only the loop, of a branch with a copy of it."""
    loop.move_before(branch)
    for old, new in zip(branch.results, loop.results, strict=True):
        old.replace_all_uses_with(new)
    branch.erase()


def _checks(loop: Any) -> int:
    count = 0
    for op in nested(loop):
        count += op.name in _CHECKED
    return count
