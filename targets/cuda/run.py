"""A GPU through the CUDA driver: memory, kernels and streams. The only file that imports the driver's bindings.

Bundles carry this file as ``_driver.py``: it must not import anything of pyc. Memory is taken and given back in the
order of a stream, and nothing here waits for the GPU but :meth:`Gpu.download`: calls can be captured in a graph.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any


class Gpu:
    """The current device of the driver, and the kernels of one bundle on it."""

    def __init__(self, folder: str, manifest: Mapping[str, Any]) -> None:
        """Load the kernels of a bundle: the cubin of this chip, or else the PTX, which the driver compiles.

        Raises:
            RuntimeError: there is no driver or no GPU, its bindings are missing, or it is too old a chip.
        """
        self._driver = _bindings()
        self._call("cuInit", 0)
        # The context that the caller's other libraries use, so that their pointers are ours.
        self._context()
        major, minor = self._capability()
        chip = f"sm_{major}{minor}"
        cubins = manifest["cubins"]
        chosen = cubins.get(chip) or cubins.get(f"{chip}a")
        if chosen is None and (major, minor) < (8, 0):
            raise RuntimeError(
                f"{manifest['name']} needs a GPU of compute capability 8.0, and this one has {major}.{minor}"
            )
        with open(os.path.join(folder, chosen or manifest["ptx"]), "rb") as file:
            image = file.read() + (b"" if chosen else b"\0")
        self._image = ctypes.create_string_buffer(image, len(image))
        library = self._call("cuModuleLoadData", ctypes.addressof(self._image))
        self._kernels = {
            name: self._call("cuModuleGetFunction", library, name.encode()) for name in manifest["kernels"]
        }

    def _call(self, function: str, *arguments: Any) -> Any:
        """The result of a function of the driver API.

        Raises:
            RuntimeError: it failed; the message is the driver's.
        """
        status, *results = getattr(self._driver, function)(*arguments)
        if int(status):
            described, text = self._driver.cuGetErrorString(status)
            reason = text.decode() if not int(described) and text else f"error {int(status)}"
            raise RuntimeError(f"CUDA: {reason} ({function})")
        return results[0] if len(results) == 1 else results or None

    def _context(self) -> None:
        """Make the primary context of device 0 current, unless the caller has a context already."""
        current = self._call("cuCtxGetCurrent")
        if not int(current):
            device = self._call("cuDeviceGet", 0)
            self._call("cuCtxSetCurrent", self._call("cuDevicePrimaryCtxRetain", device))

    def _capability(self) -> tuple[int, int]:
        device, attribute = self._call("cuCtxGetDevice"), self._driver.CUdevice_attribute
        names = (
            attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR,
            attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR,
        )
        major, minor = (self._call("cuDeviceGetAttribute", name, device) for name in names)
        return major, minor

    def on(self, stream: int) -> Queue:
        """The queue of work on a stream."""
        self._context()
        return Queue(self, stream)

    def allocate(self, size: int, stream: int) -> int:
        return int(self._call("cuMemAllocAsync", size, stream)) if size else 0

    def release(self, address: int, stream: int) -> None:
        if address:
            self._call("cuMemFreeAsync", address, stream)

    def launch(self, kernel: str, grid: Sequence[int], block: Sequence[int], arguments: bytes, stream: int) -> None:
        packed = ctypes.create_string_buffer(arguments, len(arguments))
        size = ctypes.c_size_t(len(arguments))
        # CU_LAUNCH_PARAM_BUFFER_POINTER, its value, CU_LAUNCH_PARAM_BUFFER_SIZE, its value, CU_LAUNCH_PARAM_END
        extra = (ctypes.c_void_p * 5)(1, ctypes.addressof(packed), 2, ctypes.addressof(size), 0)
        self._call("cuLaunchKernel", self._kernels[kernel], *grid, *block, 0, stream, 0, ctypes.addressof(extra))

    def upload(self, target: int, source: int, size: int, stream: int) -> None:
        """Copy host memory to the device, and wait until it is read: the caller may change it then."""
        if size:
            self._call("cuMemcpyHtoDAsync", target, source, size, stream)
            self._call("cuStreamSynchronize", stream)

    def download(self, target: int, source: int, size: int, stream: int) -> None:
        """Copy device memory to the host, once the work queued so far is done."""
        if size:
            self._call("cuMemcpyDtoHAsync", target, source, size, stream)
        self._call("cuStreamSynchronize", stream)


class Queue:
    """The GPU as a host program sees it: one stream of it."""

    def __init__(self, gpu: Gpu, stream: int) -> None:
        self.gpu, self.stream = gpu, stream

    def allocate(self, size: int) -> int:
        return self.gpu.allocate(size, self.stream)

    def release(self, address: int) -> None:
        self.gpu.release(address, self.stream)

    def launch(self, kernel: str, grid: Sequence[int], block: Sequence[int], arguments: bytes) -> None:
        self.gpu.launch(kernel, grid, block, arguments, self.stream)


class LazyGpu:
    """A bundle's :class:`Gpu`, opened by the first call: importing a bundle needs no GPU."""

    def __init__(self, folder: str, manifest: Mapping[str, Any]) -> None:
        self._folder, self._manifest = folder, manifest
        self._gpu: Gpu | None = None
        self._lock = threading.Lock()

    def get(self) -> Gpu:
        """The GPU.

        Raises:
            RuntimeError: there is none that can be used.
        """
        with self._lock:
            if self._gpu is None:
                self._gpu = Gpu(self._folder, self._manifest)
            return self._gpu


def _bindings() -> Any:
    try:
        driver: Any = importlib.import_module("cuda.bindings.driver")
    except ImportError as error:
        raise RuntimeError(
            f"calling this needs the package cuda-bindings ({error}): pip install cuda-bindings"
        ) from None
    try:
        status = driver.cuInit(0)[0]
    except RuntimeError as error:
        raise RuntimeError(f"calling this needs an NVIDIA GPU and its driver: {error}") from None
    if int(status):
        raise RuntimeError(f"calling this needs an NVIDIA GPU and its driver: {driver.CUresult(status).name}")
    return driver
