"""Control flow around kernels: what the host decides, and what one thread of the GPU does.

A loop or a branch over whole arrays stays on the host, which decides it by extents and integer arguments and never
waits for the GPU. What it carries and only the GPU knows (a float, an element that was loaded) lies in a cell of the
GPU's memory::

    %s = scf.for ... iter_args(%a = %zero) -> (f32) { ... scf.yield %next : f32 }

becomes::

    memref.store %zero, %cell
    scf.for ... { %a = memref.load %cell ... memref.store %next, %cell }
    %s = memref.load %cell

A loop or a branch over numbers and single elements is a kernel of one thread, whatever decides it::

    scf.if %positive { memref.store %one, %y[%i] }

becomes::

    gpu.launch_func @kernels::@f_1_thread blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(...)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import arith, ir, memref
from pyc.dialects.walk import nested

from . import gpu_kernel as code
from .base import is_function

#: By operation of control flow: what users call it.
CONTROL = {"scf.for": "a loop", "scf.while": "a loop", "scf.if": "a branch"}
_OF_A_THREAD = frozenset({*CONTROL, "scf.yield", "scf.condition", "memref.load", "memref.store", "memref.dim"})


def blocks_of(operation: Any) -> list[Any]:
    """The blocks inside control flow, in the order in which they run."""
    return [block for region in operation.regions for block in region.blocks]


def is_serial(operation: Any) -> bool:
    """Whether an operation is control flow for one thread: over elements and floats, and whole arrays nowhere.

    Control flow over integers alone is the host's, which may need them for extents.
    """
    if operation.name not in CONTROL:
        return False
    inside = nested(operation)
    if not all(o.name in _OF_A_THREAD or o.name.startswith("arith.") or is_function(o.name) for o in inside):
        return False
    made = [v for o in inside for v in (*o.results, *(a for block in blocks_of(o) for a in block.arguments))]
    if any(isinstance(v.type, ir.MemRefType) for v in made):
        return False
    return any(isinstance(v.type, ir.FloatType) for v in made) or any(o.name.startswith("memref.") for o in inside)


def decided_by_gpu(operation: Any) -> bool:
    """Whether only the GPU knows how often, or whether, control flow runs."""
    if operation.name == "scf.while":
        deciding = [terminator(blocks_of(operation)[0]).operands[0]]
    else:
        deciding = list(operation.operands)[: 3 if operation.name == "scf.for" else 1]
    return any(code.device_scalar(v) for v in deciding)


# --- cells ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Channel:
    """A number on its way into, through or out of control flow.

    ``sources`` are operands, as operation and number; ``values`` are what stands for them inside and behind it.
    """

    sources: tuple[tuple[Any, int], ...]
    values: tuple[Any, ...]

    @property
    def type(self) -> Any:
        return self.values[0].type

    def is_of_gpu(self) -> bool:
        """Whether it is a number that the host does not know, and somebody uses it."""
        if isinstance(self.type, ir.MemRefType) or all(next(iter(v.uses), None) is None for v in self.values):
            return False
        return isinstance(self.type, ir.FloatType) or any(code.device_scalar(o.operands[n]) for o, n in self.sources)


def place_in_cells(block: Any) -> None:
    """Put what control flow in a block carries, and only the GPU knows, in cells of the GPU's memory."""
    for operation in [o.operation for o in block.operations]:
        if is_serial(operation):
            for result in operation.results:
                if next(iter(result.uses), None) is not None:
                    _place_result(operation, result)
        elif operation.name in CONTROL:
            placed = True
            while placed:
                # What is computed from a number in a cell is not known to the host either.
                for inner in blocks_of(operation):
                    place_in_cells(inner)
                placed = False
                for channel in _channels(operation):
                    if channel.is_of_gpu():
                        _place(operation, channel)
                        placed = True


def _channels(operation: Any) -> list[_Channel]:
    results, blocks = list(operation.results), blocks_of(operation)
    last = terminator(blocks[-1])
    if operation.name == "scf.if":
        ends = [terminator(block) for block in blocks]
        return [_Channel(tuple((end, i) for end in ends), (result,)) for i, result in enumerate(results)]
    if operation.name == "scf.for":
        carried = list(blocks[0].arguments)[1:]
        return [
            _Channel(((operation, i + 3), (last, i)), (argument, result))
            for i, (argument, result) in enumerate(zip(carried, results, strict=True))
        ]
    before, after = blocks
    into = [_Channel(((operation, i), (last, i)), (argument,)) for i, argument in enumerate(before.arguments)]
    condition = terminator(before)
    out = [
        _Channel(((condition, i + 1),), (argument, result))
        for i, (argument, result) in enumerate(zip(after.arguments, results, strict=True))
    ]
    return [*into, *out]


def _place(operation: Any, channel: _Channel) -> None:
    with operation.location:
        with ir.InsertionPoint(operation):
            cell = memref.alloc(ir.MemRefType.get([], channel.type), [], [])
            nothing = arith.constant(channel.type, 0.0 if isinstance(channel.type, ir.FloatType) else 0)
        for value in channel.values:
            with _first_use_of(value):
                value.replace_all_uses_with(memref.load(cell, []))
        for source, number in channel.sources:
            with ir.InsertionPoint(source):
                memref.store(source.operands[number], cell, [])
            source.operands[number] = nothing


def _first_use_of(value: Any) -> Any:
    if isinstance(value.owner, ir.Block):
        return ir.InsertionPoint.at_block_begin(value.owner)
    return ir.InsertionPoint.after(value.owner)


def _place_result(operation: Any, result: Any) -> None:
    with operation.location:
        with ir.InsertionPoint(operation):
            cell = memref.alloc(ir.MemRefType.get([], result.type), [], [])
        with ir.InsertionPoint.after(operation):
            store = ir.Operation.create("memref.store", operands=[result, cell])
        with ir.InsertionPoint.after(store):
            result.replace_all_uses_except(memref.load(cell, []), store)


# --- one thread -----------------------------------------------------------------------------------------------------


def stores_of_results(operation: Any) -> list[Any]:
    """The stores of what a serial operation gives: its kernel does them."""
    return [use.owner.operation for result in operation.results for use in result.uses]


def map_serial(operation: Any, unit: Any, name: str) -> None:
    """Add the kernel of one thread for control flow over elements, and its launch. Its results are stored by it."""
    with ir.InsertionPoint(operation), operation.location:
        with code.Kernel(unit, name, operation, 1) as kernel:
            copy = kernel.copied(operation)
            for store in stores_of_results(operation):
                value, cell = store.operands
                memref.store(copy.results[ir.OpResult(value).result_number], kernel.inside(cell), [])
        one = code.index(1)
        kernel.launch([one] * 3, [one] * 3)


def control_in(block: Any) -> Iterator[Any]:
    """The control flow of a block that the host decides."""
    for operation in [o.operation for o in block.operations]:
        if operation.name in CONTROL and not is_serial(operation):
            yield operation
