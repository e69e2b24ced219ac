"""What ``pyc inspect ARTIFACT --diff OTHER`` prints: what two artifacts say differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .inspect import inspect, is_onnx

#: What is no difference between what two artifacts say: where they lie, and how they are stored.
_OURS = ("path", "files", "format")
#: What things in lists are called, from the surest name on.
_NAMES = ("symbol", "name", "function", "target")
_ABSENT = object()


def differences(one: str, other: str) -> list[str]:
    """The differences between what two artifacts say, a line for each: ``-`` the first alone, ``+`` the other alone.

    Raises:
        CompileError: E509 one is no artifact of pyc, or is damaged; E601 onnx is not installed.
    """
    return [*_differences("", _said(one), _said(other))]


def _said(path: str) -> Any:
    """What an artifact says, as plain values; of models, all that their parts carry, and what nodes compute."""
    view = {k: v for k, v in inspect(path).items() if k not in _OURS}
    if is_onnx(Path(path)):
        from pyc.targets.onnx.inspect import parts_of

        # The parts say what the views are made of.
        view = {k: v for k, v in view.items() if k != "annotations"} | parts_of(Path(path))
    return view


def _differences(where: str, one: Any, other: Any) -> Iterator[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in (*one, *(k for k in other if k not in one)):
            yield from _differences(
                f"{where}: {key}" if where else str(key), one.get(key, _ABSENT), other.get(key, _ABSENT)
            )
    elif isinstance(one, list) and isinstance(other, list) and (_named(one) or _named(other)):
        yield from _differences(where, _by_name(one), _by_name(other))
    elif one is _ABSENT:
        yield f"+ {where}{_value(other)}"
    elif other is _ABSENT:
        yield f"- {where}{_value(one)}"
    elif type(one) is not type(other) or (one != other and repr(one) != repr(other)):  # NaN says what NaN says
        yield f"- {where}{_value(one)}"
        yield f"+ {where}{_value(other)}"


def _named(items: list[Any]) -> bool:
    return bool(items) and all(isinstance(i, Mapping) for i in items)


def _by_name(items: list[Any]) -> dict[str, Any]:
    """The items of a list by their names, or by number where these are none or stand twice."""
    for key in _NAMES:
        names = [i.get(key) for i in items if isinstance(i, Mapping)]
        if len(names) == len(items) and all(names) and len(set(names)) == len(names):
            return dict(zip(map(str, names), items, strict=True))
    return {str(n): i for n, i in enumerate(items)}


def _value(value: Any) -> str:
    """A value in a line: records and lists as JSON, a part that says nothing by its name alone."""
    import json

    if value in ("", None) or value == {}:
        return ""
    return f": {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
