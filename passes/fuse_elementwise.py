"""LINALG: elementwise operations join the operations that read them, so that intermediate tensors never exist.

Before::

    %0 = linalg.generic ins(%x) { exp }
    %1 = linalg.generic ins(%0, %y) { add }

After::

    %1 = linalg.generic ins(%x, %y) { exp, add }

A producer joins only a single reader, and not one that would compute it again and again: what is read by a contraction
or stretched along an axis is worth storing unless it is as cheap as a load. What is nearly as cheap and reads no more
than one large tensor is computed again by each of its readers (``x - mean`` of a variance): reading what it reads costs
as much as reading it. What only gets another type (narrow indices of ``x[i]``) is so also by many, and by who takes its
elements in turn. What is computed of an array before it is written does not join who reads the array afterwards
(``m = z[1:] > z[:-1]; z[:] = 0; z[1:][m] = 1``): all that it reads would have to be copied.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import PassManager, ir
from pyc.dialects.types import is_tensor, meta_of, shape_of
from pyc.dialects.walk import nested

from . import encodings
from .base import LINALG, Level, Pass, is_function, run_upstream
from .keep_writes import as_insertions

#: Operations of a body that cost about nothing next to the load they follow.
_FREE = frozenset(
    {"linalg.yield", "linalg.index", "arith.constant", "arith.extf", "arith.index_cast", "arith.extsi", "arith.extui"}
)
_CHEAP = 2
_PARTS = frozenset({"tensor.extract_slice", "tensor.expand_shape", "tensor.collapse_shape", "tensor.cast"})
_READS = frozenset({"tensor.extract", "tensor.extract_slice", "tensor.dim"})
#: What makes an array of another one, its second operand, that is gone then.
_WRITES = frozenset({"tensor.insert", "tensor.insert_slice", "bufferization.materialize_in_destination"})
#: What more operations than this read is stored.
_MOST_READERS, _MOST_OF_FREE = 4, 16


@dataclass(frozen=True)
class FuseElementwise(Pass):
    """Fuse elementwise operations into their single reader."""

    name: ClassVar[str] = "fuse-elementwise"
    takes: ClassVar[Level] = LINALG
    gives: ClassVar[Level] = LINALG

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            run_upstream(module, "func.func(canonicalize,cse)")
            _promise_what_is_read(module)
            _give_each_reader_its_own(module)
            pins = _pin(module)
            fusion = PassManager.parse("builtin.module(func.func(linalg-fuse-elementwise-ops))", module.context)
            fusion.enable_verifier(False)  # a reshape that is returned lacks its encoding until it is restored below
            fusion.run(module.operation)
            for pin in pins:
                pin.erase()
            module.operation.walk(encodings.restore, ir.WalkOrder.PRE_ORDER)
            _resolve_extents(module)
            run_upstream(module, "func.func(canonicalize,cse)")
            # Nothing folds them from here on.
            as_insertions(module)


def _promise_what_is_read(module: Any) -> None:
    """Let operations give what their reader takes where only the name of the precision differs.

    A comparison of floats gives booleans of their precision, and ``&`` takes plain ones: fusion would stop at the cast.
    """
    for cast in [operation for operation in nested(module.operation) if operation.name == "tensor.cast"]:
        value, wanted = cast.operands[0], cast.results[0].type
        generic = value.owner
        if isinstance(generic, ir.Block) or generic.name != "linalg.generic" or len(generic.results) != 1:
            continue
        if len(list(value.uses)) > 1 or not _differ_in_precision(value.type, wanted):
            continue
        place = len(generic.operands) - 1
        destination = generic.operands[place]
        if isinstance(destination.owner, ir.Block) or destination.owner.name != "tensor.empty":
            continue
        with ir.InsertionPoint(generic), generic.location:
            empty = ir.Operation.create("tensor.empty", [wanted], list(destination.owner.operands))
        generic.operands[place] = empty.results[0]
        value.set_type(wanted)
        cast.results[0].replace_all_uses_with(value)
        cast.erase()


def _differ_in_precision(a: Any, b: Any) -> bool:
    """Whether two types of tensors are of the same elements, extents and target, but not of one precision."""
    if not is_tensor(a) or not is_tensor(b) or a.encoding is None or b.encoding is None or a == b:
        return False
    alike = shape_of(a) == shape_of(b) and a.element_type == b.element_type
    return alike and meta_of(a).target == meta_of(b).target


def _resolve_extents(module: Any) -> None:
    """Let who asks for an extent of a reshape, which fusion moves to destinations, use that which it was made with."""
    dynamic = ir.ShapedType.get_dynamic_size()
    for query in [operation for operation in nested(module.operation) if operation.name == "tensor.dim"]:
        reshape, axis = query.operands[0].owner, query.operands[1].owner
        if isinstance(reshape, ir.Block) or reshape.name != "tensor.expand_shape":
            continue
        if isinstance(axis, ir.Block) or axis.name != "arith.constant":
            continue
        number = ir.IntegerAttr(axis.attributes["value"]).value
        extents = list(ir.DenseI64ArrayAttr(reshape.attributes["static_output_shape"]))
        if extents[number] == dynamic:
            given = reshape.operands[1 + extents[:number].count(dynamic)]
            query.results[0].replace_all_uses_with(given)


def _give_each_reader_its_own(module: Any) -> None:
    """Copy cheap elementwise operations that several others read, one for each: fusion takes values with one reader."""
    found = [
        operation
        for operation in nested(module.operation, outer_first=True)
        if operation.name == "linalg.generic" and _is_repeatable(operation)
    ]
    # Readers first: by the copies of one operation, those that it reads get more readers.
    for operation in reversed(found):
        _compute_where_taken(operation)
        places: dict[Any, list[int]] = {}
        for use in operation.results[0].uses:
            places.setdefault(use.owner.operation, []).append(use.operand_number)
        if not 1 < len(places) <= (_MOST_READERS if _own_cost(operation) else _MOST_OF_FREE):
            continue
        if not all(_may_take(reader, place, operation) for reader in places for place in places[reader]):
            continue
        for reader in list(places)[1:]:
            with ir.InsertionPoint(operation):
                copy = operation.clone()
            for place in places[reader]:
                reader.operands[place] = copy.results[0]


def _compute_where_taken(generic: Any) -> None:
    """Let who takes elements of what only has another type change theirs, if each is taken about once and stays."""
    taken = [use.owner.operation for use in generic.results[0].uses if use.owner.name == "tensor.extract"]
    body, loops = generic.regions[0].blocks[0], _loops(generic)
    if _own_cost(generic) or not all(_runs_about_once_each(op, generic.block, loops) for op in taken):
        return
    maps = [ir.AffineMapAttr(a).value for a in ir.ArrayAttr(generic.attributes["indexing_maps"])]
    if not all(m == ir.AffineMap.get_identity(loops) for m in maps):
        return
    operations = [op.operation for op in body.operations]
    if any(op.name == "linalg.index" or op.regions for op in operations) or list(
        body.arguments[len(body.arguments) - 1].uses
    ):
        return
    inputs = list(generic.operands)[:-1]
    if not all(_stays(v) for v in inputs):
        return
    for extract in taken:
        with ir.InsertionPoint(extract), extract.location:
            known = {
                argument: ir.Operation.create(
                    "tensor.extract", [argument.type], [v, *list(extract.operands)[1:]]
                ).result
                for argument, v in zip(body.arguments, inputs, strict=False)
            }
            for op in operations[:-1]:
                copy = op.clone()
                for i, operand in enumerate(op.operands):
                    copy.operands[i] = known.get(operand, operand)
                known.update(zip(op.results, copy.results, strict=True))
        value = operations[-1].operands[0]
        extract.results[0].replace_all_uses_with(known.get(value, value))
        extract.erase()


def _runs_about_once_each(operation: Any, block: Any, axes: int) -> bool:
    """Whether an operation is in no more loops than an array has axes, seen from a block: it takes elements in turn."""
    while operation.block != block:
        operation = operation.parent.operation
        axes -= operation.name == "scf.for"
        if operation.name not in ("scf.for", "scf.if") or axes < 0:
            return False
    return True


def _stays(value: Any) -> bool:
    """Whether nothing becomes of an array, or of the array that it is a part of, but what is read there."""
    return all(
        use.owner.name in _READS or (use.owner.name == "linalg.generic" and use.operand_number < _inputs(use.owner))
        for use in _whole(value).uses
    )


def _inputs(generic: Any) -> int:
    return ir.DenseI32ArrayAttr(generic.attributes["operandSegmentSizes"])[0]


def _is_repeatable(generic: Any) -> bool:
    """Whether an operation computes each element from one of a single large tensor, for next to nothing."""
    if len(generic.results) != 1 or "reduction" in str(generic.attributes["iterator_types"]):
        return False
    loops = _loops(generic)
    whole = [dims for dims in _loops_of_operands(generic)[:-1] if len(dims) == loops]
    return loops > 0 and len(whole) <= 1 and _own_cost(generic) <= _CHEAP


def _may_take(reader: Any, place: int, producer: Any) -> bool:
    """Whether fusion will join a producer and its reader, which reads each element once."""
    if reader.name != "linalg.generic" or reader.block != producer.block:
        return False
    if place >= _inputs(reader):
        return False
    read = ir.AffineMapAttr(reader.attributes["indexing_maps"][place]).value
    return len(read.results) == read.n_dims == _loops(producer) and read.is_permutation


def _pin(module: Any) -> list[Any]:
    """Operations added as second readers of the tensors that should stay: fusion takes values with one reader only."""
    pins: list[Any] = []
    costs: dict[Any, int] = {}
    # Of each operation, the arrays that it, and what may join it, reads element by element.
    arrays: dict[Any, set[Any]] = {}
    for operation in nested(module.operation, outer_first=True):
        if operation.name == "linalg.generic":
            late = _read_before_writes(operation, arrays)
            costs[operation] = _own_cost(operation) + sum(
                costs.get(v.owner, 0) for v in operation.operands if not isinstance(v.owner, ir.Block)
            )
            repeated = _read_repeatedly(operation)
            # A product of matrices that reads what it computes is none that is blocked and packed any more.
            limit = 0 if len(repeated) and _is_product(operation) else _CHEAP
            for operand in [*late, *(v for v in repeated if v not in late and costs.get(v.owner, 0) > limit)]:
                with ir.InsertionPoint(operation), operation.location:
                    pins.append(ir.Operation.create("bufferization.dealloc_tensor", [], [operand]))
    return pins


def _read_before_writes(generic: Any, arrays: dict[Any, set[Any]]) -> list[Any]:
    """Operands computed of an array as it was before writes, where the operation reads it as it is after them.

    Notes in ``arrays`` what will be read where the operation is, once all others have joined it.
    """
    loops, places = _loops(generic), zip(generic.operands, _loops_of_operands(generic), strict=True)
    read = [_uncast(v) for v, dims in places if len(dims) == loops]
    computed = [v for v in read if not isinstance(v.owner, ir.Block) and v.owner.operation in arrays]
    here = {_whole(v) for v in read if v not in computed}
    before = {version for v in here for version in _written_over(v)}
    late = [v for v in computed if arrays[v.owner.operation] & before]
    joined = [arrays[v.owner.operation] for v in computed if v not in late]
    arrays[generic] = here.union(*joined)
    return late


def _uncast(value: Any) -> Any:
    """What a value was before it took another type of the same elements."""
    while not isinstance(value.owner, ir.Block) and value.owner.name == "tensor.cast":
        value = value.owner.operands[0]
    return value


def _whole(value: Any) -> Any:
    """The array that a value is a part of."""
    while not isinstance(value.owner, ir.Block) and value.owner.name in _PARTS:
        value = value.owner.operands[0]
    return value


def _written_over(value: Any) -> list[Any]:
    """What an array was before each write that made it what it is, in the block of the last one."""
    found = []
    while not isinstance(value.owner, ir.Block) and value.owner.name in _WRITES:
        value = value.owner.operands[1]
        found.append(value)
    return found


def _own_cost(generic: Any) -> int:
    """Roughly, in simple instructions for one element."""
    cost = 0
    for operation in generic.regions[0].blocks[0].operations:
        name = operation.operation.name
        if is_function(name) or name in (
            "arith.remf",
            "arith.divsi",
            "arith.divui",
            "arith.remsi",
            "arith.remui",
        ):
            cost += 16
        elif name in ("arith.divf", "scf.while"):
            cost += 8
        elif name not in _FREE:
            cost += 1
    return cost


def _read_repeatedly(generic: Any) -> list[Any]:
    """Operands made by another operation whose elements are read more than once each."""
    read = zip(generic.operands, _loops_of_operands(generic), strict=True)
    loops = _loops(generic)
    return [v for v, dims in read if len(dims) < loops and not isinstance(v.owner, ir.Block)]


def _is_product(generic: Any) -> bool:
    """Whether an operation reads each element of two arrays many times and adds up: a product of matrices."""
    reads = _loops_of_operands(generic)
    loops = _loops(generic)
    return len(reads) == 3 and loops >= 3 and all(len(dims) < loops for dims in reads)


def _loops(generic: Any) -> int:
    return ir.AffineMapAttr(generic.attributes["indexing_maps"][0]).value.n_dims


def _loops_of_operands(generic: Any) -> list[set[int]]:
    """Of each operand, the loops that choose the element."""
    maps = [ir.AffineMapAttr(a).value for a in ir.ArrayAttr(generic.attributes["indexing_maps"])]
    return [{ir.AffineDimExpr(e).position for e in m.results if isinstance(e, ir.AffineDimExpr)} for m in maps]
