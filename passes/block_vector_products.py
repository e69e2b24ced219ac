"""BUFFER: products of a matrix and a vector become calls of kernels.

Before::

    linalg.fill ins(%zero) outs(%y)
    linalg.generic {(k, n) -> (k), (k, n), (n)} ins(%x, %b) outs(%y) { multiply, add }

After::

    scf.if %rows_of_b_and_y_are_contiguous {
      call @product.f64.rows(%x, %b, %y, %true)
    } else {
      scf.if %columns_of_b_and_x_are_contiguous {
        call @product.f64.columns(%x, %b, %y, %true)
      } else {
        linalg.fill ...
        linalg.generic ...
      }
    }

Sums that have an order, and those of integers, stay loops: LLVM's vectoriser does as well there.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir, scf
from pyc.dialects.walk import nested

from .base import BUFFER, Level, Pass
from .block_contractions import EQ, UNROLLED, clearing, define, elements_of, invoke, is_projection, loops_of, matrix
from .buffers import element_bytes
from .gpu_kernel import index
from .structured import Operand, Structured, read
from .vector_kernels import VECTOR, symbol, vector_kernels

_SUMS = frozenset({"f32", "f64"})


@dataclass(frozen=True)
class BlockVectorProducts(Pass):
    """Call kernels for products of a matrix and a vector, for a machine with vector registers of ``bits`` bits."""

    name: ClassVar[str] = "block-vector-products"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    bits: int = 256

    def apply(self, module: Any) -> None:
        found = [operation for operation in nested(module.operation) if operation.name == "linalg.generic"]
        with module.context:
            types: dict[str, int] = {}
            for product in (p for p in map(vector_product, found) if p is not None):
                with product.structured.operation.location:
                    _call(product)
                types[str(product.element)] = self.bits // (8 * element_bytes(product.element))
            for t, lanes in types.items():
                define(module, vector_kernels(t, lanes))


@dataclass(frozen=True)
class _Product:
    """``y += x B``: the loops over the summed terms, which are rows of B, and over its columns."""

    structured: Structured
    vector: Operand
    matrix: Operand
    terms: int
    columns: int

    @property
    def sums(self) -> Operand:
        return self.structured.outputs[0]

    @property
    def element(self) -> Any:
        return self.sums.value.type.element_type


def vector_product(operation: Any) -> _Product | None:
    """How an operation is a product of a vector and a matrix, if it is one."""
    s = read(operation)
    operands = (*s.inputs, *s.outputs)
    if len(s.inputs) != 2 or len(s.outputs) != 1 or sorted(s.iterators) != ["parallel", "reduction"]:
        return None
    if not all(o.is_buffer and is_projection(o) for o in operands):
        return None
    elements = elements_of(s)
    if elements is None or not elements.direct or elements.sum not in _SUMS:
        return None
    (columns,), (terms,) = s.parallel, s.reduced
    vector, whole = sorted(s.inputs, key=lambda o: len(loops_of(o)))
    if loops_of(vector) != [terms] or set(loops_of(whole)) != {terms, columns} or loops_of(s.outputs[0]) != [columns]:
        return None
    known = [extent for extent in map(s.static_extent, (terms, columns)) if extent is not None]
    if 1 in known or (len(known) == 2 and prod(known) <= UNROLLED):
        return None
    return _Product(s, vector, whole, terms, columns)


def _call(product: _Product) -> None:
    """Replace a product by calls of the kernels, and by itself for memory of other strides."""
    operation = product.structured.operation
    cleared = clearing(product.structured, [])
    with ir.InsertionPoint(operation):
        fresh = arith.constant(ir.IntegerType.get_signless(1), 1 if cleared else 0)
        b = matrix(product.matrix, product.terms, product.columns, {})
        x, x_step = _vector(product.vector)
        y, y_step = _vector(product.sums)
        prefix = symbol(str(product.element))
        one = index(1)
        rows = scf.IfOp(_all_are([b.strides[1], y_step], one), has_else=True)
        with ir.InsertionPoint(rows.then_block):
            invoke(f"{prefix}.rows", [x, b.value, y, fresh])
            scf.YieldOp([])
        with ir.InsertionPoint(rows.else_block):
            columns = scf.IfOp(_all_are([b.strides[0], x_step], one), has_else=True)
            with ir.InsertionPoint(columns.then_block):
                invoke(f"{prefix}.columns", [x, b.value, y, fresh])
                scf.YieldOp([])
            with ir.InsertionPoint(columns.else_block):
                for op in (cleared, operation):
                    if op:
                        op.clone()
                scf.YieldOp([])
            scf.YieldOp([])
    for op in (operation, cleared):
        if op:
            op.erase()


def _all_are(values: Sequence[Any], number: Any) -> Any:
    first, second = (arith.cmpi(EQ, value, number) for value in values)
    return arith.andi(first, second)


def _vector(operand: Operand) -> tuple[Any, Any]:
    """An operand with one loop as a memref of rank 1 of any stride, and its stride."""
    t = operand.value.type
    size, count = ir.IndexType.get(), len(operand.expressions)
    base = ir.MemRefType.get([], t.element_type)
    types = [base, *[size] * (1 + 2 * count)]
    description = ir.Operation.create("memref.extract_strided_metadata", types, [operand.value]).results
    axis = next(i for i, e in enumerate(operand.expressions) if isinstance(e, ir.AffineDimExpr))
    extent, step = description[2 + axis], description[2 + count + axis]
    dynamic = ir.ShapedType.get_dynamic_size()
    attributes = {
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get([1, 1, 1, 1]),
        **{f"static_{what}": ir.DenseI64ArrayAttr.get([dynamic]) for what in ("offsets", "sizes", "strides")},
    }
    result = ir.Type.parse(f"memref<?x{t.element_type}, {VECTOR}>")
    operands = [description[0], description[1], extent, step]
    view = ir.Operation.create("memref.reinterpret_cast", [result], operands, attributes).results[0]
    return view, step
