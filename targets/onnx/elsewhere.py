"""What ``pyc inspect`` says of models that pyc did not write, in the shape of what it says of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .structure import Scope, Structure, Value

FORMAT = "onnx"


def view(path: Path, found: Structure) -> dict[str, Any]:
    """What a model says about itself, as plain JSON values."""
    main = found.scopes[0]
    return {
        "kind": "ONNX model",
        "path": str(path),
        "format": FORMAT,
        "name": main.name,
        "target": "",
        "compiler": found.facts.get("producer", "an unknown tool"),
        "source": None,
        "functions": [_signature(main)],
        "weights": [{**_value(w), "bytes": w.size or 0} for w in found.parameters],
        "annotations": {**found.facts, "scopes": [_scope(s) for s in found.scopes]},
        "files": {path.name: {"bytes": path.stat().st_size}},
    }


def _signature(main: Scope) -> dict[str, Any]:
    weights = {v.name for v in main.values.values() if v.role == "parameter"}
    parameters = [_value(main.values[n]) for n in main.inputs if n not in weights]
    results = [_value(main.values[n]) for n in main.outputs]
    return {
        "name": main.name,
        "symbol": main.name,
        "target": "",
        "module": None,
        "parameters": parameters,
        "results": results,
        "returns": list(range(len(results))),
        "writes": [],
        "errors": [],
    }


def _value(value: Value) -> dict[str, Any]:
    dims = None if value.dims is None else list(value.dims)
    common = {"name": value.name, "type": value.type, "dtype": value.element, "dims": dims}
    return {**common, "precision": value.precision or value.element, "target": value.target}


def _scope(scope: Scope) -> dict[str, Any]:
    return {
        "name": scope.name,
        "kind": scope.kind,
        "inputs": list(scope.inputs),
        "outputs": list(scope.outputs),
        "metadata": dict(scope.metadata),
        "values": [
            {"name": v.name, "role": v.role, "type": v.type, "metadata": dict(v.metadata)}
            for v in scope.values.values()
        ],
        "nodes": [
            {
                "name": n.name,
                "op": n.op,
                "inputs": list(n.inputs),
                "outputs": list(n.outputs),
                "attributes": dict(n.attributes),
                "metadata": dict(n.metadata),
            }
            for n in scope.nodes
        ],
    }
