"""Structured operations on buffers, read once: loops, how each operand is indexed, and the body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import ir, memref

from . import gpu_kernel as code


@dataclass(frozen=True)
class Operand:
    """A buffer, or a scalar, with the affine expressions of the loop indices at which it is accessed."""

    value: Any
    expressions: tuple[Any, ...]

    @property
    def is_buffer(self) -> bool:
        return isinstance(self.value.type, ir.MemRefType)


@dataclass(frozen=True)
class Structured:
    """A ``linalg.generic`` on memrefs. ``iterators`` says ``parallel`` or ``reduction`` of each loop."""

    operation: Any
    inputs: tuple[Operand, ...]
    outputs: tuple[Operand, ...]
    iterators: tuple[str, ...]
    body: Any

    @property
    def parallel(self) -> tuple[int, ...]:
        return tuple(i for i, kind in enumerate(self.iterators) if kind == "parallel")

    @property
    def reduced(self) -> tuple[int, ...]:
        return tuple(i for i, kind in enumerate(self.iterators) if kind != "parallel")

    @property
    def yielded(self) -> tuple[Any, ...]:
        """The values that the body yields."""
        return tuple(terminator(self.body).operands)

    @property
    def accumulators(self) -> tuple[Any, ...]:
        """The body's arguments that hold the outputs' old elements."""
        return tuple(self.body.arguments)[len(self.inputs) :]

    def extents(self) -> list[Any]:
        """Host values, one for each loop, built at the current insertion point."""
        return [self._extent(i) for i in range(len(self.iterators))]

    def _extent(self, loop: int) -> Any:
        known = self.static_extent(loop)
        if known is not None:
            return code.index(known)
        for operand in (*self.inputs, *self.outputs):
            for axis, expression in enumerate(operand.expressions):
                if isinstance(expression, ir.AffineDimExpr) and expression.position == loop:
                    return memref.dim(operand.value, code.index(axis))
        raise code.Unmapped("an operation over windows of an array")

    def static_extent(self, loop: int) -> int | None:
        """The extent of a loop where a type says it."""
        for operand in (*self.inputs, *self.outputs):
            for axis, expression in enumerate(operand.expressions):
                if isinstance(expression, ir.AffineDimExpr) and expression.position == loop:
                    t = operand.value.type
                    if not t.is_dynamic_dim(axis):
                        return t.get_dim_size(axis)
        return None

    def innermost(self, operand: Operand) -> int | None:
        """The loop that steps through an operand's last axis, if there is one."""
        for expression in reversed(operand.expressions):
            if isinstance(expression, ir.AffineDimExpr):
                return expression.position
        return None


def read(operation: Any) -> Structured:
    """What a ``linalg.generic`` on memrefs says."""
    attributes = operation.attributes
    segments = list(ir.DenseI32ArrayAttr(attributes["operandSegmentSizes"]))
    maps = [ir.AffineMapAttr(m).value for m in attributes["indexing_maps"]]
    operands = [Operand(v, tuple(m.results)) for v, m in zip(operation.operands, maps, strict=True)]
    kinds = tuple(str(i).rpartition("<")[2].rstrip(">") for i in attributes["iterator_types"])
    return Structured(
        operation,
        tuple(operands[: segments[0]]),
        tuple(operands[segments[0] :]),
        kinds,
        operation.regions[0].blocks[0],
    )


def load(kernel: code.Kernel, operand: Operand, dims: Sequence[Any]) -> Any:
    """An operand's element, in a kernel, at loop indices ``dims``."""
    value = kernel.inside(operand.value)
    return code.access(value, operand.expressions, dims) if operand.is_buffer else value


def elements(kernel: code.Kernel, s: Structured, dims: Sequence[Any]) -> dict[Any, Any]:
    """By argument of the body: the elements at loop indices ``dims``, of those operands that the body reads."""
    pairs = zip(s.body.arguments, (*s.inputs, *s.outputs), strict=True)
    return {argument: load(kernel, operand, dims) for argument, operand in pairs if is_used(argument)}


def store(kernel: code.Kernel, value: Any, operand: Operand, dims: Sequence[Any]) -> None:
    memref.store(value, kernel.inside(operand.value), [code.apply(e, dims) for e in operand.expressions])


def is_used(value: Any) -> bool:
    return next(iter(value.uses), None) is not None
