"""VECTOR: whoever still needs an argument as it was, before it is written, gets it before that.

Before (``u`` is written by the function)::

    %u1 = tensor.insert %a into %u[%i]
    %x = linalg.generic ins(%u) outs(%e) { mul }      # moved down here by fusion
    cf.assert ...
    return %x, %u1

After::

    %x = linalg.generic ins(%u) outs(%e) { mul }
    %u1 = tensor.insert %a into %u[%i]
    cf.assert ...
    return %x, %u1

What cannot move up works on a copy that is made there. Bufferisation would otherwise be free to write to a copy, and to
put that back at the end: an error on the way would then take writes back that the program has done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import ir

from .base import VECTOR, Level, Pass
from .elide_copies import asserts

#: Operations that change a tensor, and which operand that is; loops change what they carry.
_WRITES = {"tensor.insert": 1, "tensor.insert_slice": 1}
_VIEWS = frozenset({"tensor.extract_slice", "tensor.expand_shape", "tensor.collapse_shape"})
#: What a computation that is made earlier may need: sizes, and the place of its result.
_SIZES = ("addi", "constant", "index_cast", "maxsi", "minsi", "muli", "subi")
_ANYWHERE = frozenset({"tensor.empty", "tensor.dim", *(f"arith.{name}" for name in _SIZES)})
_TERMINATORS = frozenset({"scf.yield", "scf.condition", "func.return"})
_LOOPS = {"scf.for": 3, "scf.while": 0}


@dataclass(frozen=True)
class SaveBeforeWrite(Pass):
    """Read, or copy, the old value of a written argument before it is written."""

    name: ClassVar[str] = "save-before-write"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        with module.context:
            for function in signature.functions(module):
                promise = signature.read(function)
                if not promise.writes or signature.is_memory_form(function):
                    continue
                finals = list(terminator(function.regions[0].blocks[0]).operands)[len(promise.results) :]
                for final in finals:
                    chain = _Chain()
                    chain.follow(final)
                    for version in chain.versions:
                        _separate(version, chain)


@dataclass
class _Chain:
    """The values that an argument takes on, from its last one back; ``uses`` are the operands that pass it on."""

    versions: list[Any] = field(default_factory=list)
    uses: list[tuple[Any, int]] = field(default_factory=list)

    def follow(self, value: Any) -> None:
        pending = [value]
        while pending:
            v = pending.pop()
            if v not in self.versions:
                self.versions.append(v)
                for op, number in _sources(v):
                    self.uses.append((op, number))
                    pending.append(op.operands[number])

    def writers(self, version: Any) -> list[Any]:
        """The operations of the chain that change a version."""
        return [op for op, n in self.uses if op.name not in _TERMINATORS and op.operands[n] == version]


def _sources(value: Any) -> Iterator[tuple[Any, int]]:
    """The operands that become ``value`` by a change, or by control flow."""
    if isinstance(value.owner, ir.Block):
        loop, number = value.owner.owner, ir.BlockArgument(value).arg_number
        loop = getattr(loop, "operation", loop)
        if loop.name == "scf.for" and number:
            yield loop, number + 2
            yield terminator(loop.regions[0].blocks[0]), number - 1
        elif loop.name == "scf.while":
            first, second = (region.blocks[0] for region in loop.regions)
            if value.owner == first:
                yield loop, number
                yield terminator(second), number
            else:
                yield terminator(first), number + 1
        return
    op, number = value.owner.operation, ir.OpResult(value).result_number
    if op.name in _WRITES:
        yield op, _WRITES[op.name]
    elif op.name == "tensor.cast":
        yield op, 0
    elif op.name.startswith("linalg."):
        yield op, len(op.operands) - len(op.results) + number
    elif op.name == "scf.if":
        for region in op.regions:
            yield terminator(region.blocks[0]), number
    elif op.name == "scf.for":
        yield op, number + 3
        yield terminator(op.regions[0].blocks[0]), number
    elif op.name == "scf.while":
        yield terminator(op.regions[0].blocks[0]), number + 1


def _separate(version: Any, chain: _Chain) -> None:
    """Give each other reader of ``version`` what it needs before a writer of the chain."""
    writers = chain.writers(version)
    for reader, number in [(use.owner.operation, use.operand_number) for use in version.uses]:
        # Extents never change: who asks for one may do so late.
        if (reader, number) in chain.uses or not writers or reader.name == "tensor.dim":
            continue
        before = _first(_before(writer, reader) for writer in writers)
        if before is not None:
            if not _move(reader, before):
                reader.operands[number] = _copy(version, before)
        elif _changes(reader, number):
            reader.operands[number] = _copy(version, reader)
        elif reader.name in _VIEWS:
            _separate_view(reader, writers)


def _separate_view(view: Any, writers: Sequence[Any]) -> None:
    """Who reads a part of an array after the array has been written does it before, or reads a copy made by then."""
    (value,) = view.results
    uses = [(use.owner.operation, use.operand_number) for use in value.uses]
    readers = [(r, n) for r, n in uses if r.name != "tensor.dim"]
    late = []
    for reader, number in readers:
        before = _first(_before(w, reader) for w in writers)
        if before is not None and not _move(reader, before):
            late.append((reader, number))
    if late:
        following = list(_block(view).operations)
        place = following[following.index(view.opview) + 1].operation
        copy = _copy(value, place)
        for reader, number in late:
            reader.operands[number] = copy


def _before(writer: Any, reader: Any) -> Any | None:
    """The operation around ``writer`` before which ``reader`` should have read, if it comes after it."""
    if writer == reader:
        return None
    outer: list[tuple[Any, Any]] = []
    op = writer
    while op.name != "func.func":
        outer.append((_block(op), op))
        op = op.parent.operation
    op, inside = reader, False
    while op.name != "func.func":
        for block, candidate in outer:
            if block == _block(op):
                if candidate == op:
                    return candidate if inside and candidate == writer and op.name in _LOOPS else None
                return candidate if candidate.is_before_in_block(op) else None
        op, inside = op.parent.operation, True
    return None


def _first(candidates: Iterator[Any]) -> Any | None:
    """The first of operations in the order of the program; operations that contain another come first."""
    found = [c for c in candidates if c is not None]
    best = found[0] if found else None
    for c in found[1:]:
        if c != best and _before(c, best) is not None:
            best = c
    return best


def _move(reader: Any, before: Any) -> bool:
    """Make a computation earlier, if no check in between guards it, and what it reads is there, or can be as well.

    What is written may be computed in the place that it is written to: then it must be computed earlier than that.
    """
    if before.name == "tensor.insert_slice" and not isinstance(before.operands[0].owner, ir.Block):
        made = before.operands[0].owner.operation
        if made.name.startswith("linalg.") and _block(made) == _block(before) and made.is_before_in_block(reader):
            return _move_before(reader, made) or _move_before(reader, before)
    return _move_before(reader, before)


def _move_before(reader: Any, before: Any) -> bool:
    if not reader.name.startswith("linalg.") or _block(reader) != _block(before):
        return False
    between = False
    for op in _block(reader).operations:
        if op.operation == reader:
            break
        between = between or op.operation == before
        if between and asserts(op.operation):
            return False
    needed: dict[Any, None] = {}
    pending = [*reader.operands, *_captured(reader)]
    while pending:
        value = pending.pop()
        if _is_there(value, before):
            continue
        maker = value.owner.operation
        if maker.name not in _ANYWHERE:
            return False
        needed[maker] = None
        pending += list(maker.operands)
    for op in [op.operation for op in _block(reader).operations if op.operation in needed]:
        op.move_before(before)
    reader.move_before(before)
    return True


def _is_there(value: Any, before: Any) -> bool:
    if isinstance(value.owner, ir.Block):
        return True
    op = value.owner.operation
    return _block(op) != _block(before) or op.is_before_in_block(before)


def _captured(op: Any) -> list[Any]:
    """The values from outside that the regions of an operation use."""
    found: list[Any] = []
    for region in op.regions:
        for block in region.blocks:
            for inner in block.operations:
                found += [v for v in inner.operation.operands if not _within(v, op)]
    return found


def _within(value: Any, op: Any) -> bool:
    block = value.owner if isinstance(value.owner, ir.Block) else _block(value.owner.operation)
    owner = block.owner
    return getattr(owner, "operation", owner) == op


def _changes(reader: Any, number: int) -> bool:
    """Whether an operation changes this operand, or passes it on to where it may be changed."""
    if reader.name.startswith("linalg."):
        return number >= len(reader.operands) - len(reader.results)
    if reader.name in _LOOPS:
        return number >= _LOOPS[reader.name]
    return _WRITES.get(reader.name) == number or reader.name in _TERMINATORS


def _copy(value: Any, before: Any) -> Any:
    with ir.InsertionPoint(before), before.location:
        segments = ir.DenseI32ArrayAttr.get([0, 1, 0])
        return ir.Operation.create(
            "bufferization.alloc_tensor", [value.type], [value], {"operandSegmentSizes": segments}
        ).results[0]


def _block(op: Any) -> Any:
    return op.block
