"""What ``pyc inspect model.onnx --html page.html`` writes: a page that shows a model's graph by module.

One file with all that it needs: it asks no server for anything, and its policy forbids it to. What comes from the model
stands in it as data alone, which scripts of ours write as text.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyc.artifact import Artifact
from pyc.target import Target

from .model_tree import facts
from .output import check_output, failure, write

if TYPE_CHECKING:
    from pyc.targets.onnx.hierarchy import Group
    from pyc.targets.onnx.structure import Node, Scope, Structure, Value

_PARTS = Path(__file__).parent / "page"
#: In the order in which they run; what each is about stands in its first line.
_SCRIPTS = ("boxes", "layout", "drawing", "details", "sidebar", "start")
#: What ends a script element, or would in an old browser's eyes, is never in one.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def write_page(view: Mapping[str, Any], output: str) -> None:
    """Write the page of a model, or of the models in a folder, which :func:`inspect.inspect` described.

    Raises:
        CompileError: E503 it cannot be written; E504 it would replace the model; E511 what was described is no model.
    """
    path = Path(view["path"])
    if view["kind"] != "ONNX model":
        raise failure("E511", f"{path} is a bundle: pages show ONNX models")
    place = Path(output)
    check_output(place, str(path), True)
    from pyc.targets.onnx.inspect import models_of, structure_of
    from pyc.targets.onnx.structure import joined

    more = [("written by", str(view["compiler"]))]
    if view.get("source"):
        more.append(("from", str(view["source"]["path"])))
    text = page(joined([structure_of(p) for p in models_of(path)]), path.name, more)
    write(Artifact(Target("onnx"), {place.name: text.encode()}, (), single=True), place)


def page(found: Structure, name: str, more: Sequence[tuple[str, str]] = ()) -> str:
    """The page of a model; ``more`` are facts of it beyond those that it says itself."""
    style = _part("page.css")
    script = "".join(["'use strict';\n(() => {\n", *(_part(f"{s}.js") for s in _SCRIPTS), "})();\n"])
    data = {"name": name, "facts": [*more, *facts(found)], "scopes": [_scope(s) for s in found.scopes]}
    policy = f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'"
    pieces = {
        "POLICY": html.escape(policy),
        "TITLE": html.escape(_printable(name)),
        "STYLE": style,
        "DATA": json.dumps(data, separators=(",", ":")).translate(_ESCAPES),
        "SCRIPT": script,
    }
    out = []
    for i, text in enumerate(_part("page.html").split("@@")):
        out.append(pieces[text] if i % 2 else text)
    return "".join(out)


def _part(name: str) -> str:
    return (_PARTS / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """How a policy names a script or a style that is in the page."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _printable(text: str) -> str:
    """A text that can be written as UTF-8."""
    return text.encode("utf-8", "replace").decode()


# --- data ------------------------------------------------------------------------------------------------------------


def _filled(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Entries that say something."""
    return {k: v for k, v in entries.items() if v not in ("", None, {}, [], ())}


def _said(metadata: Mapping[str, str], doc: str = "") -> dict[str, Any]:
    """What the user says, and the rest as it stands."""
    from pyc.targets.onnx.carriers import OF_MODULE, USER, said_by_user

    rest = {k: v for k, v in metadata.items() if not k.startswith((USER, OF_MODULE))}
    return {"user": said_by_user(metadata), "meta": rest, "doc": doc}


def _scope(scope: Scope) -> dict[str, Any]:
    label = scope.metadata.get("org.pyc.module") or scope.metadata.get("org.pyc.name", "")
    values = {v.name: _value(v) for v in scope.values.values()}
    return _filled(
        {
            "name": scope.name,
            "kind": scope.kind,
            "label": label,
            "parent": scope.parent,
            "inputs": scope.inputs,
            "outputs": scope.outputs,
            "location": scope.location,
            "target": scope.target,
            "values": {k: v for k, v in values.items() if v},
            **_said(scope.metadata, scope.doc),
        }
    ) | {"nodes": [_node(n) for n in scope.nodes], "items": [_item(i) for i in scope.items]}


def _value(value: Value) -> dict[str, Any]:
    return _filled(
        {
            "role": "" if value.role == "value" else value.role,
            "type": value.type,
            "element": value.element,
            "precision": value.precision,
            "target": value.target,
            "declared": value.declared,
            "size": value.size,
            "content": value.content,
            **_said(value.metadata, value.doc),
        }
    )


def _node(node: Node) -> dict[str, Any]:
    return _filled(
        {
            "name": node.name,
            "op": node.op,
            "inputs": node.inputs,
            "outputs": node.outputs,
            "attributes": node.attributes,
            "calls": node.calls,
            "bodies": node.bodies,
            "captured": node.captured,
            "location": node.location,
            "target": node.target,
            "path": node.path,
            "moves": node.metadata.get("org.pyc.to", ""),
            **_said(node.metadata, node.doc),
        }
    )


def _item(item: int | Group) -> Any:
    if isinstance(item, int):
        return item
    said = _said({k: v for k, v in item.metadata.items() if not k.startswith("@")})
    said["user"] = {k.removeprefix("module."): v for k, v in said["user"].items() if "@" not in k}
    common = {"name": item.name, "kind": item.kind, "path": item.path, "location": item.metadata.get("org.pyc.loc", "")}
    return _filled({**common, **said}) | {"items": [_item(i) for i in item.items]}
