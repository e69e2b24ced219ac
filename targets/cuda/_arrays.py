"""Arrays in device memory: ours, and how those of other libraries are seen.

Bundles carry this file: it must not import anything of pyc.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ._foreign import Interface, article, captured
from ._weights import numpy_dtype

_ON_CUDA = (2, 13)  # device memory, memory managed by the driver


class DeviceArray:
    """A contiguous array in device memory, freed with its last reference, in the order of the stream that made it.

    Other libraries take it through ``__cuda_array_interface__``. Reading it on the host (``to_numpy``, ``item``,
    ``float``) waits for the stream; nothing else does.
    """

    def __init__(self, gpu: Any, shape: Sequence[int], dtype: np.dtype[Any], stream: int) -> None:
        self.shape, self.dtype, self.stream = tuple(shape), dtype, stream
        self.size = prod(self.shape)
        self.nbytes = self.size * dtype.itemsize
        self._gpu = gpu
        self.address: int = gpu.allocate(self.nbytes, stream)
        self._finalizer = weakref.finalize(self, gpu.release, self.address, stream)
        # At exit the driver may be gone already; it takes all memory back itself.
        self._finalizer.atexit = False

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        # NumPy has no type code for the formats of ml_dtypes: they travel as raw bytes.
        text = self.dtype.str if self.dtype.kind != "V" else f"|V{self.dtype.itemsize}"
        # 1 is the interface's name of the default stream; 0 is not allowed.
        return {
            "shape": self.shape,
            "typestr": text,
            "data": (self.address, False),
            "strides": None,
            "version": 3,
            "stream": self.stream or 1,
        }

    def to_numpy(self) -> np.ndarray[Any, Any]:
        """A copy in host memory."""
        host = np.empty(self.shape, self.dtype)
        self._gpu.download(host.ctypes.data, self.address, self.nbytes, self.stream)
        return host

    def item(self) -> Any:
        """The one element as a Python scalar."""
        return self.to_numpy().item()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        if copy is False:
            raise ValueError("an array in device memory cannot be seen from the host without a copy")
        host = self.to_numpy()
        return host if dtype is None else host.astype(dtype)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __bool__(self) -> bool:
        return bool(self.item())

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of an array without axes")
        return self.shape[0]

    def __repr__(self) -> str:
        return f"<device array of {self.dtype}, shape {self.shape}>"


def pretended(name: str, kind: str, value: Any, stream: int) -> np.ndarray[Any, Any]:
    """The memory of an argument, as a NumPy array whose elements must not be read.

    Raises:
        TypeError: the value is no array in device memory.
    """
    if hasattr(value, "__cuda_array_interface__"):
        given = value.__cuda_array_interface__
        interface = {
            "shape": tuple(given["shape"]),
            "typestr": given["typestr"],
            # NumPy wants an address even where there are no elements.
            "data": (given["data"][0] or 1 << 12, bool(given["data"][1])),
            "strides": given.get("strides"),
            "version": 3,
        }
        array = np.asarray(Interface(interface, value))
        named = getattr(value, "dtype", None)
        if array.dtype.kind == "V" and named is not None:
            array = array.view(numpy_dtype(str(named).rpartition(".")[2]))
        return array
    if isinstance(value, np.ndarray):
        raise TypeError(f"{name} is in host memory, and {kind} wants an array on the GPU: copy it with to_device")
    if hasattr(value, "__dlpack__") and hasattr(value, "__dlpack_device__"):
        if int(value.__dlpack_device__()[0]) not in _ON_CUDA:
            raise TypeError(f"{name} is in host memory, and {kind} wants an array on the GPU: copy it with to_device")
        # 1 is DLPack's name of the default stream.
        return captured(value.__dlpack__(stream=stream or 1))
    raise TypeError(f"{name} is {article(value)}, and {kind} wants an array on the GPU")


def stream_handle(stream: Any) -> int:
    """The driver's handle of a stream, given as one or as an object of another library that has one; 0 for ``None``.

    Raises:
        TypeError: it is no stream.
    """
    if stream is None:
        return 0
    if isinstance(stream, int):
        return stream
    if hasattr(stream, "__cuda_stream__"):
        return int(stream.__cuda_stream__()[1])
    for name in ("cuda_stream", "ptr", "handle"):
        if isinstance(getattr(stream, name, None), int):
            return getattr(stream, name)
    raise TypeError(f"{type(stream).__name__} is not a CUDA stream")
