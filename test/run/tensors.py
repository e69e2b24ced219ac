"""An object that gives DLPack capsules as PyTorch's tensors on a CPU do, made with nothing but ctypes.

It gives the versioned capsule to whoever asks for ``max_version=(1, 0)`` or more, the old one otherwise, refuses where
gradients are wanted, and counts how often its deleter is called: once for each capsule, whatever happens to it.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

CPU, CUDA = 1, 2
INT, UINT, FLOAT, BFLOAT, COMPLEX, BOOL = 0, 1, 2, 4, 5, 6
READ_ONLY, COPIED = 1, 2


class _Tensor(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p), ("device", ctypes.c_int32 * 2), ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16), ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p),
        ("byte_offset", ctypes.c_uint64),
    ]  # fmt: skip


class _Managed(ctypes.Structure):
    _fields_ = [("tensor", _Tensor), ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p)]


class _Versioned(ctypes.Structure):
    _fields_ = [
        ("version", ctypes.c_uint32 * 2), ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p),
        ("flags", ctypes.c_uint64), ("tensor", _Tensor),
    ]  # fmt: skip


_API = ctypes.pythonapi
_DELETER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_DESTRUCTOR = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_new = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, _DESTRUCTOR)(("PyCapsule_New", _API))
# Destructors get capsules that are about to go: as addresses, for a reference would bring them back.
_holds = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p)(("PyCapsule_IsValid", _API))
_address = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)(("PyCapsule_GetPointer", _API))
_NAMES = (b"dltensor_versioned", b"dltensor")


@_DESTRUCTOR
def _destroy(capsule: int) -> None:
    """Nobody has taken the tensor: a capsule that was consumed has another name."""
    for name, kind in zip(_NAMES, (_Versioned, _Managed), strict=True):
        if _holds(capsule, name):
            address = _address(capsule, name)
            _DELETER(kind.from_address(address).deleter)(address)


class Tensor:
    """Elements of an array of NumPy as a tensor; ``before`` elements of its memory lie before the first."""

    def __init__(
        self, values: np.ndarray, code: int, *, device: int = CPU, flags: int = 0, requires_grad: bool = False,
        before: int = 0, version: int = 1, old: bool = False,
    ) -> None:  # fmt: skip
        self.values, self.code, self.device, self.flags, self.before = values, code, device, flags, before
        self.requires_grad, self.version, self.old = requires_grad, version, old
        self.given = self.deleted = 0
        self._alive: dict[int, Any] = {}
        self._deleter = _DELETER(self._delete)

    def _delete(self, address: int) -> None:
        del self._alive[address]  # a KeyError here is a tensor deleted twice
        self.deleted += 1

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.device, 0

    def __dlpack__(self, **options: Any) -> Any:
        """As ``torch.Tensor.__dlpack__``."""
        if self.old and options:
            raise TypeError(f"__dlpack__() got an unexpected keyword argument {next(iter(options))!r}")
        if self.requires_grad:
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        x = self.values
        shape, strides = (ctypes.c_int64 * x.ndim)(*x.shape), (ctypes.c_int64 * x.ndim)()
        strides[:] = [s // x.itemsize for s in x.strides]
        offset = self.before * x.itemsize
        tensor = _Tensor(
            x.ctypes.data - offset, (self.device, 0), x.ndim, self.code, x.itemsize * 8, 1,
            ctypes.addressof(shape), ctypes.addressof(strides), offset,
        )  # fmt: skip
        deleter = ctypes.cast(self._deleter, ctypes.c_void_p)
        if (options.get("max_version") or (0, 0)) >= (1, 0):
            managed: Any = _Versioned((self.version, 1), None, deleter, self.flags, tensor)
        else:
            managed = _Managed(tensor, None, deleter)
        address = ctypes.addressof(managed)
        self._alive[address] = (managed, shape, strides)
        self.given += 1
        return _new(address, _NAMES[isinstance(managed, _Managed)], _destroy)
