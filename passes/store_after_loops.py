"""BUFFER: what branches of a loop write to one place again and again is written once, after the loop.

Before (``if d < best: best = d; labels[i] = k``)::

    %r = scf.for %k = %c0 to %n step %c1 iter_args(%best = %large) {
      %less = arith.cmpf olt, %d, %best
      scf.if %less {
        memref.store %k, %labels[%i]
      }
      ...
    }

After::

    %r, %any, %last = scf.for %k = %c0 to %n step %c1 iter_args(%best = %large, %some = %false, %value = %zero) {
      %less = arith.cmpf olt, %d, %best
      %some_k, %value_k = scf.if %less {
        yield %true, %k
      } else {
        yield %some, %value
      }
      ...
    }
    scf.if %any {
      memref.store %last, %labels[%i]
    }

A processor then chooses between two numbers, where it had to guess whether to write. That holds where the loop does not
access the array otherwise, and nothing in it can fail: an error would be seen before the write.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.mlir import arith, ir, memref, scf
from pyc.dialects.walk import is_inside, nested

from .base import BUFFER, Level, Pass, is_function
from .chunk_parallel import PARALLEL
from .compute_ahead import INDEX
from .disjoint import disjoint
from .lower_to_linalg.check import VALUES

#: What neither fails nor accesses memory, besides arithmetic.
_HARMLESS = frozenset(
    {
        "scf.if",
        "scf.for",
        "scf.while",
        "scf.yield",
        "scf.condition",
        "affine.apply",
        "memref.dim",
        "memref.subview",
        VALUES,
    }
)


@dataclass(frozen=True)
class StoreAfterLoops(Pass):
    """Write what branches of a loop write to one place after the loop."""

    name: ClassVar[str] = "store-after-loops"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                if not function.regions[0].blocks:
                    continue
                parameters = "pyc.may_overlap" not in function.attributes
                # Inner loops first: what is left behind one of them may be in a branch of the next.
                for loop in [op for op in nested(function.operation) if op.name == "scf.for"]:
                    left = loop
                    while left is not None:
                        left = _take_out(left, parameters)


@dataclass(frozen=True)
class _Store:
    """A write in branches of a loop: those around it, outermost first, and to which region of each it belongs."""

    operation: Any
    branches: tuple[tuple[Any, int], ...]


def _take_out(loop: Any, parameters: bool) -> Any | None:
    """The loop that a loop becomes when a write is taken out of it, if one can be."""
    if PARALLEL in loop.attributes:
        return None
    inside = nested(loop)[:-1]
    if not any(op.name == "memref.store" for op in inside) or not all(map(_is_harmless, inside)):
        return None
    accessed = [
        (op, op.operands[op.name == "memref.store"]) for op in inside if op.name in ("memref.load", "memref.store")
    ]
    for store in _stores(loop.regions[0].blocks[0], ()):
        op = store.operation
        array, indices = op.operands[1], list(op.operands)[2:]
        if not _is_outside(array, loop) or not all(_is_fixed(i, loop) for i in indices):
            continue
        if not isinstance(op.operands[0].type, ir.IntegerType | ir.IndexType | ir.FloatType):
            continue
        if all(other == op or disjoint(array, there, parameters=parameters) for other, there in accessed):
            return _rebuilt(loop, store)
    return None


def _is_harmless(op: Any) -> bool:
    if op.name in _HARMLESS or op.name in ("memref.load", "memref.store"):
        return True
    return op.name.startswith("arith.") or is_function(op.name)


def _stores(block: Any, branches: tuple[tuple[Any, int], ...]) -> Iterator[_Store]:
    """The writes in branches of a block."""
    for op in [op.operation for op in block.operations]:
        if op.name == "memref.store" and branches:
            yield _Store(op, branches)
        elif op.name == "scf.if":
            for number, region in enumerate(op.regions):
                for inner in region.blocks:
                    yield from _stores(inner, (*branches, (op, number)))


def _is_outside(value: Any, loop: Any) -> bool:
    owner = value.owner.owner if isinstance(value.owner, ir.Block) else value.owner
    return owner.operation != loop and not is_inside(owner.operation, loop)


def _is_fixed(index: Any, loop: Any) -> bool:
    """Whether an index is made of what the loop does not change."""
    if _is_outside(index, loop):
        return True
    if isinstance(index.owner, ir.Block) or index.owner.name not in INDEX:
        return False
    return all(_is_fixed(v, loop) for v in index.owner.operands)


def _rebuilt(loop: Any, store: _Store) -> Any:
    """A loop that gives whether, and what, it would have written; it is written behind it."""
    value, array, *indices = store.operation.operands
    boolean = ir.IntegerType.get_signless(1)
    with ir.InsertionPoint(loop), loop.location:
        places = [_before(i, loop) for i in indices]
        first = [arith.constant(boolean, 0), _zero(value.type)]
        true = arith.constant(boolean, 1)
    block = loop.regions[0].blocks[0]
    end = list(block.operations)[-1].operation
    carried = [block.add_argument(v.type, loop.location) for v in first]
    last: Sequence[Any] = [true, value]
    for branch, number in reversed(store.branches):
        last = _with_results(branch, number, last, carried)
    store.operation.erase()
    _extend(end, last)
    new = _with_more(loop, [*loop.operands, *first], first)
    block.append_to(new.regions[0])
    loop.erase()
    with ir.InsertionPoint.after(new), new.location:
        *_, some, written = new.results
        branch = scf.IfOp(some)
        with ir.InsertionPoint(branch.then_block):
            memref.store(written, array, places)
            scf.YieldOp([])
    return new


def _before(index: Any, loop: Any) -> Any:
    """An index that the loop does not change, as a value before it."""
    if _is_outside(index, loop):
        return index
    copy = index.owner.operation.clone()
    for number, operand in enumerate(index.owner.operands):
        copy.operands[number] = _before(operand, loop)
    copy.move_before(loop)
    return copy.results[0]


def _zero(t: Any) -> Any:
    return arith.constant(t, 0.0 if isinstance(t, ir.FloatType) else 0)


def _with_results(branch: Any, number: int, values: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """Let a branch give values of one of its regions, or else others."""
    new = _with_more(branch, list(branch.operands), values)
    for n, region in enumerate(branch.regions):
        given = values if n == number else others
        if not region.blocks:
            block = new.regions[n].blocks.append()
            with ir.InsertionPoint(block), branch.location:
                scf.YieldOp(list(given))
        else:
            block = region.blocks[0]
            _extend(list(block.operations)[-1].operation, given)
            block.append_to(new.regions[n])
    branch.erase()
    return list(new.results)[-len(values) :]


def _with_more(op: Any, operands: Sequence[Any], values: Sequence[Any]) -> Any:
    """An operation with results of the types of some values besides, before one whose users it gets; without a body."""
    with ir.InsertionPoint(op), op.location:
        types = [*(r.type for r in op.results), *(v.type for v in values)]
        attributes = {a.name: a.attr for a in op.attributes}
        new = ir.Operation.create(op.name, types, operands, attributes, regions=len(op.regions))
    for old, result in zip(op.results, new.results, strict=False):
        old.replace_all_uses_with(result)
    return new


def _extend(end: Any, values: Sequence[Any]) -> None:
    """Let a region give more values."""
    with ir.InsertionPoint(end), end.location:
        scf.YieldOp([*end.operands, *values])
    end.erase()
