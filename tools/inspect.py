"""What ``pyc inspect`` prints: what an artifact says about itself, and whether that is still true.

Every artifact is seen through one shape of data, plain JSON values, whatever it is written in: a manifest for bundles,
annotations at their native places for ONNX. :func:`inspect` gives the data, :func:`render_text` draws it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyc.diagnostics import CompileError, Diagnostic, Note

from .render import Style, sanitise

View = Mapping[str, Any]
FORMAT = "pyc-bundle/1"


def inspect(path: str) -> View:
    """What an artifact says about itself.

    The keys are those of a bundle's manifest, ``kind`` and ``path``, and ``weights``: one dictionary for each array.

    Raises:
        CompileError: E509 it is no artifact of pyc, or is damaged.
    """
    place = Path(path)
    if is_onnx(place):
        from pyc.targets.onnx.inspect import inspect_model

        return inspect_model(place)
    manifest = _manifest(place)
    weights = _weights(place, manifest)
    return {"kind": "bundle", "path": path, **manifest, "weights": weights}


def verify(path: str) -> list[Diagnostic]:
    """What no longer is as the artifact says: E510 for each file or annotation; empty when all is well.

    Raises:
        CompileError: E509 it is no artifact of pyc, or is damaged.
    """
    place = Path(path)
    if is_onnx(place):
        from pyc.targets.onnx.inspect import verify_model

        return verify_model(place)
    manifest = _manifest(place)
    problems = [*_changed_files(place, manifest), *_changed_weights(place, manifest)]
    return [Diagnostic("E510", f"{path}: {problem}") for problem in problems]


def is_onnx(place: Path) -> bool:
    """Whether a path is an ONNX model, or a folder of the models of one file."""
    if place.suffix == ".onnx" or not place.is_dir():
        return place.suffix == ".onnx"
    try:
        return "models" in json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def render_json(view: View) -> str:
    """The data as JSON, ending in a line break."""
    return json.dumps(view, indent=2, ensure_ascii=False) + "\n"


def render_text(view: View, style: Style, everything: bool = False) -> str:
    """The data drawn: the artifact, its functions with their values, weights, kernels, annotations and files.

    Of a model, its modules are drawn as a tree; ``everything`` draws long lists whole.
    """
    what = f"{view['kind']} for {view['target']}" if view.get("target") else str(view["kind"])
    out = [f"{view['path']}: {what}, written by {view.get('compiler', 'an unknown compiler')}"]
    source = view.get("source")
    if source:
        out.append(f"  from {source['path']}  sha256 {str(source.get('sha256', ''))[:16]}")
    if view["kind"] == "ONNX model":
        return "\n".join([*map(sanitise, out), *_models(Path(view["path"]), view, style, everything)]) + "\n"
    if view.get("levels"):
        out.append(f"  with versions for {', '.join(view['levels']['chips'])}")
    for function in view.get("functions", ()):
        out += ["", *_function(function)]
    if view.get("weights"):
        rows = [
            (w["name"], w["type"], w["precision"], w["target"], size(w["bytes"]) if w["bytes"] else "not stored")
            for w in view["weights"]
        ]
        out += ["", "weights", *_table(("name", "type", "precision", "target", "size"), rows)]
    for name in ("kernels", "annotations"):
        if view.get(name):
            out += ["", name, *_anything(view[name])]
    if view.get("files"):
        out += ["", "files", *_table((), [(n, size(f["bytes"])) for n, f in view["files"].items()])]
    return "\n".join(out) + "\n"


def _models(path: Path, view: View, style: Style, everything: bool) -> Iterator[str]:
    """The trees of a model, or of those in a folder."""
    from pyc.targets.onnx.inspect import models_of, structure_of

    from .model_tree import facts, tree

    models = models_of(path)
    for model in models:
        found = structure_of(model)
        if path.is_dir():
            yield from ("", f"{sanitise(model.name)}")
        for label, text in facts(found):
            yield f"  {sanitise(label)}  {sanitise(text)}"
        yield from ("", *tree(found, style, everything))
        said = view["annotations"] if len(models) == 1 else view["annotations"].get(model.name, {})
        for name in ("lost", "merged"):
            if said.get(name):
                yield from ("", name, *map(sanitise, _anything(said[name])))
    yield from ("", "files", *map(sanitise, _table((), [(n, size(f["bytes"])) for n, f in view["files"].items()])))


def size(count: int) -> str:
    """A number of bytes."""
    return f"{count:,} byte{'' if count == 1 else 's'}"


def spelled(function: Mapping[str, Any]) -> str:
    """The signature of a function as the user wrote it: ``scale(x: Tensor[f32, N], s: f32) -> Tensor[f32, N]``."""
    from pyc.targets.cpu._described import spelled as described

    return described(function)


# --- bundles ---------------------------------------------------------------------------------------------------------


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a bundle.

    Raises:
        CompileError: E509 there is none, or it is not one of ours.
    """
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        note = Note("an artifact is a bundle (a folder with a manifest.json) or an .onnx file")
        message = f"cannot read {path}: {reason}"
        if folder.is_file():
            message = f"cannot read {folder}: it is a file, and neither a bundle nor a model"
        elif not folder.exists():
            message = f"cannot read {folder}: {reason}"
        raise CompileError([Diagnostic("E509", message, notes=(note,))]) from None
    except ValueError as error:
        raise CompileError([Diagnostic("E509", f"{path} is damaged: {error}")]) from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else None
        raise CompileError([Diagnostic("E509", f"{path} has format {found!r}, not {FORMAT!r}")])
    missing = {"name", "target", "functions", "files"} - set(manifest)
    if missing:
        raise CompileError([Diagnostic("E509", f"{path} is damaged: it has no {', '.join(sorted(missing))}")])
    return manifest


def _declared(manifest: View) -> dict[str, Mapping[str, Any]]:
    """The weights that functions of a manifest declare, by name."""
    return {p["weight"]: p for f in manifest["functions"] for p in f["parameters"] if p.get("weight") is not None}


def _weights(folder: Path, manifest: View) -> list[dict[str, Any]]:
    """The declared weights, with the bytes of those that the bundle holds."""
    from pyc.precision import DTYPES

    found = []
    for name, value in sorted(_declared(manifest).items()):
        count = 1
        for dim in value["dims"] or ():
            count *= int(dim) if dim.isdigit() else 0
        size = count * DTYPES[value["dtype"]].itemsize if manifest.get("weights") else 0
        entry = {k: value[k] for k in ("type", "dtype", "dims", "precision", "target")}
        found.append({"name": name, **entry, "bytes": size})
    return found


def _changed_files(folder: Path, manifest: View) -> Iterator[str]:
    for name, facts in manifest["files"].items():
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            yield f"{name} cannot be read: {(error.strerror or str(error)).lower()}"
            continue
        if len(content) != facts.get("bytes", len(content)):
            yield f"{name} has {len(content)} bytes, and the manifest says {facts['bytes']}"
        elif facts.get("sha256") not in (None, hashlib.sha256(content).hexdigest()):
            yield f"{name} is not the file that was written: its SHA-256 differs"


def _changed_weights(folder: Path, manifest: View) -> Iterator[str]:
    if not manifest.get("weights"):
        return
    from pyc import weights
    from pyc.precision import DTYPES

    try:
        arrays = weights.load(folder / manifest["weights"])
    except CompileError as error:
        yield from (d.message for d in error.diagnostics)
        return
    for name, value in _declared(manifest).items():
        if name not in arrays:
            yield f"weight {name} is missing from {manifest['weights']}"
            continue
        expected = (DTYPES[value["dtype"]].numpy, tuple(value["dims"]))
        if (arrays[name].dtype.name, tuple(map(str, arrays[name].shape))) != expected:
            yield f"weight {name} is {arrays[name].dtype.name}{list(arrays[name].shape)}, and its type {value['type']}"


# --- drawing ---------------------------------------------------------------------------------------------------------


def _function(function: Mapping[str, Any]) -> Iterator[str]:
    yield spelled(function)
    facts = [("target", function["target"]), ("symbol", function["symbol"])]
    if function.get("module"):
        facts.append(("module", function["module"]))
    written = [p["name"] for p in function["parameters"] if p.get("written")]
    if written:
        facts.append(("writes", ", ".join(written)))
    yield from _table((), facts)
    structure = function.get("structure") or {"records": {}}
    for name, record in structure["records"].items():
        fields = ", ".join(f"{n}: {_kind(k)}" for n, k in record["fields"])
        yield f"  record {name}: {fields}{' (an array for each field)' if record['layout'] == 'soa' else ''}"
    values = [
        *function["parameters"],
        *({**r, "name": f"-> {r['name']}" if r.get("name") else "->"} for r in function["results"]),
    ]
    rows = [(v["name"], v["dtype"], _dims(v["dims"]), v["precision"], v["target"]) for v in values]
    if rows:
        yield from _table(("value", "element", "dims", "precision", "target"), rows)
    for error in function.get("errors", ()):
        yield f"  raises {error['kind']}: {error['message']} ({error['file']}:{error['line']}:{error['column']})"


def _kind(kind: Any) -> str:
    """The type of a field of a record."""
    if isinstance(kind, str):
        return kind
    if "record" in kind:
        return kind["record"]
    if "tuple" in kind:
        return f"tuple[{', '.join(map(_kind, kind['tuple']))}]"
    element, extents = kind["array"]
    return f"Tensor[{', '.join(map(str, (element, *extents)))}]"


def _dims(dims: Sequence[str] | None) -> str:
    return "scalar" if dims is None else f"[{', '.join(dims)}]"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows in columns, indented by two."""
    lines = [*([header] if header else []), *rows]
    widths = [max(len(str(line[i])) for line in lines) for i in range(len(lines[0]))] if lines else []
    for line in lines:
        yield "  " + "  ".join(str(cell).ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _anything(value: Any, indent: int = 2) -> Iterator[str]:
    """JSON data as indented lines: what a target adds to its manifest is shown as it is."""
    pad = " " * indent
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, list) and all(not isinstance(v, Mapping | list) for v in item):
                yield f"{pad}{key}  {', '.join(map(str, item))}"
            elif isinstance(item, Mapping | list) and item:
                yield f"{pad}{key}"
                yield from _anything(item, indent + 2)
            else:
                yield f"{pad}{key}  {item}"
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, Mapping) and all(not isinstance(v, Mapping | list) for v in item.values()):
                yield pad + "  ".join(f"{k}={v}" for k, v in item.items())
            else:
                yield from _anything(item, indent)
    else:
        yield f"{pad}{value}"
