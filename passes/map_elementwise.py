"""Elementwise operations on a grid: one thread an element, neighbours in x.

Before::

    linalg.generic {iterator_types = ["parallel", "parallel"]} ins(%x) outs(%y) { ... }

After, on the host and in the kernel::

    gpu.launch_func @kernels::@f_0_map blocks in (%columns, %rows, 1) threads in (%x, %y, 1) args(...)

    column = block.x * size.x + thread.x
    if column < extent: for row in (block.y * size.y + thread.y) ... step grid.y * size.y: y[row, column] = ...

The loop over the rows exists because a grid's y is counted in 16 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pyc.dialects.mlir import ir, memref

from . import gpu_kernel as code
from .gpu_schedule import MAX_GRID_Y, GpuSchedule, fitting, threads_of
from .structured import Structured, elements, store

#: Builds, in a kernel, the work of one element at the given coordinates (outer axes, then the innermost).
Element = Callable[[code.Kernel, Sequence[Any]], None]


def map_elementwise(s: Structured, unit: Any, name: str, schedule: GpuSchedule) -> None:
    """Add the kernel of an operation without reduction loops, and its launch."""
    inner = s.innermost(s.outputs[0])
    order = [d for d in s.parallel if d != inner] + ([] if inner is None else [inner])

    def element(kernel: code.Kernel, place: Sequence[Any]) -> None:
        where = dict(zip(order, place, strict=True))
        dims = [where[d] for d in range(len(order))]
        for value, operand in zip(kernel.evaluate(s.yielded, elements(kernel, s, dims), dims), s.outputs, strict=True):
            store(kernel, value, operand, dims)

    with ir.InsertionPoint(s.operation), s.operation.location:
        extents = s.extents()
        _launch(s.operation, unit, name, schedule, [extents[d] for d in order], element)


def map_copy(operation: Any, unit: Any, name: str, schedule: GpuSchedule) -> None:
    """Add the kernel of a ``memref.copy``, and its launch: source and target may be strided, so it is no plain copy."""
    source, target = operation.operands

    def element(kernel: code.Kernel, place: Sequence[Any]) -> None:
        memref.store(memref.load(kernel.inside(source), list(place)), kernel.inside(target), list(place))

    with ir.InsertionPoint(operation), operation.location:
        extents = [extent(source, axis) for axis in range(source.type.rank)]
        _launch(operation, unit, name, schedule, extents, element)


def map_store(operation: Any, unit: Any, name: str) -> None:
    """Add a kernel of one thread for a ``memref.store`` of the host function, and its launch."""
    value, target, *indices = operation.operands
    with ir.InsertionPoint(operation), operation.location:
        with code.Kernel(unit, name, operation, 1) as kernel:
            memref.store(kernel.inside(value), kernel.inside(target), [kernel.inside(i) for i in indices])
        one = code.index(1)
        kernel.launch([one] * 3, [one] * 3)


def extent(buffer: Any, axis: int) -> Any:
    """A buffer's extent as a host value."""
    if buffer.type.is_dynamic_dim(axis):
        return memref.dim(buffer, code.index(axis))
    return code.index(buffer.type.get_dim_size(axis))


def _launch(host: Any, unit: Any, name: str, schedule: GpuSchedule, extents: Sequence[Any], element: Element) -> None:
    """A kernel over a box of ``extents``, the last one along x."""
    columns = extents[-1] if extents else code.index(1)
    rows = code.product(extents[:-1])
    most = threads_of(schedule.maps)
    # Without rows, threads in y would do the same elements once more.
    width, height = fitting(schedule.maps, columns) if len(extents) > 1 else (code.index(most), code.index(1))
    with code.Kernel(unit, name, host, most) as kernel:
        outer = [kernel.inside(e) for e in extents[:-1]]
        column = code.add(code.mul(code.block("x"), code.block_size("x")), code.thread("x"))
        with code.when(code.less(column, kernel.inside(columns))):
            if not outer:
                element(kernel, [column] if extents else [])
            else:
                first = code.add(code.mul(code.block("y"), code.block_size("y")), code.thread("y"))
                step = code.mul(code.grid_size("y"), code.block_size("y"))

                def row(position: Any) -> list[Any]:
                    element(kernel, [*code.delinearize(position, outer), column])
                    return []

                code.loop(first, kernel.inside(rows), step, row)
    height_limit = code.smaller(code.ceil_divide(rows, height), code.index(MAX_GRID_Y))
    kernel.launch([code.ceil_divide(columns, width), height_limit, code.index(1)], [width, height, code.index(1)])
