"""VECTOR: a loop whose rounds each compute one element of a row, by sums along columns, becomes operations on rows.

Before (``for j in range(low, high): c[i, j] -= a[i, :i] @ c[:i, j]``)::

    %r = scf.for %j = %low to %high iter_args(%t = %c) {
      %old = tensor.extract %t[%i, %j]
      %column = tensor.extract_slice %t[0, %j] [%i, 1]
      %sum = linalg.generic {(k) -> (k), (k), ()} ins(%row, %column) { multiply, add }
      ...
      %new = arith.subf %old, %total
      %u = tensor.insert %new into %t[%i, %j]
    }

After, with ``%n = %high - %low``::

    %columns = tensor.extract_slice %c[0, %low] [%i, %n]
    %sums = linalg.generic {(k, j) -> (k), (k, j), (j)} ins(%row, %columns) { multiply, add }
    %olds = tensor.extract_slice %c[%i, %low] [1, %n]
    %news = linalg.generic {(j) -> (j), (j), (j)} ins(%olds, %sums) { sub }
    %r = tensor.insert_slice %news into %c[%i, %low] [1, %n]

Memory is then read along its rows, and the sums are a product of a vector and a matrix. The rounds must not see what
others wrote: of the tensor that is written, they read their own columns, and parts of which it is shown that no round
writes there. The terms of each sum stay in their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import arith, ir, linalg, linalg_fill, tensor
from pyc.dialects.walk import nested

from .base import VECTOR, Level, Pass, is_function

_DYNAMIC = ir.ShapedType.get_dynamic_size()
#: What is computed before the loop, also where it has no rounds: it can do no harm.
_HARMLESS = frozenset(
    f"arith.{name}"
    for name in ("constant", "index_cast", "addi", "subi", "muli", "minsi", "maxsi", "cmpi", "select", "sitofp", "negf")
) | {"tensor.dim", "tensor.empty", "linalg.fill"}


@dataclass(frozen=True)
class LiftLoops(Pass):
    """Replace loops over the elements of a row, of sums along columns, by operations on rows."""

    name: ClassVar[str] = "lift-loops"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        found = [operation for operation in nested(module.operation) if operation.name == "scf.for"]
        with module.context:
            for loop in found:
                row = _row(loop)
                if row is not None:
                    with ir.InsertionPoint(loop), loop.location:
                        result = _Lifted(row).result()
                    loop.results[0].replace_all_uses_with(result)
                    loop.erase()


@dataclass
class _Row:
    """A loop that computes the elements of a row, with what is in its body."""

    loop: Any
    #: The round's number as an index.
    positions: list[Any] = field(default_factory=list)
    #: What is the same in all rounds, in order.
    same: list[Any] = field(default_factory=list)
    #: Columns, as slices; elements of rows; sums; and scalars that are computed of them.
    columns: dict[Any, Any] = field(default_factory=dict)
    elements: dict[Any, Any] = field(default_factory=dict)
    sums: dict[Any, Any] = field(default_factory=dict)
    scalars: dict[Any, Any] = field(default_factory=dict)
    #: Parts of the written tensor that all rounds read.
    fixed: list[Any] = field(default_factory=list)
    insertion: Any = None

    @property
    def body(self) -> Any:
        return self.loop.regions[0].blocks[0]

    @property
    def carried(self) -> Any:
        return self.body.arguments[1]

    def is_same(self, value: Any) -> bool:
        """Whether a value is the same in all rounds."""
        if value in (self.body.arguments[0], self.carried):
            return False
        owner = value.owner
        return isinstance(owner, ir.Block) or owner.operation.block != self.body or owner.operation in self.same

    def is_tensor(self, value: Any) -> bool:
        """Whether a tensor is the written one at the start of a round, or the same in all rounds."""
        return value == self.carried or self.is_same(value)

    def takes(self, op: Any) -> bool:
        """Add an operation of the body; false if it has no place in a row."""
        if self.insertion is not None:
            return False
        operands = list(op.operands)
        if op.name == "arith.index_cast" and operands[0] == self.body.arguments[0]:
            self.positions.append(op.results[0])
        elif op.name in _HARMLESS and all(map(self.is_same, operands)):
            self.same.append(op)
        elif op.name == "tensor.extract_slice" and self.is_tensor(operands[0]):
            return self._slice(op, operands)
        elif op.name == "linalg.generic":
            return self._sum(op)
        elif op.name == "tensor.extract":
            return self._element(op, operands)
        elif op.name == "tensor.insert":
            value, into, *indices = operands
            known = self.is_same(value) or value in self.scalars or value in self.elements
            if into != self.carried or not known or not self._is_own(indices):
                return False
            self.insertion = op
        elif (op.name.startswith("arith.") or is_function(op.name)) and len(op.results) == 1 and not len(op.regions):
            parts = (v in self.scalars or v in self.elements or self.is_same(v) for v in operands)
            if not all(parts) or isinstance(op.results[0].type, ir.IndexType):
                return False
            self.scalars[op.results[0]] = op
        else:
            return False
        return True

    def _is_own(self, indices: Sequence[Any]) -> bool:
        """Whether indices are of an element in the round's own column."""
        return len(indices) > 0 and indices[-1] in self.positions and all(map(self.is_same, indices[:-1]))

    def _slice(self, op: Any, operands: Sequence[Any]) -> bool:
        if all(map(self.is_same, operands[1:])):
            if operands[0] == self.carried:
                self.fixed.append(op)
            self.same.append(op)
            return True
        offsets, sizes, strides = _axes(op)
        unit = sizes[-1] == 1 and strides[-1] == 1
        if offsets[-1] not in self.positions or not unit or op.results[0].type.rank != 1:
            return False
        others = [v for v in (*offsets[:-1], *sizes, *strides) if not isinstance(v, int)]
        self.columns[op.results[0]] = op
        return all(map(self.is_same, others))

    def _sum(self, op: Any) -> bool:
        """Whether an operation adds up, or otherwise combines, what columns and vectors hold."""
        (*inputs, start) = op.operands
        if len(op.results) != 1 or len(ir.ArrayAttr(op.attributes["iterator_types"])) != 1 or op.results[0].type.rank:
            return False
        vectors = all(v in self.columns or self.is_same(v) for v in inputs)
        (*maps, _) = (ir.AffineMapAttr(m).value for m in ir.ArrayAttr(op.attributes["indexing_maps"]))
        plain = all(m.results and m == ir.AffineMap.get_identity(1) for m in maps)
        filled = self.is_same(start) and not isinstance(start.owner, ir.Block) and start.owner.name == "linalg.fill"
        inner = op.regions[0].blocks[0]
        own = all(
            (v.owner == inner if isinstance(v.owner, ir.Block) else v.owner.operation.block == inner) or self.is_same(v)
            for o in inner.operations
            for v in o.operation.operands
        )
        if not (vectors and plain and filled and own and any(v in self.columns for v in inputs)):
            return False
        if any(len(o.operation.regions) or o.operation.name == "linalg.index" for o in inner.operations):
            return False
        self.sums[op.results[0]] = op
        return True

    def _element(self, op: Any, operands: Sequence[Any]) -> bool:
        source, *indices = operands
        own = source in self.sums or (self.is_tensor(source) and self._is_own(indices))
        if own:
            self.elements[op.results[0]] = op
        return own

    def is_apart(self, part: Any) -> bool:
        """Whether no round writes in a part of the written tensor."""
        offsets, sizes, strides = _axes(part)
        if any(s != 1 for s in strides):
            return False
        low = _root(self.loop.operands[0])
        written = [*(_root(v) for v in list(self.insertion.operands)[2:-1]), low]
        for at, offset, size in zip(written, offsets, sizes, strict=True):
            # [0, i) is before i, and what begins at i + 1 behind it; of the last axis, rounds write from `low` on.
            if offset == 0 and not isinstance(size, int) and _root(size) == at:
                return True
            if at is not low and not isinstance(offset, int) and _is_behind(_root(offset), at):
                return True
        return False


def _row(loop: Any) -> _Row | None:
    """A loop as one that computes a row, if it is one."""
    if len(loop.results) != 1 or not isinstance(loop.results[0].type, ir.RankedTensorType):
        return None
    step = loop.operands[2].owner
    if (
        isinstance(step, ir.Block)
        or step.name != "arith.constant"
        or ir.IntegerAttr(step.attributes["value"]).value != 1
    ):
        return None
    row = _Row(loop)
    end = terminator(row.body)
    for op in row.body.operations:
        if op.operation != end and not row.takes(op.operation):
            return None
    if not row.sums or row.insertion is None or end.operands[0] != row.insertion.results[0]:
        return None
    if any(not row.is_apart(part) for part in row.fixed):
        return None
    return row


def _axes(op: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """Offsets, sizes and strides of a slice: numbers where they are known, else values."""
    dynamic = iter(list(op.operands)[1:])
    offsets, sizes, strides = (
        [next(dynamic) if n == _DYNAMIC else n for n in ir.DenseI64ArrayAttr(op.attributes[f"static_{what}"])]
        for what in ("offsets", "sizes", "strides")
    )
    return offsets, sizes, strides


def _root(value: Any) -> Any:
    """The number that a value is, of whatever type."""
    while not isinstance(value.owner, ir.Block) and value.owner.name == "arith.index_cast":
        value = value.owner.operands[0]
    return value


def _is_behind(value: Any, other: Any) -> bool:
    """Whether a number is another one and something more."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.name != "arith.addi" or _root(owner.operands[0]) != other:
        return False
    more = owner.operands[1].owner
    constant = not isinstance(more, ir.Block) and more.name == "arith.constant"
    return constant and ir.IntegerAttr(more.attributes["value"]).value > 0


class _Lifted:
    """Makes the operations on rows, before the loop."""

    def __init__(self, row: _Row) -> None:
        self.row = row
        for op in row.same:
            op.move_before(row.loop)
            for i, operand in enumerate(op.operands):
                if operand == row.carried:
                    op.operands[i] = row.loop.operands[3]
        low, high = (_as_index(v) for v in list(row.loop.operands)[:2])
        self.low = low
        self.length = arith.maxsi(arith.subi(high, low), arith.constant(ir.IndexType.get(), 0))
        self.made: dict[Any, Any] = {}

    def result(self) -> Any:
        row = self.row
        for value, op in row.columns.items():
            offsets, sizes, strides = _axes(op)
            self.made[value] = self._slice(op.operands[0], offsets, sizes, strides, value.type.shape)
        for value, op in row.sums.items():
            self.made[value] = self._sums(op)
        for value, op in row.elements.items():
            source, *indices = op.operands
            if source in row.sums:
                self.made[value] = self.made[source]
            else:
                ones = [1] * len(indices)
                self.made[value] = self._slice(source, indices, ones, ones, [])
        _, into, *indices = row.insertion.operands
        return self._inserted(self._computed(), self._outside(into), indices)

    def _outside(self, value: Any) -> Any:
        return self.row.loop.operands[3] if value == self.row.carried else value

    def _slice(
        self, source: Any, offsets: Sequence[Any], sizes: Sequence[Any], strides: Sequence[Any], shape: Sequence[int]
    ) -> Any:
        """What rounds read in their columns, all of it: the last axis is that of the rounds."""
        t = ir.RankedTensorType.get([*shape, _DYNAMIC], source.type.element_type)
        operands, attributes = _flattened([*offsets[:-1], self.low], [*sizes[:-1], self.length], strides)
        attributes["operandSegmentSizes"] = ir.DenseI32ArrayAttr.get([1, *map(len, operands)])
        flat = [self._outside(source), *(v for group in operands for v in group)]
        return ir.Operation.create("tensor.extract_slice", [t], flat, attributes).results[0]

    def _inserted(self, value: Any, into: Any, indices: Sequence[Any]) -> Any:
        ones = [1] * len(indices)
        operands, attributes = _flattened([*indices[:-1], self.low], [*ones[:-1], self.length], ones)
        attributes["operandSegmentSizes"] = ir.DenseI32ArrayAttr.get([1, 1, *map(len, operands)])
        flat = [value, into, *(v for group in operands for v in group)]
        return ir.Operation.create("tensor.insert_slice", [into.type], flat, attributes).results[0]

    def _sums(self, op: Any) -> Any:
        """The sums of all rounds, a term of all of them after the other."""
        (*inputs, start) = op.operands
        k, j = ir.AffineDimExpr.get(0), ir.AffineDimExpr.get(1)
        empty = self._empty(op.results[0].type.element_type)
        filled = linalg_fill(start.owner.operands[0], empty)
        maps = [ir.AffineMap.get(2, 0, [k, j] if v in self.made else [k]) for v in inputs]
        kinds = ("reduction", "parallel")
        block = op.regions[0].blocks[0]
        return _generic(
            [self.made.get(v, v) for v in inputs], filled, [*maps, ir.AffineMap.get(2, 0, [j])], kinds, block
        )

    def _computed(self) -> Any:
        """The new elements of the row."""
        row, value = self.row, self.row.insertion.operands[0]
        if value in self.made:
            return self.made[value]
        inputs = list(row.elements)
        empty = self._empty(value.type)
        maps = [ir.AffineMap.get_identity(1)] * (len(inputs) + 1)
        generic = _empty_generic([self.made[v] for v in inputs], empty, maps, ("parallel",))
        types = [*(v.type for v in inputs), value.type]
        block = generic.regions[0].blocks.append(*types, arg_locs=[generic.location] * len(types))
        known = dict(zip(inputs, block.arguments, strict=False))
        with ir.InsertionPoint(block):
            for result, op in row.scalars.items():
                copy = op.clone()
                for i, operand in enumerate(copy.operands):
                    copy.operands[i] = known.get(operand, operand)
                known[result] = copy.results[0]
            linalg.YieldOp([known.get(value, value)])
        return generic.results[0]

    def _empty(self, element: Any) -> Any:
        return tensor.EmptyOp([self.length], element).result


def _as_index(value: Any) -> Any:
    return value if isinstance(value.type, ir.IndexType) else arith.index_cast(ir.IndexType.get(), value)


def _flattened(*groups: Sequence[Any]) -> tuple[list[list[Any]], dict[str, Any]]:
    """The operands of offsets, sizes and strides, and the attributes that hold those that are numbers."""
    operands = [[v for v in group if not isinstance(v, int)] for group in groups]
    numbers = [[v if isinstance(v, int) else _DYNAMIC for v in group] for group in groups]
    names = ("static_offsets", "static_sizes", "static_strides")
    return operands, {n: ir.DenseI64ArrayAttr.get(v) for n, v in zip(names, numbers, strict=True)}


def _generic(inputs: Sequence[Any], output: Any, maps: Sequence[Any], kinds: Sequence[str], block: Any) -> Any:
    """A ``linalg.generic`` with the body of another, which loses it."""
    generic = _empty_generic(inputs, output, maps, kinds)
    block.append_to(generic.regions[0])
    return generic.results[0]


def _empty_generic(inputs: Sequence[Any], output: Any, maps: Sequence[Any], kinds: Sequence[str]) -> Any:
    iterators = [ir.Attribute.parse(f"#linalg.iterator_type<{kind}>") for kind in kinds]
    attributes = ir.ArrayAttr.get([ir.AffineMapAttr.get(m) for m in maps])
    return linalg.GenericOp([output.type], inputs, [output], attributes, ir.ArrayAttr.get(iterators))
