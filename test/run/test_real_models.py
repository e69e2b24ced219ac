"""Networks that others have trained: imported, compiled for the CPU, exported again, each beside ONNX Runtime.

What is compiled here is not optimised, which takes too long for some; benchmarks/models.py does the same optimised.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

import pyc
from pyc.tools.driver import Job, compile_file
from pyc.tools.models import import_model

MODELS = Path(__file__).parents[1] / "models"
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
#: The extents of each model that have a name.
BOUND: dict[str, dict[str, list[int]]] = {
    "mnist": {},
    "silero_vad_16k": {"sequence": [576], "batch": [1]},
    "ultraface_slim_320": {},
    "yunet_2023mar_int8": {},
}


def session(path: Path, content: bytes | None = None) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(content or str(path), options, providers=["CPUExecutionProvider"])


def inputs(model: Any, sizes: dict[str, list[int]]) -> list[Any]:
    """Noise, of which networks that look at images or hear sounds make something as well."""
    rng = np.random.default_rng(7)
    found = []
    for given in model.get_inputs():
        shape = [d if isinstance(d, int) else sizes[d][0] for d in given.shape]
        if given.type == "tensor(int64)":
            found.append(np.full(shape, 16000, np.int64))
        else:
            found.append(
                (rng.random(shape) * 255 if len(shape) == 4 else rng.standard_normal(shape)).astype(np.float32)
            )
    return found


def same(actual: Any, expected: Any) -> None:
    """Equal to 1e-4 of the largest element."""
    a, e = np.asarray(actual), np.asarray(expected)
    assert (a.dtype, a.shape) == (e.dtype, e.shape)
    assert np.max(np.abs(a - e)) <= 1e-4 * np.max(np.abs(e))


@pytest.mark.parametrize("name", BOUND)
def test_trained_networks(name: str, tmp_path: Path) -> None:
    path, sizes = MODELS / f"{name}.onnx", BOUND[name]
    theirs = session(path)
    given = inputs(theirs, sizes)
    expected = theirs.run(None, dict(zip([i.name for i in theirs.get_inputs()], given, strict=True)))
    assert any(np.any(e) for e in expected)

    found, (program, weights) = import_model(str(path), str(tmp_path / f"{name}.py"), sizes)
    outcome = compile_file(Job(str(program), output=str(tmp_path / f"{name}.cpu"), weights=str(weights), level=0))
    assert outcome.path is not None
    results = getattr(pyc.load(outcome.path), found.name)(*given)
    for actual, e in zip(results if isinstance(results, tuple) else (results,), expected, strict=True):
        same(actual, e)

    again = tmp_path / f"{name}.onnx"
    compile_file(Job(str(program), "onnx", output=str(again), weights=str(weights), external=1024))
    ours = session(again)
    for actual, e in zip(ours.run(None, dict(zip([i.name for i in ours.get_inputs()], given, strict=True))), expected,
                         strict=True):  # fmt: skip
        same(actual, e)


def test_the_models_are_those_that_the_readme_names() -> None:
    text = (MODELS / "README.md").read_text()
    said = dict(re.findall(r"`(\w+\.onnx)` \|.*`([0-9a-f]{64})` \|", text))
    assert said == {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in MODELS.glob("*.onnx")}


@pytest.mark.parametrize("name", ["inception_v1", "shufflenet", "squeezenet"])
def test_known_architectures_are_programs(name: str, tmp_path: Path) -> None:
    """Every node of them has words. The package onnx has them without their weights; the benchmark runs all nine."""
    found, files = import_model(str(LIGHT / f"light_{name}.onnx"), str(tmp_path / "net.py"), {})
    assert len(found.text.splitlines()) > 20
    assert files[0].exists()
