"""The Python side of a bundle: the stub that type checkers read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..package import exported_names, record_names
from ._described import listed, returned, with_fixed

#: NumPy's scalar types, as stubs write them; those of ml_dtypes have no stubs.
_SCALARS = {
    "bool": "np.bool_",
    "i8": "np.int8",
    "i16": "np.int16",
    "i32": "np.int32",
    "i64": "np.int64",
    "u8": "np.uint8",
    "u16": "np.uint16",
    "u32": "np.uint32",
    "u64": "np.uint64",
    "f16": "np.float16",
    "f32": "np.float32",
    "f64": "np.float64",
    "c64": "np.complex64",
    "c128": "np.complex128",
}
_PYTHON = ("int", "float", "bool", "complex")
#: Which of Python's numbers stand for element types, by their first letters.
_PARENTS = {"i": "int", "u": "int", "c": "complex"}


def stub(manifest: Mapping[str, Any]) -> str:
    """The text of ``__init__.pyi``."""
    blocks = []
    for name in exported_names(manifest):
        entries = [e for e in manifest["functions"] if e["attribute"] == name]
        if entries[0]["method"] is None:
            blocks.append(_function(name, entries[0], ""))
            continue
        methods = "".join(_function(e["method"], e, "    ") for e in entries)
        load = "    def load(self, path: str | PathLike[str]) -> Self: ...\n"
        blocks.append(f"class _{name}:\n{methods}{load}\n{name}: _{name}\n")
    blocks += [f"{name}: Any\n" for name in record_names(manifest)]
    body = "\n".join(blocks)
    return (
        "from os import PathLike\nfrom typing import Any, Literal, Self\n\n"
        f"import numpy as np\nfrom numpy.typing import NDArray\n\n__all__: list[str]\n\n{body}"
    )


def _function(name: str, entry: Mapping[str, Any], indent: str) -> str:
    structure = entry.get("structure")
    if structure is not None:
        return _of_composites(name, entry, structure, indent)
    words = ", ".join(word for word in ("self" if indent else "", listed(_parameters(entry), _accepted)) if word)
    return f"{indent}def {name}({words}) -> {_returned(entry)}: ...\n"


def _parameters(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The user's parameters; a default that a stub cannot write is ``...`` there."""
    found = with_fixed(entry)
    return [{**v, "default": "..."} if "words" in v and v["default"] and not v["value"] else v for v in found]


def _of_composites(name: str, entry: Mapping[str, Any], structure: Mapping[str, Any], indent: str) -> str:
    """A function with tuples or records: records are whatever has their fields."""

    def accepted(node: Any) -> str:
        if isinstance(node, int):
            return _accepted(entry["parameters"][node])
        if "tuple" in node:
            return f"tuple[{', '.join(map(accepted, node['tuple'])) or '()'}]"
        return "NDArray[np.void]" if "records" in node else "Any"

    def returned(node: Any) -> str:
        if node is None:
            return "None"
        if isinstance(node, int):
            return _returned({**entry, "returns": [entry["returns"][node]], "returns_tuple": False})
        if "tuple" in node:
            return f"tuple[{', '.join(map(returned, node['tuple'])) or '()'}]"
        return "NDArray[np.void]" if "records" in node else "Any"

    words = listed(_parameters(entry), lambda v: _accepted(v) if "words" in v else accepted(v["value"]))
    words = ", ".join(word for word in ("self" if indent else "", words) if word)
    return f"{indent}def {name}({words}) -> {returned(structure['result'])}: ...\n"


def _accepted(value: Mapping[str, Any]) -> str:
    if "words" in value:
        text = value["value"]
        written = text in ("True", "False") or text.lstrip("-").isdigit() or text[:1] in ("'", '"')
        return "None" if text == "None" else f"Literal[{text}]" if written else "Any"
    if value["dims"] is not None:
        return _array(value)
    if value["type"] in _PYTHON:
        return value["type"]
    kind = value["dtype"][0]
    scalar = _SCALARS.get(value["dtype"], "Any")
    return f"bool | {scalar}" if value["dtype"] == "bool" else f"{_PARENTS.get(kind, 'float')} | {scalar}"


def _returned(entry: Mapping[str, Any]) -> str:
    returns: Sequence[int] = entry["returns"]
    values = [entry["results"][k] if k >= 0 else entry["parameters"][-(k + 1)] for k in returns]
    types = [
        _array(v) if v["dims"] is not None else v["type"] if v["type"] in _PYTHON else _SCALARS.get(v["dtype"], "Any")
        for v in values
    ]
    return returned(entry, types) or "None"


def _array(value: Mapping[str, Any]) -> str:
    return f"NDArray[{_SCALARS.get(value['dtype'], 'Any')}]"
