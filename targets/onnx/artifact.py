"""The files of an export: models checked, sealed and serialised, the same bytes for the same program."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

import onnx
import onnx_ir as ir

from pyc.artifact import Artifact
from pyc.diagnostics import CompileError, Diagnostic
from pyc.dialects import signature
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.entry import function_entry
from pyc.targets.naming import python_name

from . import carriers, emit, external, manifest, quantization
from .flat import flattened
from .registry import unregistered
from .support import unsupported

#: A protobuf message cannot be longer (bytes).
LARGEST = external.LARGEST
#: What a model has besides the elements of its weights, at most, where it is asked whether these fit in it (bytes).
_BESIDES = 1 << 26


def export(module: Any, target: Target, options: Options) -> Artifact:
    """One model for one exported function, a folder of models for several.

    Raises:
        CompileError: E602 to E606 the program has no counterpart in ONNX, E506 a weight is missing, E608 too large.
    """
    found = unsupported(module)
    if found:
        raise CompileError(found)
    exported = [f for f in signature.functions(module) if signature.is_exported(f)]
    signatures = [signature.read(f) for f in exported]
    _check_weights(signatures, options)
    described = [_described(s, _assumed(module, f), signatures) for f, s in zip(exported, signatures, strict=True)]
    alone = len(exported) == 1
    files: dict[str, bytes] = {}
    for function, entry in zip(exported, described, strict=True):
        name = options.file or f"{options.name}.onnx" if alone else f"{entry['symbol']}.onnx"
        files |= _model(module, function, entry, options, name)
    names = tuple(d["attribute"] if d["method"] is None else f"{d['attribute']}.{d['method']}" for d in described)
    said = facts(described, options)
    if alone:
        (name, content), *beside = files.items()
        return Artifact(target, {name: content}, names, said, single=True, beside=dict(beside))
    index = {
        "format": "pyc-bundle/1",
        "target": "onnx",
        **said,
        "weights": None,
        "models": {entry["symbol"]: f"{entry['symbol']}.onnx" for entry in described},
        "files": {name: {"bytes": len(c), "sha256": _sha256(c)} for name, c in files.items()},
    }
    text = json.dumps(index, indent=2, ensure_ascii=False) + "\n"
    return Artifact(target, {**files, "manifest.json": text.encode()}, names, index)


def _check_weights(signatures: list[signature.Signature], options: Options) -> None:
    """Weights are all given, or none is.

    Raises:
        CompileError: E506.
    """
    if options.weights is None:
        return
    declared = {v.weight: v for s in signatures for v in s.parameters if v.weight is not None}
    missing = [
        Diagnostic("E506", f"the weights have no '{name}', declared as {v.type}")
        for name, v in declared.items()
        if name not in options.weights
    ]
    if missing:
        raise CompileError(missing)


def _model(module: Any, function: Any, described: dict[str, Any], options: Options, name: str) -> dict[str, bytes]:
    """A model by the name of its file, and the file with weights that lie outside of it, if any do."""
    proto = ir.to_proto(emit.build(module, function, options))
    _once(proto)
    quantization.write(proto)
    manifest.seal(proto, facts([described], options))
    strangers = list(unregistered(manifest.table(proto)))
    if strangers:
        raise AssertionError(f"annotations of no kind: {', '.join(strangers[:5])}")
    return files_of(proto, options, name, described["name"])


def files_of(proto: onnx.ModelProto, options: Options, name: str, label: str) -> dict[str, bytes]:
    """A sealed model, which messages call ``label``, by the name of its file, and the file with weights that lie
    outside of it, if any do.

    Raises:
        CompileError: E608, it is too large.
    """
    least = options.external
    if least is None and external.held(proto) + min(_BESIDES, LARGEST // 2) > LARGEST:
        least = external.USUAL
    data = b"" if least is None else external.taken_out(proto, name + external.SUFFIX, least)
    if options.emit == "flat":
        proto = flattened(proto, external.within(data))
    size = proto.ByteSize()
    if size > LARGEST:
        message = f"the model of {label} has {size:,} bytes"
        raise CompileError([Diagnostic("E608", message)])
    onnx.checker.check_model(external.as_inputs(proto), full_check=True)
    files = {name: proto.SerializeToString(deterministic=True)}
    return files | ({name + external.SUFFIX: data} if data else {})


def _once(proto: onnx.ModelProto) -> None:
    """Leave each key of an initializer's metadata once: onnx-ir writes those of the tensor and of its value."""
    for tensor in proto.graph.initializer:
        properties = carriers.read_properties(tensor)
        del tensor.metadata_props[:]
        for key, value in properties.items():
            tensor.metadata_props.add(key=key, value=value)


def facts(functions: list[dict[str, Any]], options: Options) -> dict[str, Any]:
    """What the manifest says besides the carriers, in the words of a bundle's manifest."""
    return {
        "name": options.name,
        "compiler": f"pyc {version('pyc')}",
        "source": {"path": options.source_path, "sha256": options.source_digest},
        "functions": functions,
    }


def _assumed(module: Any, function: Any) -> list[str]:
    """What a model assumes of its inputs: the function itself, and all that it calls."""
    found = [function, *emit.called(function, emit.by_symbol(module))]
    return list(dict.fromkeys(text for f in found for text in carriers.assumptions(f)))


def _described(s: signature.Signature, assumed: list[str], exported: list[signature.Signature]) -> dict[str, Any]:
    attribute, method = python_name(s, exported)
    return function_entry(s, symbol=s.symbol, attribute=attribute, method=method, errors=(), assumes=assumed)


def _sha256(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
