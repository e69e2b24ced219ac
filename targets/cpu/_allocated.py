"""Results whose memory compiled code allocates, or that are views of arguments.

Bundles carry this file: it must not import anything of pyc. The code describes such a result by numbers: the block that
the library's ``release`` frees (0 for the memory of an argument), the address of the first element, and for each axis
its size and its stride in elements.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ._values import array_dtype

Release = Callable[[int], Any]


class Block:
    """Memory that compiled code has given: freed when nothing refers to it any more."""

    __slots__ = ("_address", "_owner", "_release")

    def __init__(self, address: int, release: Release, owner: object) -> None:
        """``owner`` keeps the code of ``release`` loaded."""
        self._address, self._release, self._owner = address, release, owner

    def __del__(self) -> None:
        self._release(self._address)


class _Memory:
    """What NumPy makes an array of. The array keeps it, and it keeps ``base``."""

    def __init__(self, base: object, interface: Mapping[str, Any]) -> None:
        self.base = base
        self.__array_interface__ = interface


class AllocatedResult:
    """A place for the numbers that describe a result."""

    pack = staticmethod(struct.Struct("PPqqq").pack)

    def __init__(self, value: Mapping[str, Any]) -> None:
        self.dtype, self.rank = array_dtype(value["dtype"]), len(value["dims"])
        self.count = 2 + 2 * self.rank
        self.place = ctypes.c_int64 * self.count
        #: NumPy's extension types have no name of their own in the interface of arrays: they pass as plain bytes.
        self.kind = self.dtype.str if self.dtype.isbuiltin == 1 else f"|V{self.dtype.itemsize}"

    def make(self, dims: Mapping[str, int]) -> tuple[Any, bytes]:
        """The place and its descriptor."""
        place = self.place()
        address = ctypes.addressof(place)
        return place, self.pack(address, address, 0, self.count, 1)

    def array(self, place: Sequence[int], blocks: Mapping[int, Block], arguments: Sequence[Any]) -> Any:
        """The array that the numbers in a place describe; ``blocks`` are those of the call, by address."""
        block, address, *numbers = place
        shape = tuple(numbers[: self.rank])
        strides = tuple(n * self.dtype.itemsize for n in numbers[self.rank :])
        base: Any = blocks[block] if block else _holder(address, arguments)
        if base is None:  # no argument's: an empty array has no memory
            return np.empty(shape, self.dtype)
        readonly = not block and not base.flags.writeable
        interface = {
            "version": 3, "typestr": self.kind, "data": (address, readonly), "shape": shape, "strides": strides,
        }  # fmt: skip
        found = np.asarray(_Memory(base, interface))
        return found if found.dtype == self.dtype else found.view(self.dtype)


def arrays(
    results: Sequence[Any], places: Sequence[Any], arguments: Sequence[Any], release: Release, owner: object
) -> list[Any]:
    """The values of all results of a call."""
    blocks: dict[int, Block] = {}
    for result, place in zip(results, places, strict=True):
        if isinstance(result, AllocatedResult) and place[0] and place[0] not in blocks:
            blocks[place[0]] = Block(place[0], release, owner)
    return [
        r.array(p, blocks, arguments) if isinstance(r, AllocatedResult) else r.value(p)
        for r, p in zip(results, places, strict=True)
    ]


def _holder(address: int, arguments: Sequence[Any]) -> Any | None:
    """The argument in whose memory an address lies."""
    for argument in arguments:
        if isinstance(argument, np.ndarray) and argument.size:
            low, high = np.lib.array_utils.byte_bounds(argument)
            if low <= address < high:
                return argument
    return None
