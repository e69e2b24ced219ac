"""Compiled GPU functions as Python functions on arrays in device memory.

Bundles carry this file as ``_runtime.py``: it needs NumPy, and cuda-bindings when something is called, and must not
import anything of pyc. Arguments are any arrays with ``__cuda_array_interface__`` or DLPack, never copied; results are
:class:`DeviceArray`. Work is queued on the caller's stream, and nothing waits for it but reading a result on the host.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from ._arrays import DeviceArray, pretended, stream_handle
from ._bundle import Bundle, check_files, read_manifest
from ._called import Described
from ._driver import LazyGpu
from ._program import Device, Program, Stopped, View, contiguous
from ._values import ArrayParameter, ArrayResult


class Memory(Protocol):
    """Where a bundle's functions run, and how the caller's arrays are seen there."""

    def queue(self, stream: Any) -> Device:
        """What work on a stream is queued in."""
        ...

    def seen(self, name: str, kind: str, value: Any, stream: Any) -> Any:
        """The memory of an argument, as a NumPy array whose elements are not to be read.

        Raises:
            TypeError: it is no array of this kind of memory.
        """
        ...

    def result(self, shape: Sequence[int], dtype: np.dtype[Any], queue: Device) -> tuple[Any, int]:
        """A new array, and its address."""
        ...

    def weight(self, array: np.ndarray[Any, Any]) -> Any:
        """A weight where kernels can read it, as an argument."""
        ...


class DeviceFunction(Described):
    """A compiled function. ``stream`` is a handle, or any object that has one; without it, the default stream."""

    def __init__(self, entry: Mapping[str, Any], kernels: Mapping[str, Any], memory: Memory) -> None:
        super().__init__(entry)
        self._placed: tuple[tuple[Any, ...], tuple[Any, ...]] | None = None
        self._results = tuple(ArrayResult({**v, "dims": v["dims"] or ()}) for v in entry["results"])
        self._program, self._memory = Program(entry["host"], kernels), memory

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        stream = None if "stream" in self._names else named.pop("stream", None)
        if named or len(arguments) != self._plain:
            arguments = self._bind(arguments, named)
        if self._weight_names:
            arguments += self._placed_weights()
        queue, dims = self._memory.queue(stream), {}
        seen = tuple(
            self._memory.seen(p.name, p.type, v, stream) if isinstance(p, ArrayParameter) else v
            for p, v in zip(self._parameters, arguments, strict=True)
        )
        taken = [p.take(v, dims) for p, v in zip(self._parameters, seen, strict=True)]
        if self._plan.later:
            self._plan.check(dims, dict(zip(self._names, seen, strict=True)))
        if self._written:
            self._refuse_overlap(seen)
        inputs = [
            view_of(s) if isinstance(p, ArrayParameter) else t
            for p, s, t in zip(self._parameters, seen, taken, strict=True)
        ]
        made = []
        for result in self._results:
            shape = result.shape(dims)
            array, address = self._memory.result(shape, result.dtype, queue)
            made.append(array)
            inputs.append(contiguous(address, shape, result.dtype.itemsize))
        try:
            self._program.run(inputs, queue)
        except Stopped as stopped:
            raise self._failure(stopped.number) from None
        return self._give(made, arguments)

    def _placed_weights(self) -> tuple[Any, ...]:
        """The weights in device memory; they are copied there by the first call."""
        host = self._bound_weights()
        if self._placed is None or self._placed[0] is not host:
            self._placed = (host, tuple(self._memory.weight(array) for array in host))
        return self._placed[1]


def view_of(array: np.ndarray[Any, Any]) -> View:
    """The memory of an array, as host programs see it."""
    size = array.itemsize
    return View(array.ctypes.data, 0, array.shape, tuple(s // size for s in array.strides), size)


class GpuMemory:
    """The memory of the GPU that a bundle runs on."""

    def __init__(self, gpu: LazyGpu) -> None:
        self._gpu = gpu

    def queue(self, stream: Any) -> Device:
        return self._gpu.get().on(stream_handle(stream))

    def seen(self, name: str, kind: str, value: Any, stream: Any) -> Any:
        return pretended(name, kind, value, stream_handle(stream))

    def result(self, shape: Sequence[int], dtype: np.dtype[Any], queue: Any) -> tuple[Any, int]:
        array = DeviceArray(queue.gpu, shape, dtype, queue.stream)
        return array, array.address

    def weight(self, array: np.ndarray[Any, Any]) -> Any:
        return self.copied(array, None)

    def copied(self, array: Any, stream: Any) -> DeviceArray:
        """A device array with the elements of an array of the host."""
        host = np.ascontiguousarray(array)
        queue: Any = self.queue(stream)
        target = DeviceArray(queue.gpu, np.shape(array), host.dtype, queue.stream)
        queue.gpu.upload(target.address, host.ctypes.data, host.nbytes, queue.stream)
        return target


class DeviceBundle(Bundle):
    """The functions and modules of a compiled file, as attributes, and ``to_device`` for arrays of the host."""

    def __init__(
        self,
        manifest: Mapping[str, Any],
        memory: Memory,
        weights: str | None = None,
        home: tuple[Callable[[str], Any], str] | None = None,
    ) -> None:
        self._memory = memory
        super().__init__(manifest, lambda entry: DeviceFunction(entry, manifest["kernels"], memory), weights, home)

    def to_device(self, array: Any, stream: Any = None) -> Any:
        """A copy of an array of the host in device memory.

        Raises:
            RuntimeError: there is no GPU that can be used.
        """
        if not isinstance(self._memory, GpuMemory):
            return np.array(array)
        return self._memory.copied(array, stream)


def open_bundle(folder: str | os.PathLike[str], memory: Memory | None = None) -> DeviceBundle:
    """The functions of a bundle's folder, on the GPU unless ``memory`` says where else; no GPU is needed until a call.

    Raises:
        OSError: a file is missing.
        ValueError: the manifest is damaged, or not of a bundle for a GPU.
    """
    folder = os.path.abspath(folder)
    manifest = read_manifest(folder, "kernels", "a GPU")
    check_files(folder, manifest)
    weights = manifest.get("weights")
    where = GpuMemory(LazyGpu(folder, manifest)) if memory is None else memory
    home = (open_bundle, folder) if memory is None else None
    return DeviceBundle(manifest, where, os.path.join(folder, weights) if weights else None, home)
