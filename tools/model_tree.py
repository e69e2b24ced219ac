"""What ``pyc inspect`` prints of a model: its modules, nested, with types, precision, targets and annotations.

::

    Net.__call__  cpu                                                                     net.py:26:5
    │ owner = "vision"
    │ in  x                                         f16[B, 4]  Mixed[f16, f32]
    │ out result                                    f16[B, 4]  Mixed[f16, f32]
    ├─ for/loop = Loop(n, True, x)                  f16[B, 4]  Mixed[f16, f32]            net.py:27:9
    │  └─ body
    │     ├─ one: Block[4]                                                                net.py:29:21

A function is drawn where it is called first. A line has 100 columns at most; long lists are cut, and say by how much.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pyc.dataclass import dataclass

from .inspect import size
from .render import Style, sanitise

if TYPE_CHECKING:
    from pyc.targets.onnx.hierarchy import Group
    from pyc.targets.onnx.structure import Node, Scope, Structure, Value

COLUMNS = 100
#: Where types begin, where what is named left of them is not too long.
_TYPES = 46
#: Of a module, so many values, nodes and modules are shown.
_VALUES, _NODES, _MODULES = 8, 8, 16
_PLACE = 22
_GENERIC = "org.pyc.generic."
_TINTS = {"module": "1", "operator": "35", "type": "36", "said": "33", "faint": "90"}
_ROLES = {"input": "in", "output": "out", "parameter": "w"}


def facts(found: Structure) -> Iterator[tuple[str, str]]:
    """What there is to say of a model as a whole: labels and texts."""
    for label in ("opset", "IR version", "targets", "domain", "description"):
        if label in found.facts:
            yield label, found.facts[label]
    nodes = sum(len(s.nodes) for s in found.scopes)
    functions = sum(s.kind == "function" for s in found.scopes)
    weights = found.parameters
    total = sum(w.size or 0 for w in weights)
    counts = [_counted(nodes, "node"), _counted(functions, "function"), _counted(len(weights), "parameter")]
    yield "holds", ", ".join(counts) + (f" of {size(total)}" if total else "")


def tree(found: Structure, style: Style, everything: bool) -> Iterator[str]:
    """The lines of a model's tree."""
    drawing = _Drawing(found, everything)
    lines = [*drawing.scope(0, "", found.scopes[0].name)]
    left = [n for n, s in enumerate(found.scopes) if s.kind == "function" and n not in drawing.drawn]
    if left:
        lines.append(_Line((("faint", "called by nothing"),)))
        for number in left:
            if number not in drawing.drawn:
                lines += drawing.scope(number, "   ", found.scopes[number].name, "└─ ")
    for line in lines:
        yield line.text(style)


@dataclass(frozen=True)
class _Line:
    """A line: pieces with their tints, then what begins in a column of its own, then what ends in the last column."""

    pieces: tuple[tuple[str, str], ...]
    types: str = ""
    place: str = ""
    prefix: str = ""

    def text(self, style: Style) -> str:
        """The line as it is printed."""
        prefix = _shortened(self.prefix, COLUMNS // 2)
        place = _last_part(sanitise(self.place), _PLACE)
        types = sanitise(self.types)
        # What is left is for the names.
        room = COLUMNS - len(prefix) - (len(place) + 2 if place else 0)
        if types:
            room = max(min(_TYPES - len(prefix) - 2, room), 16)
        out, used = [_tint(style, "faint", prefix)], len(prefix)
        for tint, text in _fitting(self.pieces, room):
            out.append(_tint(style, tint, text))
            used += len(text)
        if types:
            column = max(_TYPES, used + 2)
            types = _shortened(types, COLUMNS - column - (len(place) + 2 if place else 0))
            out += [" " * (column - used), _tint(style, "type", types)]
            used = column + len(types)
        if place:
            out += [" " * (COLUMNS - used - len(place)), _tint(style, "faint", place)]
        return "".join(out).rstrip()


class _Drawing:
    """The lines of scopes; ``drawn`` are the numbers of those that have been drawn."""

    def __init__(self, found: Structure, everything: bool) -> None:
        self.found = found
        self.everything = everything
        self.drawn: set[int] = set()
        #: Where everything is that says nothing else, in what is being drawn.
        self.target = ""

    def scope(
        self,
        number: int,
        prefix: str,
        name: str,
        branch: str = "",
        within: Node | None = None,
        given: Sequence[Value] = (),
        said: Mapping[str, Any] | None = None,
    ) -> Iterator[_Line]:
        """A graph or a function under a name.

        ``within`` is the call, ``given`` the values that it gives, ``said`` what modules around say of this one.
        """
        scope, around = self.found.scopes[number], self.target
        kind, target = _kind(scope), scope.target if scope.target != around else ""
        again = number in self.drawn
        self.drawn.add(number)
        pieces = (
            ("module", name),
            *_class(kind if kind != name else ""),
            ("faint", f"  {target}" if target else ""),
            ("faint", "  as above" if again and (scope.items or scope.values) else ""),
        )
        place = within.location if within is not None else scope.location
        yield _Line(pieces, "", place, prefix[: len(prefix) - len(branch)] + branch if branch else prefix)
        below = prefix + ("│ " if scope.items and not again else "  ")
        mine, inner = self._of_module(scope, within, said or {})
        yield from self._said(mine, below)
        for value in given:
            yield from self._said(_user(value.metadata), below, "→ ")
        if again:
            return
        self.target = scope.target or around
        generic = {k.removeprefix(_GENERIC): v for k, v in scope.metadata.items() if k.startswith(_GENERIC)}
        if text := ", ".join(f"{k} = {v}" for k, v in generic.items() if k != v):
            yield _Line((("faint", f"where {text}"),), prefix=below)
        for text in _texts(scope.metadata.get("org.pyc.assumes", "")):
            yield _Line((("faint", f"assumes {text}"),), prefix=below)
        yield from self._values(scope, below)
        yield from self._items(scope, number, scope.items, prefix, inner)
        self.target = around

    def _of_module(
        self, scope: Scope, within: Node | None, said: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the user says of a module and of its call, and what of the modules in it by their paths."""
        mine = dict(said)
        inner: dict[str, Any] = {}
        for key, value in _user(scope.metadata).items():
            name, _, path = key.removeprefix("module.").partition("@")
            place = inner.setdefault(path, {}) if path else mine
            place[name] = value
        if within is not None:
            mine |= _user(within.metadata)
        return mine, inner

    # --- values --------------------------------------------------------------------------------------------------

    def _values(self, scope: Scope, prefix: str) -> Iterator[_Line]:
        """Inputs, parameters and outputs."""
        for role in ("input", "parameter", "output"):
            names = {"input": scope.inputs, "output": scope.outputs}.get(role)
            listed = [v for v in scope.values.values() if v.role == role]
            if names is not None:
                listed = [
                    scope.values[n] for n in names if scope.values[n].role in (role, "input", "value", "constant")
                ]
            shown = listed if self.everything else listed[:_VALUES]
            for value in shown:
                yield self._value(value, role, scope, prefix)
                yield from self._said(_user(value.metadata), prefix + "    ")
            if len(shown) < len(listed):
                rest = listed[len(shown) :]
                total = sum(v.size or 0 for v in rest)
                more = f"… {len(rest)} more{f' of {size(total)}' if total else ''}"
                yield _Line((("faint", f"{_ROLES[role]:3} {more}"),), prefix=prefix)

    def _value(self, value: Value, role: str, scope: Scope, prefix: str) -> _Line:
        content = f" = {value.content}" if value.content and role != "parameter" else ""
        pieces = (("faint", f"{_ROLES[role]:3} "), ("", value.name), ("faint", content))
        return _Line(pieces, _typed(value, self.target), size(value.size) if value.size else "", prefix)

    # --- nodes ---------------------------------------------------------------------------------------------------

    def _items(
        self, scope: Scope, number: int, items: Sequence[int | Group], prefix: str, said: Mapping[str, Any]
    ) -> Iterator[_Line]:
        """Nodes and modules in their order."""
        shown, hidden = self._chosen(scope, items)
        for i, item in enumerate(shown):
            is_last = i == len(shown) - 1 and not hidden
            branch, rest = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
            if isinstance(item, int):
                yield from self._node(scope, number, scope.nodes[item], prefix + rest, branch, said)
            else:
                yield from self._group(scope, number, item, prefix + rest, branch)
        if hidden:
            nodes = [scope.nodes[i] for i in hidden if isinstance(i, int)]
            texts = []
            if nodes:
                counts = Counter(n.op for n in nodes).most_common(6)
                ops = ", ".join(op if count == 1 else f"{op} {count}" for op, count in counts)
                texts.append(f"{_counted(len(nodes), 'more node')} ({ops})")
            if len(nodes) < len(hidden):
                texts.append(_counted(len(hidden) - len(nodes), "more module"))
            yield _Line((("faint", f"… {', '.join(texts)}; --all shows them"),), prefix=prefix + "└─ ")

    def _chosen(self, scope: Scope, items: Sequence[int | Group]) -> tuple[list[Any], list[Any]]:
        """What is shown of a list, and what is not: what the user speaks of always is."""
        if self.everything:
            return list(items), []
        left = {True: _NODES, False: _MODULES}
        shown, hidden = [], []
        for item in items:
            is_node = isinstance(item, int) and scope.nodes[item].calls is None
            left[is_node] -= 1
            if left[is_node] >= 0 or (isinstance(item, int) and self._is_spoken_of(scope, scope.nodes[item])):
                shown.append(item)
            else:
                hidden.append(item)
        # One line says that one is hidden.
        return (list(items), []) if len(hidden) == 1 else (shown, hidden)

    def _is_spoken_of(self, scope: Scope, node: Node) -> bool:
        values = (scope.values[o] for o in node.outputs if o in scope.values)
        return bool(_user(node.metadata)) or any(_user(v.metadata) for v in values)

    def _node(
        self, scope: Scope, number: int, node: Node, prefix: str, branch: str, said: Mapping[str, Any]
    ) -> Iterator[_Line]:
        outputs = [scope.values[o] for o in node.outputs if o in scope.values]
        if node.calls is not None:
            name = node.path or node.name or node.op
            yield from self.scope(node.calls, prefix, name, branch, node, outputs, said.get(node.path))
            return
        inputs = ", ".join(self._argument(number, i) for i in node.inputs)
        pieces = (
            ("", f"{', '.join(filter(None, node.outputs))} = " if any(node.outputs) else ""),
            ("operator", node.op),
            ("", f"({inputs}{''.join(self._attributes(node, bool(inputs)))})"),
        )
        types = ", ".join(filter(None, (_typed(v, self.target) for v in outputs)))
        yield _Line(pieces, types, node.location, prefix[: len(prefix) - 3] + branch)
        below = prefix + ("│ " if node.bodies else "  ")
        element = next((v.element for v in outputs), "")
        computed = {
            label: node.metadata[f"org.pyc.{label}"]
            for label in ("compute", "accumulate")
            if node.op != "Cast" and node.metadata.get(f"org.pyc.{label}", element) != element
        }
        facts = [f"{label} {text}" for label, text in computed.items()]
        if node.target and node.target != self.target:
            facts.append(f"on {node.target}")
        facts += [f"{k} {node.metadata[f'org.pyc.{k}']}" for k in ("to", "fastmath") if f"org.pyc.{k}" in node.metadata]
        if facts:
            yield _Line((("faint", ", ".join(facts)),), prefix=below)
        yield from self._said(_user(node.metadata), below)
        for value in outputs:
            yield from self._said(_user(value.metadata), below, "→ ")
        for i, (name, body) in enumerate(node.bodies):
            is_last = i == len(node.bodies) - 1
            inner = prefix + ("   " if is_last else "│  ")
            yield from self.scope(body, inner, name, "└─ " if is_last else "├─ ")

    def _argument(self, number: int, name: str) -> str:
        """An argument: a small constant is written as it is."""
        value = self.found.lookup(number, name)
        return value.content if value is not None and value.role == "constant" and value.content else name

    def _attributes(self, node: Node, is_more: bool) -> Iterator[str]:
        for name, text in node.attributes.items():
            yield f"{', ' if is_more else ''}{name}={text}"
            is_more = True

    def _group(self, scope: Scope, number: int, group: Group, prefix: str, branch: str) -> Iterator[_Line]:
        pieces = (("module", group.name), *_class(group.kind))
        yield _Line(pieces, "", group.metadata.get("org.pyc.loc", ""), prefix[: len(prefix) - 3] + branch)
        said = {k.removeprefix("module."): v for k, v in _user(group.metadata).items() if "@" not in k}
        yield from self._said(said, prefix + "│ ")
        yield from self._items(scope, number, group.items, prefix, {})

    # --- annotations ---------------------------------------------------------------------------------------------

    def _said(self, said: Mapping[str, Any], prefix: str, arrow: str = "") -> Iterator[_Line]:
        for key, value in said.items():
            yield _Line((("said", f"{arrow}{key} = {json.dumps(value, ensure_ascii=False)}"),), prefix=prefix)


def _user(metadata: Mapping[str, str]) -> dict[str, Any]:
    """What the user says in metadata."""
    from pyc.targets.onnx.carriers import said_by_user

    return said_by_user(metadata)


def _kind(scope: Scope) -> str:
    """The class of a module, or the name of a function with what its type parameters are."""
    return scope.metadata.get("org.pyc.module") or scope.metadata.get("org.pyc.name") or (
        scope.name if scope.kind == "function" else ""
    )  # fmt: skip


def _class(kind: str) -> tuple[tuple[str, str], ...]:
    """The class of a module, behind its name."""
    return (("", ": "), ("operator", kind)) if kind else ()


def _typed(value: Value, around: str) -> str:
    """The type of a value, its policy where that is more, its target where that is another one."""
    target = value.target if value.target and value.target != around else ""
    return "  ".join(filter(None, (value.type, value.precision, f"on {target}" if target else "")))


def _texts(text: str) -> list[str]:
    """The sentences in metadata that is a JSON list."""
    try:
        found = json.loads(text) if text else []
    except ValueError:
        return [text]
    return [str(f) for f in found] if isinstance(found, list) else [text]


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _fitting(pieces: Sequence[tuple[str, str]], room: int) -> Iterator[tuple[str, str]]:
    """Pieces of a line, the last one that fits cut."""
    for tint, raw in pieces:
        text = sanitise(raw).replace("\n", "↵")
        if len(text) > room:
            yield tint, _shortened(text, room)
            return
        room -= len(text)
        yield tint, text


def _shortened(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(room - 1, 0)] + "…"


def _last_part(text: str, room: int) -> str:
    return text if len(text) <= room else "…" + text[1 - room :]


def _tint(style: Style, tint: str, text: str) -> str:
    return f"\x1b[{_TINTS[tint]}m{text}\x1b[0m" if style.colour and tint and text.strip() else text
