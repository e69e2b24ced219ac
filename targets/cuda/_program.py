"""Host programs: what is done between the caller's arrays and the launches. ``host_program.py`` lists the steps.

Bundles carry this file: it must not import anything of pyc.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol


@dataclass(frozen=True)
class View:
    """Memory of a device: where it begins, the offset of the first element, extents and strides, all in elements."""

    base: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    itemsize: int


def contiguous(address: int, shape: Sequence[int], itemsize: int) -> View:
    """A view of row-major memory."""
    strides, count = [], 1
    for extent in reversed(shape):
        strides.append(count)
        count *= extent
    return View(address, 0, tuple(shape), tuple(reversed(strides)), itemsize)


class Device(Protocol):
    """Where kernels run. Everything is queued: nothing here waits."""

    def allocate(self, size: int) -> int:
        """The address of ``size`` bytes; any number for 0 bytes."""
        ...

    def release(self, address: int) -> None:
        """Give memory back once the work queued so far is done."""
        ...

    def launch(self, kernel: str, grid: Sequence[int], block: Sequence[int], arguments: bytes) -> None:
        """Queue a kernel; ``arguments`` are its parameters in order, each aligned to its size."""
        ...


class Stopped(Exception):
    """A check failed; ``number`` is its error's."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Program:
    """The host's part of one function."""

    def __init__(self, description: Mapping[str, Any], kernels: Mapping[str, Mapping[str, Any]]) -> None:
        """``description`` is a function's ``host`` in the manifest, ``kernels`` the manifest's."""
        self._inputs, self._steps = description["inputs"], description["steps"]
        self._slots: list[Any] = [None] * description["slots"]
        for slot, value in description["constants"].items():
            self._slots[int(slot)] = value
        self._packers = {name: _packer(kernel["parameters"]) for name, kernel in kernels.items()}

    def run(self, inputs: Sequence[Any], device: Device) -> None:
        """Queue everything for ``inputs``: numbers and views, the places of results last.

        Raises:
            Stopped: a check failed. What was queued before it stays.
        """
        slots = self._slots.copy()
        slots[: self._inputs] = inputs
        held: dict[int, int] = {}
        try:
            for step in self._steps:
                _STEPS[step[0]](self, slots, step, device, held)
        finally:
            for address in held.values():
                device.release(address)

    def _allocate(self, slots: list[Any], step: Sequence[Any], device: Device, held: dict[int, int]) -> None:
        _, to, width, sizes = step
        shape = [slots[s] for s in sizes]
        size = prod(shape) * width
        address = device.allocate(size)
        if size:
            held[to] = address
        slots[to] = contiguous(address, shape, width)

    def _free(self, slots: list[Any], step: Sequence[Any], device: Device, held: dict[int, int]) -> None:
        address = held.pop(step[1], None)
        if address is not None:
            device.release(address)

    def _launch(self, slots: list[Any], step: Sequence[Any], device: Device, held: dict[int, int]) -> None:
        _, kernel, grid, block, arguments = step
        blocks = [slots[s] for s in grid]
        if all(blocks):
            packed = self._packers[kernel]([slots[s] for s in arguments])
            device.launch(kernel, blocks, [slots[s] for s in block], packed)

    def _check(self, slots: list[Any], step: Sequence[Any], device: Device, held: dict[int, int]) -> None:
        if not slots[step[1]]:
            raise Stopped(step[2])

    def _compute(self, slots: list[Any], step: Sequence[Any], device: Device, held: dict[int, int]) -> None:
        match step:
            case ["int", to, operation, bits, a, b]:
                slots[to] = _signed(_INTEGER[operation](slots[a], slots[b], bits), bits)
            case ["wide", low, high, signed, bits, a, b]:
                x, y = slots[a], slots[b]
                total = x * y if signed else _unsigned(x, bits) * _unsigned(y, bits)
                slots[low], slots[high] = _signed(total, bits), _signed(total >> bits, bits)
            case ["cmp", to, predicate, bits, a, b]:
                slots[to] = int(_COMPARE[predicate](slots[a], slots[b], bits))
            case ["convert", to, kind, source, target, a]:
                value = _unsigned(slots[a], source) if kind == "u" or source == 1 else slots[a]
                slots[to] = _signed(-value if kind == "s" and source == 1 else value, target)
            case ["select", to, condition, a, b]:
                slots[to] = slots[a if slots[condition] else b]
            case ["extent", to, view, axis]:
                slots[to] = slots[view].shape[slots[axis]]
            case ["parts", targets, source]:
                view = slots[source]
                for to, value in zip(targets, (view, view.offset, *view.shape, *view.strides), strict=True):
                    slots[to] = value
            case ["view", to, base, offset, sizes, strides]:
                memory = slots[base]
                shape, steps = tuple(slots[s] for s in sizes), tuple(slots[s] for s in strides)
                slots[to] = View(memory.base, slots[offset], shape, steps, memory.itemsize)


_STEPS: dict[str, Callable[[Program, list[Any], Sequence[Any], Device, dict[int, int]], None]] = {
    "allocate": Program._allocate,
    "free": Program._free,
    "launch": Program._launch,
    "check": Program._check,
    **dict.fromkeys(("int", "wide", "cmp", "convert", "select", "extent", "parts", "view"), Program._compute),
}


def _unsigned(value: int, bits: int) -> int:
    return value & ((1 << bits) - 1)


def _signed(value: int, bits: int) -> int:
    """A number wrapped to ``bits``, as a signed one; of 1 bit, 0 or 1."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if bits > 1 and value >> (bits - 1) else value


def _toward_zero(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _shift(value: int, count: int, bits: int) -> int:
    return _unsigned(value, bits) >> count


#: A division by zero has no defined result, and must not raise: nothing may use it, or its check comes after it.
_INTEGER: dict[str, Callable[[int, int, int], int]] = {
    "addi": lambda a, b, n: a + b,
    "subi": lambda a, b, n: a - b,
    "muli": lambda a, b, n: a * b,
    "divsi": lambda a, b, n: _toward_zero(a, b) if b else 0,
    "remsi": lambda a, b, n: a - b * _toward_zero(a, b) if b else 0,
    "floordivsi": lambda a, b, n: a // b if b else 0,
    "ceildivsi": lambda a, b, n: -(-a // b) if b else 0,
    "divui": lambda a, b, n: _unsigned(a, n) // _unsigned(b, n) if b else 0,
    "remui": lambda a, b, n: _unsigned(a, n) % _unsigned(b, n) if b else 0,
    "ceildivui": lambda a, b, n: -(-_unsigned(a, n) // _unsigned(b, n)) if b else 0,
    "maxsi": lambda a, b, n: max(a, b),
    "minsi": lambda a, b, n: min(a, b),
    "maxui": lambda a, b, n: max(_unsigned(a, n), _unsigned(b, n)),
    "minui": lambda a, b, n: min(_unsigned(a, n), _unsigned(b, n)),
    "andi": lambda a, b, n: a & b,
    "ori": lambda a, b, n: a | b,
    "xori": lambda a, b, n: a ^ b,
    "shli": lambda a, b, n: a << b,
    "shrsi": lambda a, b, n: a >> b,
    "shrui": _shift,
}
_COMPARE: dict[str, Callable[[int, int, int], bool]] = {
    "eq": lambda a, b, n: a == b,
    "ne": lambda a, b, n: a != b,
    "slt": lambda a, b, n: a < b,
    "sle": lambda a, b, n: a <= b,
    "sgt": lambda a, b, n: a > b,
    "sge": lambda a, b, n: a >= b,
    "ult": lambda a, b, n: _unsigned(a, n) < _unsigned(b, n),
    "ule": lambda a, b, n: _unsigned(a, n) <= _unsigned(b, n),
    "ugt": lambda a, b, n: _unsigned(a, n) > _unsigned(b, n),
    "uge": lambda a, b, n: _unsigned(a, n) >= _unsigned(b, n),
}


def _packer(parameters: Sequence[str]) -> Callable[[Sequence[Any]], bytes]:
    """Packs values into one buffer: ``view:2`` is address twice, offset, 2 sizes, 2 strides; else a ``struct`` code."""
    ranks = [int(p.partition(":")[2]) if p.startswith("view:") else -1 for p in parameters]
    codes = ["QQq" + "q" * (2 * rank) if rank >= 0 else p for p, rank in zip(parameters, ranks, strict=True)]
    pack = struct.Struct("@" + "".join(codes)).pack

    def packed(values: Sequence[Any]) -> bytes:
        flat: list[Any] = []
        for value, rank in zip(values, ranks, strict=True):
            if rank < 0:
                flat.append(value)
            else:
                # A kernel may know the offset from the type: it must not be added to the address.
                flat += (value.base, value.base, value.offset, *value.shape, *value.strides)
        return pack(*flat)

    return packed
