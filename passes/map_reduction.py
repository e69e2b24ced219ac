"""Reductions to kernels in which the threads of a block share a result.

Each thread folds a strided part of the elements; threads of a warp combine by shuffles, warps through shared memory::

    acc = start;  for r in thread.x, thread.x + size.x, ... : acc = step(element(row, r), acc)
    for distance in 1, 2, 4, 8, 16: acc = combine(acc, shuffle(acc, distance))
    shared[warp] = acc; barrier; acc = shared[lane]; (again the shuffles)

Where the reduced axis is not innermost in memory, neighbouring threads take neighbouring results instead, so that loads
stay coalesced, and the threads in y share one. Few results of many elements are divided over several blocks, whose
partial results a second kernel combines.

The order of terms is free. An index that goes with a value (``argmax``) is combined so that the value with the smaller
index is the accumulator: the first of equals wins, as in the sequential order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, memref

from . import gpu_kernel as code
from .gpu_schedule import GpuSchedule, fitting, threads_of
from .structured import Structured, is_used, load, store

#: What leaves the other operand as it is, for combiners that are not idempotent. Others start from the output's value.
_NEUTRAL = {"arith.addf": -0.0, "arith.addi": 0, "arith.mulf": 1.0, "arith.muli": 1, "arith.xori": 0}
_IDEMPOTENT = frozenset(
    f"arith.{o}"
    for o in ("maximumf", "minimumf", "maxnumf", "minnumf", "maxsi", "minsi", "maxui", "minui", "andi", "ori", "select")
)
_CASTS = frozenset(f"arith.{o}" for o in ("truncf", "extf", "trunci", "extsi", "extui"))


@dataclass(frozen=True)
class Reduction:
    """A structured operation whose body is ``acc = combine(element, acc)``.

    ``elements`` are the values of the body, one an accumulator, that do not depend on accumulators; ``neutral`` is the
    number that threads start from, or ``None`` where they may all start from the output's old value.
    """

    s: Structured
    elements: tuple[Any, ...]
    neutral: float | int | None

    @property
    def types(self) -> list[Any]:
        return [a.type for a in self.s.accumulators]

    def step(self, kernel: code.Kernel, dims: Sequence[Any], accumulated: Sequence[Any]) -> list[Any]:
        """The accumulators after the elements at loop indices ``dims``."""
        arguments = [a for a in self.s.body.arguments if a not in self.s.accumulators]
        known = {a: load(kernel, o, dims) for a, o in zip(arguments, self.s.inputs, strict=True) if is_used(a)}
        known.update(zip(self.s.accumulators, accumulated, strict=True))
        return kernel.evaluate(self.s.yielded, known, dims)

    def combine(self, kernel: code.Kernel, a: Sequence[Any], b: Sequence[Any]) -> list[Any]:
        """Two partial results as one."""
        if len(a) > 1:
            ahead = arith.cmpi(arith.CmpIPredicate.sle, a[-1], b[-1])
            a, b = (
                [arith.select(ahead, x, y) for x, y in zip(a, b, strict=True)],
                [arith.select(ahead, y, x) for x, y in zip(a, b, strict=True)],
            )
        known = dict(zip((*self.s.accumulators, *self.elements), (*a, *b), strict=True))
        return kernel.evaluate(self.s.yielded, known, [])


def reduction(s: Structured) -> Reduction:
    """The reduction that an operation with reduction loops is.

    Raises:
        Unmapped: its body has no known form.
    """
    kinds = [_root(y).name for y in s.yielded]
    if len(kinds) == 1 and kinds[0] in {*_NEUTRAL, *_IDEMPOTENT}:
        return Reduction(s, (_element(s, 0),), _NEUTRAL.get(kinds[0]))
    if len(kinds) == 2 and kinds[0] in _IDEMPOTENT and kinds[1] == "arith.select":
        # A value and its index: the second is chosen as the first is.
        _, index, kept = s.yielded[1].owner.operands
        if kept == s.accumulators[1] and isinstance(index.type, ir.IntegerType) and not _depends(s, index):
            return Reduction(s, (_element(s, 0), index), None)
    raise code.Unmapped("this kind of reduction")


def _root(value: Any) -> Any:
    """The operation that makes a value, below conversions of its type."""
    while (operation := code.maker(value)) is not None and operation.name in _CASTS:
        value = operation.operands[0]
    if operation is None:
        raise code.Unmapped("this kind of reduction")
    return operation


def _element(s: Structured, number: int) -> Any:
    """The one value, of the accumulator's type, through which elements enter the accumulation of that number."""
    result, accumulator = s.yielded[number], s.accumulators[number]
    maker = code.maker(result)
    if maker is not None and maker.name == "arith.select" and maker.operands[2] == accumulator:
        return maker.operands[1]
    leaves = set(_leaves(s, result))
    for _ in range(8):
        if len(leaves) == 1 and next(iter(leaves)).type == accumulator.type:
            return leaves.pop()
        wider = {w for v in leaves for w in ([v] if code.maker(v) is None else _variable(v.owner.operands))}
        if wider == leaves:
            break
        leaves = wider
    raise code.Unmapped("this kind of reduction")


def _leaves(s: Structured, value: Any) -> list[Any]:
    """The values, not constant and not dependent on accumulators, that ``value`` combines with them."""
    if value in s.accumulators:
        return []
    if not _depends(s, value):
        return _variable([value])
    return [leaf for operand in value.owner.operands for leaf in _leaves(s, operand)]


def _variable(values: Any) -> list[Any]:
    return [v for v in values if code.maker(v) is None or v.owner.name != "arith.constant"]


def _depends(s: Structured, value: Any) -> bool:
    if value in s.accumulators:
        return True
    return code.maker(value) is not None and any(_depends(s, v) for v in value.owner.operands)


# --- kernels -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """One result in a kernel: its number, and its coordinates in the order of the parallel loops."""

    row: Any
    coordinates: tuple[Any, ...]


@dataclass(frozen=True)
class _Stage:
    """One kernel: ``rows`` results of ``length`` elements in ``parts`` (host values), and its code by result.

    ``start`` gives what a thread begins with, ``step`` folds element number ``r`` into accumulators, ``finish`` writes
    the accumulators of a part.
    """

    rows: Any
    length: Any
    parts: Any
    place: Callable[[code.Kernel, Any], _Place]
    start: Callable[[code.Kernel, _Place], list[Any]]
    step: Callable[[code.Kernel, _Place, Any, Sequence[Any]], list[Any]]
    finish: Callable[[code.Kernel, _Place, Any, Sequence[Any]], None]
    combine: Callable[[code.Kernel, Sequence[Any], Sequence[Any]], list[Any]]
    types: list[Any]


def map_reduction(r: Reduction, unit: Any, name: str, schedule: GpuSchedule, initial: Any | None) -> None:
    """Add the kernels of a reduction, and their launches; the output starts from the constant ``initial``, if given."""
    s = r.s
    with ir.InsertionPoint(s.operation), s.operation.location:
        extents = s.extents()
        along = _innermost(s)
        order = [d for d in s.parallel if d != along] + [d for d in s.parallel if d == along]
        rows = code.product([extents[d] for d in order])
        length = code.product([extents[d] for d in s.reduced])
        shape = fitting(schedule.rows, length) if along in s.reduced else tuple(map(code.index, schedule.columns))
        blocks = code.ceil_divide(rows, shape[1] if along in s.reduced else shape[0])
        whole = _known_length(s, schedule.split_after)
        parts = code.index(1) if whole else _parts(schedule, blocks, length)
        several = arith.cmpi(arith.CmpIPredicate.ugt, parts, code.index(1))
        held = arith.select(several, rows, code.index(0))
        dynamic = ir.ShapedType.get_dynamic_size()
        memory = [] if whole else [ir.MemRefType.get([dynamic] * 2, t) for t in r.types]
        partial = [memref.alloc(t, [held, parts], []) for t in memory]

        def place(kernel: code.Kernel, row: Any) -> _Place:
            where = dict(zip(order, code.delinearize(row, [kernel.inside(extents[d]) for d in order]), strict=True))
            return _Place(row, tuple(where[d] for d in s.parallel))

        def loops(kernel: code.Kernel, at: _Place, position: Any | None) -> list[Any]:
            inner = (
                [] if position is None else code.delinearize(position, [kernel.inside(extents[d]) for d in s.reduced])
            )
            where = {**dict(zip(s.parallel, at.coordinates, strict=True)), **dict(zip(s.reduced, inner, strict=False))}
            return [where.get(d) for d in range(len(s.iterators))]

        def old(kernel: code.Kernel, at: _Place) -> list[Any]:
            if initial is not None:
                return [kernel.inside(initial)]
            return [load(kernel, o, loops(kernel, at, None)) for o in s.outputs]

        def start(kernel: code.Kernel, at: _Place) -> list[Any]:
            return old(kernel, at) if r.neutral is None else [arith.constant(r.types[0], r.neutral)]

        def deliver(kernel: code.Kernel, at: _Place, accumulated: Sequence[Any]) -> None:
            total = accumulated if r.neutral is None else r.combine(kernel, old(kernel, at), accumulated)
            for value, operand in zip(total, s.outputs, strict=True):
                store(kernel, value, operand, loops(kernel, at, None))

        def finish(kernel: code.Kernel, at: _Place, part: Any, accumulated: Sequence[Any]) -> None:
            if whole:
                deliver(kernel, at, accumulated)
                return
            with code.when(arith.cmpi(arith.CmpIPredicate.ule, kernel.inside(parts), code.index(1))):
                deliver(kernel, at, accumulated)
            with code.when(kernel.inside(several)):
                for value, buffer in zip(accumulated, partial, strict=True):
                    memref.store(value, kernel.inside(buffer), [at.row, part])

        def step(kernel: code.Kernel, at: _Place, position: Any, accumulated: Sequence[Any]) -> list[Any]:
            return r.step(kernel, loops(kernel, at, position), accumulated)

        def again(kernel: code.Kernel, at: _Place, position: Any, accumulated: Sequence[Any]) -> list[Any]:
            return r.combine(kernel, accumulated, [memref.load(kernel.inside(b), [at.row, position]) for b in partial])

        first = _Stage(rows, length, parts, place, start, step, finish, r.combine, r.types)
        if along in s.reduced:
            _by_rows(first, s.operation, unit, name, schedule, shape)
        else:
            _by_columns(first, s.operation, unit, name, schedule, extents[along])
        if whole:
            return
        last = replace(
            first,
            rows=held,
            length=parts,
            parts=code.index(1),
            step=again,
            finish=lambda k, at, _, acc: deliver(k, at, acc),
        )
        _by_rows(last, s.operation, unit, f"{name}_parts", schedule, fitting(schedule.rows, parts))


def _innermost(s: Structured) -> int:
    """The loop along which neighbouring threads read neighbouring memory: the last axis of the largest operand."""
    widest = max(s.inputs, key=lambda o: len(o.expressions) if o.is_buffer else -1, default=None)
    inner = s.innermost(widest) if widest is not None and widest.is_buffer else None
    return s.reduced[-1] if inner is None else inner


def _known_length(s: Structured, most: int) -> bool:
    """Whether each result is known to have at most so many elements: then one block does it, and one kernel."""
    length = 1
    for loop in s.reduced:
        extent = s.static_extent(loop)
        if extent is None:
            return False
        length *= extent
    return length <= most


def _parts(schedule: GpuSchedule, blocks: Any, length: Any) -> Any:
    """Over how many blocks each result is divided: 1 where there are many results, or few elements."""
    wanted = code.ceil_divide(length, code.index(schedule.split_after))
    room = arith.divui(code.index(schedule.max_splits), arith.maxui(blocks, code.index(1)))
    return arith.maxui(code.smaller(wanted, room), code.index(1))


def _fold(
    stage: _Stage, kernel: code.Kernel, at: _Place, valid: Any, thread: Any, threads: Any
) -> tuple[Any, list[Any], list[Any]]:
    """(part, what threads start from, accumulators) after each of ``threads`` has folded its share of the part."""
    length, parts, part = kernel.inside(stage.length), kernel.inside(stage.parts), code.block("y")
    share = code.ceil_divide(length, parts)
    begin = code.mul(part, share)
    end = arith.select(valid, code.smaller(code.add(begin, share), length), code.index(0))
    start = stage.start(kernel, at)
    body = lambda position, *accumulated: stage.step(kernel, at, position, accumulated)  # noqa: E731
    return part, start, code.loop(code.add(begin, thread), end, threads, body, start)


def _by_rows(stage: _Stage, host: Any, unit: Any, name: str, schedule: GpuSchedule, shape: Sequence[Any]) -> None:
    """A kernel whose threads in x share a result; the block's y are different results."""
    most = threads_of(schedule.rows)
    with code.Kernel(unit, name, host, most) as kernel:
        x, y, width = code.thread("x"), code.thread("y"), code.block_size("x")
        row = code.add(code.mul(code.block("x"), code.block_size("y")), y)
        valid = code.less(row, kernel.inside(stage.rows))
        # A row past the last takes part in barriers and shuffles like any other, with row 0's place and no elements.
        at = stage.place(kernel, arith.select(valid, row, code.index(0)))
        part, start, accumulated = _fold(stage, kernel, at, valid, x, width)
        accumulated = _across_warp(stage, kernel, accumulated, width)
        if most > code.WARP:
            accumulated = _across_warps(stage, kernel, accumulated, start, most)
        with code.when(code.both(valid, code.equal(x, code.index(0)))):
            stage.finish(kernel, at, part, accumulated)
    width, height = shape
    kernel.launch([code.ceil_divide(stage.rows, height), stage.parts, code.index(1)], [width, height, code.index(1)])


def _across_warp(stage: _Stage, kernel: code.Kernel, accumulated: list[Any], width: Any) -> list[Any]:
    """Accumulators combined over groups of ``min(width, 32)`` lanes, which all get the result."""
    for distance in (1, 2, 4, 8, 16):
        other = [code.shuffle(v, distance) for v in accumulated]
        combined = stage.combine(kernel, accumulated, other)
        grouped = code.less(code.index(distance), width)
        accumulated = [arith.select(grouped, new, old) for new, old in zip(combined, accumulated, strict=True)]
    return accumulated


def _across_warps(stage: _Stage, kernel: code.Kernel, accumulated: list[Any], start: list[Any], most: int) -> list[Any]:
    """Accumulators of the warps of a row combined through shared memory, where a row has more than one warp."""
    shared = [kernel.shared([most // code.WARP], t) for t in stage.types]
    x, width, warp = code.thread("x"), code.block_size("x"), code.index(code.WARP)
    warps, lane = arith.divui(width, warp), arith.remui(x, warp)
    first = code.mul(code.thread("y"), warps)

    def combined() -> list[Any]:
        with code.when(code.equal(lane, code.index(0))):
            for value, buffer in zip(accumulated, shared, strict=True):
                memref.store(value, buffer, [code.add(first, arith.divui(x, warp))])
        code.barrier()
        mine = code.less(lane, warps)
        slot = code.add(first, arith.select(mine, lane, code.index(0)))
        read = [memref.load(buffer, [slot]) for buffer in shared]
        held = [arith.select(mine, v, neutral) for v, neutral in zip(read, start, strict=True)]
        return _across_warp(stage, kernel, held, warp)

    # The width is the same for all threads of the block, so that all of them reach the barrier, or none.
    return code.choose(code.less(warp, width), combined, lambda: accumulated, stage.types)


def _by_columns(stage: _Stage, host: Any, unit: Any, name: str, schedule: GpuSchedule, columns: Any) -> None:
    """A kernel whose threads in y share a result; the block's x are neighbouring results, ``columns`` in a line."""
    wide, high = schedule.columns
    tiles = code.ceil_divide(columns, code.index(wide))
    lines = arith.divui(stage.rows, arith.maxui(columns, code.index(1)))
    with code.Kernel(unit, name, host, wide * high) as kernel:
        x, y, tile_count, line_length = code.thread("x"), code.thread("y"), kernel.inside(tiles), kernel.inside(columns)
        block = code.block("x")
        column = code.add(code.mul(arith.remui(block, tile_count), code.index(wide)), x)
        line = arith.divui(block, tile_count)
        valid = code.less(column, line_length)
        row = code.add(code.mul(line, line_length), arith.select(valid, column, code.index(0)))
        at = stage.place(kernel, row)
        part, _, accumulated = _fold(stage, kernel, at, valid, y, code.index(high))
        shared = [kernel.shared([high, wide], t) for t in stage.types]
        for value, buffer in zip(accumulated, shared, strict=True):
            memref.store(value, buffer, [y, x])
        code.barrier()
        with code.when(code.both(valid, code.equal(y, code.index(0)))):

            def next_line(i: Any, *held: Any) -> list[Any]:
                return stage.combine(kernel, held, [memref.load(buffer, [i, x]) for buffer in shared])

            total = code.loop(code.index(1), code.index(high), code.index(1), next_line, accumulated)
            stage.finish(kernel, at, part, total)
    grid = [code.mul(tiles, lines), stage.parts, code.index(1)]
    kernel.launch(grid, [code.index(wide), code.index(high), code.index(1)])
