"""Models without functions, for runtimes and tools that know none: every call is the nodes of what it calls.

Nothing is said less: a node says in which calls it is, and under which path; what is said of calls and functions is in
the manifest (see ``restore.py``, which does the same for models that another tool has flattened).
"""

from __future__ import annotations

import json

import onnx
import onnx.inliner
from onnx import ModelProto

from . import manifest
from .external import Elements
from .restore import restore


def flattened(model: ModelProto, elements: Elements | None = None) -> ModelProto:
    """A sealed model whose functions are written out where they are called, sealed anew.

    ``elements`` gives those of tensors that lie outside of the model.
    """
    sealed = json.loads(manifest.read_properties(model)[manifest.MANIFEST_KEY])
    flat = onnx.inliner.inline_local_functions(model)
    report = restore(flat, sealed, elements)
    if report.lost:
        raise AssertionError(f"flattening lost {', '.join(report.lost[:5])}")
    used = {node.domain for node in flat.graph.node}
    for i in reversed(range(len(flat.opset_import))):
        if flat.opset_import[i].domain not in ("", *used):
            del flat.opset_import[i]
    # It is what was asked for, and no repair.
    manifest.reseal(flat, ("before",), elements)
    return flat
