"""BUFFER: an array that becomes another one, element by element, is computed in the memory of that one.

Before (``e = np.exp(x - x.max()); out[:] = e / e.sum()``)::

    %e = memref.alloc(%n)
    linalg.generic {(i) -> (i), (), (i), ()} ins(%x, %m) outs(%e, %s) { subtract, exp; add }
    linalg.generic {(i) -> (i), (), (i)} ins(%e, %s) outs(%out) { divide }

After::

    linalg.generic {(i) -> (i), (), (i), ()} ins(%x, %m) outs(%out, %s) { subtract, exp; add }
    linalg.generic {(i) -> (i), (), (i)} ins(%out, %s) outs(%out) { divide }

From the first use of the temporary on, until it becomes the other array, nobody may access that one; but who computes
the temporary may read there what it replaces. Nor may an error be seen to have come in between: it would find elements
in an array of the caller's that the program does not put there. A temporary that is copied needs no copy then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested, within

from .base import BUFFER, Level, Pass
from .buffers import VIEWS, root, users
from .nests import Effects, Order, Promises, blocks, effects, extent_of, is_own, resolve_dims
from .structured import Operand, Structured, is_used, read

#: What may use memory of any layout, without a change of its own type.
_ANY_LAYOUT = frozenset({"linalg.generic", "linalg.fill", "memref.copy", "memref.dealloc", "memref.load"})
_SIZES = frozenset({"arith.constant", "arith.index_cast", "arith.addi", "arith.subi", "memref.dim"})


@dataclass(frozen=True)
class ReuseMemory(Pass):
    """Compute temporaries in the memory of the arrays that they become."""

    name: ClassVar[str] = "reuse-memory"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                if not any(_is_temporary(v) for op in nested(function.operation) for v in op.results):
                    continue
                resolve_dims(function.operation)
                known = _Function.of(function)
                for block in list(blocks(function.operation)):
                    known.reuse(block)


@dataclass(frozen=True)
class _Function:
    """What is known of a function: its results' memory, which the caller sees only if there is no error."""

    promises: Promises
    results: frozenset[Any]

    @classmethod
    def of(cls, function: Any) -> _Function:
        arguments = list(function.regions[0].blocks[0].arguments)
        given = len(signature.read(function).parameters) if signature.is_exported(function) else len(arguments)
        return cls(Promises.of(function), frozenset(arguments[given:]))

    def reuse(self, block: Any) -> None:
        """Let temporaries of a block become other arrays, for as long as one can."""
        while self._reuse_one(Order(block, self.promises)):
            pass

    def _reuse_one(self, order: Order) -> bool:
        """Whether a temporary of a block has become another array."""
        # What becomes another array last first: what became it before may then become that too.
        for operation in reversed(order.operations):
            for temporary, place in _succeeded(operation, order):
                if self._takes(temporary, place, operation, order):
                    _replace(temporary, place, operation)
                    return True
        return False

    def _takes(self, temporary: Any, place: Any, reader: Any, order: Order) -> bool:
        """Whether an array can be computed in another one's place, until ``reader`` has made it that."""
        span = _span(temporary, reader, order)
        if span is None or not _fits(temporary, place) or not _is_there(place, span[0], order):
            return False
        if _owner_block(temporary) != order.block and not _is_begun(temporary, span[0]):
            return False
        if isinstance(root(place).owner, ir.Block) and any(_sums_rows(op, temporary) for op in span[:-1]):
            return False
        guarded = False
        for operation in span[:-1]:
            for found in _all_effects(operation):
                if found.opaque:
                    return False
                guarded = guarded or found.guard
                touched = [*found.reads, *found.writes]
                if not any(order.overlap(place, v) for v in touched if root(v) != temporary):
                    continue
                if operation != span[0] or not _replaces(operation, temporary, place, order):
                    return False
        if guarded and not (self.promises.lost and (is_own(place) or root(place) in self.results)):
            return False
        return not guarded or _same_extents(temporary, place)


# --- what becomes what ------------------------------------------------------------------------------------------------


def _succeeded(reader: Any, order: Order) -> list[tuple[Any, Any]]:
    """Pairs of an array and that which an operation makes of it, each element of one in the same place."""
    if reader.name == "memref.copy":
        source, target = reader.operands
        return [(source, target)] if _is_temporary(source) and root(target) != source else []
    if reader.name != "linalg.generic":
        return []
    s = read(reader)
    loops = [ir.AffineDimExpr.get(i) for i in range(len(s.iterators))]
    pairs = []
    for output, before in zip(s.outputs, s.accumulators, strict=True):
        if not output.is_buffer or is_used(before) or set(output.expressions) != set(loops):
            continue
        if len(output.expressions) != len(loops) or s.reduced:
            continue
        alike = [o for o in s.inputs if o.is_buffer and o.expressions == output.expressions and _is_temporary(o.value)]
        others = [o for o in alike if root(output.value) != o.value]
        pairs += [(o.value, output.value) for o in others if _reads_apart(s, o, output, order)]
    return pairs


def _is_temporary(value: Any) -> bool:
    return not isinstance(value.owner, ir.Block) and value.owner.name == "memref.alloc" and value.type.rank > 0


def _reads_apart(s: Structured, operand: Operand, output: Operand, order: Order) -> bool:
    """Whether an operation accesses nothing else of two arrays that become one."""
    if any(op.operation.name == "memref.load" for op in s.body.operations):
        return False
    others = [o.value for o in s.inputs if o.is_buffer and o != operand]
    others += [o.value for o in s.outputs if o != output]
    return not any(order.overlap(v, own) for v in others for own in (operand.value, output.value))


def _span(temporary: Any, reader: Any, order: Order) -> list[Any] | None:
    """The operations from the first one that accesses a temporary to its reader, if no other is after that."""
    found = {within(user, order.block) for user in users(temporary) if user.name != "memref.dealloc"}
    if None in found:
        return None
    places = [i for i, op in enumerate(order.operations) if op in found]
    last = order.operations.index(reader)
    if not places or places[-1] != last or places[0] == last:
        return None
    return order.operations[places[0] : last + 1]


def _all_effects(operation: Any) -> list[Effects]:
    """What an operation and those in its regions do to memory."""
    if not operation.name.startswith("scf."):
        return [effects(operation)]
    inner = [op.operation for region in operation.regions for block in region.blocks for op in block.operations]
    return [found for op in inner for found in ([] if _ends(op) else _all_effects(op))]


def _ends(operation: Any) -> bool:
    """Whether an operation ends a round and hands on numbers only."""
    return operation.name in ("scf.yield", "scf.condition") and not any(
        isinstance(v.type, ir.MemRefType) for v in operation.operands
    )


# --- whether it may ---------------------------------------------------------------------------------------------------


def _fits(temporary: Any, place: Any) -> bool:
    """Whether all users of an array take another one in its place."""
    a, b = temporary.type, place.type
    if any(use.owner.name == "memref.dim" for use in temporary.uses) or not _lies_together(place):
        return False
    if list(a.shape) != list(b.shape) or a.element_type != b.element_type or a.memory_space != b.memory_space:
        return False
    return a == b or all(use.owner.name in _ANY_LAYOUT for use in temporary.uses)


def _lies_together(place: Any) -> bool:
    """Whether the last axis of an array goes along memory, as far as is known: else a temporary is read faster."""
    while not isinstance(place.owner, ir.Block) and place.owner.name in VIEWS:
        view = place.owner.operation
        if view.name == "memref.subview":
            sizes, strides = (list(ir.DenseI64ArrayAttr(view.attributes[f"static_{n}"])) for n in ("sizes", "strides"))
            dropped = view.operands[0].type.rank - view.results[0].type.rank
            if strides[-1] != 1 or (dropped and sizes[-1] == 1):
                return False
        elif view.name not in ("memref.cast", "memref.expand_shape"):
            return False
        place = view.operands[0]
    return True


def _sums_rows(operation: Any, temporary: Any) -> bool:
    """Whether an operation combines rows into one that it reads and writes again for each.

    It does so faster in memory of which LLVM knows that nothing else is there.
    """
    if operation.name != "linalg.generic":
        return False
    s = read(operation)
    last = ir.AffineDimExpr.get(len(s.iterators) - 1) if s.iterators else None
    sums = [o for o in s.outputs if o.value == temporary and len(set(o.expressions)) < len(s.iterators)]
    return bool(s.reduced) and any(last in o.expressions for o in sums)


def _owner_block(value: Any) -> Any:
    return value.owner if isinstance(value.owner, ir.Block) else value.owner.operation.block


def _is_begun(temporary: Any, first: Any) -> bool:
    """Whether an operation writes all elements of an array and reads none."""
    if first.name in ("linalg.fill", "memref.copy"):
        return first.operands[1] == temporary and first.operands[0] != temporary
    if first.name != "linalg.generic":
        return False
    s = read(first)
    if any(o.is_buffer and root(o.value) == temporary for o in s.inputs):
        return False
    outputs = list(zip(s.outputs, s.accumulators, strict=True))
    return all(
        o.value == temporary and not is_used(a) and all(isinstance(e, ir.AffineDimExpr) for e in o.expressions)
        for o, a in outputs
        if root(o.value) == temporary
    )


def _replaces(first: Any, temporary: Any, place: Any, order: Order) -> bool:
    """Whether an operation that computes an array reads another one at the same place only, in the same round."""
    if first.name != "linalg.generic":
        return False
    s = read(first)
    if any(op.operation.name == "memref.load" for op in s.body.operations):
        return False
    written = [o for o in s.outputs if o.value == temporary]
    loops = len(s.iterators)
    if len(written) != 1 or len(set(written[0].expressions)) != loops:
        return False
    if any(o.is_buffer and order.overlap(place, o.value) for o in s.outputs if o not in written):
        return False
    touched = [o for o in s.inputs if o.is_buffer and order.overlap(place, o.value)]
    return all(o.value == place and o.expressions == written[0].expressions for o in touched)


def _is_there(place: Any, first: Any, order: Order) -> bool:
    """Whether an array is made before an operation, or can be: then it is moved up."""
    moved: list[Any] = []
    pending = [place]
    start = order.operations.index(first)
    while pending:
        value = pending.pop()
        if isinstance(value.owner, ir.Block):
            continue
        maker = value.owner.operation
        if maker.block != order.block or order.operations.index(maker) < start or maker in moved:
            continue
        views = maker.name in VIEWS or maker.name == "memref.alloc" or maker.name in _SIZES
        if not views or maker.name == "memref.reinterpret_cast":
            return False
        moved.append(maker)
        pending += list(maker.operands)
    return True


def _move_up(place: Any, first: Any, operations: Sequence[Any]) -> None:
    """Make an array, and what it is made with, before an operation."""
    start = operations.index(first)
    needed: set[Any] = set()
    pending = [place]
    while pending:
        value = pending.pop()
        if isinstance(value.owner, ir.Block):
            continue
        maker = value.owner.operation
        if maker in operations and operations.index(maker) > start and maker not in needed:
            needed.add(maker)
            pending += list(maker.operands)
    for op in operations:
        if op in needed:
            op.move_before(first)


def _same_extents(temporary: Any, place: Any) -> bool:
    return all(extent_of(temporary, k) == extent_of(place, k) for k in range(temporary.type.rank))


def _replace(temporary: Any, place: Any, reader: Any) -> None:
    """Let all that use an array use another one, which is there by then."""
    operations = [op.operation for op in reader.block.operations]
    readers = [use.owner.operation for use in temporary.uses]
    first = min(operations.index(within(user, reader.block)) for user in readers if user.name != "memref.dealloc")
    _move_up(place, operations[first], operations)
    for user in readers:
        if user.name == "memref.dealloc" or (user == reader and reader.name == "memref.copy"):
            user.erase()
    temporary.replace_all_uses_with(place)
    temporary.owner.operation.erase()
