"""Every diagnostic code, by its hundred: a sentence, an explanation, an example and its mend."""

from __future__ import annotations

from importlib import import_module

from pyc.diagnostics import Code

#: E1xx syntax and names, E2xx types and shapes, E3xx targets and precision, E4xx control flow and writes,
#: E5xx files, weights and artifacts, E6xx ONNX, E9xx faults of the compiler.
_FILES = ("syntax", "types", "targets", "control", "artifacts", "onnx", "internal")


def all_codes() -> dict[str, Code]:
    """Every code by its id, in order."""
    found: dict[str, Code] = {}
    for name in _FILES:
        for code in import_module(f"pyc.codes.{name}").CODES:
            if code.id in found:
                raise ValueError(f"{code.id} is registered twice")
            found[code.id] = code
    return dict(sorted(found.items()))
