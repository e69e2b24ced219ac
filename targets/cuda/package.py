"""The Python side of a bundle: the stub that type checkers read, and the files of its runtime."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..package import exported_names
from ._described import listed, returned

#: By name in a bundle: where the file is, from this folder. None is outside of ``targets``, where an installed pyc has
#: another layout than its repository.
RUNTIME = {
    "_runtime.py": "runtime.py",
    "_program.py": "_program.py",
    "_driver.py": "run.py",
    "_arrays.py": "_arrays.py",
    "_called.py": "../cpu/_called.py",
    "_bundle.py": "../cpu/_bundle.py",
    "_values.py": "../cpu/_values.py",
    "_allocated.py": "../cpu/_allocated.py",
    "_described.py": "../cpu/_described.py",
    "_foreign.py": "../cpu/_foreign.py",
    "_tell.py": "../cpu/_tell.py",
    "_composites.py": "../cpu/_composites.py",
    "_weights.py": "../cpu/_weights.py",
}


def more_names(manifest: Mapping[str, Any]) -> list[str]:
    """What the bundle has beside its functions: ``to_device``, unless one of them has that name."""
    return [] if "to_device" in exported_names(manifest) else ["to_device"]


def stub(manifest: Mapping[str, Any]) -> str:
    """The text of ``__init__.pyi``: arrays are any object with a CUDA array interface, results are device arrays."""
    names = exported_names(manifest)
    blocks = []
    for name in names:
        entries = [e for e in manifest["functions"] if e["attribute"] == name]
        if entries[0]["method"] is None:
            blocks.append(_function(name, entries[0], ""))
            continue
        methods = "".join(_function(e["method"], e, "    ") for e in entries)
        load = "    def load(self, path: str | PathLike[str]) -> Self: ...\n"
        blocks.append(f"class _{name}:\n{methods}{load}\n{name}: _{name}\n")
    body = "\n".join(blocks)
    if "to_device" not in names:
        body += "\ndef to_device(array: Any, stream: Any = None) -> DeviceArray: ...\n"
    return f"from os import PathLike\nfrom typing import Any, Self\n\nfrom ._arrays import DeviceArray\n\n{body}"


def _function(name: str, entry: Mapping[str, Any], indent: str) -> str:
    parameters = [v for v in entry["parameters"] if v["weight"] is None]
    keyword = any(v.get("only") == "keyword" for v in parameters)
    words = ["self" if indent else "", listed(parameters, _accepted), "stream: Any = None"]
    if any(v.get("default") is None for v in parameters) or keyword or not parameters:
        words[-1:] = [words[-1] if keyword else f"*, {words[-1]}"]
    return f"{indent}def {name}({', '.join(word for word in words if word)}) -> {_returned(entry)}: ...\n"


def _accepted(value: Mapping[str, Any]) -> str:
    if value["dims"] is not None:
        return "Any"
    return "bool" if value["dtype"] == "bool" else "int" if value["dtype"][0] in "iu" else "float"


def _returned(entry: Mapping[str, Any]) -> str:
    types = ["DeviceArray" if k >= 0 else "Any" for k in entry["returns"]]
    return returned(entry, types) or "None"
