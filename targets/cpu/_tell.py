"""What compiled code says to Python while it runs: what it prints, and the values in the messages of its exceptions.

A library calls one function, with a number and the values; the manifest says for each number what is said and how the
values stand in it (``template``, JSON). Python formats them, so that they look as everywhere in Python. Templates are
made of parts:

- ``["text", s]`` and ``["none"]``: a string, and None;
- ``["value", type, k]``: value ``k``, of a Python type or a NumPy scalar type;
- ``["array", type, [k, ...]]``: its extents are these values; its elements were said before, one by one;
- ``["caught", k]``: the exception that a handler has bound, whose number is value ``k``;
- ``["arguments", k, i]``: its argument ``i``, or all of them where that is null;
- ``["tuple", parts]``;
- ``["record", name, fields, parts]``;
- ``["ones", [k, ...], text]``: the text where one of these values is 1;
- ``["percent", text, values]``, ``["sum", a, b]``, ``["product", a, b]``: ``text % values``, ``a + b``, ``a * b``;
- ``["formatted", text, parts, names]``: ``text.format(*parts, **names)``;
- ``["format", pieces]``: an f-string of texts and ``[part, conversion, part of the format specification]``.

A library also says through which calls an error has passed that were not inlined (``calls`` in the manifest), that one
was caught (``LANDED``) or is raised again (``AGAIN``), each with the number of the error: tracebacks are made of it.

The template of an exception may have a ``cause``, which is the exception whose number is that value. That of a check
(``check``) has integers alone, in order; its exception is made where it is asked for.

Bundles carry this file: it needs NumPy, and must not import anything of pyc.
"""

from __future__ import annotations

import builtins
import ctypes
import json
import struct
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

#: The kinds of what is said that are no exceptions: a line to print, an element of an array that follows.
PRINT, ELEMENT = "print", "element"
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_int32, ctypes.POINTER(ctypes.c_int64))


#: What is said with the number of an error that was caught, and of one that is raised again.
LANDED, AGAIN = 0, -1
#: The most calls that a traceback shows of those that were not inlined, the innermost ones.
_MOST_STEPS = 100


class _Way:
    """The way of an error: calls and its number, the innermost first; and the ways of those that handlers have."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        self.caught: dict[int, list[tuple[int, int]]] = {}

    def pass_by(self, step: int, error: int) -> None:
        """An error passes a call, lands in a handler, or is raised again by one."""
        if step == LANDED:
            self.caught[error], self.steps = self.steps, []
        elif step == AGAIN:
            self.steps = self.caught.pop(error, [])
        elif len(self.steps) < _MOST_STEPS:
            self.steps.append((step, error))


class _Templates(dict[int, Any]):
    """What is said, by number, read from the manifest when it is first said: a long function has hundreds."""

    def __init__(self, errors: Mapping[int, Mapping[str, Any]]) -> None:
        super().__init__()
        self._errors = errors

    def __missing__(self, number: int) -> Any:
        made = self[number] = json.loads(self._errors[number]["template"])
        return made


class Teller:
    """Takes what one library says; ``install`` makes it the one that the library calls."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        entries = [e for f in manifest["functions"] for e in (f, f.get("overlapping")) if e is not None]
        self._errors = {e["number"]: e for entry in entries for e in entry["errors"]}
        self._templates = _Templates(self._errors)
        self._calls = frozenset(c["number"] for entry in entries for c in entry.get("calls", ()))
        #: What a thread has said: elements of arrays to come, exceptions by number, what printing raised.
        self._said = threading.local()
        self._callback = _CALLBACK(self._hear)

    def install(self, pointer: int) -> None:
        """Put the address of this teller where the library reads it."""
        address = ctypes.cast(self._callback, ctypes.c_void_p).value
        ctypes.c_void_p.from_address(pointer).value = address

    def raised(self, number: int) -> Exception | None:
        """The exception that this thread has raised last with that number; once."""
        return self._made(number, self._state()[1].pop(number, None))

    def steps(self, number: int) -> list[int]:
        """The calls through which the error of that number has come in this thread, the innermost first; once."""
        way = self._way()
        found, way.steps, way.caught = way.steps, [], {}
        return [step for step, error in found if error == number]

    def _way(self) -> _Way:
        if not hasattr(self._said, "way"):
            self._said.way = _Way()
        return self._said.way

    def _made(self, number: int, told: Exception | list[int] | None) -> Exception | None:
        """The exception, of what has been kept of it."""
        if not isinstance(told, list):
            return told
        kind, template = self._errors[number]["kind"], self._templates[number]
        return exception(kind)(*(_part(p, told, []) for p in template["arguments"]))

    def interruption(self, number: int) -> BaseException | None:
        """What Python raised when this thread printed last; once."""
        return self._state()[2].pop(number, None)

    def _state(self) -> tuple[list[Any], dict[int, Exception | list[int]], dict[int, BaseException]]:
        if not hasattr(self._said, "state"):
            self._said.state = ([], {}, {})
        return self._said.state

    def _caught(self, number: int) -> Exception:
        """The exception that this thread has raised with a number, and caught."""
        entry, told = self._errors[number], self._state()[1]
        made = self._made(number, told.get(number))
        if made is None:
            return exception(entry["kind"])(*filter(None, [entry["message"]]))
        told[number] = made
        return made

    def _hear(self, number: int, values: Any) -> int:
        """0, or 1 where Python raised an exception, which the function then ends with."""
        if number <= 0 or number in self._calls:
            self._way().pass_by(number, values[0])
            return 0
        elements, told, raised = self._state()
        try:
            template, kind = self._templates[number], self._errors[number]["kind"]
            if template.get("check"):
                # Most errors of checks that are caught are never shown: their messages are made where they are asked
                # for, of integers, in the order in which they are handed over.
                told[number] = values[: len(template["row"])]
                return 0
            if kind == ELEMENT:
                elements.append(_value(template["type"], values[0]))
                return 0
            row: list[Any] = [values[k] for k in template["row"]]
            for k in template.get("caught", ()):
                row[k] = self._caught(row[k])
            made = tuple(_part(p, row, elements) for p in template["arguments"])
            elements.clear()
            if kind == PRINT:
                _write(template["sep"].join(map(str, made)) + template["end"], flush=template["flush"])
            else:
                error = exception(kind)(*made)
                if "cause" in template:
                    # It is what is being handled as well, or that came of it.
                    error.__cause__ = error.__context__ = row[template["cause"]]
                told[number] = error
        except BaseException as error:
            elements.clear()
            raised[number] = error.with_traceback(None)
            return 1
        return 0


def exception(kind: str) -> type[Exception]:
    """The exception of a name in a manifest: a built-in one, or NumPy's."""
    return np.linalg.LinAlgError if kind == "LinAlgError" else getattr(builtins, kind)


def _write(line: str, *, flush: bool) -> None:
    """Put a line where ``print`` puts it now."""
    if sys.stdout is not None:
        sys.stdout.write(line)
        if flush:
            sys.stdout.flush()


def _value(type_: str, bits: int) -> Any:
    """A number from the 64 bits that stand for it: an integer itself, or a double."""
    if type_ == "bool":
        return bool(bits)
    if type_ == "int":
        return bits
    if type_ == "float":
        return struct.unpack("<d", struct.pack("<q", bits))[0]
    dtype = np.dtype(type_)
    if dtype.kind in "iub":
        return dtype.type(bits & 0xFFFFFFFFFFFFFFFF if dtype.kind == "u" else bits)
    return dtype.type(struct.unpack("<d", struct.pack("<q", bits))[0])


def _part(part: Any, values: Sequence[int], elements: list[Any]) -> Any:
    return _PARTS[part[0]](part[1:], values, elements)


def _array(part: Any, values: Sequence[int], elements: list[Any]) -> Any:
    dtype, extents = part
    shape = tuple(values[k] for k in extents)
    count = int(np.prod(shape, dtype=np.int64))
    array = np.array(elements[:count], dtype).reshape(shape)
    del elements[:count]
    return array


def _format(part: Any, values: Sequence[int], elements: list[Any]) -> str:
    out = []
    for piece in part[0]:
        if isinstance(piece, str):
            out.append(piece)
            continue
        value = _part(piece[0], values, elements)
        value = {"r": repr, "s": str, "a": ascii, "": lambda x: x}[piece[1]](value)
        out.append(format(value, _part(piece[2], values, elements)))
    return "".join(out)


def _formatted(part: Any, values: Sequence[int], elements: list[Any]) -> str:
    text = _part(part[0], values, elements)
    arguments = [_part(p, values, elements) for p in part[1]]
    names = {name: _part(p, values, elements) for name, p in part[2].items()}
    return text.format(*arguments, **names)


def _record(part: Any, values: Sequence[int], elements: list[Any]) -> Any:
    name, fields, parts = part
    inner = ", ".join(f"{f}={_part(p, values, elements)!r}" for f, p in zip(fields, parts, strict=True))
    return type(name, (), {"__repr__": lambda self: f"{name}({inner})"})()


_PARTS: dict[str, Callable[[Any, Sequence[int], list[Any]], Any]] = {
    "text": lambda part, values, elements: part[0],
    "caught": lambda part, values, elements: values[part[0]],
    "arguments": lambda part, values, elements: (
        values[part[0]].args if part[1] is None else values[part[0]].args[part[1]]
    ),
    "none": lambda part, values, elements: None,
    "value": lambda part, values, elements: _value(part[0], values[part[1]]),
    "array": _array,
    "tuple": lambda part, values, elements: tuple(_part(p, values, elements) for p in part[0]),
    "record": _record,
    "ones": lambda part, values, elements: part[1] if any(values[k] == 1 for k in part[0]) else "",
    "format": _format,
    "percent": lambda part, values, elements: _part(part[0], values, elements) % _part(part[1], values, elements),
    "sum": lambda part, values, elements: _part(part[0], values, elements) + _part(part[1], values, elements),
    "product": lambda part, values, elements: _part(part[0], values, elements) * _part(part[1], values, elements),
    "formatted": _formatted,
}


def listening(manifest: Mapping[str, Any], pointer: int) -> Teller | None:
    """What hears a library that says something, put where its pointer is at an address; ``None`` for the others."""
    if not pointer:
        return None
    teller = Teller(manifest)
    teller.install(pointer)
    return teller
