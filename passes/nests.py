"""Operations on arrays in a block, at BUFFER: what each reads and writes, how far its loops go, what may change places.

Fusion joins two operations of a block by moving the later one, and all that it needs, before or into the earlier one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import field
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, memref
from pyc.dialects.walk import callee_of, nested

from .base import OWN_FUNCTIONS
from .buffers import VIEWS, root
from .disjoint import disjoint
from .lower_to_linalg.landing import ENTER
from .structured import Operand, Structured

#: Dialects without effects on memory, and operations of others that have none.
_SILENT_DIALECTS = frozenset({"arith", "math", "complex", "affine", "ub"})
_SILENT = VIEWS | OWN_FUNCTIONS | {"memref.dim", "memref.alloc", "memref.extract_aligned_pointer_as_index"}
_NEW = frozenset({"memref.alloc", "memref.alloca"})


@dataclass(frozen=True)
class Effects:
    """What an operation does to memory. ``guard``: a check, which what follows relies on; ``opaque``: anything else.

    ``loads`` are those of the reads that the body of an operation makes by itself, anywhere.
    """

    reads: tuple[Any, ...] = ()
    writes: tuple[Any, ...] = ()
    loads: tuple[Any, ...] = ()
    guard: bool = False
    opaque: bool = False


_NONE, _GUARD, _OPAQUE = Effects(), Effects(guard=True), Effects(opaque=True)


def effects(operation: Any) -> Effects:
    """What an operation does to memory."""
    name: str = operation.name
    if name in _SILENT or name.partition(".")[0] in _SILENT_DIALECTS:
        return _NONE
    match name:
        case "cf.assert":
            return _GUARD
        case "memref.load":
            return Effects(reads=(operation.operands[0],))
        case "memref.store":
            return Effects(writes=(operation.operands[1],))
        case "memref.dealloc":
            return Effects(writes=(operation.operands[0],))
        case "memref.copy":
            return Effects(reads=(operation.operands[0],), writes=(operation.operands[1],))
        case "linalg.fill":
            return Effects(writes=(operation.operands[1],))
        case "linalg.generic":
            return _effects_of_generic(operation)
    return _OPAQUE


def _effects_of_generic(operation: Any) -> Effects:
    body = nested(operation)
    if any(inner.name in ("memref.store", "func.call", "memref.alloc", "cf.assert") for inner in body):
        return _OPAQUE
    return _effects_with(operation, tuple(inner.operands[0] for inner in body if inner.name == "memref.load"))


def _effects_with(operation: Any, loads: tuple[Any, ...]) -> Effects:
    """What a ``linalg.generic`` does to memory whose body reads some by itself."""
    inputs, outputs = ir.DenseI32ArrayAttr(operation.attributes["operandSegmentSizes"])
    operands = list(operation.operands)
    read = [v for v in operands[:inputs] if isinstance(v.type, ir.MemRefType)]
    written = operands[inputs : inputs + outputs]
    return Effects((*read, *loads, *written), tuple(written), loads)


def values_used(operation: Any) -> set[Any]:
    """The values that an operation and those in its regions are given."""
    return {value for inner in nested(operation) for value in inner.operands}


# --- order ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promises:
    """What holds in a function: ``apart`` says that parameters do not overlap, ``lost`` that errors leave it.

    A function that goes on after errors may see what was written before them, also where that is its own.
    """

    apart: bool
    lost: bool

    @classmethod
    def of(cls, function: Any) -> Promises:
        return cls("pyc.may_overlap" not in function.attributes, not _catches(function.operation))


@dataclass
class Order:
    """The operations of a block in order, with what they do.

    Who changes the block says so, or makes another one.
    """

    block: Any
    promises: Promises
    _effects: dict[Any, Effects] = field(default_factory=dict)
    _used: dict[Any, set[Any]] = field(default_factory=dict)
    #: The operations by where they were at first: what has moved stands with what it has moved to.
    _places: list[list[Any]] = field(default_factory=list)
    _place: dict[Any, int] = field(default_factory=dict)
    _all: list[Any] | None = None

    def __post_init__(self) -> None:
        self._places = [[op.operation] for op in self.block.operations]
        self._place = {operation: i for i, (operation,) in enumerate(self._places)}

    @property
    def operations(self) -> list[Any]:
        if self._all is None:
            self._all = self._between(0, len(self._places))
        return self._all

    def _between(self, start: int, end: int) -> list[Any]:
        return [operation for place in self._places[start:end] for operation in place]

    def _since(self, first: Any, last: Any) -> list[Any]:
        """The operations from one to another one."""
        found = self._between(self._place[first], self._place[last] + 1)
        return found[found.index(first) : len(found) - found[::-1].index(last)]

    def move(self, operations: Sequence[Any], first: Any) -> None:
        """Move operations, in order, before another one."""
        to, self._all = self._place[first], None
        for operation in operations:
            operation.move_before(first)
            self._places[self._place[operation]].remove(operation)
            self._place[operation] = to
        at = self._places[to].index(first)
        self._places[to][at:at] = operations

    def join(self, operation: Any, first: Any, second: Any) -> None:
        """Let an operation be there for two, in the place of the first; all are ``linalg.generic`` of known effects."""
        to, self._all = self._place[first], None
        self._place[operation] = to
        self._places[to][self._places[to].index(first)] = operation
        loads = self.effects(first).loads + self.effects(second).loads
        del self._place[first]
        self.erase(second)
        self.erase(first)
        # The body grows with each: it is not looked at again.
        self._effects[operation] = _effects_with(operation, loads)

    def erase(self, operation: Any) -> None:
        """Erase an operation, of this block or of another one."""
        if operation in self._place:
            self._all = None
            self._places[self._place.pop(operation)].remove(operation)
        # The next operation that is made may be where this one was.
        self._effects.pop(operation, None)
        self._used.pop(operation, None)
        operation.erase()

    def effects(self, operation: Any) -> Effects:
        if operation not in self._effects:
            self._effects[operation] = effects(operation)
        return self._effects[operation]

    def used(self, operation: Any) -> set[Any]:
        if operation not in self._used:
            self._used[operation] = values_used(operation)
        return self._used[operation]

    def overlap(self, a: Any, b: Any) -> bool:
        return not disjoint(a, b, parameters=self.promises.apart)

    def before(self, second: Any, first: Any) -> list[Any] | None:
        """What has to move before ``first`` so that ``second`` can stand right after it, in order; ``None``: it cannot.

        ``second`` itself is not looked at together with ``first``.
        """
        moved = [second]
        for other in reversed(self._since(first, second)[1:-1]):
            if any(self._relies(later, other) for later in moved):
                if self.effects(other).opaque:
                    return None
                moved.append(other)
        moved.reverse()
        if any(self._relies(later, first) for later in moved[:-1]):
            return None
        return moved[:-1]

    def before_all(self, group: Sequence[Any]) -> list[Any] | None:
        """What has to move before a group of operations, so that these can stand together, in order.

        It is ``None`` if something cannot. The operations of the group are not looked at together.
        """
        within, moved, later = set(group), [], []
        for other in reversed(self._since(group[0], group[-1])):
            if other in within:
                if any(self._relies(op, other) for op in moved):
                    return None
                later.append(other)
            elif any(self._relies(op, other) for op in later):
                if self.effects(other).opaque:
                    return None
                moved.append(other)
                later.append(other)
        moved.reverse()
        return moved

    def _relies(self, later: Any, earlier: Any) -> bool:
        """Whether two operations have to stay in order."""
        used = self.used(later)
        if any(v in used for v in earlier.results):
            return True
        after, before = self.effects(later), self.effects(earlier)
        if (after is _NONE or after == _NONE) and not before.guard:
            return False
        if before.guard or before.opaque or after.opaque:
            return True
        if after.guard:
            return any(not (self.promises.lost and is_own(w)) for w in before.writes)
        return any(
            self.overlap(a, b)
            for first, second in (
                (before.writes, after.writes),
                (before.writes, after.reads),
                (before.reads, after.writes),
            )
            for a in first
            for b in second
        )


def is_own(buffer: Any) -> bool:
    """Whether memory is the function's own, so that an error leaves nothing of it to be seen."""
    owner = root(buffer).owner
    return not isinstance(owner, ir.Block) and owner.name in _NEW


def _catches(function: Any) -> bool:
    """Whether a function goes on after errors."""
    return any(callee_of(operation) == ENTER for operation in nested(function))


# --- extents ----------------------------------------------------------------------------------------------------------


class Extents:
    """Which axes are as long as others: by types, by where they come from, and by operations that go over both."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def copy(self) -> Extents:
        other = Extents()
        other._above = dict(self._above)
        return other

    def of(self, s: Structured) -> list[Hashable]:
        """What stands for the extent of each loop of an operation; it is learned that its operands agree."""
        return self.of_operands([*s.inputs, *s.outputs], len(s.iterators))

    def of_operands(self, operands: Sequence[Operand], loops: int) -> list[Hashable]:
        """The same of an operation of these operands."""
        found: list[Hashable] = [None] * loops
        for operand in operands:
            for axis, e in enumerate(operand.expressions):
                if isinstance(e, ir.AffineDimExpr):
                    extent = self._find(extent_of(operand.value, axis))
                    known = found[e.position]
                    found[e.position] = extent if known is None else self._join(known, extent)
        return [None if extent is None else self._find(extent) for extent in found]

    def same(self, a: Sequence[Hashable], b: Sequence[Hashable]) -> bool:
        pairs = zip(a, b, strict=True)
        return len(a) == len(b) and all(
            x is not None and y is not None and self._find(x) == self._find(y) for x, y in pairs
        )

    def _find(self, extent: Hashable) -> Hashable:
        while extent in self._above:
            extent = self._above[extent]
        return extent

    def _join(self, a: Hashable, b: Hashable) -> Hashable:
        a, b = self._find(a), self._find(b)
        if a == b:
            return a
        if isinstance(a, int):
            a, b = b, a
        self._above[a] = b
        return b


def extent_of(value: Any, axis: int) -> Hashable:
    """What stands for the extent of an axis: a number, a value that it was made with, or a buffer and its axis."""
    while True:
        t = value.type
        if not t.is_dynamic_dim(axis):
            return t.get_dim_size(axis)
        if isinstance(value.owner, ir.Block):
            return (value, axis)
        maker = value.owner.operation
        size = _size(maker, axis)
        if size is None:
            return (value, axis)
        dimension = _dimension(size)
        if dimension is None:
            return size
        value, axis = dimension


def extent_value(value: Any, axis: int) -> Any:
    """The extent of an axis as a value, that which a view or a temporary was made with."""
    index = ir.IndexType.get()
    if not value.type.is_dynamic_dim(axis):
        return arith.constant(index, value.type.get_dim_size(axis))
    size = None if isinstance(value.owner, ir.Block) else _size(value.owner.operation, axis)
    return memref.dim(value, arith.constant(index, axis)) if size is None else size


def _size(maker: Any, axis: int) -> Any | None:
    """The value that gives the extent of a dynamic axis of what an operation makes."""
    match maker.name:
        case "memref.alloc":
            sizes, known = list(maker.operands), list(maker.results[0].type.shape)
        case "memref.subview" | "memref.expand_shape" as name:
            attribute = "static_sizes" if name == "memref.subview" else "static_output_shape"
            known = list(ir.DenseI64ArrayAttr(maker.attributes[attribute]))
            if len(known) != maker.results[0].type.rank:
                return None
            if name == "memref.subview":
                segments = list(ir.DenseI32ArrayAttr(maker.attributes["operandSegmentSizes"]))
                first = segments[0] + segments[1]
                sizes = list(maker.operands)[first : first + segments[2]]
            else:
                sizes = list(maker.operands)[1:]
        case _:
            return None
    dynamic = ir.ShapedType.get_dynamic_size()
    if known[axis] != dynamic:
        return None
    return sizes[sum(1 for extent in known[:axis] if extent == dynamic)]


def _dimension(size: Any) -> tuple[Any, int] | None:
    """The buffer and axis that a value is the extent of."""
    maker = None if isinstance(size.owner, ir.Block) else size.owner.operation
    if maker is None or maker.name != "memref.dim":
        return None
    axis = maker.operands[1].owner
    if isinstance(axis, ir.Block) or axis.name != "arith.constant":
        return None
    return maker.operands[0], ir.IntegerAttr(axis.attributes["value"]).value


# --- views ------------------------------------------------------------------------------------------------------------


def resolve_dims(function: Any) -> None:
    """Let users of the extent of a view or a temporary use the value that it was made with."""
    found = [operation for operation in nested(function) if operation.name == "memref.dim"]
    for query in found:
        known = _dimension(query.results[0])
        maker = None if known is None or isinstance(known[0].owner, ir.Block) else known[0].owner.operation
        size = None if maker is None or known is None else _size(maker, known[1])
        if size is not None:
            query.results[0].replace_all_uses_with(size)
            query.erase()
    _drop_unused(function)


def _drop_unused(function: Any) -> None:
    """Take away views that nobody uses."""
    found = [
        operation for operation in nested(function) if operation.name in VIEWS and operation.name.startswith("memref.")
    ]
    for view in reversed(found):
        if not any(list(r.uses) for r in view.results):
            view.erase()


def drop_idle_views(function: Any) -> None:
    """Let users of a view of a whole array use the array: slices from 0 over all of each axis."""
    found = [operation for operation in nested(function) if operation.name == "memref.subview" and _is_whole(operation)]
    for view in found:
        view.results[0].replace_all_uses_with(view.operands[0])
        view.erase()


def _is_whole(view: Any) -> bool:
    source, result = view.operands[0], view.results[0]
    if source.type != result.type:
        return False
    static = {n: list(ir.DenseI64ArrayAttr(view.attributes[f"static_{n}"])) for n in ("offsets", "sizes", "strides")}
    if any(static["offsets"]) or any(stride != 1 for stride in static["strides"]):
        return False
    return all(extent_of(source, axis) == _extent_of_view(view, axis) for axis in range(source.type.rank))


def _extent_of_view(view: Any, axis: int) -> Hashable:
    size = _size(view, axis)
    if size is None:
        return list(ir.DenseI64ArrayAttr(view.attributes["static_sizes"]))[axis]
    dimension = _dimension(size)
    return size if dimension is None else extent_of(*dimension)


def blocks(function: Any) -> Iterator[Any]:
    """The blocks of a function that run, the outermost first; not the bodies of operations on arrays."""
    pending = [block for region in function.regions for block in region.blocks]
    while pending:
        block = pending.pop(0)
        yield block
        for op in block.operations:
            if not op.operation.name.startswith("linalg."):
                pending += [inner for region in op.operation.regions for inner in region.blocks]
