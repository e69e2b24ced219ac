"""Host programs: what is done between the caller's arrays and the launches. ``host_program.py`` lists the steps.

Bundles carry this file: it must not import anything of pyc.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from math import prod
from traceback import clear_frames
from typing import Any, NamedTuple, Protocol


class View(NamedTuple):
    """Memory of a device: where it begins, the offset of the first element, extents and strides, all in elements.

    ``temporary`` is the temporary that it lies in, if it is in one.
    """

    base: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    itemsize: int
    temporary: Temporary | None = None


class Temporary:
    """Memory that the host program asked for. It is given back by a step, else with the last view of it."""

    __slots__ = ("_address", "_device")

    def __init__(self, device: Device, size: int) -> None:
        self._device, self._address = device, device.allocate(size) if size else None

    @property
    def address(self) -> int:
        """Where it begins; 0 if it has no bytes."""
        return self._address or 0

    def release(self) -> None:
        """Give it back, unless that was done."""
        address, self._address = self._address, None
        if address is not None:
            self._device.release(address)

    __del__ = release


def contiguous(address: int, shape: Sequence[int], itemsize: int, temporary: Temporary | None = None) -> View:
    """A view of row-major memory."""
    strides, count = [], 1
    for extent in reversed(shape):
        strides.append(count)
        count *= extent
    return View(address, 0, tuple(shape), tuple(reversed(strides)), itemsize, temporary)


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
    """The host's part of one function. It is made Python code once: a call costs a few microseconds."""

    def __init__(self, description: Mapping[str, Any], kernels: Mapping[str, Mapping[str, Any]]) -> None:
        """``description`` is a function's ``host`` in the manifest, ``kernels`` the manifest's."""
        writer = _Writer(description, kernels)
        names: dict[str, Any] = {**writer.names, "View": View, "Stopped": Stopped, "divided": _toward_zero}
        names.update(allocate=_allocate)
        exec(compile(writer.text, "<host program>", "exec"), names)
        self._run: Callable[[Sequence[Any], Device], None] = names["run"]

    def run(self, inputs: Sequence[Any], device: Device) -> None:
        """Queue everything for ``inputs``: numbers and views, the places of results last.

        Raises:
            Stopped: a check failed. What was queued before it stays.
        """
        try:
            self._run(inputs, device)
        except BaseException as error:
            # An error holds the frames that it went through, and their variables the temporaries.
            clear_frames(error.__traceback__)
            raise


def _allocate(device: Device, shape: tuple[int, ...], width: int) -> View:
    temporary = Temporary(device, prod(shape) * width)
    return contiguous(temporary.address, shape, width, temporary)


def _toward_zero(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


#: Integer arithmetic on signed numbers ``a`` and ``b``, of which ``ua`` and ``ub`` are the same bits without sign. A
#: division by zero has no defined result, and must not raise: nothing may use it, or its check comes after it.
_INTEGER = {
    "addi": "{a} + {b}",
    "subi": "{a} - {b}",
    "muli": "{a} * {b}",
    "divsi": "(divided({a}, {b}) if {b} else 0)",
    "remsi": "({a} - {b} * divided({a}, {b}) if {b} else 0)",
    "floordivsi": "({a} // {b} if {b} else 0)",
    "ceildivsi": "(-(-{a} // {b}) if {b} else 0)",
    "divui": "({ua} // {ub} if {b} else 0)",
    "remui": "({ua} % {ub} if {b} else 0)",
    "ceildivui": "(-(-{ua} // {ub}) if {b} else 0)",
    "shli": "({a} << {b})",
    "shrui": "({ua} >> {b})",
}
#: As above, where the result is in range whenever the operands are.
_CLOSED = {
    "maxsi": "{a} if {a} > {b} else {b}",
    "minsi": "{a} if {a} < {b} else {b}",
    "maxui": "{a} if {ua} > {ub} else {b}",
    "minui": "{a} if {ua} < {ub} else {b}",
    "andi": "{a} & {b}",
    "ori": "{a} | {b}",
    "xori": "{a} ^ {b}",
    "shrsi": "{a} >> {b}",
}
_COMPARE = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


class _Writer:
    """The Python text of a host program; ``names`` are what it uses of packed parameters."""

    def __init__(self, description: Mapping[str, Any], kernels: Mapping[str, Mapping[str, Any]]) -> None:
        self._constants = {int(slot): int(value) for slot, value in description["constants"].items()}
        self._kernels = {name: list(kernel["parameters"]) for name, kernel in kernels.items()}
        self.names: dict[str, Any] = {}
        inputs = "".join(f"s{i}, " for i in range(int(description["inputs"])))
        lines = [f"{inputs}= inputs"] if inputs else []
        lines += [f"s{i} = {_wrapped(f's{i}', bits)}" for i, bits in description.get("unsigned", {}).items()]
        lines += [*self._steps(description["steps"]), "return"]
        self.text = "def run(inputs, device):\n" + "".join(f"    {line}\n" for line in lines)

    def _steps(self, steps: Sequence[Any]) -> list[str]:
        return [line for step in steps for line in getattr(self, f"_write_{step[0]}")(*step[1:])]

    def _block(self, steps: Sequence[Any], targets: Sequence[int], values: Sequence[int]) -> list[str]:
        """The lines inside a loop or branch: its steps, then what it hands on."""
        return [f"    {line}" for line in (*self._steps(steps), *self._assign(targets, values))] or ["    pass"]

    def _assign(self, targets: Sequence[int], values: Sequence[int]) -> list[str]:
        """All at once: loops exchange arrays."""
        return ["".join(f"s{t}, " for t in targets) + f"= {self._values(values)}"] if targets else []

    def _write_for(
        self,
        counter: int,
        bounds: Sequence[int],
        places: Sequence[int],
        first: Sequence[int],
        steps: Sequence[Any],
        following: Sequence[int],
    ) -> list[str]:
        rounds = f"for s{counter} in range({', '.join(self._value(b) for b in bounds)}):"
        return [*self._assign(places, first), rounds, *self._block(steps, places, following)]

    def _write_while(
        self,
        places: Sequence[int],
        first: Sequence[int],
        deciding: Sequence[Any],
        decision: int,
        results: Sequence[int],
        given: Sequence[int],
        steps: Sequence[Any],
        following: Sequence[int],
    ) -> list[str]:
        return [
            *self._assign(places, first),
            "while True:",
            *self._block(deciding, results, given),
            f"    if not {self._value(decision)}: break",
            *self._block(steps, places, following),
        ]

    def _write_if(self, condition: int, results: Sequence[int], then: Sequence[Any], other: Sequence[Any]) -> list[str]:
        return [
            f"if {self._value(condition)}:",
            *self._block(then[0], results, then[1]),
            "else:",
            *self._block(other[0], results, other[1]),
        ]

    def _value(self, slot: int) -> str:
        constant = self._constants.get(slot)
        return f"s{int(slot)}" if constant is None else f"({constant})" if constant < 0 else str(constant)

    def _values(self, slots: Sequence[int]) -> str:
        return "(" + "".join(f"{self._value(s)}, " for s in slots) + ")"

    def _unsigned(self, slot: int, bits: int) -> str:
        constant = self._constants.get(slot)
        if constant is not None:
            return str(constant & ((1 << bits) - 1))
        return f"(s{int(slot)} & {(1 << bits) - 1})"

    def _write_int(self, to: int, operation: str, bits: int, a: int, b: int) -> list[str]:
        values = {"a": self._value(a), "b": self._value(b)}
        values.update(ua=self._unsigned(a, bits), ub=self._unsigned(b, bits))
        if operation in _CLOSED:
            return [f"s{to} = {_CLOSED[operation].format(**values)}"]
        return [f"s{to} = {_wrapped(_INTEGER[operation].format(**values), bits)}"]

    def _write_wide(self, low: int, high: int, signed: bool, bits: int, a: int, b: int) -> list[str]:
        x, y = (self._value(s) if signed else self._unsigned(s, bits) for s in (a, b))
        return [
            f"total = {x} * {y}",
            f"s{low}, s{high} = {_wrapped('total', bits)}, {_wrapped(f'total >> {bits}', bits)}",
        ]

    def _write_cmp(self, to: int, predicate: str, bits: int, a: int, b: int) -> list[str]:
        unsigned = predicate[0] == "u"
        x, y = (self._unsigned(s, bits) if unsigned else self._value(s) for s in (a, b))
        return [f"s{to} = 1 if {x} {_COMPARE[predicate[-2:]]} {y} else 0"]

    def _write_convert(self, to: int, kind: str, source: int, target: int, a: int) -> list[str]:
        value = self._unsigned(a, source) if kind == "u" or source == 1 else self._value(a)
        return [f"s{to} = {_wrapped(f'-{value}' if kind == 's' and source == 1 else value, target)}"]

    def _write_select(self, to: int, condition: int, a: int, b: int) -> list[str]:
        return [f"s{to} = {self._value(a)} if {self._value(condition)} else {self._value(b)}"]

    def _write_extent(self, to: int, view: int, axis: int) -> list[str]:
        return [f"s{to} = s{view}.shape[{self._value(axis)}]"]

    def _write_parts(self, targets: Sequence[int], view: int) -> list[str]:
        places = "".join(f"s{to}, " for to in targets)
        return [f"{places}= s{view}, s{view}.offset, *s{view}.shape, *s{view}.strides"]

    def _write_view(self, to: int, base: int, offset: int, sizes: Sequence[int], strides: Sequence[int]) -> list[str]:
        shape = f"{self._values(sizes)}, {self._values(strides)}"
        rest = f"s{base}.itemsize, s{base}.temporary"
        return [f"s{to} = View(s{base}.base, {self._value(offset)}, {shape}, {rest})"]

    def _write_allocate(self, to: int, width: int, sizes: Sequence[int]) -> list[str]:
        return [f"s{to} = allocate(device, {self._values(sizes)}, {width})"]

    def _write_free(self, slot: int) -> list[str]:
        return [f"s{slot}.temporary.release()"]

    def _write_check(self, condition: int, number: int) -> list[str]:
        return [f"if not {self._value(condition)}: raise Stopped({number})"]

    def _write_launch(
        self, kernel: str, grid: Sequence[int], block: Sequence[int], arguments: Sequence[int]
    ) -> list[str]:
        kinds = self._kernels[kernel]
        ranks = [int(k.partition(":")[2]) if k.startswith("view:") else None for k in kinds]
        codes = [k if rank is None else "QQq" + "q" * (2 * rank) for k, rank in zip(kinds, ranks, strict=True)]
        # Native alignment is that of kernel parameters: each to its own size.
        pack = f"pack{len(self.names)}"
        self.names[pack] = struct.Struct("@" + "".join(codes)).pack
        packed = ", ".join(
            # A kernel may know the offset from the type: it must not be added to the address.
            self._value(s) if rank is None else f"s{s}.base, s{s}.base, s{s}.offset, *s{s}.shape, *s{s}.strides"
            for s, rank in zip(arguments, ranks, strict=True)
        )
        counts = " and ".join(self._value(s) for s in grid)
        launch = f"device.launch({kernel!r}, {self._values(grid)}, {self._values(block)}, {pack}({packed}))"
        return [f"if {counts}: {launch}"]


def _wrapped(expression: str, bits: int) -> str:
    """A number wrapped to ``bits``, as a signed one; of 1 bit, 0 or 1."""
    if bits == 1:
        return f"({expression}) & 1"
    return f"(({expression}) + {1 << (bits - 1)} & {(1 << bits) - 1}) - {1 << (bits - 1)}"
