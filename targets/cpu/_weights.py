"""Weights files, read with NumPy alone. Bundles carry this file: it must not import anything of pyc."""

from __future__ import annotations

import json
import os
import struct
import zipfile
import zlib
from typing import Any

import numpy as np

#: Element types of safetensors files, by NumPy's (or ml_dtypes') name.
_TYPES = {
    "BOOL": "bool",
    "I8": "int8",
    "I16": "int16",
    "I32": "int32",
    "I64": "int64",
    "U8": "uint8",
    "U16": "uint16",
    "U32": "uint32",
    "U64": "uint64",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "BF16": "bfloat16",
    "F16": "float16",
    "F32": "float32",
    "F64": "float64",
    "C64": "complex64",
}
_MAX_HEADER = 100_000_000  # bytes; the limit of the format's own reader
_SPARE_BITS = frozenset(
    {"int4", "uint4", "float4_e2m1fn", "float8_e8m0fnu", "bfloat16", "float8_e4m3fn", "float8_e5m2"}
)


#: Files have no numbers of 4 bits, and few of the other small ones: wider ones that are some are taken for them.
_WIDER = {
    "i4": ("int8", "int4"),
    "u4": ("uint8", "uint4"),
    "f4e2m1": ("float32", "float4_e2m1fn"),
    "f8e8m0": ("float32", "float8_e8m0fnu"),
}


def stored(array: Any, dtype: str) -> Any:
    """An array as a weight of an element type of the language."""
    if dtype not in _WIDER or getattr(getattr(array, "dtype", None), "name", None) != _WIDER[dtype][0]:
        return array
    made = array.astype(numpy_dtype(_WIDER[dtype][1]))
    return made if np.array_equal(made.astype(array.dtype), array) else array


def numpy_dtype(name: str) -> np.dtype[Any]:
    """NumPy's dtype of that name; the names of ml_dtypes need that package.

    Raises:
        ImportError: it is not installed.
    """
    if name in _SPARE_BITS:
        try:
            import ml_dtypes
        except ImportError:
            raise ImportError(f"arrays of {name} need the package ml_dtypes: pip install ml_dtypes") from None
        return np.dtype(getattr(ml_dtypes, name))
    return np.dtype(name)


def read_weights(path: str | os.PathLike[str]) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a ``.safetensors`` or ``.npz`` file by name; those of safetensors are read-only views of the file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is damaged, or of another format; the message says where.
    """
    path = os.fspath(path)
    with open(path, "rb") as file:
        start = file.read(4)
    return _read_npz(path) if start[:2] == b"PK" else _read_safetensors(path)


def _read_npz(path: str) -> dict[str, np.ndarray[Any, Any]]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError, RuntimeError) as error:
        raise ValueError(f"{path} is not a readable npz file: {error}") from error


def _read_safetensors(path: str) -> dict[str, np.ndarray[Any, Any]]:
    """The tensors of a safetensors file, every length and offset checked before it is used.

    Source: the format description of the safetensors project: 8 bytes of header length, the header in JSON, the data.
    """
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        prefix = file.read(8)
        if len(prefix) < 8:
            raise ValueError(
                f"{path} is not a safetensors file: it has {size} bytes, fewer than its header length takes"
            )
        (length,) = struct.unpack("<Q", prefix)
        if length > min(size - 8, _MAX_HEADER):
            raise ValueError(f"{path} is not a safetensors file: its header would have {length} bytes of {size}")
        try:
            header = json.loads(file.read(length).decode("utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            raise ValueError(f"{path} is not a safetensors file: its header is not JSON: {error}") from error
    if not isinstance(header, dict):
        raise ValueError(f"{path} is not a safetensors file: its header is not an object")
    header.pop("__metadata__", None)
    data_size = size - 8 - length
    data = np.memmap(path, np.uint8, "r", offset=8 + length) if data_size else np.empty(0, np.uint8)
    tensors: dict[str, np.ndarray[Any, Any]] = {}
    for name, entry in header.items():
        dtype, shape, begin, end = _entry(path, name, entry, data_size)
        raw = np.asarray(data[begin:end])
        # Data is packed without padding, so an array may lie where its elements must not: then it is copied.
        if raw.ctypes.data % dtype.alignment:
            raw = raw.copy()
        tensors[name] = raw.view(dtype).reshape(shape)
    return tensors


def _entry(path: str, name: str, entry: object, data_size: int) -> tuple[np.dtype[Any], list[int], int, int]:
    """The element type, shape and byte range that the header gives for a tensor."""

    def wrong(what: str) -> ValueError:
        return ValueError(f"{path} is damaged: tensor '{name}' {what}")

    if not isinstance(entry, dict) or not {"dtype", "shape", "data_offsets"} <= entry.keys():
        raise wrong("lacks dtype, shape or data_offsets")
    if not isinstance(entry["dtype"], str) or entry["dtype"] not in _TYPES:
        raise wrong(f"has the element type {entry['dtype']!r}; known are {', '.join(_TYPES)}")
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not _naturals(shape):
        raise wrong(f"has the shape {shape!r}")
    if not (_naturals(offsets) and len(offsets) == 2 and offsets[0] <= offsets[1] <= data_size):
        raise wrong(f"has the offsets {offsets!r} in {data_size} bytes of data")
    dtype = numpy_dtype(_TYPES[entry["dtype"]])
    count = 1
    for extent in shape:
        count *= extent
    if count * dtype.itemsize != offsets[1] - offsets[0]:
        raise wrong(f"has {offsets[1] - offsets[0]} bytes for {count} elements of {entry['dtype']}")
    return dtype, shape, offsets[0], offsets[1]


def _naturals(value: object) -> bool:
    return isinstance(value, list) and all(type(v) is int and v >= 0 for v in value)
