"""BUFFER: products of filters with windows of images become calls of kernels, a part of ``block-contractions``.

Before::

    linalg.fill ins(%zero) outs(%y)
    linalg.generic {(b, g, f, c, r, q, h, w) -> (g, f, c, r, q), (b, g, c, 2 h + r, 2 w + q), (b, g, f, h, w)}
      ins(%filters, %images) outs(%y) { multiply, add }

After::

    for c, r, q: %offsets[...] = c * %channel + r * %row + q * %column
    for b, g: call @contract.f32.f32.f32.windows(%filters[g], %images[b, g], %offsets, ..., %y[b, g], ...)

Filters of one channel are multiplied one by one: ``contract.f32.f32.f32.each_window``. Filters that are not contiguous
are copied before, and results that are not, afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, memref, scf
from pyc.dialects.walk import around

from .chunk_parallel import PARALLEL
from .chunks import LEAST_PRODUCTS, MOST_TIMES, Bounds, batch_of, ceil_divide, chunk_loop, size_of, work_of
from .contraction_packing import ANY
from .contraction_tiles import Blocking, Elements
from .gpu_kernel import index
from .structured import Operand, Structured, read

#: The loops of such an operation, in order: see ``lower_to_linalg/contraction.py``.
IMAGE, GROUP, FILTER, CHANNEL, TAP_ROW, TAP_COLUMN, ROW, COLUMN = range(8)
_KINDS = ("parallel",) * 3 + ("reduction",) * 3 + ("parallel",) * 2
_EQ, _SLE = 0, 3


@dataclass(frozen=True)
class Windows:
    """Such an operation: distances of windows and of their elements, by rows and by columns; what clears its sums."""

    structured: Structured
    elements: Elements
    strides: tuple[int, int]
    dilations: tuple[int, int]
    cleared: Any

    @property
    def filters(self) -> Operand:
        return self.structured.inputs[0]

    @property
    def images(self) -> Operand:
        return self.structured.inputs[1]

    @property
    def sums(self) -> Operand:
        return self.structured.outputs[0]

    @property
    def is_each(self) -> bool:
        """Whether filters have one channel."""
        return self.structured.static_extent(CHANNEL) == 1


def window_product(operation: Any) -> Windows | None:
    """How an operation multiplies filters and windows of images, if it does."""
    from .block_contractions import clearing, elements_of

    s = read(operation)
    operands = (*s.inputs, *s.outputs)
    if len(s.inputs) != 2 or len(s.outputs) != 1 or s.iterators != _KINDS or not all(o.is_buffer for o in operands):
        return None
    filters, images, sums = ([_terms(e) for e in o.expressions] for o in operands)
    if any(t is None for t in (*filters, *images, *sums)):
        return None
    if filters != _loops(GROUP, FILTER, CHANNEL, TAP_ROW, TAP_COLUMN) or sums != _loops(
        IMAGE, GROUP, FILTER, ROW, COLUMN
    ):
        return None
    if images[:3] != _loops(IMAGE, GROUP, CHANNEL) or len(images) != 5:
        return None
    high, wide = images[3] or {}, images[4] or {}
    if set(high) != {ROW, TAP_ROW} or set(wide) != {COLUMN, TAP_COLUMN}:
        return None
    elements, cleared = elements_of(s), clearing(s, [])
    if elements is None or elements.sum not in ("f32", "f64") or cleared is None:
        return None
    return Windows(s, elements, (high[ROW], wide[COLUMN]), (high[TAP_ROW], wide[TAP_COLUMN]), cleared)


def _loops(*positions: int) -> list[dict[int, int] | None]:
    return [{p: 1} for p in positions]


def _terms(expression: Any) -> dict[int, int] | None:
    """By loop, how often it is added in an expression that is a sum of loops; ``None`` of any other."""
    if isinstance(expression, ir.AffineDimExpr):
        return {expression.position: 1}
    if isinstance(expression, ir.AffineMulExpr):
        of, factor = _terms(expression.lhs), expression.rhs
        if of is None or not isinstance(factor, ir.AffineConstantExpr):
            return None
        return {loop: times * factor.value for loop, times in of.items()}
    if isinstance(expression, ir.AffineAddExpr):
        first, second = _terms(expression.lhs), _terms(expression.rhs)
        return None if first is None or second is None or first.keys() & second.keys() else first | second
    return None


@dataclass(frozen=True)
class _Memory:
    """An array of five axes in memory: its base, where it begins there, and its strides."""

    base: Any
    offset: Any
    steps: Sequence[Any]


def call_windows(product: Windows, size: Blocking) -> None:
    """Replace a product with windows by calls."""
    operation = product.structured.operation
    with ir.InsertionPoint(operation):
        extents = product.structured.extents()
        width = {"filters": (GROUP, FILTER, CHANNEL, TAP_ROW, TAP_COLUMN), "sums": (IMAGE, GROUP, FILTER, ROW, COLUMN)}
        x = _described(product.images.value)
        filters = _Straight.of(product.filters.value, [extents[i] for i in width["filters"]], 3)
        sums = _Straight.of(product.sums.value, [extents[i] for i in width["sums"]], 2)
        filters.move(product.filters.value, into=True)
        w, y = filters.chosen(product.filters.value), sums.chosen(product.sums.value)
        if product.is_each:
            _each(product, extents, x, w, y)
        else:
            _packed(product, extents, x, w, y, size)
        sums.move(product.sums.value, into=False)
        for made in (filters, sums):
            ir.Operation.create("memref.dealloc", [], [made.buffer])
    product.cleared.erase()
    operation.erase()


@dataclass(frozen=True)
class _Straight:
    """Room for an array whose last axes lie as if they were one, empty where they do so in its own memory."""

    is_so: Any
    buffer: Any
    extents: Sequence[Any]

    @staticmethod
    def of(value: Any, extents: Sequence[Any], joined: int) -> _Straight:
        steps = _described(value).steps
        is_so = arith.cmpi(_EQ, steps[4], index(1))
        count = extents[4]
        for axis in range(3, -1, -1):
            if axis >= 5 - joined:
                # Of an axis of one element, nobody knows the stride.
                follows = arith.cmpi(_EQ, steps[axis], count)
                is_so = arith.andi(is_so, arith.ori(follows, arith.cmpi(_SLE, extents[axis], index(1))))
            count = arith.muli(count, extents[axis])
        t = ir.MemRefType.get([ir.ShapedType.get_dynamic_size()], value.type.element_type)
        return _Straight(is_so, _allocated(t, arith.select(is_so, index(0), count)), extents)

    def view(self) -> Any:
        """The room as an array of five axes, by rows."""
        made = _described(self.buffer)
        steps = [index(1)]
        for extent in reversed(self.extents[1:]):
            steps.insert(0, arith.muli(steps[0], extent))
        return _view(made.base, made.offset, self.extents, steps)

    def move(self, value: Any, *, into: bool) -> None:
        """Copy the array into the room, or back, if it is needed."""
        moved = scf.IfOp(arith.xori(self.is_so, arith.constant(ir.IntegerType.get_signless(1), 1)))
        with ir.InsertionPoint(moved.then_block):
            mine = self.view()
            source, target = (value, mine) if into else (mine, value)

            def element(at: Sequence[Any]) -> None:
                memref.store(memref.load(source, at), target, at)

            _nested(self.extents, element)
            scf.YieldOp([])

    def chosen(self, value: Any) -> _Memory:
        """The room if it is needed, else the array itself."""
        own = _described(value)
        results = [own.base.type, *[ir.IndexType.get()] * 6]
        choice = scf.IfOp(self.is_so, results, has_else=True)
        with ir.InsertionPoint(choice.then_block):
            scf.YieldOp([own.base, own.offset, *own.steps])
        with ir.InsertionPoint(choice.else_block):
            made = _described(self.view())
            scf.YieldOp([made.base, made.offset, *made.steps])
        base, offset, *steps = choice.results
        return _Memory(base, offset, steps)


def _packed(product: Windows, extents: Sequence[Any], x: _Memory, w: _Memory, y: _Memory, size: Blocking) -> None:
    """Of each image and group, a product of a matrix of filters and one of windows."""
    from .block_contractions import invoke

    e = product.elements
    channels, rows, columns = (extents[i] for i in (CHANNEL, TAP_ROW, TAP_COLUMN))
    terms = arith.muli(channels, arith.muli(rows, columns))
    windows = arith.muli(extents[ROW], extents[COLUMN])
    offsets = _allocated(ir.Type.parse("memref<?xindex>"), terms)
    steps = [x.steps[2], *(arith.muli(x.steps[3 + i], index(d)) for i, d in enumerate(product.dilations))]

    def offset(at: Sequence[Any]) -> None:
        c, r, q = at
        term = arith.addi(arith.muli(arith.addi(arith.muli(c, rows), r), columns), q)
        far = [arith.muli(i, step) for i, step in zip(at, steps, strict=True)]
        memref.store(arith.addi(far[0], arith.addi(far[1], far[2])), offsets, [term])

    _nested([channels, rows, columns], offset)

    def multiply(b: Any, g: Any) -> None:
        a = _view(w.base, _at(w, (g,)), [extents[FILTER], terms], [w.steps[1], w.steps[4]])
        c = _view(y.base, _at(y, (b, g)), [extents[FILTER], windows], [y.steps[2], y.steps[4]])
        padded = arith.muli(arith.ceildivsi(windows, index(size.wide)), index(size.wide))
        block = arith.muli(arith.minsi(padded, index(size.columns)), arith.minsi(terms, index(size.depth)))
        room = arith.minsi(arith.muli(padded, terms), arith.maxsi(block, index(size.together)))
        buffer = _allocated(ir.Type.parse(f"memref<?x{e.sum}>"), room)
        clear = arith.constant(ir.IntegerType.get_signless(1), 1)
        apart = [arith.muli(x.steps[3 + i], index(s)) for i, s in enumerate(product.strides)]
        given = [_flat(x.base, e.right), _at(x, (b, g)), offsets, *apart, extents[COLUMN]]
        invoke(f"{e.symbol}.windows", [a, *given, c, buffer, windows, clear])
        ir.Operation.create("memref.dealloc", [], [buffer])

    inner = [extents[i] for i in (FILTER, CHANNEL, TAP_ROW, TAP_COLUMN, ROW, COLUMN)]
    _over(product, [extents[IMAGE], extents[GROUP]], inner, multiply)
    ir.Operation.create("memref.dealloc", [], [offsets])


def _each(product: Windows, extents: Sequence[Any], x: _Memory, w: _Memory, y: _Memory) -> None:
    """Of each image and filter, the windows of its channel."""
    from .block_contractions import invoke

    e = product.elements

    def multiply(b: Any, g: Any, f: Any) -> None:
        apart = [arith.muli(x.steps[3 + i], index(s)) for i, s in enumerate(product.strides)]
        taps = [arith.muli(x.steps[3 + i], index(d)) for i, d in enumerate(product.dilations)]
        given = [_flat(x.base, e.right), _at(x, (b, g)), *apart, *taps, extents[TAP_ROW], extents[TAP_COLUMN]]
        given += [_flat(w.base, e.left), _at(w, (g, f)), w.steps[3], w.steps[4]]
        given += [_flat(y.base, e.sum), _at(y, (b, g, f)), y.steps[3], extents[ROW], extents[COLUMN]]
        invoke(f"{e.symbol}.each_window", given)

    inner = [extents[i] for i in (TAP_ROW, TAP_COLUMN, ROW, COLUMN)]
    _over(product, [extents[i] for i in (IMAGE, GROUP, FILTER)], inner, multiply)


def _over(product: Windows, outer: Sequence[Any], inner: Sequence[Any], body: Callable[..., None]) -> None:
    """Loops over what is independent, which threads share; of a few products that are large, each is divided itself."""
    i64 = ir.IntegerType.get_signless(64)
    total = outer[0]
    for extent in outer[1:]:
        total = arith.muli(total, extent)

    def rounds(low: Any, high: Any) -> None:
        loop = scf.ForOp(low, high, index(1))
        with ir.InsertionPoint(loop.body):
            at, rest = [], loop.induction_variable
            for extent in reversed(outer[1:]):
                at.insert(0, arith.remui(rest, extent))
                rest = arith.divui(rest, extent)
            body(rest, *at)
            scf.YieldOp([])

    if any(PARALLEL in op.attributes for op in around(product.structured.operation)):
        rounds(index(0), total)
        return
    count, work = arith.index_cast(i64, total), work_of(1, [arith.index_cast(i64, e) for e in inner])
    # What is multiplied one by one is not divided itself.
    length = size_of(count, work, MOST_TIMES, LEAST_PRODUCTS) if product.is_each else batch_of(count, work)
    bounds = Bounds(count, length)
    end = chunk_loop(ceil_divide(count, length))
    with ir.InsertionPoint(end):
        low, length = bounds.of(end.operation.block.arguments[0])
        rounds(low, arith.addi(low, length))


def _nested(extents: Sequence[Any], body: Callable[[Sequence[Any]], None], at: Sequence[Any] = ()) -> None:
    """Loops over extents, one in the other."""
    if len(at) == len(extents):
        body(at)
        return
    loop = scf.ForOp(index(0), extents[len(at)], index(1))
    with ir.InsertionPoint(loop.body):
        _nested(extents, body, [*at, loop.induction_variable])
        scf.YieldOp([])


def _described(value: Any) -> _Memory:
    size, count = ir.IndexType.get(), value.type.rank
    base = ir.MemRefType.get([], value.type.element_type)
    types = [base, *[size] * (1 + 2 * count)]
    found = list(ir.Operation.create("memref.extract_strided_metadata", types, [value]).results)
    return _Memory(found[0], found[1], found[2 + count :])


def _at(memory: _Memory, indices: Sequence[Any]) -> Any:
    """Where the part of an array at the first indices begins."""
    place = memory.offset
    for i, step in zip(indices, memory.steps, strict=False):
        place = arith.addi(place, arith.muli(i, step))
    return place


def _view(base: Any, offset: Any, sizes: Sequence[Any], steps: Sequence[Any]) -> Any:
    """Memory as an array of any strides."""
    rank, dynamic = len(sizes), ir.ShapedType.get_dynamic_size()
    shape, unknown = "x".join(["?"] * rank), ", ".join(["?"] * rank)
    layout = ANY if rank == 2 else f"strided<[{unknown}], offset: ?>"
    result = ir.Type.parse(f"memref<{shape}x{base.type.element_type}, {layout}>")
    attributes = {
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 1, rank, rank]),
        "static_offsets": ir.DenseI64ArrayAttr.get([dynamic]),
        "static_sizes": ir.DenseI64ArrayAttr.get([dynamic] * rank),
        "static_strides": ir.DenseI64ArrayAttr.get([dynamic] * rank),
    }
    operands = [base, offset, *sizes, *steps]
    return ir.Operation.create("memref.reinterpret_cast", [result], operands, attributes).results[0]


def _flat(base: Any, t: str) -> Any:
    """Memory from its base on; kernels are told where arrays begin in it."""
    attributes = {
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 0, 1, 0]),
        "static_offsets": ir.DenseI64ArrayAttr.get([0]),
        "static_sizes": ir.DenseI64ArrayAttr.get([ir.ShapedType.get_dynamic_size()]),
        "static_strides": ir.DenseI64ArrayAttr.get([1]),
    }
    result = ir.Type.parse(f"memref<?x{t}>")
    return ir.Operation.create("memref.reinterpret_cast", [result], [base, index(1)], attributes).results[0]


def _allocated(t: Any, count: Any) -> Any:
    segments = {"operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 0])}
    return ir.Operation.create("memref.alloc", [t], [count], segments).results[0]
