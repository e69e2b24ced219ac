"""Matrix products through shared memory: a block computes a tile, each thread a small square of it.

Before::

    linalg.generic {iterator_types = ["parallel", "parallel", "reduction"]} ... { acc + a * b }

After, in the kernel::

    for depth in 0, D, 2 D, ...:
      barrier;  left[k, row] = a or 0;  right[k, column] = b or 0;  barrier     # 0 outside the matrices
      for k in 0 .. D:  acc[i, j] += left[k, row + i] * right[k, column + j]
    out[row + i, column + j] = initial + acc[i, j]       where inside

What stands around the factors in the body (conversions, an elementwise operation that was fused into the product) is
computed once, on the way into shared memory. Products and sums are fused (``fma``), in the accumulator's precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, memref

from . import gpu_kernel as code
from .gpu_schedule import MAX_GRID_Y, GpuSchedule, MatmulTile
from .structured import Structured, is_used, load, store

_CASTS = frozenset(f"arith.{o}" for o in ("truncf", "extf", "trunci", "extsi", "extui"))
_WIDENING = frozenset(f"arith.{o}" for o in ("extf", "extsi", "extui"))
#: Rows of shared arrays are longer than the tile by this many elements, so that a column's elements lie in other banks.
_PADDING = 4


@dataclass(frozen=True)
class Factor:
    """One side of a product: the value of the body, as it goes into shared memory, and the loops of its side.

    ``widening`` names the conversion from there to the accumulator's type; ``steps_depth`` says that its innermost axis
    in memory is contracted.
    """

    value: Any
    widening: str | None
    loops: tuple[int, ...]
    steps_depth: bool


@dataclass(frozen=True)
class Product:
    """``out[batch, rows, columns] += left[batch, rows, depth] * right[batch, depth, columns]``.

    Each of these is any number of loops. ``term`` is the value of the body that is added to the accumulator.
    """

    s: Structured
    left: Factor
    right: Factor
    batch: tuple[int, ...]
    term: Any


def contraction(s: Structured) -> Product | None:
    """The product of two matrices that a structured operation is, if it is one."""
    if not s.reduced or len(s.outputs) != 1:
        return None
    total = code.maker(_below_casts(s.yielded[0]))
    if total is None or total.name not in ("arith.addf", "arith.addi"):
        return None
    terms = [v for v in total.operands if _below_casts(v) != s.accumulators[0]]
    factors = code.maker(terms[0]) if len(terms) == 1 else None
    if factors is None or factors.name not in ("arith.mulf", "arith.muli"):
        return None
    sides = list(factors.operands)
    used = [u for v in sides if (u := _loops(s, v)) is not None]
    if len(used) != 2:
        return None
    parallel = set(s.parallel)
    own = [(used[i] - used[1 - i]) & parallel for i in (0, 1)]
    if not own[0] or not own[1] or any(not set(s.reduced) <= u for u in used):
        return None
    inner = s.innermost(s.outputs[0])
    left = 1 if inner in own[0] else 0
    rows, columns = (_factor(s, sides[i], tuple(sorted(own[i]))) for i in (left, 1 - left))
    return Product(s, rows, columns, tuple(sorted(parallel - own[0] - own[1])), terms[0])


def _below_casts(value: Any) -> Any:
    while (operation := code.maker(value)) is not None and operation.name in _CASTS:
        value = operation.operands[0]
    return value


def _loops(s: Structured, value: Any) -> set[int] | None:
    """The loops that a value of the body varies with; ``None`` if it depends on the accumulator or on a region."""
    operation = code.maker(value)
    if operation is None:
        if value.owner != s.body:
            return set()
        number = ir.BlockArgument(value).arg_number
        if number >= len(s.inputs):
            return None
        return {e.position for e in s.inputs[number].expressions if isinstance(e, ir.AffineDimExpr)}
    if operation.block != s.body:
        return set()
    if operation.name == "linalg.index":
        return {ir.IntegerAttr(operation.attributes["dim"]).value}
    if len(operation.regions):
        return None
    found: set[int] = set()
    for operand in operation.operands:
        inner = _loops(s, operand)
        if inner is None:
            return None
        found |= inner
    return found


def _factor(s: Structured, value: Any, loops: tuple[int, ...]) -> Factor:
    widening = None
    operation = code.maker(value)
    if operation is not None and operation.name in _WIDENING:
        widening, value = operation.name, operation.operands[0]
    wide = max((o for o in _operands(s, value) if o.is_buffer), key=lambda o: len(o.expressions), default=None)
    return Factor(value, widening, loops, wide is not None and s.innermost(wide) in s.reduced)


def _operands(s: Structured, value: Any) -> list[Any]:
    """The inputs that a value of the body is computed from."""
    operation = code.maker(value)
    if operation is None:
        return [s.inputs[ir.BlockArgument(value).arg_number]] if value.owner == s.body else []
    return [o for v in operation.operands for o in _operands(s, v)]


# --- the kernel ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Side:
    """A factor in the kernel: its shared array ``[depth, width]``; along width the tile's first index, the extent."""

    factor: Factor
    buffer: Any
    first: Any
    extent: Any
    width: int


def map_matmul(p: Product, unit: Any, name: str, schedule: GpuSchedule, initial: Any | None) -> None:
    """Add the kernel of a product, and its launch. ``initial`` is the constant that the output is to start from."""
    s, tile = p.s, schedule.matmul
    across, down = tile.threads
    with ir.InsertionPoint(s.operation), s.operation.location:
        extents = s.extents()
        rows, columns, depth, batch = (
            code.product([extents[d] for d in loops]) for loops in (p.left.loops, p.right.loops, s.reduced, p.batch)
        )
        tiles = [code.ceil_divide(e, code.index(t)) for e, t in ((rows, tile.rows), (columns, tile.columns))]
        grid = [code.mul(*tiles), code.smaller(batch, code.index(MAX_GRID_Y)), code.index(1)]
        with code.Kernel(unit, name, s.operation, across * down) as kernel:
            tiles_across, block = kernel.inside(tiles[1]), code.block("x")
            left = _side(kernel, p.left, tile.depth, arith.divui(block, tiles_across), rows, tile.rows)
            right = _side(kernel, p.right, tile.depth, arith.remui(block, tiles_across), columns, tile.columns)

            def one(number: Any) -> list[Any]:
                _tile(kernel, p, tile, extents, depth, left, right, number, initial)
                return []

            code.loop(code.block("y"), kernel.inside(batch), code.grid_size("y"), one)
        kernel.launch(grid, [code.index(across), code.index(down), code.index(1)])


def _side(kernel: code.Kernel, factor: Factor, depth: int, number: Any, extent: Any, width: int) -> _Side:
    buffer = kernel.shared([depth, width + _PADDING], factor.value.type)
    return _Side(factor, buffer, code.mul(number, code.index(width)), kernel.inside(extent), width)


def _tile(
    kernel: code.Kernel, p: Product, tile: MatmulTile, extents: Sequence[Any], depth: Any, left: _Side, right: _Side,
    number: Any, initial: Any | None,
) -> None:  # fmt: skip
    """Compute and write this block's tile of matrix ``number`` of the batch."""
    count = tile.per_thread
    wide = p.term.type
    across, down = tile.threads
    where = dict(zip(p.batch, _coordinates(kernel, number, p.batch, extents), strict=True))
    zero = arith.constant(wide, 0.0 if isinstance(wide, ir.FloatType) else 0)
    x, y = code.thread("x"), code.thread("y")
    linear = code.add(code.mul(y, code.index(across)), x)
    my_row, my_column = code.mul(y, code.index(count)), code.mul(x, code.index(count))

    def one_depth(start: Any, *held: Any) -> list[Any]:
        # The tile before may still be read when the first thread is here.
        code.barrier()
        for side in (left, right):
            _fetch(kernel, p, side, tile.depth, across * down, linear, start, kernel.inside(depth), extents, where)
        code.barrier()

        def one_term(k: Any, *sums: Any) -> list[Any]:
            a = [_read(left, k, my_row, i, wide) for i in range(count)]
            b = [_read(right, k, my_column, j, wide) for j in range(count)]
            return [_multiply_add(a[i], b[j], sums[i * count + j]) for i in range(count) for j in range(count)]

        return code.loop(code.index(0), code.index(tile.depth), code.index(1), one_term, held)

    sums = code.loop(code.index(0), kernel.inside(depth), code.index(tile.depth), one_depth, [zero] * (count * count))
    for i in range(count):
        row = code.add(left.first, code.add(my_row, code.index(i)))
        with code.when(code.less(row, left.extent)):
            here = {**where, **dict(zip(p.left.loops, _coordinates(kernel, row, p.left.loops, extents), strict=True))}
            for j in range(count):
                column = code.add(right.first, code.add(my_column, code.index(j)))
                with code.when(code.less(column, right.extent)):
                    places = _coordinates(kernel, column, p.right.loops, extents)
                    _write(
                        kernel,
                        p,
                        {**here, **dict(zip(p.right.loops, places, strict=True))},
                        sums[i * count + j],
                        initial,
                    )


def _coordinates(kernel: code.Kernel, position: Any, loops: Sequence[int], extents: Sequence[Any]) -> list[Any]:
    return code.delinearize(position, [kernel.inside(extents[d]) for d in loops])


def _fetch(
    kernel: code.Kernel, p: Product, side: _Side, tile_depth: int, threads: int, linear: Any, start: Any, depth: Any,
    extents: Sequence[Any], where: dict[int, Any],
) -> None:  # fmt: skip
    """Bring one tile of a factor into shared memory, neighbouring threads along what is innermost in memory."""
    factor = side.factor
    zero = arith.constant(factor.value.type, 0.0 if isinstance(factor.value.type, ir.FloatType) else 0)
    for turn in range(-(-tile_depth * side.width // threads)):
        position = code.add(linear, code.index(turn * threads))
        inner = code.index(tile_depth if factor.steps_depth else side.width)
        low, high = arith.remui(position, inner), arith.divui(position, inner)
        k, i = (low, high) if factor.steps_depth else (high, low)
        term, place = code.add(start, k), code.add(side.first, i)
        inside = code.both(code.less(term, depth), code.less(place, side.extent))

        def element(term: Any = term, place: Any = place) -> list[Any]:
            at = {
                **where,
                **dict(zip(factor.loops, _coordinates(kernel, place, factor.loops, extents), strict=True)),
                **dict(zip(p.s.reduced, _coordinates(kernel, term, p.s.reduced, extents), strict=True)),
            }
            return _evaluate(kernel, p, factor.value, [at.get(d) for d in range(len(p.s.iterators))])

        (value,) = code.choose(inside, element, lambda: [zero], [factor.value.type])
        memref.store(value, side.buffer, [k, i])


def _evaluate(kernel: code.Kernel, p: Product, value: Any, dims: Sequence[Any]) -> list[Any]:
    """A factor's value at loop indices ``dims``; only the inputs of this side are loaded."""
    wanted = {id(o) for o in _operands(p.s, value)}
    known = {
        a: load(kernel, o, dims)
        for a, o in zip(p.s.body.arguments, p.s.inputs, strict=False)
        if id(o) in wanted and is_used(a)
    }
    return kernel.evaluate([value], known, dims)


def _read(side: _Side, k: Any, first: Any, offset: int, wide: Any) -> Any:
    value = memref.load(side.buffer, [k, code.add(first, code.index(offset))])
    if side.factor.widening is None:
        return value
    return ir.Operation.create(side.factor.widening, results=[wide], operands=[value]).result


def _multiply_add(a: Any, b: Any, c: Any) -> Any:
    """``a * b + c``; of floats without rounding in between, which code generation makes of the flag."""
    if not isinstance(c.type, ir.FloatType):
        return arith.addi(arith.muli(a, b), c)
    fused = ir.Attribute.parse("#arith.fastmath<contract>")
    return arith.addf(arith.mulf(a, b, fastmath=fused), c, fastmath=fused)


def _write(kernel: code.Kernel, p: Product, where: dict[int, Any], total: Any, initial: Any | None) -> None:
    dims = [where.get(d) for d in range(len(p.s.iterators))]
    (output,) = p.s.outputs
    old = kernel.inside(initial) if initial is not None else load(kernel, output, dims)
    (value,) = kernel.evaluate(p.s.yielded, {p.s.accumulators[0]: old, p.term: total}, dims)
    store(kernel, value, output, dims)
