"""BUFFER: matrix products become calls of blocked kernels.

Before::

    linalg.fill ins(%zero) outs(%c)
    linalg.generic {(m, k, n) -> (m, k), (k, n), (m, n)} ins(%a, %b) outs(%c) { multiply, add }

After::

    scf.if %is_small {
      call @contract.f32.f32.f32.small(%a, %b, %c, %n, %true)
    } else {
      %pb = memref.alloc ...
      call @contract.f32.f32.f32(%a, %b, %c, %pb, %n, %true)
    }

A few last columns, which would leave most of a tile empty, are left to another kernel.
A contraction has more loops than three where it is batched, or where several axes are summed: the others stay loops
around the call. What is not a product of two matrices stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple
from math import prod
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, scf
from pyc.dialects.walk import around, nested

from .base import BUFFER, Level, Pass
from .block_windows import call_windows, window_product
from .buffers import element_bytes
from .chunk_parallel import PARALLEL
from .chunks import Bounds, batch_of, ceil_divide, chunk_loop, work_of
from .contraction_dots import most_columns
from .contraction_kernels import COLLIDING, blocking, declarations, drivers, terms_of, workers
from .contraction_packing import ANY
from .contraction_tiles import Blocking, Elements
from .gpu_kernel import index
from .structured import Operand, Structured, read
from .window_kernels import window_declarations, window_driver, window_workers

#: Of a module: the element types of the products whose functions are not in it, and for what else these are.
APART, WINDOWS = "pyc.kernels", "windows"
EQ, _NE, _SLT, _SLE = 0, 1, 2, 3
#: Sums that the kernels compute in.
_SUMS = frozenset({"f32", "f64", "i32", "i64"})
_WIDEN = frozenset({"arith.extf", "arith.extsi", "arith.extui", "arith.sitofp", "arith.uitofp"})
#: A right operand of so many bytes is read where it lies: it stays in the level 2 cache.
_UNPACKED = 448 * 1024
#: Products of so few terms that LLVM does better with their loops: their extents are known.
UNROLLED = 512


@dataclass(frozen=True)
class BlockContractions(Pass):
    """Call blocked kernels for matrix products, for a machine with ``registers`` vector registers of ``bits`` bits.

    If it has instructions that multiply bytes by fours, ``grouped`` is 4, for pairs of 16-bit numbers 2, otherwise 0.
    What threads do in them is only declared where it is kept ``apart``; the module then says what it needs.
    """

    name: ClassVar[str] = "block-contractions"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    bits: int = 256
    registers: int = 16
    grouped: int = 0
    apart: bool = False

    def apply(self, module: Any) -> None:
        found = [operation for operation in nested(module.operation) if operation.name == "linalg.generic"]
        with module.context:
            products = [p for p in map(matrix_product, found) if p is not None]
            windows = [p for p in map(window_product, found) if p is not None]
            for product in products:
                with product.structured.operation.location:
                    _call(product, self._size(product.elements))
            for product in windows:
                with product.structured.operation.location:
                    call_windows(product, self._size(product.elements))
            matrices, images = ({p.elements: None for p in found} for found in (products, windows))
            parts = [self._defined(module, e, e in matrices, e in images) for e in matrices | images]
            if self.apart and parts:
                names = [ir.StringAttr.get(name) for names in parts for name in names]
                module.operation.attributes[APART] = ir.ArrayAttr.get(names)

    def _size(self, elements: Elements) -> Blocking:
        return blocking(self.bits, self.registers, 8 * _bytes(elements.sum), self.grouped)

    def _defined(self, module: Any, elements: Elements, are_matrices: bool, are_windows: bool) -> list[str]:
        """The names of the kernels that are not in the module, where what calls them is defined."""
        size = self._size(elements)
        declared, name = declarations(elements), astuple(elements)
        text = (drivers(elements, size) if are_matrices else "") + (
            window_driver(elements, size) if are_windows else ""
        )
        if are_windows:
            declared |= window_declarations(elements)
        if self.apart:
            text += "".join(declared.values())
        else:
            text += workers(elements, size) + (window_workers(elements, size) if are_windows else "")
        define(module, text)
        return [json.dumps(n) for n in ([name, (*name, WINDOWS)] if are_windows else [name])]


@dataclass(frozen=True)
class Product:
    """A contraction of two matrices: the loops over rows of the left, summed terms and columns of the right."""

    structured: Structured
    elements: Elements
    rows: int
    terms: int
    columns: int

    @property
    def left(self) -> Operand:
        return self.structured.inputs[0]

    @property
    def right(self) -> Operand:
        return self.structured.inputs[1]

    @property
    def sums(self) -> Operand:
        return self.structured.outputs[0]

    @property
    def sum_type(self) -> Any:
        return self.sums.value.type.element_type

    @property
    def outer(self) -> list[int]:
        """The loops around the product."""
        return [i for i in range(len(self.structured.iterators)) if i not in (self.rows, self.terms, self.columns)]


def matrix_product(operation: Any) -> Product | None:
    """How an operation is a product of matrices, if it is one."""
    s = read(operation)
    operands = (*s.inputs, *s.outputs)
    if len(s.inputs) != 2 or len(s.outputs) != 1 or not all(o.is_buffer and is_projection(o) for o in operands):
        return None
    elements = elements_of(s)
    if elements is None:
        return None
    left, right, sums = (loops_of(o) for o in operands)
    kinds: dict[tuple[bool, bool, bool], list[int]] = {}
    for loop in range(len(s.iterators)):
        kinds.setdefault((loop in left, loop in right, loop in sums), []).append(loop)
    rows, terms, columns = (kinds.get(k, []) for k in ((True, False, True), (True, True, False), (False, True, True)))
    if not rows or not terms or not columns:
        return None
    extents = [s.static_extent(loops[-1]) for loops in (rows, terms, columns)]
    known = [extent for extent in extents if extent is not None]
    if 1 in (extents[0], extents[2]) or (len(known) == 3 and prod(known) <= UNROLLED):
        return None
    return Product(s, elements, rows[-1], terms[-1], columns[-1])


def is_projection(operand: Operand) -> bool:
    """Whether each axis is one loop, and no loop two axes, or the axis is read at 0 only."""
    loops = loops_of(operand)
    others = [e for e in operand.expressions if not isinstance(e, ir.AffineDimExpr)]
    return len(loops) == len(set(loops)) and all(isinstance(e, ir.AffineConstantExpr) and e.value == 0 for e in others)


def loops_of(operand: Operand) -> list[int]:
    return [e.position for e in operand.expressions if isinstance(e, ir.AffineDimExpr)]


def elements_of(s: Structured) -> Elements | None:
    """The types of a body that is ``sum + widen(left) * widen(right)`` with additions that may be in any order."""
    (total,) = s.yielded
    (acc,) = s.accumulators
    t = str(acc.type)
    if t not in _SUMS or isinstance(total.owner, ir.Block) or total.owner.name not in ("arith.addf", "arith.addi"):
        return None
    addition = total.owner
    if addition.name == "arith.addf" and not _is_free(addition):
        return None
    others = [v for v in addition.operands if v != acc]
    if len(others) != 1 or isinstance(others[0].owner, ir.Block):
        return None
    product = others[0].owner
    if product.name not in ("arith.mulf", "arith.muli"):
        return None
    chains = [_widening(v) for v in product.operands]
    arguments = [v for v, _ in (c for c in chains if c is not None)]
    if len(arguments) != 2:
        return None
    found = {a: tuple(chain) for a, chain in (c for c in chains if c is not None)}
    inputs = list(s.body.arguments)[:2]
    if set(found) != set(inputs):
        return None
    left, right = (str(o.value.type.element_type) for o in s.inputs)
    return Elements(left, right, t, found[inputs[0]], found[inputs[1]])


def _is_free(addition: Any) -> bool:
    return "fastmath" in addition.attributes and "reassoc" in str(addition.attributes["fastmath"])


def _widening(value: Any) -> tuple[Any, list[tuple[str, str]]] | None:
    """The body's argument that a value is made of, and the conversions that make it."""
    chain: list[tuple[str, str]] = []
    while not isinstance(value.owner, ir.Block):
        operation = value.owner
        if operation.name not in _WIDEN:
            return None
        chain.append((operation.name, str(value.type)))
        value = operation.operands[0]
    return value, chain[::-1]


def _call(product: Product, size: Blocking) -> None:
    """Replace a product by calls."""
    operation = product.structured.operation
    cleared = clearing(product.structured, product.outer)
    with ir.InsertionPoint(operation):
        clear = arith.constant(ir.IntegerType.get_signless(1), 1 if cleared else 0)
        _nest(product, product.outer, {}, _Extents(clear, *_joined(product)), size)
    if cleared:
        cleared.erase()
    operation.erase()


def clearing(s: Structured, outer: Sequence[int]) -> Any:
    """The operation right before a product that sets all its sums to zero, if nothing is summed in ``outer`` loops."""
    if any(s.iterators[loop] != "parallel" for loop in outer):
        return None
    operations = list(s.operation.block.operations)
    place = next(i for i, op in enumerate(operations) if op.operation == s.operation)
    if place == 0:
        return None
    before = operations[place - 1].operation
    if before.name != "linalg.fill" or before.operands[1] != s.outputs[0].value:
        return None
    value = before.operands[0]
    if isinstance(value.owner, ir.Block) or value.owner.name != "arith.constant":
        return None
    return before if str(value.owner.attributes["value"]).split(" :")[0] in ("0", "0.000000e+00") else None


@dataclass(frozen=True)
class _Extents:
    """Whether sums start from zero; the extents of all loops, those that are joined into rows; how many rows."""

    clear: Any
    loops: Sequence[Any]
    rows: Any


def _joined(product: Product) -> tuple[Sequence[Any], Any]:
    """The extents of all loops and how many rows there are, where loops around the rows become some of them.

    They do where the right operand is the same for all, and the rows of the others lie as if of one matrix, which is
    known when the program runs: such a loop then has one round.
    """
    known = product.structured.extents()
    extents, rows, inner, follow = list(known), known[product.rows], product.rows, None
    for loop in reversed(product.outer):
        if loop in loops_of(product.right) or any(loop not in loops_of(o) for o in (product.left, product.sums)):
            break
        for operand in (product.left, product.sums):
            steps = strides(operand)
            follows = arith.cmpi(EQ, steps[loop], arith.muli(steps[inner], known[inner]))
            follow = follows if follow is None else arith.andi(follow, follows)
        rows = arith.select(follow, arith.muli(known[loop], rows), rows)
        extents[loop] = arith.select(follow, arith.minsi(known[loop], index(1)), known[loop])
        inner = loop
    return extents, rows


def _nest(product: Product, loops: Sequence[int], at: dict[int, Any], extents: _Extents, size: Blocking) -> None:
    """The loops around a product, and the product."""
    if not loops:
        _multiply(product, at, extents, size)
        return
    low, high = index(0), extents.loops[loops[0]]
    if not at and product.structured.iterators[loops[0]] == "parallel" and not _is_in_chunk(product):
        bounds, chunks = _batches(extents, loops)
        end = chunk_loop(chunks)
        with ir.InsertionPoint(end):
            low, length = bounds.of(end.operation.block.arguments[0])
            _round(product, loops, at, extents, size, (low, arith.addi(low, length)))
    else:
        _round(product, loops, at, extents, size, (low, high))


def _round(
    product: Product,
    loops: Sequence[int],
    at: dict[int, Any],
    extents: _Extents,
    size: Blocking,
    bounds: tuple[Any, Any],
) -> None:
    loop = scf.ForOp(*bounds, index(1))
    with ir.InsertionPoint(loop.body):
        _nest(product, loops[1:], {**at, loops[0]: loop.induction_variable}, extents, size)
        scf.YieldOp([])


def _is_in_chunk(product: Product) -> bool:
    return any(PARALLEL in op.attributes for op in around(product.structured.operation))


def _batches(found: _Extents, loops: Sequence[int]) -> tuple[Bounds, Any]:
    """How a batch is divided among threads: of a few products that are large, each is divided itself."""
    i64 = ir.IntegerType.get_signless(64)
    extents = [arith.index_cast(i64, e) for e in found.loops]
    count = extents[loops[0]]
    work = work_of(1, [e for i, e in enumerate(extents) if i != loops[0]])
    length = batch_of(count, work)
    return Bounds(count, length), ceil_divide(count, length)


@dataclass(frozen=True)
class Matrix:
    """A matrix as a memref of any strides, with its two sizes and strides."""

    value: Any
    sizes: tuple[Any, Any]
    strides: tuple[Any, Any]


def _multiply(product: Product, at: dict[int, Any], extents: _Extents, size: Blocking) -> None:
    a = matrix(product.left, product.rows, product.terms, at, extents.rows)
    b = matrix(product.right, product.terms, product.columns, at)
    c = matrix(product.sums, product.rows, product.columns, at, extents.rows)
    clear = extents.clear
    if not product.elements.direct:
        _pack_and_multiply(product, a, b, c, b.sizes[1], clear, size)
        return
    symbol = product.elements.symbol
    most = _columns_without(a, b, size)
    several = scf.IfOp(arith.cmpi(_SLT, index(0), most))
    with ir.InsertionPoint(several.then_block):
        small = scf.IfOp(_is_small(a, b, c, size, product), has_else=True)
        with ir.InsertionPoint(small.then_block):
            invoke(f"{symbol}.small", [a.value, b.value, c.value, most, clear])
            scf.YieldOp([])
        with ir.InsertionPoint(small.else_block):
            _pack_and_multiply(product, a, b, c, most, clear, size)
            scf.YieldOp([])
        scf.YieldOp([])
    few = scf.IfOp(arith.cmpi(_SLT, most, b.sizes[1]))
    with ir.InsertionPoint(few.then_block):
        invoke(f"{symbol}.dots", [a.value, b.value, c.value, most, clear])
        scf.YieldOp([])


def _columns_without(a: Matrix, b: Matrix, size: Blocking) -> Any:
    """How many columns are computed in tiles: all, or all but a few last ones, which would leave most of one empty."""
    count, terms = b.sizes[1], a.sizes[1]
    rest = arith.remui(count, index(size.wide))
    alone = arith.cmpi(_SLE, count, index(most_columns(size)))
    limit = arith.select(alone, index(most_columns(size)), index(size.lanes // 2))
    are_few = arith.andi(arith.cmpi(_SLE, rest, limit), arith.cmpi(_SLE, index(2 * size.lanes), terms))
    apart = arith.andi(are_few, arith.cmpi(EQ, a.strides[1], index(1)))
    return arith.select(apart, arith.subi(count, rest), count)


def _is_small(a: Matrix, b: Matrix, c: Matrix, size: Blocking, product: Product) -> Any:
    """Whether the operands are not worth packing, and the right one can be read in vectors as it is."""
    contiguous = arith.andi(*(arith.cmpi(EQ, x.strides[1], index(1)) for x in (b, c)))
    cells = arith.muli(*b.sizes)
    few = arith.cmpi(_SLE, cells, index(_UNPACKED // element_bytes(product.sum_type)))
    flat = arith.cmpi(_SLE, a.sizes[0], index(2 * size.high))
    # Rows that are apart by a multiple of this have their elements in few lines of a level 1 cache.
    distance = arith.remui(a.strides[0], index(COLLIDING // element_bytes(product.sum_type)))
    spread = arith.andi(few, arith.cmpi(_NE, distance, index(0)))
    return arith.andi(contiguous, arith.ori(spread, flat))


def _pack_and_multiply(
    product: Product, a: Matrix, b: Matrix, c: Matrix, columns: Any, clear: Any, size: Blocking
) -> None:
    padded = arith.muli(arith.ceildivsi(columns, index(size.wide)), index(size.wide))
    steps = arith.ceildivui(a.sizes[1], index(terms_of(product.elements, size)))
    block = arith.muli(arith.minsi(padded, index(size.columns)), arith.minsi(steps, index(size.depth)))
    room = arith.minsi(arith.muli(padded, steps), arith.maxsi(block, index(size.together)))
    t = ir.MemRefType.get([ir.ShapedType.get_dynamic_size()], product.sum_type)
    segments = {"operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 0])}
    buffer = ir.Operation.create("memref.alloc", [t], [room], segments).results[0]
    invoke(product.elements.symbol, [a.value, b.value, c.value, buffer, columns, clear])
    ir.Operation.create("memref.dealloc", [], [buffer])


def _described(operand: Operand) -> tuple[Any, Any, list[Any], list[Any]]:
    """The memory of an operand, where it begins there, and its sizes and strides."""
    size, count = ir.IndexType.get(), len(operand.expressions)
    base = ir.MemRefType.get([], operand.value.type.element_type)
    types = [base, *[size] * (1 + 2 * count)]
    found = list(ir.Operation.create("memref.extract_strided_metadata", types, [operand.value]).results)
    return found[0], found[1], found[2 : 2 + count], found[2 + count :]


def strides(operand: Operand) -> dict[int, Any]:
    """How far apart in memory rounds of each loop of an operand are."""
    steps = _described(operand)[3]
    return {
        e.position: step for e, step in zip(operand.expressions, steps, strict=True) if isinstance(e, ir.AffineDimExpr)
    }


def matrix(operand: Operand, rows: int, columns: int, at: dict[int, Any], row_count: Any = None) -> Matrix:
    """The matrix that two loops go over, at the indices of the others; it has ``row_count`` rows, if that is given."""
    t = operand.value.type
    memory, offset, sizes, steps = _described(operand)
    axes = {}
    for axis, expression in enumerate(operand.expressions):
        if not isinstance(expression, ir.AffineDimExpr):
            continue
        if expression.position in at:
            offset = arith.addi(offset, arith.muli(at[expression.position], steps[axis]))
        else:
            axes[expression.position] = axis
    chosen = [axes[rows], axes[columns]]
    extents, steps = [sizes[i] for i in chosen], [steps[i] for i in chosen]
    if row_count is not None:
        extents[0] = row_count
    result = ir.Type.parse(f"memref<?x?x{t.element_type}, {ANY}>")
    dynamic = ir.ShapedType.get_dynamic_size()
    attributes = {
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 1, 2, 2]),
        "static_offsets": ir.DenseI64ArrayAttr.get([dynamic]),
        "static_sizes": ir.DenseI64ArrayAttr.get([dynamic] * 2),
        "static_strides": ir.DenseI64ArrayAttr.get([dynamic] * 2),
    }
    operands = [memory, offset, *extents, *steps]
    view = ir.Operation.create("memref.reinterpret_cast", [result], operands, attributes).results[0]
    return Matrix(view, (extents[0], extents[1]), (steps[0], steps[1]))


def invoke(symbol: str, arguments: Sequence[Any]) -> None:
    ir.Operation.create("func.call", [], arguments, {"callee": ir.FlatSymbolRefAttr.get(symbol)})


def define(module: Any, text: str) -> None:
    """Add functions to a module."""
    parsed = ir.Module.parse(text, module.context)
    for function in list(parsed.body.operations):
        module.body.append(function)


def _bytes(t: str) -> int:
    return int(t[1:]) // 8
