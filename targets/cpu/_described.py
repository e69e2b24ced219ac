"""What the entry of a function in a manifest says: its signature, in words and for Python, and how results are grouped.

Bundles carry this file: it must not import anything of pyc.
"""

from __future__ import annotations

import ast
import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from ._values import array_dtype

_KINDS = {
    "": inspect.Parameter.POSITIONAL_OR_KEYWORD,
    "positional": inspect.Parameter.POSITIONAL_ONLY,
    "keyword": inspect.Parameter.KEYWORD_ONLY,
}
_PYTHON: dict[str, type] = {"int": int, "float": float, "bool": bool, "complex": complex}
#: Leaves of a result by number, grouped as tuples.
Groups: TypeAlias = "tuple[int | Groups, ...]"


def python_signature(entry: Mapping[str, Any]) -> inspect.Signature:
    """The signature of a function, its types as the user wrote them; weights are no parameters of it."""
    parameters = [
        inspect.Parameter(
            v["name"], _KINDS[v.get("only", "")], default=default_of(v), annotation=v["type"] or inspect.Parameter.empty
        )
        for v in with_fixed(entry)
    ]
    return inspect.Signature(parameters, return_annotation=return_type(entry))


def python_types(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What Python objects a function takes, by name, and what it gives, as ``return``: its ``__annotations__``."""

    def of(value: Mapping[str, Any]) -> Any:
        if value["dims"] is not None:
            return np.ndarray
        return _PYTHON.get(value["type"]) or array_dtype(value["dtype"]).type

    def given(k: int) -> Any:
        return of(entry["results"][k] if k >= 0 else entry["parameters"][-(k + 1)])

    def structured(node: Any, leaf: Callable[[int], Any]) -> Any:
        if node is None:
            return type(None)
        if isinstance(node, int):
            return leaf(node)
        if "tuple" in node:
            return tuple[*(structured(n, leaf) for n in node["tuple"])]
        return np.ndarray if "records" in node else object

    def nested(groups: Groups) -> Any:
        return tuple[*(given(entry["returns"][g]) if isinstance(g, int) else nested(g) for g in groups)]

    structure, returns = entry.get("structure"), entry["returns"]
    if structure:
        result = structured(structure["result"], lambda k: given(returns[k]))
        types = [structured(p["value"], lambda k: of(entry["parameters"][k])) for p in structure["parameters"]]
    else:
        types = [of(v) for v in declared(entry)]
        if entry.get("nesting"):
            result = nested(groups_of(entry["nesting"]))
        elif entry["returns_tuple"]:
            result = tuple[*map(given, returns)]
        else:
            result = given(returns[0]) if returns else type(None)
    return {**{v["name"]: t for v, t in zip(declared(entry), types, strict=True)}, "return": result}


def declared(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The user's parameters: weights are none, and tuples and records are what they are declared as."""
    structure = entry.get("structure")
    return structure["parameters"] if structure else [v for v in entry["parameters"] if v["weight"] is None]


def with_fixed(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The user's parameters, with those that the function is compiled for one value of."""
    found = [*declared(entry)]
    for v in entry.get("fixed", ()):
        found.insert(v["at"], v)
    return found


class Chosen:
    """What a function is compiled for and a manifest cannot hold: a function, in words."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __repr__(self) -> str:
        return self._words


def fixed_value(value: Mapping[str, Any]) -> Any:
    """What a function is compiled for, of a parameter that is known at compile time."""
    text = value["value"]
    if not text:
        return Chosen(value["words"])
    return float(text) if text.lstrip("-") in ("inf", "nan") else ast.literal_eval(text)


def default_of(value: Mapping[str, Any]) -> Any:
    """The default of a parameter: a number as Python writes it, or ``inf``, ``-inf``, ``nan``; else what means none."""
    text = value.get("default")
    if text is None:
        return inspect.Parameter.empty
    if "words" in value:
        return fixed_value(value)
    if value.get("dtype", value["type"]) in ("c64", "c128", "complex"):
        return complex(text)
    return float(text) if text.lstrip("-") in ("inf", "nan") else ast.literal_eval(text)


def listed(parameters: Sequence[Mapping[str, Any]], spell: Callable[[Mapping[str, Any]], str] | None = None) -> str:
    """Parameters as a ``def`` has them, with ``/``, ``*`` and defaults; ``spell`` gives their types."""
    words: list[str] = []
    before = ""
    for v in parameters:
        only = v.get("only", "")
        if before == "positional" and only != "positional":
            words.append("/")
        if only == "keyword" and before != "keyword":
            words.append("*")
        text = v.get("default")
        if text is not None and "words" not in v and ("inf" in text or "nan" in text):
            text = f'{"complex" if "j" in text else "float"}("{text}")'
        default = "" if text is None else f" = {text}"
        typed = spell(v) if spell else v["type"]
        words.append(f"{v['name']}: {typed}{default}" if typed else f"{v['name']}{default.replace(' ', '')}")
        before = only
    return ", ".join([*words, *(["/"] if before == "positional" else [])])


def spelled(entry: Mapping[str, Any]) -> str:
    """The signature of a function as the user wrote it: ``scale(x: Tensor[f32, N], s: f32 = 2.0) -> f32``."""
    return f"{entry['name']}({listed(with_fixed(entry))}) -> {return_type(entry)}"


def return_type(entry: Mapping[str, Any]) -> str | None:
    """What a function returns, as the user wrote the types."""
    structure = entry.get("structure")
    if structure:
        return structure["type"] or _type_of(structure["result"], entry)
    types = [entry["results"][k]["type"] if k >= 0 else entry["parameters"][-(k + 1)]["type"] for k in entry["returns"]]
    return returned(entry, types)


def _type_of(node: Any, entry: Mapping[str, Any]) -> str | None:
    if node is None:
        return None
    if isinstance(node, int):
        k = entry["returns"][node]
        return (entry["results"][k] if k >= 0 else entry["parameters"][-(k + 1)])["type"]
    if "tuple" in node:
        return f"tuple[{', '.join(str(_type_of(n, entry)) for n in node['tuple'])}]"
    return node["record"] if "record" in node else f"Tensor[{node['records']}]"


def groups_of(nesting: str) -> Groups:
    """How the leaves of a result are grouped, by their indices: ``(0, (1, 2))`` for ``(.,(.,.,),)``."""
    numbers = itertools.count()
    return ast.literal_eval("".join(str(next(numbers)) if c == "." else c for c in nesting))


def grouped(groups: Groups, values: Sequence[Any]) -> tuple[Any, ...]:
    """Leaves of a result as the tuples that they stand in."""
    return tuple(values[g] if isinstance(g, int) else grouped(g, values) for g in groups)


def returned(entry: Mapping[str, Any], types: Sequence[str]) -> str | None:
    """What a function returns, of the types of the leaves of its result."""
    if not entry["returns_tuple"]:
        return types[0] if types else None
    if not entry.get("nesting"):
        return f"tuple[{', '.join(types) or '()'}]"

    def spelled(groups: Groups) -> str:
        return f"tuple[{', '.join(types[g] if isinstance(g, int) else spelled(g) for g in groups) or '()'}]"

    return spelled(groups_of(entry["nesting"]))


def describe(entry: Mapping[str, Any]) -> str:
    """A docstring: the signature in the user's types, what is written, and the errors it can raise."""
    parameters = [v for v in entry["parameters"] if v["weight"] is None]
    lines = [spelled(entry), "", f"Compiled for {entry['target']}."]
    if entry["module"] is not None:
        lines.append(f"Of {entry['module']}.")
    written = [v["name"] for v in parameters if v["written"]]
    if written:
        lines.append(f"Writes to {', '.join(written)}.")
    raised = [e for e in entry["errors"] if e["kind"] not in ("print", "element")]
    if raised:
        lines += ["", "Raises:"]
        lines += [f"    {e['kind']}: {e['message']} ({e['file']}:{e['line']})" for e in raised]
    return "\n".join(lines)
