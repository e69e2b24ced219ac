"""The standard's cases as programs that say nothing of the nodes they were, exported: models that give its results.

A program as `pyc onnx import` writes it becomes the nodes that it was made of. Here each is exported as any other
program is: by what its lines compute. What ONNX cannot say is refused: checks of data, which are no part of a model.

``PYC_NODES=1`` takes every ninth case, else a few are taken. Of those of ONNX 1.23, 111 of 141 give the standard's
results, 29 are refused, and of one ONNX Runtime cannot tell the types of nested loops.
"""

from __future__ import annotations

import os
import re
from typing import Any

import numpy as np
import pytest
from test_imported_nodes import HEAD, array, cases, program, reason, same

from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.onnx.runtime import Session

STEP = 9 if os.environ.get("PYC_NODES") else 61
#: Checks on data, exact integers, arrays that overlap, and bits: what a model cannot say.
REFUSED = {"E602", "E603", "E604", "E406", "E607"}
#: What ONNX Runtime does not load: loops whose types it cannot tell, and floats of 4 bits.
NOT_LOADED = r"test_(simple_)?rnn|.*(FLOAT4|float4)"
GROUPS = 4


def exported(case: Any, text: str) -> bytes:
    """The model that a program is."""
    request = Request(None, (case.name,), memory=False, copies=True)
    onnx, target, options = backend("onnx"), Target("onnx"), Options("node", source_path="<node>")
    module = lower(Source("<node>", HEAD + text), request).module
    with module.context:
        onnx.pipeline(target, options).run(module)
        return next(iter(onnx.emit(module, target, options).files.values()))


@pytest.mark.parametrize("group", range(GROUPS))
def test_nodes_are_exported_by_what_they_compute(group: int) -> None:
    chosen = [c for c in cases() if not reason(c.name) and not re.match(NOT_LOADED, c.name)][::STEP]
    agreed, failed = 0, {}
    for case in chosen[group::GROUPS]:
        text, arguments = program(case)
        try:
            content = exported(case, text)
        except CompileError as error:
            codes = {d.code for d in error.diagnostics}
            failed |= {} if codes <= REFUSED else {case.name: str(error)[:200]}
            continue
        try:
            results = Session(content).run([np.asarray(a) for a in arguments])
            for actual, expected in zip(results, case.data_sets[0][1], strict=False):
                same(actual, array(expected), case.rtol)
            agreed += 1
        except Exception as error:
            failed[case.name] = str(error)[:200]
    assert not failed
    assert agreed
