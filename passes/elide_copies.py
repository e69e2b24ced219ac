"""VECTOR: copies of arrays in memory that nobody could tell from the original are taken away.

Before::

    %a = memref.alloc(%n)
    memref.copy %u, %a
    %t = bufferization.to_tensor %a restrict
    %r = linalg.generic ins(%t) outs(%e)
    %b = memref.alloc(%n)
    bufferization.materialize_in_destination %r in restrict writable %b
    memref.copy %b, %v

After::

    %t = bufferization.to_tensor %u restrict
    %r = linalg.generic ins(%t) outs(%e)
    bufferization.materialize_in_destination %r in restrict writable %v

A value is read where it is in memory, if nothing in between may write there. A value is computed where it is written
to, if that reads nothing there but, element by element, what it replaces. Copies that remain are reported with their
line once all is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import remarks, signature
from pyc.dialects.blocks import following, terminator
from pyc.dialects.mlir import ir
from pyc.dialects.types import is_tensor
from pyc.dialects.walk import nested

from .base import VECTOR, Level, Pass
from .disjoint import disjoint, within

_VIEWS = frozenset({"tensor.extract_slice", "tensor.expand_shape", "tensor.collapse_shape", "tensor.cast"})
_TO_TENSOR, _PUT = "bufferization.to_tensor", "bufferization.materialize_in_destination"
#: Operations that read the whole of a tensor where they stand, or what they take of it.
_READERS = frozenset({"tensor.extract", "tensor.insert", "tensor.insert_slice", "bufferization.alloc_tensor", _PUT})
#: Which operand of an operation is memory that it writes, and which it reads.
_WRITES = {"memref.store": 1, "memref.copy": 1, _PUT: 1}
_READS = {"memref.load": 0, "memref.copy": 0}
#: Operations on tensors that give an operand back with changes, and which operand that is.
_UPDATES = {"tensor.insert": 1, "tensor.insert_slice": 1, "tensor.cast": 0}


@dataclass(frozen=True)
class ElideCopies(Pass):
    """Read and write arrays in place in functions in memory form."""

    name: ClassVar[str] = "elide-copies"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                if signature.is_memory_form(function):
                    _elide(function, parameters="pyc.may_overlap" not in function.attributes)


def _elide(function: Any, *, parameters: bool) -> None:
    allocations: list[Any] = []
    empty: list[Any] = []
    for operation in nested(function.operation):
        if operation.name == "memref.alloc":
            allocations.append(operation)
        elif operation.name == "tensor.empty":
            empty.append(operation)
    for operation in empty:
        _sink(operation)
    reads = [r for r in map(_as_read, allocations) if r is not None]
    writes = [w for w in map(_as_write, allocations) if w is not None]
    for read in reads:
        _read_in_place(read, parameters)
    for write in writes:
        _write_in_place(write, parameters)


def _sink(empty: Any) -> None:
    """Put memory for a value next to its only user: one for each iteration, if that is in a loop."""
    users = _users(empty.results[0])
    if len(users) == 1 and users[0].block != empty.block:
        empty.move_before(users[0])


def _users(value: Any) -> list[Any]:
    return [use.owner.operation for use in value.uses]


# --- values that are read ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Read:
    """A private copy of memory, and the tensors that it is read as."""

    allocation: Any
    copy: Any
    tensors: tuple[Any, ...]


def _as_read(allocation: Any) -> _Read | None:
    users = _users(allocation.results[0])
    copies = [u for u in users if u.name == "memref.copy" and u.operands[1] == allocation.results[0]]
    tensors = [u for u in users if u.name == _TO_TENSOR]
    others = [u for u in users if u.name != "memref.dim" and u not in copies and u not in tensors]
    if len(copies) != 1 or not tensors or others:
        return None
    return _Read(allocation, copies[0], tuple(tensors))


def _read_in_place(read: _Read, parameters: bool) -> None:
    memory = read.copy.operands[0]
    for tensor in read.tensors:
        readers = _readers(tensor.results[0])
        if readers is None or any(_is_clobbered(memory, read.copy, r, parameters) for r in readers):
            return
    read.allocation.results[0].replace_all_uses_except(memory, read.copy)
    read.copy.erase()
    read.allocation.erase()


def _readers(tensor: Any) -> list[Any] | None:
    """The operations that read memory through a tensor; ``None`` if that is not known."""
    found: list[Any] = []
    for use in tensor.uses:
        user = use.owner.operation
        if user.name in _VIEWS:
            further = _readers(user.results[0])
            if further is None:
                return None
            found += further
        elif user.name in _READERS or user.name.startswith("linalg."):
            found.append(user)
        elif user.name != "tensor.dim":
            return None
    return found


def _is_clobbered(memory: Any, since: Any, reader: Any, parameters: bool) -> bool:
    """Whether memory may be written between two operations, the second of which may be deeper inside."""
    block = since.block
    at = within(block, reader)
    if at is None:
        return True
    if any(_may_write(op, memory, parameters) for op in between(since, at)):
        return True
    return _inside_clobbers(at, memory, reader, parameters)


def _inside_clobbers(at: Any, memory: Any, reader: Any, parameters: bool) -> bool:
    """The same for what is written in ``at`` before ``reader``, which is in it."""
    if at == reader:
        return False
    if at.name != "scf.if":
        return _may_write(at, memory, parameters)  # in one iteration, before the next
    for region in at.regions:
        for block in region.blocks:
            inner = within(block, reader)
            if inner is not None:
                before = [op.operation for op in block.operations if op.operation.is_before_in_block(inner)]
                return any(_may_write(op, memory, parameters) for op in before) or _inside_clobbers(
                    inner, memory, reader, parameters
                )
    return True


def between(first: Any, last: Any) -> Iterator[Any]:
    """The operations of a block after one and before another."""
    return takewhile(lambda op: op != last, following(first))


def _may_write(operation: Any, memory: Any, parameters: bool) -> bool:
    return any(not disjoint(m, memory, parameters=parameters) for m in _effects(operation, _WRITES))


def _effects(operation: Any, table: dict[str, int]) -> list[Any]:
    """The memory that an operation, and what is in it, accesses directly: by those of a table, or by a call."""
    found: list[Any] = []
    for op in nested(operation):
        if op.name in table:
            operand = op.operands[table[op.name]]
            if isinstance(operand.type, ir.MemRefType):
                found.append(operand)
        elif op.name == "func.call":  # of a function that calls itself: it may do anything with what it is given
            found.extend(v for v in op.operands if isinstance(v.type, ir.MemRefType))
    return found


# --- values that are written ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Write:
    """A temporary that a value is put into, and the copy of it to where it belongs."""

    allocation: Any
    put: Any
    copy: Any


def _as_write(allocation: Any) -> _Write | None:
    users = [u for u in _users(allocation.results[0]) if u.name != "memref.dim"]
    if sorted(u.name for u in users) != [_PUT, "memref.copy"]:
        return None
    copy, put = sorted(users, key=lambda u: u.name == _PUT)
    if copy.operands[0] != allocation.results[0] or copy.block != put.block:
        return None
    return _Write(allocation, put, copy)


def _write_in_place(write: _Write, parameters: bool) -> None:
    value, memory = write.put.operands[0], write.copy.operands[1]
    if _is_new(memory, write.copy) and _is_private(value, write.copy.block):
        _replace(write, memory, value)
        return
    chain = _chain(value, write.copy)
    if chain is not None and _move(chain, write.copy, parameters) and _fits(chain, memory, parameters):
        _put(write, value, memory, chain[0])
        return
    source = _memory_of(value)
    if source is None:
        _copy_from(write, value, memory)
    elif disjoint(source, memory, parameters=parameters):
        with ir.Location.name(remarks.WANTED, write.copy.location):
            _put(write, value, memory, write.copy)


def _put(write: _Write, value: Any, memory: Any, before: Any) -> None:
    """Leave it to bufferisation to compute a value, beginning at ``before``, in its memory."""
    with ir.InsertionPoint(before):
        memory = _shaped(memory, value.type)
    with ir.InsertionPoint(write.copy):
        attributes = {"restrict": ir.UnitAttr.get(), "writable": ir.UnitAttr.get()}
        ir.Operation.create(_PUT, [], [value, memory], attributes)
    _drop(write)


def _copy_from(write: _Write, value: Any, memory: Any) -> None:
    """Copy a value from where it is: that may be needed elsewhere, or cannot be where it is written to."""
    t = value.type
    kind = ir.MemRefType.get(list(t.shape), t.element_type, ir.StridedLayoutAttr.get_fully_dynamic(t.rank))
    with ir.InsertionPoint(write.copy), write.copy.location:
        buffer = ir.Operation.create("bufferization.to_buffer", [kind], [value], {"read_only": ir.UnitAttr.get()})
        ir.Operation.create("memref.copy", [], [buffer.results[0], memory])
    _drop(write)


def _replace(write: _Write, memory: Any, value: Any) -> None:
    """Make what a value is computed into the new array itself."""
    allocation, t = memory.owner.operation, value.type
    with ir.InsertionPoint(write.copy), write.copy.location:
        kind = ir.MemRefType.get(list(t.shape), t.element_type)
        made = ir.Operation.create("bufferization.to_buffer", [kind], [value]).results[0]
        made = made if kind == memory.type else ir.Operation.create("memref.cast", [memory.type], [made]).results[0]
    _drop(write)
    memory.replace_all_uses_with(made)
    allocation.erase()


def _shaped(memory: Any, tensor: Any) -> Any:
    """Memory as of the extents that the type of a tensor knows."""
    t = memory.type
    if list(t.shape) == list(tensor.shape):
        return memory
    return ir.Operation.create(
        "memref.cast", [ir.MemRefType.get(list(tensor.shape), t.element_type, t.layout)], [memory]
    ).results[0]


def _is_private(value: Any, block: Any, carried: int = -1) -> bool:
    """Whether the only use of a value is the one known, and its memory is made for it, in ``block`` or inside it.

    What a loop carries as its argument ``carried``, if ``block`` is its body, is as private as what it starts with.
    """
    if len(_users(value)) != 1:
        return False
    if isinstance(value.owner, ir.Block):
        return value.owner == block and ir.BlockArgument(value).arg_number == carried
    op, number = value.owner.operation, ir.OpResult(value).result_number
    if op.block != block:
        return False
    if op.name in ("tensor.empty", "bufferization.alloc_tensor"):
        return True
    if op.name.startswith("linalg."):
        return _is_private(op.operands[len(op.operands) - len(op.results) + number], block, carried)
    if op.name in _UPDATES:
        return _is_private(op.operands[_UPDATES[op.name]], block, carried)
    blocks = [region.blocks[0] for region in op.regions]
    if op.name == "scf.if":
        return all(_is_private(terminator(b).operands[number], b) for b in blocks)
    if op.name == "scf.for":
        (body,) = blocks
        again = _is_private(terminator(body).operands[number], body, number + 1)
        return again and _is_private(op.operands[number + 3], block, carried)
    return False


def _drop(write: _Write) -> None:
    write.put.erase()
    write.copy.erase()
    for user in _users(write.allocation.results[0]):
        _replace_dim(user, write.allocation)
    write.allocation.erase()


def _replace_dim(dim: Any, allocation: Any) -> None:
    """The extent of an allocation that goes, from what it was asked for."""
    t = allocation.results[0].type
    axis = ir.IntegerAttr(dim.operands[1].owner.attributes["value"]).value
    sizes = iter(allocation.operands)
    found = [next(sizes) if t.is_dynamic_dim(i) else None for i in range(t.rank)][axis]
    assert found is not None, "a known extent is a constant"
    dim.results[0].replace_all_uses_with(found)
    dim.erase()


def _chain(value: Any, end: Any) -> list[Any] | None:
    """The operations that compute a value in memory of its own, first to last; ``None`` if others see that memory.

    All are in the block of ``end``.
    """
    found: list[Any] = []
    while True:
        op = None if isinstance(value.owner, ir.Block) else value.owner.operation
        if op is None or op.block != end.block or len(_users(value)) != 1:
            return None
        found.append(op)
        number = ir.OpResult(value).result_number
        if op.name == "tensor.empty":
            return found[::-1]
        if op.name.startswith("linalg."):
            if len(op.results) != 1:
                return None
            value = op.operands[len(op.operands) - 1]
        elif op.name in _UPDATES:
            value = op.operands[_UPDATES[op.name]]
        elif op.name == "scf.for" and len(op.results) == 1 and _carries_updates(op):
            value = op.operands[3 + number]
        else:
            return None


def _carries_updates(loop: Any) -> bool:
    """Whether a loop of one tensor gives each iteration's update of it to the next, and reads it nowhere else."""
    block = loop.regions[0].blocks[0]
    value, carried = terminator(block).operands[0], block.arguments[1]
    while value != carried:
        if isinstance(value.owner, ir.Block) or value.owner.name not in _UPDATES or len(_users(value)) != 1:
            return False
        value = value.owner.operands[_UPDATES[value.owner.name]]
    return len(_users(carried)) == 1 and is_tensor(carried.type)


def _move(chain: Sequence[Any], end: Any, parameters: bool) -> bool:
    """Put the operations of a chain together before ``end``, unless they would then read something else."""
    others = [op for op in between(chain[0], end) if op not in chain]
    read = [m for op in chain for m in _memory_read(op)]
    if any(_may_write(op, m, parameters) for op in others for m in read):
        return False
    if any(asserts(op) for op in chain):
        return False
    for op in chain:
        op.move_before(end)
    return True


def asserts(operation: Any) -> bool:
    """Whether an operation checks something: an error must find the memory as it was."""
    return any(op.name == "cf.assert" for op in nested(operation))


def _is_new(memory: Any, copy: Any) -> bool:
    """Whether memory is an array that is allocated to hold the value: nothing else is done with it before."""
    if isinstance(memory.owner, ir.Block) or memory.owner.name != "memref.alloc":
        return False
    allocation = memory.owner.operation
    if allocation.block != copy.block:
        return False
    users = [u for u in _users(memory) if u != copy]
    return all(u.block != copy.block or copy.is_before_in_block(u) for u in users)


def _fits(chain: Sequence[Any], memory: Any, parameters: bool) -> bool:
    """Whether a chain may write to memory while it reads: nothing there, or each element just before it is replaced."""
    for op in chain:
        overlapping = [m for m in _memory_read(op) if not disjoint(m, memory, parameters=parameters)]
        if overlapping and not (len(chain) == 2 and _is_elementwise(op, memory, overlapping)):
            return False
    return True


def _is_elementwise(op: Any, memory: Any, overlapping: Sequence[Any]) -> bool:
    if op.name != "linalg.generic" or any(m != memory for m in overlapping):
        return False
    if any("parallel" not in str(kind) for kind in ir.ArrayAttr(op.attributes["iterator_types"])):
        return False
    maps = [ir.AffineMapAttr(a).value for a in ir.ArrayAttr(op.attributes["indexing_maps"])]
    identity = ir.AffineMap.get_identity(maps[0].n_dims)
    for operand, m in zip(op.operands, maps, strict=True):
        source = _memory_of(operand) if is_tensor(operand.type) else None
        if source is not None and source == memory and (m != identity or operand.owner.name != _TO_TENSOR):
            return False
    return maps[-1] == identity and not _memory_read(op, inside_only=True)


def _memory_read(operation: Any, *, inside_only: bool = False) -> list[Any]:
    """The memory that an operation reads: directly, and through tensors."""
    found: list[Any] = [] if inside_only else _effects(operation, _READS)
    for op in nested(operation):
        if op != operation or not inside_only:
            for operand in op.operands:
                source = _memory_of(operand) if is_tensor(operand.type) else None
                if source is not None:
                    found.append(source)
    return found


def _memory_of(tensor: Any) -> Any | None:
    """The memory that a tensor is a view of; ``None`` for one that is computed."""
    while not isinstance(tensor.owner, ir.Block):
        if tensor.owner.name == _TO_TENSOR:
            return tensor.owner.operands[0]
        if tensor.owner.name not in _VIEWS:
            return None
        tensor = tensor.owner.operands[0]
    return None
