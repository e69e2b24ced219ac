"""The files of an export: models checked, sealed and serialised, the same bytes for the same program."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

import onnx
import onnx_ir as ir

from pyc.artifact import Artifact
from pyc.diagnostics import CompileError, Diagnostic, Note
from pyc.dialects import signature
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.entry import function_entry
from pyc.targets.naming import python_name

from . import carriers, emit, manifest, quantization
from .flat import flattened
from .registry import unregistered
from .support import unsupported

#: A protobuf message cannot be longer (bytes).
LARGEST = (1 << 31) - 1


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
    described = [_described(s, carriers.assumptions(f), signatures) for f, s in zip(exported, signatures, strict=True)]
    models = {d["symbol"]: _model(module, f, d, options) for f, d in zip(exported, described, strict=True)}
    files = {f"{symbol}.onnx": content for symbol, content in models.items()}
    names = tuple(d["attribute"] if d["method"] is None else f"{d['attribute']}.{d['method']}" for d in described)
    facts = _facts(described, options)
    if len(files) == 1:
        return Artifact(target, {f"{options.name}.onnx": next(iter(files.values()))}, names, facts, single=True)
    index = {
        "format": "pyc-bundle/1",
        "target": "onnx",
        **facts,
        "weights": None,
        "models": {symbol: f"{symbol}.onnx" for symbol in models},
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


def _model(module: Any, function: Any, described: dict[str, Any], options: Options) -> bytes:
    proto = ir.to_proto(emit.build(module, function, options))
    _once(proto)
    quantization.write(proto)
    manifest.seal(proto, _facts([described], options))
    if options.emit == "flat":
        proto = flattened(proto)
    strangers = list(unregistered(manifest.table(proto)))
    if strangers:
        raise AssertionError(f"annotations of no kind: {', '.join(strangers[:5])}")
    size = proto.ByteSize()
    if size > LARGEST:
        note = Note("without --weights the weights are inputs of the model", fix=True)
        message = f"the model of {described['name']} has {size:,} bytes"
        raise CompileError([Diagnostic("E608", message, notes=(note,))])
    onnx.checker.check_model(proto, full_check=True)
    return proto.SerializeToString(deterministic=True)


def _once(proto: onnx.ModelProto) -> None:
    """Leave each key of an initializer's metadata once: onnx-ir writes those of the tensor and of its value."""
    for tensor in proto.graph.initializer:
        properties = carriers.read_properties(tensor)
        del tensor.metadata_props[:]
        for key, value in properties.items():
            tensor.metadata_props.add(key=key, value=value)


def _facts(functions: list[dict[str, Any]], options: Options) -> dict[str, Any]:
    """What the manifest says besides the carriers, in the words of a bundle's manifest."""
    return {
        "name": options.name,
        "compiler": f"pyc {version('pyc')}",
        "source": {"path": options.source_path, "sha256": options.source_digest},
        "functions": functions,
    }


def _described(s: signature.Signature, assumed: list[str], exported: list[signature.Signature]) -> dict[str, Any]:
    attribute, method = python_name(s, exported)
    return function_entry(s, symbol=s.symbol, attribute=attribute, method=method, errors=(), assumes=assumed)


def _sha256(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
