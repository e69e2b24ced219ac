"""Whole-array operations to kernels, the rest to a host program.

Before (level BUFFER): a function of ``memref`` and ``linalg`` operations. After (level GPU): one ``gpu.module`` with a
kernel for each operation, and in the function only what the host does: arithmetic on extents, views, allocation,
launches in order, loops and branches around them, and run-time checks of numbers that the host knows.

Scalars that live on the device (``x.max()``, a float expression of arguments) never come back to the host: kernels
recompute or load them. Where the memory of such a scalar is overwritten before its last use, it is first put aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic
from pyc.dialects import signature
from pyc.dialects.mlir import ir, memref
from pyc.dialects.walk import nested

from . import gpu_control as control
from . import gpu_kernel as code
from .base import BUFFER, GPU, Level, Pass, is_function
from .buffers import VIEWS, root
from .disjoint import disjoint
from .gpu_schedule import GpuSchedule
from .map_elementwise import map_copy, map_elementwise, map_store
from .map_matmul import contraction, map_matmul
from .map_reduction import map_reduction, reduction
from .places import span_of
from .structured import read

#: The name of the device module. Symbols of kernels begin with the function's.
UNIT = "kernels"


@dataclass(frozen=True)
class MapToGpu(Pass):
    """Kernels and launches for every function of a CUDA target.

    Raises:
        CompileError: E320 a run-time check of what only the device knows; E321 control flow over arrays that only
            the device can decide; E322 an extent or offset that only the device knows; E323 an operation without a
            mapping.
    """

    schedule: GpuSchedule = field(default_factory=GpuSchedule)
    name: ClassVar[str] = "map-to-gpu"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = GPU

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            attributes = {"sym_name": ir.StringAttr.get(UNIT)}
            unit = ir.Operation.create(
                "gpu.module", attributes=attributes, regions=1, ip=ir.InsertionPoint(module.body)
            )
            unit.regions[0].blocks.append()
            module.operation.attributes["gpu.container_module"] = ir.UnitAttr.get()
            found: list[Diagnostic] = []
            for function in signature.functions(module):
                if "pyc.memory" in function.attributes:
                    found.append(_in_memory(function))
                elif function.regions[0].blocks and on_gpu(function):
                    found += _Mapping(function, unit, self.schedule).run()
            if found:
                raise CompileError(found)


def _in_memory(function: Any) -> Diagnostic:
    """Why a function whose arrays are references into memory is not for a GPU, where arrays are values."""
    why = ir.StringAttr(function.attributes["pyc.memory"]).value
    name = ir.StringAttr(function.attributes["sym_name"]).value
    return Diagnostic("E321", f"'{name}' is compiled for a CPU only: {why}", span_of(function.location))


def on_gpu(function: Any) -> bool:
    """Whether a function's target is a CUDA one."""
    attributes = function.attributes
    return "pyc.target" in attributes and ir.StringAttr(attributes["pyc.target"]).value.partition(":")[0] == "cuda"


class _Mapping:
    """The kernels of one function."""

    def __init__(self, function: Any, unit: Any, schedule: GpuSchedule) -> None:
        self.unit, self.schedule = unit, schedule
        self.symbol = ir.StringAttr(function.attributes["sym_name"]).value
        self.blocks = list(function.regions[0].blocks)
        self.count = 0

    def run(self) -> list[Diagnostic]:
        """Map everything, or say what cannot be mapped."""
        if len(self.blocks) > 1:
            span = span_of(self.blocks[1].operations[0].location)
            return [Diagnostic("E321", "a branch is not compiled for CUDA", span)]
        (block,) = self.blocks
        control.place_in_cells(block)
        return list(unsupported(block)) or self._map_block(block)

    def _map_block(self, block: Any) -> list[Diagnostic]:
        for operation in _operations(block):
            # A temporary lives until the last launch that uses it, which the host program knows better than the IR.
            if operation.name == "memref.dealloc":
                operation.erase()
        for load in hazards(block):
            self._put_aside(load)
        fills = absorbed_fills(block)
        stores = {o: control.stores_of_results(o) for o in _operations(block) if control.is_serial(o)}
        absorbed = [*fills.values(), *(store for every in stores.values() for store in every)]
        for operation in _operations(block):
            if operation not in absorbed:
                try:
                    self._map(operation, fills.get(operation))
                except code.Unmapped as error:
                    span = span_of(operation.location)
                    return [Diagnostic("E323", f"{error} has no form on CUDA", span)]
        for operation in (*absorbed, *stores):
            operation.erase()
        found = [d for o in control.control_in(block) for inner in control.blocks_of(o) for d in self._map_block(inner)]
        _erase_unused(block)
        return found

    def _map(self, operation: Any, fill: Any | None) -> None:
        """Replace an operation by the launch of a kernel; ``fill`` is the one that its output was filled with."""
        unit, schedule = self.unit, self.schedule
        match operation.name:
            case "linalg.generic":
                s = read(operation)
                initial = None if fill is None else read(fill).inputs[0].value
                product = contraction(s)
                if not s.reduced:
                    map_elementwise(s, unit, self._name("map"), schedule)
                elif product is not None:
                    map_matmul(product, unit, self._name("matmul"), schedule, initial)
                else:
                    map_reduction(reduction(s), unit, self._name("reduce"), schedule, initial)
            case "memref.copy":
                map_copy(operation, unit, self._name("copy"), schedule)
            case "memref.store":
                map_store(operation, unit, self._name("store"))
            case _:
                if control.is_serial(operation):
                    control.map_serial(operation, unit, self._name("thread"))
                return
        operation.erase()

    def _name(self, kind: str) -> str:
        self.count += 1
        return f"{self.symbol}_{self.count}_{kind}"

    def _put_aside(self, load: Any) -> None:
        """Copy a scalar out of memory that is going to be overwritten, at the place where it is read."""
        t = ir.MemRefType.get([], load.results[0].type)
        with ir.InsertionPoint.after(load), load.location:
            aside = memref.alloc(t, [], [])
            store = ir.Operation.create("memref.store", operands=[load.results[0], aside])
            again = ir.Operation.create("memref.load", results=[t.element_type], operands=[aside])
        load.results[0].replace_all_uses_except(again.result, store)


def _operations(block: Any) -> list[Any]:
    return [o.operation for o in block.operations]


# --- what is not mapped --------------------------------------------------------------------------------------------


def unsupported(block: Any) -> Iterator[Diagnostic]:
    """Why what is in a block cannot be compiled for a GPU, at the user's lines."""
    for operation in _operations(block):
        if not control.is_serial(operation):
            yield from _unsupported(operation)


def _unsupported(operation: Any) -> Iterator[Diagnostic]:
    name, span = operation.name, span_of(operation.location)
    dialect = name.partition(".")[0]
    if name == "cf.assert":
        if code.device_scalar(operation.operands[0]):
            yield Diagnostic("E320", "a check of a value that only the GPU knows cannot be made there", span)
    elif name == "func.call":
        yield Diagnostic("E320", "printing and messages with run-time values are not compiled for CUDA", span)
    elif name in control.CONTROL:
        if control.decided_by_gpu(operation):
            what = f"{control.CONTROL[name]} with array operations or checks that depends on a value only the GPU knows"
            yield Diagnostic("E321", f"{what} is not compiled for CUDA", span)
        for inner in control.blocks_of(operation):
            yield from unsupported(inner)
    elif dialect == "scf" and name not in ("scf.yield", "scf.condition"):
        yield Diagnostic("E321", "control flow is not compiled for CUDA", span)
    elif name == "linalg.generic":
        for inner in operation.regions[0].blocks[0].operations:
            if inner.operation.name == "cf.assert":
                yield Diagnostic(
                    "E320", "a check of each element of an array operation cannot be made on the GPU", span
                )
    elif name in VIEWS or name in ("memref.alloc", "memref.dim"):
        if any(_needs_device(v) for v in operation.operands):
            yield Diagnostic("E322", "an extent or offset depends on a value that only the GPU knows", span)
    elif (
        name not in ("memref.load", "memref.store", "memref.copy", "memref.dealloc", "func.return")
        and dialect not in ("arith", "scf")
        and not is_function(name)
    ):
        yield Diagnostic("E323", f"an operation ({name}) has no form on CUDA", span)


def _needs_device(value: Any) -> bool:
    return not isinstance(value.type, ir.MemRefType) and code.device_scalar(value)


# --- memory --------------------------------------------------------------------------------------------------------


def written(operation: Any) -> list[Any]:
    """The roots of the memory that an operation of BUFFER, or what is nested in it, writes to."""
    if operation.name in control.CONTROL:
        return [r for block in control.blocks_of(operation) for inner in _operations(block) for r in written(inner)]
    match operation.name:
        case "linalg.generic":
            return [root(o.value) for o in read(operation).outputs]
        case "memref.copy" | "memref.store" | "memref.dealloc":
            return [root(operation.operands[0 if operation.name == "memref.dealloc" else 1])]
    return []


def _touches(operation: Any, buffer: Any) -> bool:
    """Whether an operation, or what is nested in it, reads or writes memory that may be that of ``buffer``."""
    used = [v for inner in nested(operation) for v in inner.operands if isinstance(v.type, ir.MemRefType)]
    return any(not disjoint(v, buffer, parameters=True) for v in used)


def hazards(block: Any) -> list[Any]:
    """Loads of scalars whose memory is written before, or by, the last operation that needs the scalar.

    Kernels load such a scalar themselves, each thread for itself: it must not change under them.
    """
    operations = _operations(block)
    position = {o: i for i, o in enumerate(operations)}
    writes = [(i, r) for i, o in enumerate(operations) for r in written(o)]
    found = []
    for operation in operations:
        if operation.name != "memref.load":
            continue
        source, start = operation.operands[0], position[operation]
        last = _last_use(operation.results[0], block, position)
        for i, buffer in writes:
            # One thread stores an element: it has loaded what it needs by then.
            until = last - 1 if operations[i].name == "memref.store" else last
            if start < i <= until and not disjoint(buffer, source, parameters=True):
                found.append(operation)
                break
    return found


def _last_use(value: Any, block: Any, position: dict[Any, int]) -> int:
    """The position of the last operation of ``block`` that needs a scalar, directly or through other scalars."""
    last = -1
    for use in value.uses:
        user = use.owner.operation
        while user.block != block:
            user = user.parent.operation
        last = max(last, position[user])
        for result in user.results:
            last = max(last, _last_use(result, block, position))
    return last


def absorbed_fills(block: Any) -> dict[Any, Any]:
    """By reduction: the fill of its whole output just before it, which its kernel then does itself."""
    operations = _operations(block)
    found: dict[Any, Any] = {}
    for i, operation in enumerate(operations):
        if operation.name != "linalg.generic" or not (s := read(operation)).reduced or len(s.outputs) != 1:
            continue
        output = s.outputs[0].value
        for earlier in reversed(operations[:i]):
            if earlier.name not in (*VIEWS, "memref.dim") and _touches(earlier, output):
                if _fills(earlier, output):
                    found[operation] = earlier
                break
    return found


def _fills(operation: Any, buffer: Any) -> bool:
    """Whether an operation does nothing but fill the whole of ``buffer`` with a constant."""
    if operation.name != "linalg.generic":
        return False
    s = read(operation)
    if s.reduced or len(s.inputs) != 1 or len(s.outputs) != 1 or s.outputs[0].value != buffer:
        return False
    maker = code.maker(s.inputs[0].value)
    return maker is not None and maker.name == "arith.constant" and s.yielded == (s.body.arguments[0],)


def _erase_unused(block: Any) -> None:
    """Drop scalars that only kernels used: they are computed there."""
    pure = ("memref.load", "memref.dim", *VIEWS)
    for operation in reversed(_operations(block)):
        unused = all(next(iter(r.uses), None) is None for r in operation.results)
        if unused and (operation.name in pure or operation.name.startswith("arith.") or is_function(operation.name)):
            operation.erase()
