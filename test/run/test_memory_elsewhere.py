"""Modules in memory form, given to targets that have values only: refused by name, with a code."""

from __future__ import annotations

import pytest

from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.tools.opt import _read, run

PROGRAM = """\
from pyc import Tensor, f64
def swap[N](u: Tensor[f64, N], v: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    for _ in range(n):
        v[:] = u + 1.0
        u, v = v, u
    return u
"""


def module():
    return lower(Source("swap.py", PROGRAM), Request(Target("cpu"), ("swap",))).module


@pytest.mark.parametrize(("name", "target", "code"), [("onnx", "cpu", "E602"), ("cuda", "cuda:sm_90a", "E321")])
def test_they_are_refused(name, target, code):
    pytest.importorskip("onnx")
    made, options, on = module(), Options(name="swap", source_path="swap.py"), Target.parse(target)
    chosen = backend(name)

    def compiled() -> None:
        chosen.pipeline(on, options).run(made)
        chosen.emit(made, on, options)

    with made.context, pytest.raises(CompileError) as found:
        compiled()
    said = {(d.code, d.message.split("'")[1]) for d in found.value.diagnostics}
    assert said == {(code, "swap")} or said == {(code, "swap"), (code, "swap__overlapping")}


def test_the_tool_for_passes_says_it_too(tmp_path):
    (tmp_path / "swap.mlir").write_text(str(module()))
    outcome = run([str(tmp_path / "swap.mlir"), "--pipeline=cuda:sm_90a"], _read)
    assert outcome.code == 1
    assert "E321: 'swap' is compiled for a CPU only" in outcome.errors[0]


def test_the_tool_for_passes_reads_text(tmp_path):
    (tmp_path / "bytes.mlir").write_bytes(b"\xff\xfe module {}")
    outcome = run([str(tmp_path / "bytes.mlir"), "--pipeline=cpu"], _read)
    assert (outcome.code, "is not text" in outcome.errors[0]) == (2, True)
