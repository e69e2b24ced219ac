"""The modules that the nodes of a scope say they are in, where these are no functions.

=====================  ==============================================================================================
who wrote the model    what says it
=====================  ==============================================================================================
pyc, without functions ``org.pyc.within``: the calls that a node was in; the manifest says what was called
torch                  ``pkg.torch.onnx.name_scopes`` and ``class_hierarchy``, or ``namespace``, which says both:
                       ``: net.Net/conv1: torch.nn.modules.conv.Conv2d/conv2d: aten.conv2d.default``
others                 names of nodes, with slashes: ``/layer1/layer1.0/conv1/Conv``
=====================  ==============================================================================================
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pyc.dataclass import dataclass

from .carriers import MODULE, NAME, NAMESPACE, PREFIX, WITHIN

_TORCH = "pkg.torch.onnx."
_FRAME = re.compile(r'File "([^"]*)", line (\d+)')
#: Modules in modules that are looked at.
_DEEPEST = 32


@dataclass(frozen=True)
class Group:
    """A module: its name in the one around it, its class if that is known, and the numbers of its nodes and modules."""

    name: str
    kind: str
    path: str
    items: tuple[Any, ...]
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """A module on the way to a node: what tells it apart in the one around it, its name and its class."""

    key: str
    name: str
    kind: str
    metadata: Mapping[str, str]


def grouped(nodes: Sequence[Any], inlined: Mapping[str, Any]) -> tuple[int | Group, ...]:
    """The nodes of a scope by the modules that they are in, each where its first node is."""
    root: dict[Any, Any] = {}
    steps: dict[tuple[str, ...], Step] = {}
    for number, node in enumerate(nodes):
        place, keys = root, ()
        for step in steps_of(node, inlined)[:_DEEPEST]:
            keys = (*keys, step.key)
            steps.setdefault(keys, step)
            place = place.setdefault(step.key, {})
        place[number] = None
    return _items(root, (), steps)


def _items(place: Mapping[Any, Any], keys: tuple[str, ...], steps: Mapping[Any, Step]) -> tuple[int | Group, ...]:
    found: list[int | Group] = []
    for key, inner in place.items():
        if isinstance(key, int):
            found.append(key)
            continue
        here = (*keys, key)
        step = steps[here]
        path = ".".join(steps[here[: i + 1]].name for i in range(len(here)))
        found.append(Group(step.name, step.kind, path, _items(inner, here, steps), step.metadata))
    return tuple(found)


def steps_of(node: Any, inlined: Mapping[str, Any]) -> list[Step]:
    """The modules that a node says it is in, outermost first."""
    metadata = node.metadata
    if WITHIN in metadata:
        return _within(metadata[WITHIN], inlined)
    if _TORCH + "name_scopes" in metadata:
        return _scopes(metadata)
    if ": " in metadata.get(NAMESPACE, ""):
        return _namespace(metadata[NAMESPACE])
    if any(key.startswith(PREFIX) for key in metadata):
        return []  # names of pyc's nodes say which operation they are part of
    names = [p for p in node.name.split("/")[:-1] if p]
    return [Step(n, _last(n, names[i - 1] if i else ""), "", {}) for i, n in enumerate(names)]


def python_place(metadata: Mapping[str, str]) -> str:
    """``file:line`` of the innermost frame of the stack that torch writes to a node; empty where there is none."""
    frames = _FRAME.findall(metadata.get(_TORCH + "stack_trace", ""))
    return f"{frames[-1][0]}:{frames[-1][1]}" if frames else ""


def _within(text: str, inlined: Mapping[str, Any]) -> list[Step]:
    try:
        calls = [str(call) for call in json.loads(text)]
    except (ValueError, TypeError):
        return []
    found = []
    for call in calls:
        said = _says(inlined, f"node {call}")
        function = _says(inlined, f"function {said.get('@call', '')}")
        kind = function.get(MODULE) or function.get(NAME) or said.get("@call", "")
        found.append(Step(call, call.rpartition("/")[2], kind, {**function, **said}))
    return found


def _says(inlined: Mapping[str, Any], part: str) -> Mapping[str, str]:
    entry = inlined.get(part)
    said = entry.get("says") if isinstance(entry, Mapping) else None
    return {str(k): str(v) for k, v in said.items()} if isinstance(said, Mapping) else {}


def _scopes(metadata: Mapping[str, str]) -> list[Step]:
    """Torch's own lists: paths from the model on, and classes; the first is the model, the last the node."""
    paths, kinds = (_texts(metadata.get(_TORCH + key, "")) for key in ("name_scopes", "class_hierarchy"))
    kinds += [""] * (len(paths) - len(kinds))
    inner = list(zip(paths, kinds, strict=False))[:-1]
    found, before = [], ""
    for path, kind in inner:
        if path:
            found.append(Step(path, _last(path, before), kind, {}))
            before = path
    return found


def _namespace(text: str) -> list[Step]:
    """``path: class`` between slashes."""
    found, before = [], ""
    for piece in text.split("/")[:-1]:
        path, _, kind = piece.partition(": ")
        if path:
            found.append(Step(path, _last(path, before), kind, {}))
            before = path
    return found


def _last(path: str, before: str) -> str:
    """The part of a path that the module around it does not say."""
    return path.removeprefix(f"{before}.") if before else path


def _texts(text: str) -> list[str]:
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [str(f) for f in found] if isinstance(found, list | tuple) else []
