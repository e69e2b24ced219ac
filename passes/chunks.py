"""Chunks: how a loop is divided into parts that threads share, at BUFFER.

What a chunk is follows from extents and from what is computed, never from how many threads there are: so do results.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.mlir import arith, ir

from .base import is_function
from .chunk_parallel import PARALLEL
from .structured import Structured

#: How many simple operations one takes about as long as; all of ``math`` that is not listed, as long as many.
_COSTS = {"arith.divf": 4, "math.sqrt": 4, "arith.divsi": 8, "arith.remsi": 8, "math.absf": 1, "math.fma": 1}
_FUNCTION = 16
#: Products of two numbers that a thread takes at a time, at least, and at most so many times.
LEAST_PRODUCTS, MOST_TIMES = 1 << 18, 64
#: So many are worth being divided where a batch has fewer products than threads may want.
_LARGE, _FEW = 1 << 22, 16
_SLT, _FLOAT_GREATER = 2, 2


def number(value: int) -> Any:
    return arith.constant(ir.IntegerType.get_signless(64), value)


def ceil_divide(a: Any, b: Any) -> Any:
    """``a / b`` of numbers that are not negative, rounded up."""
    return arith.divui(arith.addi(a, arith.subi(b, number(1))), b)


def cost_of(s: Structured) -> int:
    """About how many simple operations a round takes."""
    total = len(s.inputs) + len(s.outputs)
    for op in s.body.operations:
        name = op.operation.name
        total += _COSTS.get(name, _FUNCTION if is_function(name) or name.startswith(("scf.", "func.")) else 1)
    return total


def work_of(cost: int, extents: Sequence[Any]) -> Any:
    """About how many simple operations are done over some extents, as a number of the program."""
    f64 = ir.F64Type.get()
    one, work = arith.constant(f64, 1.0), arith.constant(f64, float(cost))
    for extent in extents:
        # Of no elements there is nothing to do, however it is divided.
        work = arith.mulf(work, arith.maximumf(arith.sitofp(f64, extent), one))
    return work


def size_of(count: Any, work: Any, chunks: int, least: int) -> Any:
    """How many of ``count`` rounds a chunk has: at most ``chunks`` chunks of at least ``least`` operations."""
    share = arith.divf(arith.constant(ir.F64Type.get(), float(least)), work)
    rounds = arith.addi(arith.fptosi(ir.IntegerType.get_signless(64), share), number(1))
    return arith.maxsi(rounds, ceil_divide(count, number(chunks)))


def batch_of(count: Any, work: Any) -> Any:
    """How many of ``count`` products a chunk has: of a few that are large, all, for each is divided itself."""
    large = arith.cmpf(_FLOAT_GREATER, work, arith.constant(ir.F64Type.get(), float(_LARGE)))
    whole = arith.andi(large, arith.cmpi(_SLT, count, number(_FEW)))
    return arith.select(whole, arith.maxsi(count, number(1)), size_of(count, work, MOST_TIMES, LEAST_PRODUCTS))


def chunk_loop(chunks: Any) -> Any:
    """A loop over chunks; gives the operation in its body that what a round does goes before."""
    loop = ir.Operation.create("scf.for", operands=[number(0), chunks, number(1)], regions=1)
    loop.attributes[PARALLEL] = ir.UnitAttr.get()
    body = loop.regions[0].blocks.append(ir.IntegerType.get_signless(64))
    with ir.InsertionPoint(body):
        return ir.Operation.create("scf.yield")


@dataclass(frozen=True)
class Bounds:
    """Where a chunk begins and how much it has, made in its body."""

    count: Any
    size: Any

    def of(self, chunk: Any) -> tuple[Any, Any]:
        index = ir.IndexType.get()
        first = arith.muli(chunk, self.size)
        length = arith.minsi(self.size, arith.subi(self.count, first))
        return arith.index_cast(index, first), arith.index_cast(index, length)
