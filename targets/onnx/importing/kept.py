"""What a model says besides what it computes, around the lines of the program that it becomes.

A node is a block around its lines; annotations of the user's are those of the language wherever they have a place
there, and reach other artifacts as well: ``y = pyc.annotate(x @ w, role="logits")``, ``with pyc.annotate(stage=2):``.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

import onnx

from pyc.dataclass import dataclass
from pyc.targets.onnx.carriers import OF_MODULE, USER, read_properties
from pyc.user_annotations import decoded, encoded, name_problem, value_problem

from . import parts
from .calls import Call, spelled

#: Operators whose result may be the same value in the program as what they are given.
_PASSING = frozenset({"Cast", "CastLike", "Concat", "Dropout", "Expand", "Flatten", "Identity", "Reshape", "Slice",
                      "Squeeze", "Sum", "Max", "Min", "Transpose", "Unsqueeze"})  # fmt: skip


def said_by_user(properties: Mapping[str, str], prefix: str = USER) -> dict[str, Any]:
    """The annotations of the user's in metadata that ``pyc.annotate`` would write the same."""
    found: dict[str, Any] = {}
    for key, text in properties.items():
        name = key.removeprefix(prefix)
        if not key.startswith(prefix) or name_problem(name):
            continue
        try:
            value = decoded(text)
        except ValueError:
            continue
        if not value_problem(value) and encoded(value) == text:
            found[name] = value
    return found


def annotated(entries: Mapping[str, Any], expression: str = "") -> str:
    """``pyc.annotate(expression, name=value)``."""
    words = {k: v for k, v in entries.items() if k.isidentifier() and not keyword.iskeyword(k)}
    others = {k: v for k, v in entries.items() if k not in words}
    texts = [expression] if expression else []
    texts += [f"{k}={''.join(spelled_flat(v))}" for k, v in words.items()]
    texts += [f"**{spelled_flat(others)}"] if others else []
    return f"pyc.annotate({', '.join(texts)})"


def spelled_flat(value: Any) -> str:
    """A value in one line."""
    return " ".join(line.strip() for line in spelled(value))


@dataclass
class Kept:
    """What is kept of a graph or a function: its described values, of which nodes take theirs.

    ``outputs`` are those that the graph describes itself; ``taken`` are the keys of them that lines of nodes say.
    ``known`` is what is said of values of a function already: nothing else may be said of one that passes on another.
    """

    infos: parts.Infos
    outputs: parts.Infos = field(default_factory=dict)
    taken: dict[str, list[str]] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def node(self, proto: onnx.NodeProto, lines: Sequence[str], target: str, weight: str = "") -> list[str]:
        """The block of a node around its lines. ``target`` is what the last one assigns, its only output, if it is."""
        without: dict[str, list[str]] = {}
        inside = list(lines) or ["pass"]
        head = f"{target} = "
        if target and lines and lines[-1].startswith(head):
            name = proto.output[0]
            info = self.infos.get(name) or self.outputs.get(name)
            of_value = {} if info is None else said_by_user(read_properties(info))
            if of_value and self._may_say(proto, of_value):
                inside[-1] = head + annotated(of_value, lines[-1].removeprefix(head))
                taken = without if name in self.infos else self.taken
                taken[name] = [USER + key for key in of_value]
            of_node = said_by_user(read_properties(proto))
            if of_node:
                inside = [f"with {annotated(of_node)}:", *indented(inside)]
                without[""] = [USER + key for key in of_node]
        call = parts.node(proto, self.infos, weight, without)
        return [*spelled(call, "with ", ":"), *indented(inside)]

    def _may_say(self, proto: onnx.NodeProto, said: Mapping[str, Any]) -> bool:
        """Whether nothing else can have been said of the same value of the program."""
        texts = {name: encoded(value) for name, value in said.items()}
        clash = any(self.known.get(name, text) != text for name, text in texts.items())
        if proto.op_type in _PASSING and clash:
            return False
        self.known |= texts
        return True


def without_lines(nodes: Iterable[onnx.NodeProto], kept: Kept) -> list[str]:
    """The blocks of nodes that have no lines in the program."""
    found: list[str] = []
    for node in nodes:
        inside = graphs_without_lines(node) or ["pass"]
        found += [*spelled(parts.node(node, kept.infos), "with ", ":"), *indented(inside)]
    return found


def graphs_without_lines(node: onnx.NodeProto, name: str = "") -> list[str]:
    """The blocks of the graphs in a node, or of the one of that name, where they have no lines in the program."""
    found: list[str] = []
    for a in node.attribute:
        if a.type == onnx.AttributeProto.GRAPH and a.name == (name or a.name):
            inner = Kept({v.name: v for v in a.g.value_info})
            found += graph_block(a.name, a.g, inner, without_lines(a.g.node, inner))
    return found


def graph_block(
    name: str, proto: onnx.GraphProto, kept: Kept, lines: Sequence[str], weights: Mapping[str, str] | None = None
) -> list[str]:
    """The block of a graph in a node, around its lines."""
    call = parts.graph(proto, kept.infos, weights or {}, kept.taken, attribute=name)
    return [*spelled(call, "with ", ":"), *indented(lines or ["pass"])]


def decorated(call: Call) -> list[str]:
    """A decorator."""
    return spelled(call, "@")


def indented(lines: Iterable[str]) -> list[str]:
    """Lines a level deeper."""
    return ["    " + line for line in lines]


def of_module(properties: Mapping[str, str]) -> dict[str, Any]:
    """What the user says of the module that a graph is a method of."""
    return {k: v for k, v in said_by_user(properties, OF_MODULE).items() if re.fullmatch(r"[\w.]+", k)}
