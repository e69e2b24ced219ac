"""BUFFER: rounds of a loop whose checks are of computed numbers are computed in blocks before anything is written.

Before::

    scf.for %i = %low to %high step %c1 {
      %x = memref.load %a[%i]
      %ok = arith.cmpf ogt, %x, %zero
      cf.assert %ok, "1"                         // ValueError: expected a positive input
      %y = math.log %x
      memref.store %y, %b[%i]
    }

After::

    scf.for %start = %low to %low + (%high - %low) / 64 * 64 step 64 {
      %fine = scf.for %j = 0 to 64 iter_args(%so_far = %true) {
        %x = memref.load %a[%start + %j]
        %y = math.log %x
        memref.store %y, %rounds[%j]
        yield %so_far and %ok
      }
      scf.if %fine {
        // copy %rounds
      } else {
        // the loop as it was, of these rounds
      }
    }
    // the loop as it was, of the rounds that are left

A check ends what LLVM can make vectors of, and keeps rounds from running beside each other. Where one of a block fails,
its rounds are done again one by one: the error is the same, and so is what was written before it. That holds where what
is written is not read, but at the place that the round itself writes afterwards, and where elements that are read are
there whatever is checked: where no index depends on what was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.build import constant_value
from pyc.dialects.mlir import arith, ir, memref, scf
from pyc.dialects.walk import nested

from .base import BUFFER, Level, Pass, is_function
from .call_libm import FUNCTIONS
from .disjoint import disjoint
from .lower_to_linalg.check import VALUES

#: A loop of more operations is not copied.
_LONGEST = 200
#: What may be done for a round that will not be: it has no effect, whatever its operands are.
INDEX = frozenset({"arith.index_cast", "arith.addi", "arith.subi", "arith.muli", "arith.constant"})
_UNSAFE = frozenset(
    f"arith.{name}"
    for name in ("divsi", "divui", "remsi", "remui", "floordivsi", "ceildivsi", "ceildivui", "fptosi", "fptoui")
)


@dataclass(frozen=True)
class ComputeAhead(Pass):
    """Compute ``block`` rounds of loops with checks of computed numbers before their results are written."""

    name: ClassVar[str] = "compute-ahead"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    block: int = 64

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                if not function.regions[0].blocks:
                    continue
                parameters = "pyc.may_overlap" not in function.attributes
                loops = [op for op in nested(function.operation) if op.name == "scf.for"]
                for loop in loops:
                    round = _round(loop, parameters)
                    if round is not None:
                        with loop.location:
                            _divide(round, self.block, function.operation)


@dataclass(frozen=True)
class _Round:
    """The operations of a loop's body, without its end, and those among them that check and that write."""

    loop: Any
    operations: tuple[Any, ...]
    checks: tuple[Any, ...]
    stores: tuple[Any, ...]

    @property
    def counter(self) -> Any:
        return self.loop.regions[0].blocks[0].arguments[0]


def _round(loop: Any, parameters: bool) -> _Round | None:
    """What is computed in a round, if that may be done before others are written."""
    body = loop.regions[0].blocks[0]
    operations = [op.operation for op in body.operations][:-1]
    if len(loop.operands) != 3 or len(operations) > _LONGEST or constant_value(loop.operands[2]) != 1:
        return None
    checks = [op for op in operations if op.name == "cf.assert"]
    stores = [op for op in operations if op.name == "memref.store"]
    loads = [op for op in operations if op.name == "memref.load"]
    if not checks or not stores or not loads or not all(map(_is_plain, operations)):
        return None
    if not any(op.name == "arith.divf" or is_function(op.name) for op in operations):
        return None
    if _compares_counter(operations, body.arguments[0]):
        return None
    counted = _counted(operations, body.arguments[0])
    inside = set(body.arguments) | {v for op in operations for v in op.results}
    indices = [i for op in loads for i in list(op.operands)[1:]] + [i for op in stores for i in list(op.operands)[2:]]
    if any(i in inside and i not in counted for i in indices):
        return None
    if any(op.operands[0] not in inside for op in checks):
        return None
    round = _Round(loop, tuple(operations), tuple(checks), tuple(stores))
    return round if _is_apart(round, loads, counted, parameters) else None


def _is_plain(op: Any) -> bool:
    """Whether an operation of a round can be done for nothing."""
    if op.name in ("memref.load", "memref.store", "cf.assert", VALUES):
        return True
    if op.name == "scf.if":
        return all(_is_plain(inner) and not inner.name.startswith(("memref.", "cf.")) for inner in _inside(op))
    if op.name == "scf.yield":
        return True
    if op.name.startswith("arith."):
        return op.name not in _UNSAFE
    return is_function(op.name) and op.name not in FUNCTIONS


def _inside(op: Any) -> list[Any]:
    return [inner.operation for region in op.regions for block in region.blocks for inner in block.operations]


def _counted(operations: Sequence[Any], counter: Any) -> set[Any]:
    """What is known of a round before anything is read: its number, and integers made of it."""
    found = {counter}
    inner = {v for op in operations for v in op.results}
    for op in operations:
        alone = all(v in found or v not in inner for v in op.operands) and any(v in found for v in op.operands)
        if alone and op.name in INDEX:
            found |= set(op.results)
    return found


def _compares_counter(operations: Sequence[Any], counter: Any) -> bool:
    """Whether the number of a round, or what is computed of it, is compared: that may be the check of an index.

    Without such a check nothing may be read.
    """
    found = {counter}
    for op in operations:
        if op.name.startswith(("arith.", "scf.")) and any(v in found for i in nested(op) for v in i.operands):
            if any(i.name == "arith.cmpi" for i in nested(op)):
                return True
            found |= set(op.results)
    return False


def _is_apart(round: _Round, loads: Sequence[Any], counted: set[Any], parameters: bool) -> bool:
    """Whether each round writes places of its own, which others do not read."""
    casts = {round.counter}
    for op in round.operations:
        if op.name == "arith.index_cast" and op.operands[0] in casts:
            casts |= set(op.results)
    for number, store in enumerate(round.stores):
        array, place = store.operands[1], list(store.operands)[2:]
        if not any(i in casts for i in place):
            return False
        for other in round.stores[:number]:
            if not disjoint(array, other.operands[1], parameters=parameters):
                return False
        for load in loads:
            same = load.operands[0] == array and list(load.operands)[1:] == place
            if same and round.operations.index(load) < round.operations.index(store):
                continue
            if not disjoint(array, load.operands[0], parameters=parameters):
                return False
    return True


def _divide(round: _Round, size: int, function: Any) -> None:
    """Put blocks of rounds before a loop, which is left with what is left."""
    loop = round.loop
    low, high = list(loop.operands)[:2]
    t = low.type
    entry = function.regions[0].blocks[0]
    with ir.InsertionPoint.at_block_begin(entry):
        rounds = [memref.alloca(ir.MemRefType.get([size], store.operands[0].type), [], []) for store in round.stores]
    with ir.InsertionPoint(loop):
        zero, block = arith.constant(t, 0), arith.constant(t, size)
        # A difference that does not fit is none, and all rounds are left.
        some = arith.cmpi(arith.CmpIPredicate.sgt, high, low)
        length = arith.select(some, arith.maxsi(arith.subi(high, low), zero), zero)
        end = arith.addi(low, arith.subi(length, arith.remsi(length, block)))
        blocks = scf.ForOp(low, end, block)
        with ir.InsertionPoint(blocks.body):
            start = blocks.induction_variable
            fine = _computed(round, rounds, start, size)
            branch = scf.IfOp(fine, has_else=True)
            with ir.InsertionPoint(branch.then_block):
                _written(round, rounds, start, size)
                scf.YieldOp([])
            with ir.InsertionPoint(branch.else_block):
                stop = arith.addi(start, block)
                again = loop.clone()
                again.operands[0], again.operands[1] = start, stop
                scf.YieldOp([])
            scf.YieldOp([])
    loop.operands[0] = end


def _computed(round: _Round, rounds: Sequence[Any], start: Any, size: int) -> Any:
    """Compute a block of rounds from ``start`` on, the results into ``rounds``; whether all checks hold."""
    true = arith.constant(ir.IntegerType.get_signless(1), 1)
    loop = scf.ForOp(_index(0), _index(size), _index(1), [true])
    with ir.InsertionPoint(loop.body):
        known = {round.counter: _number(start, loop.induction_variable)}
        (fine,) = loop.inner_iter_args
        for op in round.operations:
            if op.name == "cf.assert":
                fine = arith.andi(fine, known.get(op.operands[0], op.operands[0]))
            elif op.name == "memref.store":
                value = known.get(op.operands[0], op.operands[0])
                memref.store(value, rounds[round.stores.index(op)], [loop.induction_variable])
            elif op.name == VALUES:
                # What a message says is of no use here: the condition is its first operand.
                known[op.results[0]] = known.get(op.operands[0], op.operands[0])
            else:
                _copy(op, known)
        scf.YieldOp([fine])
    return loop.results[0]


def _written(round: _Round, rounds: Sequence[Any], start: Any, size: int) -> None:
    """Write the results of a block of rounds from ``start`` on to their places."""
    needed = {i for store in round.stores for i in list(store.operands)[2:]}
    makers = []
    for op in reversed(round.operations):
        if any(v in needed for v in op.results):
            makers.append(op)
            needed |= set(op.operands)
    loop = scf.ForOp(_index(0), _index(size), _index(1))
    with ir.InsertionPoint(loop.body):
        known = {round.counter: _number(start, loop.induction_variable)}
        for op in reversed(makers):
            _copy(op, known)
        for store, values in zip(round.stores, rounds, strict=True):
            place = [known.get(i, i) for i in list(store.operands)[2:]]
            memref.store(memref.load(values, [loop.induction_variable]), store.operands[1], place)
        scf.YieldOp([])


def _copy(op: Any, known: dict[Any, Any]) -> None:
    """The same operation on what is known for its operands, whose results are known from then on."""
    copy = op.clone()
    for inner in nested(copy):
        for i, operand in enumerate(inner.operands):
            if operand in known:
                inner.operands[i] = known[operand]
    known.update(zip(op.results, copy.results, strict=True))


def _index(number: int) -> Any:
    return arith.constant(ir.IndexType.get(), number)


def _number(start: Any, further: Any) -> Any:
    """The number of a round, of the type that the loop counts in."""
    return arith.addi(start, further if isinstance(start.type, ir.IndexType) else arith.index_cast(start.type, further))
