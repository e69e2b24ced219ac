"""What a model says about itself, read from its native carriers, and whether that is what was sealed into it.

ONNX's own checker looks at almost none of it: configurations that nothing declares, keys that stand twice, and metadata
of values that no longer exist all pass. :func:`verify_model` finds them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pyc.diagnostics import CompileError, Diagnostic, Note

from . import require_packages

View = dict[str, Any]
#: What a model that was restored, or exported by PyTorch, keeps in its manifest of what has no place in it.
_AWAY = ("inlined", "merged", "lost", "dropped")


def inspect_model(path: Path) -> View:
    """What a model, or a folder of them, says about itself: plain JSON values, under the keys of a bundle's manifest.

    Raises:
        CompileError: E509 it is no model, or is damaged; E601 onnx is not installed.
    """
    views = [_view(p) for p in models_of(path)]
    if len(views) == 1:
        return views[0]
    first = views[0]
    return {
        **{k: first[k] for k in ("kind", "format", "name", "target", "compiler", "source")},
        "path": str(path),
        "functions": [f for v in views for f in v["functions"]],
        "weights": list({w["name"]: w for v in views for w in v["weights"]}.values()),
        "annotations": {Path(v["path"]).name: v["annotations"] for v in views},
        "files": {name: file for v in views for name, file in v["files"].items()},
    }


def structure_of(path: Path) -> Any:
    """What a model consists of (a :class:`structure.Structure`), whoever wrote it.

    Raises:
        CompileError: E509 it is no model, or is damaged; E601 onnx is not installed.
    """
    from .structure import structure

    model = _load(path)
    sealed = _manifest(path, model) if _is_ours(model) else {}
    inlined = sealed.get("inlined")
    return structure(model, inlined if isinstance(inlined, Mapping) else {})


def verify_model(path: Path) -> list[Diagnostic]:
    """What is lost, changed or dangling in a model, or in a folder of them: E510 for each; empty when all is well.

    Raises:
        CompileError: E509 it is no model of pyc, or is damaged; E601 onnx is not installed.
    """
    return [Diagnostic("E510", f"{p}: {problem}") for p in models_of(path) for problem in _problems(p)]


def read_manifest(path: Path) -> View:
    """The manifest that was sealed into a model.

    Raises:
        CompileError: E509 it is no model of pyc, or is damaged; E601 onnx is not installed.
    """
    return _manifest(path, _load(path))


def parts_of(path: Path) -> View:
    """All that the parts of a model, or of a folder of them, carry, and what their nodes compute: plain JSON values.

    Raises:
        CompileError: E509 it is no model, or is damaged; E601 onnx is not installed.
    """
    from .manifest import table
    from .outline import outline, sketches, spelled

    found: View = {}
    models = models_of(path)
    for p in models:
        model = _load(p)
        sealed = _manifest(p, model) if _is_ours(model) else {}
        nodes = {f"{scope}/{s.name}": spelled(s) for scope, entry in outline(model).items() for s in sketches(entry)}
        said = {"parts": table(model, _beside(p)), "nodes": nodes, **{k: sealed[k] for k in _AWAY if k in sealed}}
        found |= said if len(models) == 1 else {p.name: said}
    return found


def restore_model(path: Path) -> tuple[bytes, Any]:
    """A model with the annotations that its manifest says and it does not, and the report of what was put back.

    Weights that lie in a file beside it (:func:`files_beside`) stay there.

    Raises:
        CompileError: E509 it is no model of pyc, or is damaged; E601 onnx is not installed.
    """
    model = _load(path)
    sealed = _manifest(path, model)
    from . import external
    from .carriers import read_properties
    from .manifest import DIGEST_KEY, MANIFEST_KEY, digest
    from .restore import restore

    for problem in external.problems(model, path.parent):
        raise _unreadable(path, problem)

    properties = read_properties(model)
    if properties.get(DIGEST_KEY) != digest(properties[MANIFEST_KEY]):
        # What it says would be sealed as if pyc had said it.
        raise _unreadable(path, "its manifest is not the one that was sealed: its SHA-256 differs")
    try:
        report = restore(model, sealed, _beside(path))
    except (ValueError, TypeError, AttributeError, KeyError):
        raise _unreadable(path, "its manifest is damaged") from None
    return model.SerializeToString(deterministic=True), report


def files_beside(path: Path) -> list[str]:
    """The names of the files beside a model in which it has weights.

    Raises:
        CompileError: E509 it is no model, or is damaged; E601 onnx is not installed.
    """
    return _files(path, _load(path))[1:]


# --- reading --------------------------------------------------------------------------------------------------------


def models_of(path: Path) -> list[Path]:
    """The models in a folder that export wrote, or the model itself."""
    if not path.is_dir():
        return [path]
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        return [path / name for name in manifest["models"].values()]
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _unreadable(path, f"its manifest.json cannot be read: {reason}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _unreadable(path, "its manifest.json is not that of a folder of models") from None


def _load(path: Path) -> Any:
    require_packages("onnx", "onnx_ir")
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load_from_string(path.read_bytes())
    except OSError as error:
        raise _unreadable(path, (error.strerror or str(error)).lower()) from None
    except DecodeError:
        raise _unreadable(path, "it is not an ONNX model, or is damaged") from None
    if not model.HasField("graph") or not model.opset_import:
        raise _unreadable(path, "it is not an ONNX model, or is damaged: it has no graph, or no version of operators")
    if not _is_text(model):
        raise _unreadable(path, "it is damaged: a name or a text in it is not UTF-8")
    return model


def _is_text(message: Any) -> bool:
    """Whether what should be texts in a message are such; protobuf gives the bytes of those that are not."""
    for field, value in message.ListFields():
        if field.type == field.TYPE_STRING:
            if any(isinstance(v, bytes) for v in ([value] if isinstance(value, str | bytes) else value)):
                return False
        elif field.type == field.TYPE_MESSAGE and not all(
            map(_is_text, [value] if hasattr(value, "ListFields") else value)
        ):
            return False
    return True


def _is_ours(model: Any) -> bool:
    """Whether pyc wrote a model, and it still says so."""
    from .carriers import read_properties
    from .manifest import MANIFEST_KEY

    return MANIFEST_KEY in read_properties(model)


def _manifest(path: Path, model: Any) -> View:
    from .carriers import read_properties
    from .manifest import MANIFEST_KEY

    text = read_properties(model).get(MANIFEST_KEY)
    if text is None:
        note = Note("only models that pyc wrote say which types, precisions and targets they have")
        raise _unreadable(path, "it carries no manifest of pyc", note)
    try:
        manifest = json.loads(text)
        if not {"name", "compiler", "source", "functions", "carriers"} <= manifest.keys():
            raise ValueError
    except (ValueError, AttributeError):
        raise _unreadable(path, "its manifest is damaged") from None
    return manifest


def _unreadable(path: Path, reason: str, *notes: Note) -> CompileError:
    return CompileError([Diagnostic("E509", f"cannot read {path}: {reason}", notes=notes)])


# --- describing -----------------------------------------------------------------------------------------------------


def _view(path: Path) -> View:
    from .manifest import FORMAT

    model = _load(path)
    if not _is_ours(model):
        from .elsewhere import view
        from .structure import structure

        return view(path, structure(model))
    manifest = _manifest(path, model)
    return {
        "kind": "ONNX model",
        "path": str(path),
        "format": FORMAT,
        "name": manifest["name"],
        "target": "",
        "compiler": manifest["compiler"],
        "source": manifest["source"],
        "functions": manifest["functions"],
        "weights": _weights(model),
        "annotations": _annotations(model) | {k: manifest[k] for k in _AWAY if k in manifest},
        "files": {name: {"bytes": (path.parent / name).stat().st_size} for name in _files(path, model)},
    }


def _files(path: Path, model: Any) -> list[str]:
    """The name of a model, and those of the files in its folder in which it has weights, as far as they are there."""
    from . import external

    return [path.name, *external.files_of(model, path.parent)]


def _beside(path: Path) -> Any:
    """Gives the elements of weights that lie beside a model."""
    from . import external

    return external.beside(path.parent)


def _weights(model: Any) -> list[View]:
    from . import carriers, quantization
    from .spelled import dims_of, size_of
    from .types import NAMES

    found = []
    aside = quantization.parameters(model.graph)
    for tensor in model.graph.initializer:
        if tensor.name in aside:
            continue
        metadata = carriers.read_properties(tensor)
        found.append(
            {
                "name": metadata.get(carriers.WEIGHT, tensor.name),
                "type": metadata.get(carriers.TYPE, ""),
                "dtype": NAMES.get(tensor.data_type, str(tensor.data_type)),
                "dims": [str(d) for d in tensor.dims],
                "precision": metadata.get(carriers.PRECISION, ""),
                "target": metadata.get(carriers.TARGET, ""),
                "bytes": size_of(tensor.data_type, dims_of(tensor)) or 0,
            }
        )
    return found


def _annotations(model: Any) -> View:
    """Targets, functions and operations with what the model says of each."""
    functions = [
        {"function": f"{f.domain}.{f.name}", **_short(f), "inputs": ", ".join(f.input), "outputs": ", ".join(f.output)}
        for f in model.functions
    ]
    graph = {"function": model.graph.name, **_short(model.graph)}
    scopes = [("main", model.graph), *((f"{f.domain}.{f.name}", f) for f in model.functions)]
    return {
        "opset": ", ".join(f"{o.domain or 'ai.onnx'} {o.version}" for o in model.opset_import),
        "targets": [{"target": c.name, "devices": ", ".join(c.device)} for c in model.configuration],
        "functions": [graph, *functions],
        "operations": {scope: [_operation(n) for n in body.node if n.op_type != "Constant"] for scope, body in scopes},
        "values": {scope: [_value(v) for v in body.value_info] for scope, body in scopes},
        "user": _user(model),
    }


def _user(model: Any) -> View:
    """What the user says, by the part of the model that it is said of: names with typed values."""
    from .carriers import read_properties, said_by_user
    from .manifest import parts

    found = {}
    for kind, name, proto in parts(model):
        said = said_by_user(read_properties(proto)) if kind != "configuration" else {}
        if said:
            found[f"{kind} {name}"] = said
    return found


def _operation(node: Any) -> View:
    from . import carriers

    short = dict(_short(node))
    metadata = carriers.read_properties(node)
    return {
        "name": node.name,
        "op": f"{node.domain}.{node.op_type}" if node.domain else node.op_type,
        "from": short.pop("op", ""),
        **short,
        "target": metadata.get(carriers.LAYER, ""),
    }


def _value(value: Any) -> View:
    from .manifest import type_text

    short = dict(_short(value))
    declared = {"declared": short.pop("type")} if "type" in short else {}
    return {"name": value.name, "type": type_text(value.type), **declared, **short}


def _short(proto: Any) -> Mapping[str, str]:
    """Our metadata without the prefix of its keys, and without what the user says."""
    from .carriers import OF_MODULE, PREFIX, USER, read_properties

    ours = {k: v for k, v in read_properties(proto).items() if k.startswith(PREFIX)}
    return {k.removeprefix(PREFIX): v for k, v in ours.items() if not k.startswith((USER, OF_MODULE))}


# --- verifying ------------------------------------------------------------------------------------------------------


def _problems(path: Path) -> Iterator[str]:
    from . import external, quantization
    from .carriers import read_properties
    from .manifest import DIGEST_KEY, FORMAT, FORMAT_KEY, MANIFEST_KEY, digest, table
    from .outline import differences

    model = _load(path)
    sealed = _manifest(path, model)
    properties = read_properties(model)
    if properties.get(FORMAT_KEY) != FORMAT:
        yield f"its format is {properties.get(FORMAT_KEY)!r}, not {FORMAT!r}"
    if properties.get(DIGEST_KEY) != digest(properties[MANIFEST_KEY]):
        yield "the manifest is not the one that was sealed: its SHA-256 differs"
    try:
        yield from external.problems(model, path.parent)
        yield from _differences(sealed["carriers"], table(model, _beside(path)))
        yield from differences(sealed.get("outline", {}), model)
    except (ValueError, TypeError, AttributeError, KeyError):
        yield "the manifest is damaged: its tables are not those that are sealed"
    yield from _dangling(model, sealed.get("inlined", {}))
    yield from quantization.dangling(model)
    yield from _invalid(model)


def _calls(text: str) -> list[str]:
    """The calls that a node says it is in."""
    try:
        return [str(call) for call in json.loads(text)]
    except (ValueError, TypeError):
        return [text]


def _invalid(model: Any) -> Iterator[str]:
    """What ONNX's own checker objects to: an operator may have been changed, which no annotation tells."""
    import onnx

    from .external import as_inputs

    try:
        onnx.checker.check_model(as_inputs(model))
    except (onnx.checker.ValidationError, ValueError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        yield f"not valid ONNX: {first}"


def _differences(sealed: Mapping[str, Mapping[str, str]], found: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for part, entries in sealed.items():
        now = found.get(part)
        if now is None:
            yield f"lost: {part}"
            continue
        for key, value in entries.items():
            if key not in now:
                yield f"lost: {key} of {part}"
            elif now[key] != value:
                yield f"changed: {key} of {part} was '{value}', is '{now[key]}'"
        yield from (f"not sealed: {key} of {part}" for key in now if key not in entries)
    yield from (f"not sealed: {part}" for part in found if part not in sealed)


def _repeated(model: Any) -> Iterator[str]:
    """What stands twice: which of the two is meant, every tool decides for itself."""
    from .manifest import parts

    def twice(found: Iterable[str]) -> list[str]:
        return [name for name, count in Counter(found).items() if count > 1]

    yield from (f"twice: {key} of the model" for key in twice(e.key for e in model.metadata_props))
    there = list(parts(model))
    yield from (f"twice: {part}" for part in twice(f"{kind} {name}" for kind, name, _ in there))
    for kind, name, proto in there:
        if kind != "configuration":
            yield from (f"twice: {key} of {kind} {name}" for key in twice(e.key for e in proto.metadata_props))
        if kind == "node":
            devices = twice(d.configuration_id for d in proto.device_configurations)
            yield from (f"twice: {device} of {kind} {name}" for device in devices)


def _dangling(model: Any, inlined: Mapping[str, Any]) -> Iterator[str]:
    """What stands twice, or refers to nothing."""
    from .carriers import WITHIN, read_properties
    from .manifest import parts

    configurations = {c.name: c for c in model.configuration}
    yield from _repeated(model)
    for configuration in model.configuration:
        if configuration.device and len(configuration.device) != configuration.num_devices:
            yield f"dangling: configuration {configuration.name} names {len(configuration.device)} devices"
    functions = {(f.domain, f.name) for f in model.functions}
    for kind, name, proto in parts(model):
        if kind == "configuration":
            continue
        for call in _calls(read_properties(proto).get(WITHIN, "[]")):
            if f"node {call}" not in inlined:
                yield f"dangling: {kind} {name} is in the call {call}, of which the manifest says nothing"
        if kind == "node":
            for device in proto.device_configurations:
                if device.configuration_id not in configurations:
                    yield f"dangling: {kind} {name} runs on {device.configuration_id}, which the model does not declare"
            if proto.domain and (proto.domain, proto.op_type) not in functions:
                yield f"dangling: {kind} {name} calls {proto.domain}.{proto.op_type}, which the model does not hold"
    outside = {"main": {t.name for t in (*model.graph.input, *model.graph.initializer)}}
    outside |= {f"{f.domain}.{f.name}": set(f.input) for f in model.functions}
    for scope, body in (("main", model.graph), *((f"{f.domain}.{f.name}", f) for f in model.functions)):
        values = {o for node in body.node for o in node.output} | outside[scope]
        for value in body.value_info:
            if value.name not in values:
                yield f"dangling: value {scope}/{value.name} is given by no node"
