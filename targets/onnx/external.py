"""Weights that lie in a file beside their model, where they may be larger than a message of protobuf.

The file is the elements of one tensor behind those of another, little-endian, each where a page begins if it fills one:
who maps the file into memory needs that. The model names the file, which is in its folder and in no other place.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, external_data_helper

from pyc.dataclass import dataclass

#: A message of protobuf ends here (bytes).
LARGEST = (1 << 31) - 1
#: The smallest tensor that is taken out where nothing is said (bytes).
USUAL = 1024
#: What follows the name of a model in that of its file of elements.
SUFFIX = ".data"
_PAGE, _LINE = 4096, 64

#: Gives the elements of a tensor that lie outside of its model.
Elements = Callable[[Any], bytes]


class Unreadable(ValueError):
    """Elements that are not where a model says, as the end of a sentence."""


@dataclass(frozen=True)
class Place:
    """Where elements lie: a file, the first byte in it, and how many there are."""

    path: Path
    location: str
    offset: int
    length: int


# --- taking out -------------------------------------------------------------------------------------------------------


def taken_out(model: Any, name: str, least: int) -> bytes:
    """The elements of initializers of at least so many bytes, which lie in the file ``name`` from now on."""
    parts: list[bytes] = []
    end = 0
    for tensor in model.graph.initializer:
        content = tensor.raw_data
        if len(content) < max(least, 1):
            continue
        gap = -end % (_PAGE if len(content) >= _PAGE else _LINE)
        parts += [b"\0" * gap, content]
        end += gap + len(content)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", name), ("offset", end - len(content)), ("length", len(content))):
            tensor.external_data.add(key=key, value=str(value))
    return b"".join(parts)


def held(model: Any) -> int:
    """How many bytes the initializers of a model have in it."""
    return sum(len(tensor.raw_data) for tensor in model.graph.initializer)


def within(data: bytes) -> Elements:
    """The elements of tensors that were taken out into ``data``."""

    def elements(tensor: Any) -> bytes:
        entries = {e.key: e.value for e in tensor.external_data}
        offset, length = int(entries["offset"]), int(entries["length"])
        return data[offset : offset + length]

    return elements


def as_inputs(model: Any) -> Any:
    """A model in which the weights that lie outside of it are inputs, for those who would look for them."""
    outside = [t for t in model.graph.initializer if is_outside(t)]
    if not outside:
        return model
    found = type(model)()
    found.CopyFrom(model)
    names = {t.name for t in outside}
    given = {v.name for v in found.graph.input}
    for i in reversed(range(len(found.graph.initializer))):
        if found.graph.initializer[i].name in names:
            del found.graph.initializer[i]
    found.graph.input.extend(
        onnx.helper.make_tensor_value_info(t.name, t.data_type, list(t.dims)) for t in outside if t.name not in given
    )
    return found


# --- reading ----------------------------------------------------------------------------------------------------------


def is_outside(tensor: Any) -> bool:
    """Whether the elements of a tensor lie in another file."""
    return external_data_helper.uses_external_data(tensor)


def beside(folder: Path) -> Elements:
    """The elements of tensors of a model in ``folder``; it raises :class:`Unreadable` where they are not there."""
    return lambda tensor: read(place_of(tensor, folder))


def files_of(model: Any, folder: Path) -> list[str]:
    """The files in which a model in ``folder`` has weights, as it names them and as far as they are there."""
    return list(dict.fromkeys(p.location for p in _places(model, folder) if isinstance(p, Place)))


def problems(model: Any, folder: Path) -> list[str]:
    """Why weights of a model cannot be read, a sentence for each that cannot."""
    return [str(p) for p in _places(model, folder) if isinstance(p, Unreadable)]


def _places(model: Any, folder: Path) -> Iterator[Place | Unreadable]:
    for tensor in model.graph.initializer:
        if is_outside(tensor):
            try:
                yield place_of(tensor, folder)
            except Unreadable as error:
                yield error


def place_of(tensor: Any, folder: Path) -> Place:
    """Where the elements of a tensor lie in the folder of its model, as far as its file goes.

    Raises:
        Unreadable: it is another place, the file is missing or too short, or there should be more or fewer elements.
    """
    entries: Mapping[str, str] = {e.key: e.value for e in tensor.external_data}
    location = _location(tensor)
    folder = Path(os.path.realpath(folder))
    try:
        path = Path(os.path.realpath(folder / location))
    except ValueError:  # a name that no file can have
        path = folder
    if not location or folder not in path.parents:
        raise Unreadable(f"the elements of '{tensor.name}' are at '{location}', which is not in its folder")
    try:
        offset, length = int(entries.get("offset", 0)), int(entries.get("length", -1))
    except ValueError:
        raise Unreadable(f"the place of '{tensor.name}' in {location} is no number") from None
    expected = size_of(tensor)
    if not expected and prod(tensor.dims):
        raise Unreadable(f"'{tensor.name}' has texts, which lie in no other file")
    length = expected if length < 0 else length
    if length != expected or offset < 0:
        raise Unreadable(f"'{tensor.name}' should have {expected} bytes, and says {length} at {offset}")
    try:
        if not path.exists():
            raise Unreadable(f"{location}, which has the elements of '{tensor.name}', is missing")
        if not path.is_file() or path.stat().st_size < offset + length:
            raise Unreadable(f"{location} ends before the elements of '{tensor.name}' do, or is no file")
    except OSError as error:
        raise Unreadable(f"{location}: {(error.strerror or str(error)).lower()}") from None
    return Place(path, location, offset, length)


def read(place: Place) -> bytes:
    """The elements at a place.

    Raises:
        Unreadable: the file cannot be read.
    """
    try:
        with place.path.open("rb") as file:
            file.seek(place.offset)
            elements = file.read(place.length)
    except OSError as error:
        raise Unreadable(f"{place.location}: {(error.strerror or str(error)).lower()}") from None
    if len(elements) != place.length:
        raise Unreadable(f"{place.location} ends before its elements do")
    return elements


def size_of(tensor: Any) -> int:
    """How many bytes the elements of a tensor take; 0 for texts.

    Raises:
        Unreadable: its elements are of an unknown type.
    """
    import onnx_ir as ir

    try:
        dtype = ir.DataType(tensor.data_type)
    except ValueError:
        raise Unreadable(f"'{tensor.name}' has elements of an unknown type") from None
    return 0 if dtype == ir.DataType.STRING else -(-prod(tensor.dims) * dtype.bitwidth // 8)


def _location(tensor: Any) -> str:
    return next((e.value for e in tensor.external_data if e.key == "location"), "")
