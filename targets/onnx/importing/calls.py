"""Calls as data: ``onnx.node("Add", "sum", ["x", "y"], ["z"], loc="net.py:3:5")``, written and read back."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from pyc.dataclass import dataclass

#: Columns of a line, without what stands before it.
_WIDTH = 108
_MODULE = "onnx"


@dataclass(frozen=True)
class Call:
    """A call of ``pyc.onnx``. Arguments are calls, numbers, texts, bytes, ``None``, lists and dictionaries of them."""

    name: str
    arguments: Sequence[Any] = ()
    said: Mapping[str, Any] = field(default_factory=dict)


class NoCall(Exception):
    """What stands in a program where a call should stand, and is none; the text says what."""


def spelled(value: Any, before: str = "", after: str = "") -> list[str]:
    """The lines that say a value, with text before the first and after the last."""
    flat = before + _flat(value) + after
    if len(flat) <= _WIDTH or not isinstance(value, Call | list | dict) or not value:
        return [flat]
    opening, items, closing = _parts(value)
    lines = [before + opening]
    filled = ""
    for key, item in items:
        piece = f"{key}{_flat(item)},"
        if filled and len(filled) + len(piece) >= _WIDTH:
            lines.append(f"    {filled}")
            filled = ""
        if len(piece) > _WIDTH:
            lines += ["    " + line for line in spelled(item, key, ",")]
        else:
            filled += f" {piece}" if filled else piece
    return [*lines, *([f"    {filled}"] if filled else []), closing + after]


def _parts(value: Call | list[Any] | dict[str, Any]) -> tuple[str, list[tuple[str, Any]], str]:
    """What opens a value, what is in it with the text before each, and what closes it."""
    if isinstance(value, Call):
        said = [(f"{key}=", item) for key, item in value.said.items()]
        return f"{_MODULE}.{value.name}(", [*(("", item) for item in value.arguments), *said], ")"
    if isinstance(value, dict):
        return "{", [(f"{_quoted(key)}: ", item) for key, item in value.items()], "}"
    return "[", [("", item) for item in value], "]"


def _flat(value: Any) -> str:
    match value:
        case Call() | list() | dict():
            opening, items, closing = _parts(value)
            return opening + ", ".join(key + _flat(item) for key, item in items) + closing
        case float() if not math.isfinite(value):
            return "math.nan" if math.isnan(value) else "math.inf" if value > 0 else "-math.inf"
        case str():
            return _quoted(value)
        case _:
            return repr(value)


def _quoted(value: str) -> str:
    """A text between double quotes where it has none itself."""
    text = repr(value)
    return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text and "\\'" not in text else text


def called(node: ast.expr) -> Call | None:
    """The call of ``pyc.onnx`` that an expression is; ``None`` for any other expression.

    Raises:
        NoCall: its arguments are computed.
    """
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="onnx"), attr=name)):
            said = {k.arg: read(k.value) for k in node.keywords if k.arg is not None}
            if len(said) != len(node.keywords):
                raise NoCall("its arguments are not written out")
            return Call(name, [read(a) for a in node.args], said)
    return None


def read(node: ast.expr) -> Any:
    """What an expression that is written out says.

    Raises:
        NoCall: it is computed.
    """
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | bytes() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand) if isinstance(number := read(operand), int | float):
            return -number
        case ast.Attribute(value=ast.Name(id="math"), attr="nan" | "inf" as name):
            return getattr(math, name)
        case ast.List() | ast.Tuple():
            return [read(item) for item in node.elts]
        case ast.Dict():
            keys = [None if key is None else read(key) for key in node.keys]
            if all(isinstance(key, str) for key in keys):
                return dict(zip(keys, map(read, node.values), strict=True))
        case ast.Call() if (call := called(node)) is not None:
            return call
    raise NoCall(f"'{ast.unparse(node)[:60]}' is not written out")
