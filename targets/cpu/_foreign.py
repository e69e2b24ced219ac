"""Arrays of other libraries as NumPy arrays that share their memory: DLPack, the array interface, buffers.

Bundles carry this file: it must not import anything of pyc. What is seen keeps its owner alive.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from ._weights import numpy_dtype

#: Arrays whose operators mean something else: their memory alone would be silently wrong.
OTHERWISE = (np.ma.MaskedArray, np.matrix)
#: DLPack's devices whose memory the processor addresses: its own, and host memory pinned for CUDA or ROCm.
_HOST = (1, 3, 11)
_DEVICES = {2: "CUDA", 4: "OpenCL", 7: "Vulkan", 8: "Metal", 10: "ROCm", 13: "CUDA (managed)", 14: "oneAPI"}
#: DLPack's kinds of elements: as the array interface spells them, or NumPy's name with ml_dtypes.
_KINDS = {0: "i", 1: "u", 2: "f", 5: "c", 6: "b"}
_NAMED = {(4, 16): "bfloat16", (10, 8): "float8_e4m3fn", (12, 8): "float8_e5m2"}
#: What the array interface may not have as an address, where there are no elements: any but 0.
_SOMEWHERE = 1 << 12


def seen(name: str, wanted: str, value: Any, *, written: bool = False) -> np.ndarray[Any, Any]:
    """The memory of an argument as a NumPy array; never a copy that the function would write to.

    Raises:
        TypeError: it is no array, or one on another device.
        ValueError: its memory cannot be shared.
    """
    if isinstance(value, OTHERWISE):
        raise TypeError(f"{name} is {article(value)}, whose operators mean something else: pass np.asarray({name})")
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, np.generic):
        if written:
            raise TypeError(f"{name} is {article(value)}, and the function writes to it: pass an array of one element")
        return np.asarray(value)
    if isinstance(value, type):  # which has the methods of its instances
        raise TypeError(f"{name} is the type {value.__name__}, and {wanted} wants an array")
    if hasattr(value, "__dlpack__"):
        return _from_dlpack(name, value)
    if hasattr(value, "__array_interface__"):
        return np.asarray(value)
    if hasattr(value, "__cuda_array_interface__"):
        raise TypeError(f"{name} is {article(value)} in the memory of a GPU, and this function runs on the CPU")
    try:
        view = memoryview(value)
    except TypeError:
        pass
    else:
        return _from_buffer(name, value, view)
    if hasattr(value, "__array__"):
        return _from_method(name, value, written)
    hint = f": pass np.array({name})" if isinstance(value, (list, tuple)) else ""
    raise TypeError(f"{name} is {article(value)}, and {wanted} wants an array{hint}")


def _from_buffer(name: str, value: Any, view: memoryview) -> np.ndarray[Any, Any]:
    try:
        return np.asarray(view)
    except (ValueError, TypeError, NotImplementedError, BufferError):
        raise TypeError(
            f"{name} is {article(value)} of the format '{view.format}', which no element type has"
        ) from None


def _from_method(name: str, value: Any, written: bool) -> np.ndarray[Any, Any]:
    """What ``__array__`` gives. Two calls give the same memory, or one gave a copy, in which writes would be lost."""
    array = np.asarray(value)
    if written and array.size and not np.may_share_memory(array, np.asarray(value)):
        raise ValueError(f"{name} is {article(value)} that gives copies of its elements, and the function writes to it")
    return array


def article(value: Any) -> str:
    """The type of a value as words: ``a list``, ``an int``, ``None``."""
    if value is None:
        return "None"
    name = type(value).__name__
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


# --- DLPack -----------------------------------------------------------------------------------------------------------


class _Tensor(ctypes.Structure):
    """``DLTensor`` of dlpack.h."""

    _fields_ = [
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


class _Versioned(ctypes.Structure):
    """``DLManagedTensorVersioned`` of dlpack.h; bit 0 of its flags says that the memory is read-only."""

    _fields_ = [
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        ("context", ctypes.c_void_p),
        ("deleter", ctypes.c_void_p),
        ("flags", ctypes.c_uint64),
        ("tensor", _Tensor),
    ]


class Interface:
    """Memory in the clothes of NumPy's array interface. ``owner`` lives as long as an array made of it."""

    def __init__(self, interface: dict[str, Any], owner: object) -> None:
        self.__array_interface__ = interface
        self.owner = owner


def _from_dlpack(name: str, value: Any) -> np.ndarray[Any, Any]:
    device = int(value.__dlpack_device__()[0]) if hasattr(value, "__dlpack_device__") else 1
    if device not in _HOST:
        where = _DEVICES.get(device, f"device type {device}")
        raise TypeError(f"{name} is {article(value)} in the memory of a {where} device: copy it to the CPU")
    try:
        try:
            capsule = value.__dlpack__(max_version=(1, 0))
        except TypeError:  # of before DLPack 1.0, which cannot say that memory is read-only
            capsule = value.__dlpack__()
    except (BufferError, RuntimeError, ValueError) as error:
        raise ValueError(f"{name} is {article(value)} that does not share its memory: {error}") from None
    return captured(capsule)


def captured(capsule: Any) -> np.ndarray[Any, Any]:
    """What a DLPack capsule holds. It is not consumed: it gives its memory back when the array is gone.

    Raises:
        TypeError: elements that NumPy has no type for.
    """
    versioned = _is_valid(capsule, b"dltensor_versioned")
    if versioned:
        managed = _Versioned.from_address(_pointer(capsule, b"dltensor_versioned"))
        if managed.major != 1:
            raise TypeError(f"version {managed.major} of DLPack is not known")
        tensor, read_only = managed.tensor, bool(managed.flags & 1)
    else:
        tensor, read_only = _Tensor.from_address(_pointer(capsule, b"dltensor")), False
    rank, named = tensor.ndim, _NAMED.get((tensor.code, tensor.bits))
    if tensor.lanes != 1 or tensor.bits % 8 or not (named or tensor.code in _KINDS):
        raise TypeError(f"DLPack elements of kind {tensor.code} with {tensor.bits} bits are not known")
    size = tensor.bits // 8
    spelled = f"|V{size}" if named else f"{'|' if size == 1 else '='}{_KINDS[tensor.code]}{size}"
    interface = {
        "shape": tuple(tensor.shape[i] for i in range(rank)),
        "typestr": np.dtype(spelled).str,
        "data": ((tensor.data or _SOMEWHERE) + tensor.byte_offset, read_only),
        "strides": tuple(tensor.strides[i] * size for i in range(rank)) if tensor.strides else None,
        "version": 3,
    }
    array = np.asarray(Interface(interface, capsule))
    return array.view(numpy_dtype(named)) if named else array


_API = ctypes.pythonapi
_pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(("PyCapsule_GetPointer", _API))
_is_valid = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.c_char_p)(("PyCapsule_IsValid", _API))
