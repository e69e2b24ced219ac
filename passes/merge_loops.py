"""BUFFER: operations that go over the same elements become one, which gives several results.

Before::

    linalg.generic {(i, j) -> ...} ins(%x, %m) outs(%e) { subtract, exp }
    linalg.fill ins(%zero) outs(%s)
    linalg.generic {(i, j) -> (i, j), (i)} ins(%e) outs(%s) { add }

After::

    linalg.fill ins(%zero) outs(%s)
    linalg.generic {(i, j) -> (i, j), (i, j), (i)} ins(%x, %m) outs(%e, %s) { subtract, exp; add }

The later operation moves up to the earlier one, if each element that one of them writes is accessed by the other in the
same round only. What the earlier one has computed is then at hand and not read again; an array that nobody else reads
is none any more. So are a minimum and a maximum of an array found together. Rounding stays: what is handed over is what
would have been stored. Nothing moves over a check that could see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import ir, linalg

from .base import BUFFER, Level, Pass, is_function
from .nests import Extents, Order, Promises, blocks, drop_idle_views
from .structured import Operand, Structured, is_used, read

#: With so many operations before it is an operation compared.
_WINDOW = 8
#: An operation of more operands than this has more pointers than a machine has registers for.
_MOST_OPERANDS = 16
#: Functions that machines have instructions for.
_SIMPLE = frozenset({"math.absf", "math.sqrt", "math.fma", "math.copysign", "math.floor", "math.ceil", "math.trunc"})


@dataclass(frozen=True)
class MergeLoops(Pass):
    """Join operations on arrays that go over the same elements."""

    name: ClassVar[str] = "merge-loops"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                if function.regions[0].blocks:
                    drop_idle_views(function.operation)
                    promises = Promises.of(function)
                    for block in list(blocks(function.operation)):
                        merge(block, promises)


@dataclass
class _Nest:
    """An operation that others may join."""

    structured: Structured
    extents: list[Any]

    @property
    def operation(self) -> Any:
        return self.structured.operation

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (*self.structured.inputs, *self.structured.outputs)


def merge(block: Any, promises: Promises) -> None:
    """Join what can be joined of a block."""
    generics = [op.operation for op in block.operations if op.operation.name == "linalg.generic"]
    if len(generics) < 2:
        return
    extents, order, before = Extents(), Order(block, promises), []
    for operation in generics:
        s = read(operation)
        nest = _Nest(s, extents.of(s))
        if not _is_open(s):
            continue
        for place in range(len(before) - 1, max(len(before) - 1 - _WINDOW, -1), -1):
            earlier = before[place]
            if not _gains(earlier, nest) or not extents.same(earlier.extents, nest.extents):
                continue
            if not _in_same_rounds(earlier, nest, order) or not _says_extents(earlier.structured, s):
                continue
            needed = order.before(operation, earlier.operation)
            if needed is None:
                continue
            order.move(needed, earlier.operation)
            joined = read(_joined(earlier.structured, s, order))
            before[place] = _Nest(joined, earlier.extents)
            break
        else:
            before.append(nest)


def _is_open(s: Structured) -> bool:
    """Whether an operation is one that others may join: plain elements, and results that are apart from each other."""
    if not s.iterators or not all(o.is_buffer for o in s.outputs) or (s.reduced and len(s.outputs) > 1):
        return False
    if any(len(op.operation.regions) or op.operation.name == "func.call" for op in s.body.operations):
        return False
    # A product of matrices is blocked as a whole.
    return not s.reduced or any(_loops(o) == set(range(len(s.iterators))) for o in s.inputs)


def _loops(operand: Operand) -> set[int]:
    return {e.position for e in operand.expressions if isinstance(e, ir.AffineDimExpr)}


def _is_one_to_one(operand: Operand, nest: _Nest) -> bool:
    """Whether each round of the loops accesses an element of its own."""
    return {i for i, extent in enumerate(nest.extents) if extent != 1} <= _loops(operand)


def _place(operand: Operand) -> tuple[Any, tuple[Any, ...]]:
    """Equal for operands that are the same elements; an axis with one element has position 0."""
    t = operand.value.type
    if not operand.is_buffer:
        return operand.value, ()
    at = (0 if not t.is_dynamic_dim(k) and t.get_dim_size(k) == 1 else e for k, e in enumerate(operand.expressions))
    return operand.value, tuple(at)


def _gains(first: _Nest, second: _Nest) -> bool:
    """Whether something is read once instead of twice, or not at all."""
    count = len(first.structured.iterators)
    if count != len(second.structured.iterators) or len(first.operands) + len(second.operands) > _MOST_OPERANDS:
        return False
    if _hinders(first, second) or _hinders(second, first):
        return False
    places = {_place(o) for o in first.operands if o.is_buffer and _is_one_to_one(o, first)}
    return any(_place(o) in places for o in second.operands)


def _hinders(reader: _Nest, other: _Nest) -> bool:
    """Whether an operation steps over memory, and would bring that to one with functions, which are slow one by one.

    LLVM makes vectors of a loop for memory that lies side by side, and tests for that when it runs.
    """
    last = len(reader.structured.iterators) - 1
    buffers = (o for o in reader.structured.inputs if o.is_buffer and last in _loops(o))
    apart = any(not _ends_with(o, last) for o in buffers)
    return apart and _has_functions(other) and not _has_functions(reader)


def _ends_with(operand: Operand, loop: int) -> bool:
    """Whether a loop goes along an operand's last axis."""
    expression = operand.expressions[-1]
    return isinstance(expression, ir.AffineDimExpr) and expression.position == loop


def _has_functions(nest: _Nest) -> bool:
    names = (op.operation.name for op in nest.structured.body.operations)
    return any(is_function(name) and name not in _SIMPLE for name in names)


def _in_same_rounds(first: _Nest, second: _Nest, order: Order) -> bool:
    """Whether what one operation writes, the other accesses in the same round or not at all."""
    for writer, other in ((first, second), (second, first)):
        for written in writer.structured.outputs:
            for accessed in other.operands:
                if not accessed.is_buffer:
                    continue
                if _place(accessed) == _place(written):
                    if not _is_one_to_one(written, writer):
                        return False
                elif order.overlap(written.value, accessed.value):
                    return False
            # What a body reads by itself is anywhere, also in what the operation goes over.
            effects = order.effects(other.operation)
            if effects.opaque or any(order.overlap(written.value, v) for v in effects.loads):
                return False
    return True


def _joined(first: Structured, second: Structured, order: Order) -> Any:
    """One operation for two, in the place of the first."""
    inputs, results, idle = _operands(first, second)
    made = {_place(o) for o in first.outputs}
    parts = [(s, list(s.body.arguments), s.accumulators) for s in (first, second)]
    generic = _generic(first, second, inputs, results)
    arguments, body = _body(first, generic)
    given = dict(zip(map(_place, inputs), arguments, strict=False))
    before = dict(zip(map(_place, results), arguments[len(inputs) :], strict=True))
    for s, taken, accumulators in parts:
        for operand, argument in zip(s.inputs, taken, strict=False):
            argument.replace_all_uses_with(given[_place(operand)])
        for operand, argument in zip(s.outputs, accumulators, strict=True):
            if is_used(argument):
                argument.replace_all_uses_with(
                    given.get(_place(operand)) if s is second and _place(operand) in made else before[_place(operand)]
                )
        # What the first one has computed the second one need not read.
        given |= dict(zip(map(_place, s.outputs), s.yielded, strict=True))
    terminator(body).erase()
    for op in list(second.body.operations)[:-1]:
        op.operation.detach_from_parent()
        body.append(op.operation)
    for _ in parts[0][1]:
        body.erase_argument(0)
    with ir.InsertionPoint(body), generic.location:
        linalg.YieldOp([given[_place(o)] for o in results])
    order.join(generic.operation, first.operation, second.operation)
    for operand in idle:
        _free(operand.value, order)
    return generic.operation


def _operands(first: Structured, second: Structured) -> tuple[list[Operand], list[Operand], list[Operand]]:
    """What one operation for two reads and writes, and what need not be written any more."""
    idle = [o for i, o in enumerate(first.outputs) if _is_idle(first, i, second)]
    written = {_place(o) for o in second.outputs}
    made = {_place(o) for o in first.outputs}
    results = [o for o in first.outputs if _place(o) not in written and o not in idle] + list(second.outputs)
    inputs = [*first.inputs, *(o for o in second.inputs if _place(o) not in made)]
    # Of two spellings of an element, that with more loops.
    inputs.sort(key=lambda o: len(_loops(o)))
    return list({_place(o): o for o in inputs}.values()), results, idle


def _says_extents(first: Structured, second: Structured) -> bool:
    """Whether each loop of one operation for two goes along an axis of an array."""
    inputs, results, _ = _operands(first, second)
    return set[int]().union(*map(_loops, [*inputs, *results])) == set(range(len(first.iterators)))


def _generic(first: Structured, second: Structured, inputs: Sequence[Operand], results: Sequence[Operand]) -> Any:
    """An operation over the loops of both, without a body."""
    loops = len(first.iterators)
    maps = [ir.AffineMapAttr.get(ir.AffineMap.get(loops, 0, list(o.expressions))) for o in (*inputs, *results)]
    kinds = [a if a != "parallel" else b for a, b in zip(first.iterators, second.iterators, strict=True)]
    iterators = [ir.Attribute.parse(f"#linalg.iterator_type<{kind}>") for kind in kinds]
    location = ir.Location.fused([first.operation.location, second.operation.location])
    values = [[o.value for o in operands] for operands in (inputs, results)]
    with ir.InsertionPoint(first.operation), location:
        return linalg.GenericOp([], *values, ir.ArrayAttr.get(maps), ir.ArrayAttr.get(iterators))


def _body(first: Structured, generic: Any) -> tuple[list[Any], Any]:
    """New arguments, for the operands of ``generic``, of the body of the first operation, which becomes its body.

    The body grows with each operation that joins: what is in it is not moved one by one.
    """
    types = [v.type.element_type if isinstance(v.type, ir.MemRefType) else v.type for v in generic.operation.operands]
    body = first.body
    body.append_to(generic.regions[0])
    return [body.add_argument(t, ir.Location.unknown()) for t in types], body


def _is_idle(first: Structured, output: int, second: Structured) -> bool:
    """Whether an array is written by the first operation, and then read by the second in its rounds alone."""
    value = first.outputs[output].value
    if isinstance(value.owner, ir.Block) or value.owner.name != "memref.alloc" or is_used(first.accumulators[output]):
        return False
    if any(o.value == value for o in second.outputs):
        return False
    users = [use.owner.operation for use in value.uses]
    return all(u in (first.operation, second.operation) or u.name == "memref.dealloc" for u in users)


def _free(value: Any, order: Order) -> None:
    """Take away an array that nothing is in."""
    for use in list(value.uses):
        order.erase(use.owner.operation)
    order.erase(value.owner.operation)
