"""Weights files: arrays by dotted name, read from and written to safetensors and npz.

Source: the safetensors format, https://github.com/huggingface/safetensors#format: eight bytes with the length of a JSON
header, the header (``{name: {"dtype", "shape", "data_offsets"}}``), and the elements of all tensors without gaps.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from .diagnostics import CompileError, Diagnostic, Note
from .precision import DTYPES

#: The format's names of element types, and ours.
_ELEMENTS = {
    "BOOL": "bool",
    "I8": "i8",
    "I16": "i16",
    "I32": "i32",
    "I64": "i64",
    "U8": "u8",
    "U16": "u16",
    "U32": "u32",
    "U64": "u64",
    "F8_E4M3": "f8e4m3",
    "F8_E5M2": "f8e5m2",
    "BF16": "bf16",
    "F16": "f16",
    "F32": "f32",
    "F64": "f64",
    "C64": "c64",
}
#: What files have in place of element types that they do not: wider ones, by NumPy's names.
_WIDER = {"i4": "int8", "u4": "uint8", "f4e2m1": "float32", "f8e8m0": "float32"}
#: The largest header that the format allows, in bytes.
_HEADER_LIMIT = 100_000_000


def load(path: str | Path, *more: str | Path, prefix: str = "") -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of ``.safetensors`` or ``.npz`` files, by name; with a ``prefix`` those that have it, without it.

    Raises:
        CompileError: E505 a file is missing, damaged or of another format, or an array is in two of them.
    """
    found: dict[str, np.ndarray[Any, Any]] = {}
    origin: dict[str, str | Path] = {}
    for file in (path, *more):
        for name, array in _load(file).items():
            if name in found:
                message = f"the weight '{name}' is in {origin[name]} and in {file}"
                raise CompileError([Diagnostic("E505", message)])
            found[name], origin[name] = array, file
    return {name.removeprefix(prefix): array for name, array in found.items() if name.startswith(prefix)}


def _load(path: str | Path) -> dict[str, np.ndarray[Any, Any]]:
    place = Path(path)
    try:
        with place.open("rb") as file:
            start = file.read(16)
            file.seek(0)
            if start.startswith(b"PK"):
                return _read_npz(file)
            if place.suffix == ".npz":
                raise ValueError("it is not an npz file")
            return _read_safetensors(file, os.fstat(file.fileno()).st_size, start)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        message = f"cannot read the weights in {path}: {reason[:1].lower()}{reason[1:]}"
        hint = (Note("weights come from a .safetensors or .npz file"),) if place.is_file() else ()
        raise CompileError([Diagnostic("E505", message, notes=hint)]) from None


def save(path: str | Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays by name to ``path``, as npz if it ends so and otherwise as safetensors; as a whole or not at all.

    Raises:
        TypeError: an array has an element type that the format lacks.
        OSError: the place cannot be written.
    """
    place = Path(path)
    plain = {name: np.asarray(a) for name, a in arrays.items()}
    handle, temporary = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            if place.suffix == ".npz":
                np.savez(file, **_storable(plain))  # type: ignore[arg-type]
            else:
                file.write(dump(plain))
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, place)
    except BaseException:
        os.unlink(temporary)
        raise


def dump(arrays: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> bytes:
    """Arrays as the content of a safetensors file; equal arrays give equal bytes.

    Raises:
        TypeError: an array has an element type that the format lacks.
    """
    names = {DTYPES[ours].numpy: theirs for theirs, ours in _ELEMENTS.items()}
    header: dict[str, Any] = {"__metadata__": dict(sorted(metadata.items()))} if metadata else {}
    parts: list[bytes] = []
    end = 0
    # Wide elements first: then every tensor is aligned to its elements, whatever the extents.
    for name, given in sorted(arrays.items(), key=lambda item: (-np.asarray(item[1]).dtype.itemsize, item[0])):
        array = np.asarray(given)
        wider = next((w for d, w in _WIDER.items() if DTYPES[d].numpy == array.dtype.name), None)
        if wider is not None:
            array = array.astype(wider)  # which reading takes for these
        if array.dtype.name not in names:
            raise TypeError(f"weight '{name}' has elements of type {array.dtype}, which safetensors does not have")
        content = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        offsets = [end, end + len(content)]
        header[name] = {"dtype": names[array.dtype.name], "shape": list(array.shape), "data_offsets": offsets}
        parts.append(content)
        end += len(content)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])


def _storable(arrays: Mapping[str, np.ndarray[Any, Any]]) -> Mapping[str, np.ndarray[Any, Any]]:
    for name, a in arrays.items():
        if a.dtype.kind not in "biufc":
            raise TypeError(
                f"weight '{name}' has elements of type {a.dtype}, which npz does not have; use .safetensors"
            )
    return arrays


def _read_npz(file: BinaryIO) -> dict[str, np.ndarray[Any, Any]]:
    with np.load(file, allow_pickle=False) as content:
        arrays = {name: content[name] for name in content.files}
    for name, a in arrays.items():
        if a.dtype.kind not in "biufc":
            raise ValueError(f"'{name}' has elements of type {a.dtype}, which are no numbers")
    return {name: a.astype(a.dtype.newbyteorder("="), copy=False) for name, a in arrays.items()}


def _read_safetensors(file: BinaryIO, size: int, start: bytes) -> dict[str, np.ndarray[Any, Any]]:
    length = int.from_bytes(start[:8], "little")
    if size < 8 or length < 2 or length > _HEADER_LIMIT or start[8:9] != b"{":
        raise ValueError("it is neither safetensors nor npz")
    if 8 + length > size:
        raise ValueError(f"it is cut short: its header has {length} bytes, the file {size}")
    file.seek(8)
    header = _parse_header(file.read(length))
    buffer = bytearray(size - 8 - length)
    if file.readinto(buffer) != len(buffer):  # type: ignore[attr-defined]
        raise ValueError("it is cut short")
    arrays, ends = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: _extent(*item)):
        begin, end = _extent(name, entry)
        if begin != ends:
            raise ValueError(f"'{name}' begins at byte {begin} of the elements, where {ends} was expected")
        if end > len(buffer):
            raise ValueError(f"it is cut short: '{name}' ends at byte {end} of {len(buffer)}")
        arrays[name], ends = _tensor(name, entry, buffer, begin, end), end
    if ends != len(buffer):
        raise ValueError(f"{len(buffer) - ends} bytes at its end belong to no tensor")
    return {name: arrays[name] for name in header}


def _parse_header(text: bytes) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("its header has a name twice")
        return found

    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=unique)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"its header is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise ValueError("its header is not a JSON object")
    header.pop("__metadata__", None)
    return header


def _extent(name: str, entry: Any) -> tuple[int, int]:
    """The first byte of a tensor's elements and the one past them."""
    try:
        begin, end = entry["data_offsets"]
    except (TypeError, KeyError, ValueError):
        raise ValueError(f"'{name}' has no data_offsets") from None
    if not (_is_count(begin) and _is_count(end) and begin <= end):
        raise ValueError(f"'{name}' has data_offsets {begin}, {end}")
    return begin, end


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _tensor(name: str, entry: Any, buffer: bytearray, begin: int, end: int) -> np.ndarray[Any, Any]:
    element, shape = entry.get("dtype"), entry.get("shape")
    if element not in _ELEMENTS:
        raise ValueError(f"'{name}' has elements of type {element}; known are {', '.join(_ELEMENTS)}")
    if not isinstance(shape, list) or not all(map(_is_count, shape)):
        raise ValueError(f"'{name}' has no shape")
    dtype = DTYPES[_ELEMENTS[element]].dtype
    if math.prod(shape) * dtype.itemsize != end - begin:
        raise ValueError(
            f"'{name}' of {element} {shape} takes {math.prod(shape) * dtype.itemsize} bytes, not {end - begin}"
        )
    flat = np.frombuffer(buffer, np.uint8, end - begin, begin).view(dtype.newbyteorder("<"))
    # A copy of its own: aligned, writable, and not keeping the other tensors in memory.
    return flat.reshape(shape).astype(dtype)


def stored(array: Any, dtype: str) -> Any:
    """An array as a weight of ``dtype``: for numbers that files do not have, wider ones that are some are taken."""
    wider = _WIDER.get(dtype)
    if wider is None or getattr(getattr(array, "dtype", None), "name", None) != wider:
        return array
    made = array.astype(DTYPES[dtype].dtype)
    return made if np.array_equal(made.astype(array.dtype), array) else array


def adjustment(dtype: str, shape: Sequence[int], array: Any) -> tuple[Note, ...]:
    """What makes an array the weight that is declared: a transpose, a conversion, or both; empty if neither does."""
    found = tuple(getattr(array, "shape", ()))
    if dtype in _WIDER and found == tuple(shape) and getattr(array, "dtype", None) == np.dtype(_WIDER[dtype]):
        return (Note(f"{array.dtype} is taken for {dtype} where all of its numbers are some"),)
    turned = found != tuple(shape) and found == tuple(shape)[::-1]
    if found != tuple(shape) and not turned:
        return ()
    steps = [".T"] * turned
    if getattr(getattr(array, "dtype", None), "name", None) != DTYPES[dtype].numpy:
        if not hasattr(np, DTYPES[dtype].numpy):
            return ()
        steps.append(f".astype(np.{DTYPES[dtype].numpy})")
    said = " and ".join((["it is the transpose"] if turned else []) + (["it converts"] if steps[turned:] else []))
    return (Note(f"{said}: save `w{''.join(steps)}`", fix=True),) if steps else ()
