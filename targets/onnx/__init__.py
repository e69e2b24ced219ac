"""ONNX: a format, not a machine. Models are written from PYC, and keep the program's types, targets and structure.

One exported function gives one model, ``NAME.onnx``: the function is its graph, and what it calls are model-local
functions. A file that exports several functions gives a folder ``NAME.onnx/`` with one model for each
(``<symbol>.onnx``) and a ``manifest.json``, because a runtime runs the graph of a model and nothing else of it; each
model runs by itself. ``--function`` selects one of them.

``--emit=flat`` writes models without functions.

Importing this needs no onnx: the packages are loaded when a model is written or read.
"""

from __future__ import annotations

from typing import Any

from pyc.artifact import Artifact
from pyc.diagnostics import CompileError, Diagnostic, Note
from pyc.passes.base import Pipeline
from pyc.target import Target
from pyc.targets.backend import Options


class OnnxBackend:
    """ONNX as a backend: see the module."""

    name = "onnx"
    emits = ("onnx", "flat")

    def pipeline(self, target: Target, options: Options) -> Pipeline:
        """Resolves checks, at PYC."""
        from .pipeline import pipeline

        return pipeline(options)

    def emit(self, module: Any, target: Target, options: Options) -> Artifact:
        """One model, or a folder of them.

        Raises:
            CompileError: E601 onnx is not installed, E602 to E606 the program has no counterpart in ONNX.
        """
        require_packages("onnx", "onnx_ir")
        from .artifact import export

        return export(module, target, options)


def require_packages(*names: str) -> None:
    """Raise a diagnostic unless the packages can be imported.

    Raises:
        CompileError: E601.
    """
    from importlib.util import find_spec

    missing = [n.replace("_", "-") for n in names if find_spec(n) is None]
    if missing:
        note = Note("pip install 'pyc[onnx]'", fix=True)
        raise CompileError([Diagnostic("E601", f"ONNX needs {' and '.join(missing)}", notes=(note,))])
