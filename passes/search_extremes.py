"""BUFFER: positions of largest and smallest elements are searched block by block, so that both searches vectorise.

Before::

    linalg.generic ins(%x) outs(%best, %index) { if x > best: best, index = x, position }     // along the last axis

After::

    for each block of %x:
      %m = the largest element of the block
      if %m > best: best, start = %m, the block
    index = the first position in the block at start whose element is best

The best element so far and its index change together, which no compiler turns into vectors. The largest element alone,
and the first position of a known element, are reductions that LLVM does vectorise; the second runs over one block. NaN
is better than all that is none, and the first of equals stays, as in the operation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, memref, scf
from pyc.dialects.walk import nested

from . import gpu_kernel as code
from .base import BUFFER, Level, Pass
from .structured import Structured, read

_LARGEST = {"ogt": "maximumf", "sgt": "maxsi", "ugt": "maxui"}
_SMALLEST = {"olt": "minimumf", "slt": "minsi", "ult": "minui"}
_KINDS = _LARGEST | _SMALLEST
#: So many elements are compared with the best one before it is asked whether it was among them.
_PART = 256


@dataclass(frozen=True)
class SearchExtremes(Pass):
    """Search along the last axis in blocks of ``block`` elements, which are found in the cache when searched again."""

    name: ClassVar[str] = "search-extremes"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    block: int = 2048

    def apply(self, module: Any) -> None:
        found = [
            operation
            for operation in nested(module.operation)
            if operation.name == "linalg.generic" and len(operation.regions[0].blocks[0].arguments) >= 3
        ]
        for operation in found:
            search = _search(read(operation))
            if search is not None:
                with module.context, operation.location, ir.InsertionPoint(operation):
                    _lower(search, self.block)
                operation.erase()


@dataclass(frozen=True)
class _Search:
    """An operation that finds an extreme: the element, when it is better than the best one, and its position."""

    structured: Structured
    element: Any
    better: Any
    position: Any
    #: The operation of arith that keeps the better of two elements.
    keep: str

    @property
    def is_float(self) -> bool:
        return self.keep.endswith("f")


def _search(s: Structured) -> _Search | None:
    """What an operation searches for, if it does that along its last loop."""
    if len(s.outputs) != 2 or len(s.yielded) != 2 or not s.iterators or s.iterators[-1] == "parallel":
        return None
    if any(len(o.operation.regions) for o in s.body.operations) or not _steps_through_memory(s):
        return None
    best, index = s.accumulators
    chosen, placed = (code.maker(v) for v in s.yielded)
    if chosen is None or placed is None or {chosen.name, placed.name} != {"arith.select"}:
        return None
    better, element, kept = chosen.operands
    if placed.operands[0] != better or kept != best or placed.operands[2] != index:
        return None
    test = code.maker(better)
    compares = test
    if test is not None and test.name == "arith.ori":
        compares = code.maker(test.operands[0])
    if compares is None or compares.name not in ("arith.cmpf", "arith.cmpi"):
        return None
    kind = _KINDS.get(_predicate(compares))
    # Of floating-point numbers, the first NaN is looked for as well.
    if kind is None or list(compares.operands) != [element, best] or (kind.endswith("f") != (test != compares)):
        return None
    return _Search(s, element, better, placed.operands[1], kind)


def _predicate(compare: Any) -> str:
    kind = arith.CmpFPredicate if compare.name == "arith.cmpf" else arith.CmpIPredicate
    return str(kind(ir.IntegerAttr(compare.attributes["predicate"]).value)).lower()


def _steps_through_memory(s: Structured) -> bool:
    """Whether the last loop goes along the last axis of what is read, and indices are numbers of loops."""
    last = len(s.iterators) - 1
    plain = (ir.AffineDimExpr, ir.AffineConstantExpr)
    if not all(isinstance(e, plain) for o in (*s.inputs, *s.outputs) for e in o.expressions):
        return False
    return all(o.is_buffer for o in s.inputs) and (not s.inputs or any(s.innermost(o) == last for o in s.inputs))


def _lower(search: _Search, block: int) -> None:
    s = search.structured
    extents = s.extents()

    def nest(outer: Sequence[Any]) -> None:
        if len(outer) < len(extents) - 1:
            code.loop(code.index(0), extents[len(outer)], code.index(1), lambda i: (nest([*outer, i]), [])[1])
        else:
            _row(search, outer, extents[-1], block)

    nest([])


def _row(search: _Search, outer: Sequence[Any], extent: Any, block: int) -> None:
    """The search along the last loop."""
    s = search.structured
    places = [[code.apply(e, outer) for e in o.expressions] for o in s.outputs]
    best, index = (memref.load(o.value, place) for o, place in zip(s.outputs, places, strict=True))
    step, one, nowhere = code.index(block), code.index(1), code.index(-1)

    def element(i: Any) -> Any:
        return _inside(search, [*outer, i], {}, search.element)

    def end(start: Any) -> Any:
        return arith.minsi(arith.addi(start, step), extent)

    def over_block(start: Any, best: Any, found: Any) -> Sequence[Any]:
        keep: Callable[..., Any] = getattr(arith, search.keep)
        if search.is_float:
            keep = partial(keep, fastmath=ir.Attribute.parse("#arith.fastmath<nsz>"))
        worst = _worst(best.type, search.keep)
        (extreme,) = code.loop(start, end(start), one, lambda i, so_far: [keep(element(i), so_far)], [worst])
        better = _inside(search, [*outer, start], {search.element: extreme, s.accumulators[0]: best}, search.better)
        return [arith.select(better, extreme, best), arith.select(better, start, found)]

    best, found = code.loop(code.index(0), extent, step, over_block, [best, nowhere])

    def first() -> Sequence[Any]:
        place = _first(search, outer, best, found, end(found))
        return [_inside(search, [*outer, place], {}, search.position)]

    is_found = arith.cmpi(arith.CmpIPredicate.sge, found, code.index(0))
    (index,) = code.choose(is_found, first, lambda: [index], [index.type])
    for value, output, place in zip((best, index), s.outputs, places, strict=True):
        memref.store(value, output.value, place)


def _first(search: _Search, outer: Sequence[Any], best: Any, start: Any, end: Any) -> Any:
    """The first position from ``start`` on whose element is the best one, which is there.

    Parts of a block are searched until it is found. Positions in a part are narrow: more of them fit into a vector.
    """
    index, i32 = ir.IndexType.get(), ir.IntegerType.get_signless(32)
    part, zero, one, nowhere = code.index(_PART), code.index(0), code.index(1), arith.constant(i32, _PART)
    search_parts = scf.WhileOp([index, index, i32], [start, start, nowhere])
    before = search_parts.before.blocks.append(index, index, i32)
    with ir.InsertionPoint(before):
        _, following, place = before.arguments
        missing = arith.cmpi(arith.CmpIPredicate.eq, place, nowhere)
        scf.ConditionOp(arith.andi(missing, code.less(following, end)), before.arguments)
    after = search_parts.after.blocks.append(index, index, i32)
    with ir.InsertionPoint(after):
        first = after.arguments[1]
        following = arith.minsi(arith.addi(first, part), end)

        def closer(i: Any, so_far: Any) -> Sequence[Any]:
            value = _inside(search, [*outer, arith.addi(first, i)], {}, search.element)
            if search.is_float:
                same = arith.cmpf(arith.CmpFPredicate.OEQ, value, best)
                same = arith.ori(same, arith.cmpf(arith.CmpFPredicate.UNO, value, value))
            else:
                same = arith.cmpi(arith.CmpIPredicate.eq, value, best)
            return [arith.minsi(arith.select(same, arith.index_cast(i32, i), nowhere), so_far)]

        (place,) = code.loop(zero, arith.subi(following, first), one, closer, [nowhere])
        scf.YieldOp([first, following, place])
    first, _, place = search_parts.results
    return arith.addi(first, arith.index_cast(index, place))


def _worst(t: Any, keep: str) -> Any:
    """What no element of a type is worse than."""
    largest = keep in _LARGEST.values()
    if keep.endswith("f"):
        return arith.constant(t, float("-inf") if largest else float("inf"))
    if keep.endswith("ui"):
        return arith.constant(t, 0 if largest else -1)
    lowest = -(1 << t.width - 1)
    return arith.constant(t, lowest if largest else -lowest - 1)


def _inside(search: _Search, dims: Sequence[Any], known: dict[Any, Any], value: Any) -> Any:
    """A value of the operation's body at loop indices ``dims``, computed again from those that are known."""
    s = search.structured
    if value in known:
        return known[value]
    made = code.maker(value)
    if made is None:
        if value.owner != s.body:
            return value
        known[value] = code.access(s.inputs[value.arg_number].value, s.inputs[value.arg_number].expressions, dims)
    elif made.block != s.body:
        return value
    elif made.name == "linalg.index":
        return dims[ir.IntegerAttr(made.attributes["dim"]).value]
    else:
        operands = [_inside(search, dims, known, v) for v in made.operands]
        copy = made.clone()
        for i, operand in enumerate(operands):
            copy.operands[i] = operand
        known.update(zip(made.results, copy.results, strict=True))
    return known[value]
