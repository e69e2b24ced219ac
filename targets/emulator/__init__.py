"""CUDA bundles without a GPU: their kernels as coroutines on this processor, their host programs on NumPy arrays.

Everything but the last step of code generation is what a GPU would run: the manifest, the marshalling of arguments,
grids and blocks, the kernels' NVVM code. It tests a reading of the programming model, not a memory model: threads are
interleaved at barriers and shuffles only.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.mlir import ir
from pyc.target import Target

from .. import llvm
from ..backend import Options
from ..cuda.emit import describe, find_kernels
from ..cuda.runtime import DeviceBundle
from .coroutines import CONVERSIONS, WORDS, coroutines
from .schedule import ORDERS, EmulationError, run_block

__all__ = ["ORDERS", "EmulationError", "Emulator", "emulate"]

#: Bytes around each array of the emulated memory, and what they and fresh memory hold. It is NaN as a float.
_GUARD, _POISON = 256, 0xFF


def emulate(module: Any, order: str = "forwards", seed: int = 0, weights: str | None = None) -> DeviceBundle:
    """The exported functions of a module at level NVVM, callable on NumPy arrays. The module is left as it is.

    ``order`` is a name of :data:`ORDERS`; ``weights`` the path of a file with those of modules.
    """
    functions = [f for f in signature.functions(module) if signature.is_exported(f)]
    manifest = describe(module, functions, find_kernels(module), Target("cuda"), Options("emulated"))
    return DeviceBundle(manifest, Emulator(module, order, seed), weights)


@dataclass(frozen=True)
class _Kernel:
    start: Any
    resume: Any
    destroy: Any


class Emulator:
    """Kernels of a module, and the memory they work on. It is one queue: everything is done when it is asked for."""

    def __init__(self, module: Any, order: str, seed: int) -> None:
        self.order, self.random = ORDERS[order], np.random.default_rng(seed)
        with module.context:
            copy = ir.Module.parse(str(module))
        (unit,) = (o.operation for o in copy.body.operations if o.operation.name == "gpu.module")
        text, kernels, shared = coroutines(unit)
        # Code generation calls the conversions: they must stay, under their own names.
        keep = [*CONVERSIONS, "pyc_resume", "pyc_destroy", *(f"pyc_start_{name}" for name in kernels)]
        # Not for the very processor: the bf16 instructions of some flush what a GPU keeps.
        code = llvm.optimise(text, llvm.cpu_machine(""), 2, keep=keep)
        self._loaded = llvm.Loaded(code.object_code(), [*keep, *shared])
        addresses = self._loaded.addresses
        void, number = ctypes.c_void_p, ctypes.c_int32
        over = ctypes.CFUNCTYPE(None, void, void, number)
        start = ctypes.CFUNCTYPE(None, void, void, void, number)
        resume, destroy = over(addresses["pyc_resume"]), over(addresses["pyc_destroy"])
        self._kernels = {name: _Kernel(start(addresses[f"pyc_start_{name}"]), resume, destroy) for name in kernels}
        self._shared = [(addresses[name], size) for name, size in shared.items()]
        self._memory: dict[int, np.ndarray[Any, Any]] = {}

    # --- as memory of a bundle ---

    def queue(self, stream: Any) -> Emulator:
        return self

    def seen(self, name: str, kind: str, value: Any, stream: Any) -> Any:
        return value

    def result(self, shape: Sequence[int], dtype: np.dtype[Any], queue: Any) -> tuple[Any, int]:
        """An array whose elements are NaN, or -1, until a kernel writes them."""
        count = int(np.prod(shape, dtype=np.int64))
        store = np.full(count * dtype.itemsize + 2 * _GUARD, _POISON, np.uint8)
        array = store[_GUARD : _GUARD + count * dtype.itemsize].view(dtype).reshape(shape)
        self._memory[array.ctypes.data] = store
        return array, array.ctypes.data

    def weight(self, array: np.ndarray[Any, Any]) -> Any:
        return array

    # --- as the device of a host program ---

    def allocate(self, size: int) -> int:
        store = np.full(size + 2 * _GUARD, _POISON, np.uint8)
        address = store.ctypes.data + _GUARD
        self._memory[address] = store
        return address

    def release(self, address: int) -> None:
        self._check_guards()
        del self._memory[address]

    def launch(self, kernel: str, grid: Sequence[int], block: Sequence[int], arguments: bytes) -> None:
        """Run a kernel's blocks one after the other, in the emulator's order.

        Raises:
            EmulationError: threads wait for others that never come, or memory outside of arrays was written.
        """
        functions, count = self._kernels[kernel], block[0] * block[1] * block[2]
        parameters = ctypes.create_string_buffer(arguments, len(arguments))
        records = np.zeros((count, WORDS), np.int32)
        handles = np.zeros(count, np.uint64)
        linear = np.arange(count)
        records[:, 0:3] = np.stack(
            [linear % block[0], linear // block[0] % block[1], linear // (block[0] * block[1])], axis=1
        )
        records[:, 6:9], records[:, 9:12] = block, grid
        everyone = linear.astype(np.int32)

        def resume(threads: np.ndarray[Any, Any]) -> None:
            functions.resume(handles.ctypes.data, threads.ctypes.data, len(threads))

        for z, y, x in product(*(range(n) for n in reversed(list(grid)))):
            records[:, 3:6] = x, y, z
            for address, size in self._shared:
                ctypes.memset(address, _POISON, size)
            functions.start(ctypes.addressof(parameters), records.ctypes.data, handles.ctypes.data, count)
            try:
                run_block(records, resume, self.order, self.random)
            finally:
                functions.destroy(handles.ctypes.data, everyone.ctypes.data, count)
        self._check_guards()

    def _check_guards(self) -> None:
        for store in self._memory.values():
            if (store[:_GUARD] != _POISON).any() or (store[-_GUARD:] != _POISON).any():
                raise EmulationError("a kernel wrote outside of an array")
