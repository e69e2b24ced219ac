"""Objects that CPython calls without running Python: what compiled code needs to take their arguments apart itself.

A :class:`Native` object has, after its head, the address of a function of the vectorcall protocol and that of a table
of addresses (``native_call.py`` writes the one and says what stands in the other). Subclasses written in Python keep
their ``__call__``: it is called where no function has been attached, and by that function, where an argument is not
plain.

All of this is there on CPython with the lock that its objects need, on machines of 64 bits, where the fields of types
are where they are expected; elsewhere objects are called as others are. Bundles carry this file: it must not import
anything of pyc.
"""

from __future__ import annotations

import ctypes
import struct
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from ._weights import numpy_dtype

T = TypeVar("T", bound=type)

_BASE_TYPE, _HAVE_VECTORCALL = 1 << 10, 1 << 11
#: Slots of types and kinds of members, by the stable ABI.
_TP_CALL, _TP_MEMBERS, _SSIZE, _ULONGLONG, _READ_ONLY = 50, 72, 19, 18, 1
#: Fields of a native object, and of a type: bytes from the beginning.
_ENTRY, _STATE, _SIZE = 16, 24, 32
_OFFSET_OF_VECTORCALL, _FLAGS = 56, 168
#: Functions of NumPy's C interface, by their numbers in it.
_OF_NUMPY = {"PyArray_Scalar": 60, "PyArray_NewFromDescr": 94}
_OBJECTS = {"True": True, "False": False, "None": None, "ndarray": np.ndarray, "int": int, "float": float}


class _Slot(ctypes.Structure):
    _fields_ = (("number", ctypes.c_int), ("address", ctypes.c_void_p))


class _Member(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("kind", ctypes.c_int),
        ("offset", ctypes.c_ssize_t),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


class _Spec(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("size", ctypes.c_int),
        ("item_size", ctypes.c_int),
        ("flags", ctypes.c_uint),
        ("slots", ctypes.POINTER(_Slot)),
    )


def _is_expected() -> bool:
    """Whether objects of this interpreter are laid out as this file and compiled code expect."""
    return (
        sys.implementation.name == "cpython"
        and (3, 11) <= sys.version_info < (3, 15)
        and struct.calcsize("P") == 8
        and object.__basicsize__ == 16
        and float.__basicsize__ == 24
        and not sysconfig.get_config_var("Py_GIL_DISABLED")
        and not hasattr(sys, "gettotalrefcount")
    )


def _address(name: str) -> int:
    return ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value or 0


def _made() -> Any:
    """The type of native objects, made by CPython's own function for that; ``object`` where it cannot be."""
    if not _is_expected():
        return object
    members = (_Member * 4)(
        _Member(b"__vectorcalloffset__", _SSIZE, _ENTRY, _READ_ONLY, None),
        _Member(b"_native_entry", _ULONGLONG, _ENTRY, 0, None),
        _Member(b"_native_table", _ULONGLONG, _STATE, 0, None),
        _Member(None, 0, 0, 0, None),
    )
    slots = (_Slot * 3)(
        _Slot(_TP_CALL, _address("PyVectorcall_Call")),
        _Slot(_TP_MEMBERS, ctypes.addressof(members)),
        _Slot(0, None),
    )
    spec = _Spec(f"{__name__}.Native".encode(), _SIZE, 0, _BASE_TYPE | _HAVE_VECTORCALL, slots)
    make = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p)(("PyType_FromSpec", ctypes.pythonapi))
    made = make(ctypes.addressof(spec))
    _kept.append((spec, members, slots))
    return made


#: What types that were made point to.
_kept: list[Any] = []
#: The type of native objects.
Native: Any = _made()


def called_natively(kind: T) -> T:
    """A subclass of ``Native`` with a ``__call__`` of its own, whose objects may have functions attached.

    CPython looks for such a function in objects of types with a flag, which a class with ``__call__`` does not inherit.
    """
    if Native is object or kind.__basicsize__ < _SIZE:
        return kind
    flags = ctypes.c_ulong.from_address(id(kind) + _FLAGS)
    offset = ctypes.c_ssize_t.from_address(id(kind) + _OFFSET_OF_VECTORCALL)
    if flags.value == kind.__flags__ and offset.value == _ENTRY:
        flags.value |= _HAVE_VECTORCALL
    return kind


def is_called_natively(kind: type) -> bool:
    """Whether functions that are attached to objects of a type are called."""
    return Native is not object and issubclass(kind, Native) and bool(kind.__flags__ & _HAVE_VECTORCALL)


@called_natively
class Link(Native):
    """One way of calling behind another: what a function that is attached takes its ``slow`` calls to."""


def attach(
    target: Any,
    entry: int,
    names: Sequence[str],
    slow: Callable[..., Any],
    fail: Callable[[int], Any],
    types: Mapping[int, type] | None = None,
) -> bool:
    """Whether a function, at an address, is from now on what ``target`` is called by.

    ``names`` are what its table holds, ``slow`` takes the calls that it does not, ``fail`` raises the exception of an
    error by its number. With ``types``, each argument that is a number must have exactly the type given for it.
    """
    if not is_called_natively(type(target)) or sys.getprofile() is not None:
        return False  # who follows the calls of a program wants to see these
    table = (ctypes.c_void_p * len(names))()
    objects: list[Any] = []
    for i, name in enumerate(names):
        address = _functions.get(name)
        if address is None:
            found = {"slow": slow, "fail": fail}.get(name) or _object(name, types)
            objects.append(found)
            address = 0 if found is None and name != "None" else id(found)
        if not address and name in _OF_NUMPY:
            return False
        table[i] = address
    # A call in another thread may still have what was attached before.
    target.__dict__.setdefault("_native_kept", []).append((table, objects))
    target._native_table = ctypes.addressof(table)
    target._native_entry = entry
    return True


def _object(name: str, types: Mapping[int, type] | None) -> Any:
    """What a table has under a name; ``None`` for a type that an argument is not to have."""
    if name in _OBJECTS:
        return _OBJECTS[name]
    first, _, rest = name.partition(" ")
    if first == "dtype":
        return _dtype(rest)
    wanted = None if types is None else types.get(int(first))
    found = _dtype(rest.removeprefix("numpy.")).type if rest.startswith("numpy.") else _OBJECTS[rest]
    kind = found if isinstance(found, type) else type(found)
    return found if wanted is None or wanted is kind else None


def _dtype(name: str) -> np.dtype[Any]:
    from ._values import NUMPY_NAMES

    return numpy_dtype(NUMPY_NAMES[name])


def _addresses() -> dict[str, int]:
    """The addresses of the functions of CPython and NumPy that compiled code calls."""
    if Native is object:
        return {}
    names = (
        "PyObject_Vectorcall", "Py_IncRef", "Py_DecRef", "PyLong_FromLongLong", "PyLong_AsLongLongAndOverflow",
        "PyFloat_FromDouble", "PyComplex_FromDoubles", "PyTuple_New", "PyTuple_SetItem", "PyEval_SaveThread",
        "PyEval_RestoreThread",
    )  # fmt: skip
    found = {name: _address(name) for name in names}
    pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", ctypes.pythonapi)
    )
    table = pointer(np._core._multiarray_umath._ARRAY_API, None)  # type: ignore[attr-defined]
    return found | {n: ctypes.c_void_p.from_address(table + 8 * i).value or 0 for n, i in _OF_NUMPY.items()}


_functions = _addresses()
