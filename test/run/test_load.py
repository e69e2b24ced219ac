"""``pyc.load`` on artifacts, whole and damaged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from test_cpu_bundle import at, program, weights
from test_cpu_emission import emitted

import pyc
from pyc.artifact import Artifact
from pyc.diagnostics import CompileError
from pyc.dialects.dialect import context
from pyc.target import Target
from pyc.targets.backend import Options, backend


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return emitted().write(tmp_path_factory.mktemp("load") / "prog.cpu")


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle, tmp_path / "prog.cpu"))


def refusal(path: object) -> str:
    with pytest.raises(CompileError) as caught:
        pyc.load(path)  # type: ignore[arg-type]
    return str(caught.value)


def change(folder: Path, **values: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, **values}))


def test_bundles_and_their_libraries(bundle: Path) -> None:
    x = np.arange(4, dtype=np.float32)
    for path in (bundle, str(bundle), bundle / "libprog.so"):
        np.testing.assert_array_equal(pyc.load(path).axpy(2, x, x), 3 * x)


def test_what_is_no_artifact(tmp_path: Path, bundle: Path) -> None:
    assert "E509: cannot load" in refusal(tmp_path / "absent")
    assert "there is no such file or folder" in refusal(tmp_path / "absent.so")
    assert "folder without a manifest.json" in refusal(tmp_path)
    (tmp_path / "text.py").write_text("x = 1\n")
    assert "neither a bundle" in refusal(tmp_path / "text.py")
    shutil.copy(bundle / "libprog.so", tmp_path / "libprog.so")
    assert "no manifest.json beside it" in refusal(tmp_path / "libprog.so")
    (tmp_path / "manifest.json").write_text("{")
    assert "manifest.json: " in refusal(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    assert "not of the format" in refusal(tmp_path / "libprog.so")


def test_damaged_bundles(copy: Path) -> None:
    library = (copy / "libprog.so").read_bytes()
    (copy / "libprog.so").write_bytes(library[:100])
    assert "it has 100 bytes" in refusal(copy)
    (copy / "libprog.so").write_bytes(b"\0" * len(library))
    assert "E509" in refusal(copy)
    (copy / "libprog.so").unlink()
    assert "E509" in refusal(copy)
    change(copy, files={}, functions=[{}])
    (copy / "libprog.so").write_bytes(library)
    assert "E509" in refusal(copy)
    change(copy, library="libother.so")
    assert "of another library" in refusal(copy / "libprog.so")
    change(copy, target="tsp")
    assert "the target 'tsp'" in refusal(copy)


def test_another_machine(copy: Path) -> None:
    change(copy, requires={"machine": "riscv64", "features": []})
    assert "E515" in refusal(copy)
    assert "this machine lacks riscv64" in refusal(copy)


# --- ONNX ----------------------------------------------------------------------------------------------------------


def onnx_artifact(*names: str) -> Artifact:
    """The functions of that name of the program of the CPU test, as models."""
    with context(), at(1):
        module = program(*names)
        onnx = backend("onnx")
        options = Options("program", weights=weights() if "Serving" in names else None, source_path="program.py")
        onnx.pipeline(Target("cpu"), options).run(module)
        return onnx.emit(module, Target("onnx"), options)


def test_a_model_is_called_as_compiled_code_is(tmp_path: Path) -> None:
    model = pyc.load(onnx_artifact("Serving").write(tmp_path / "serving.onnx"))
    x, w = np.random.default_rng(1).normal(size=(6, 4)).astype(np.float32), weights()
    expected = np.maximum(x @ w["up.w"], 0) @ w["down.w"]
    np.testing.assert_allclose(model.Serving(x), expected, rtol=1e-5)
    np.testing.assert_allclose(model.Serving(x=x[::-1]), expected[::-1], rtol=1e-5)
    with pytest.raises(ValueError, match=r"axis 1 of x is 5, and Tensor\[f32, B, 4\] wants 4"):
        model.Serving(np.zeros((2, 5), np.float32))
    with pytest.raises(TypeError, match="x holds f64"):
        model.Serving(np.zeros((2, 4)))


def test_several_models_in_a_folder(tmp_path: Path) -> None:
    folder = onnx_artifact("exp", "narrow").write(tmp_path / "program.onnx")
    models = pyc.load(folder)
    assert repr(models).startswith("<program, compiled for onnx: ")
    x = np.random.default_rng(1).normal(size=(6, 4))
    np.testing.assert_allclose(models.exp(x), x.mean(0), rtol=1e-12)
    array, number = models.narrow(np.ones(3, np.float32), 0.1)
    assert (array.dtype.name, type(number), number) == ("bfloat16", np.float16, np.float16(0.1))
    np.testing.assert_allclose(pyc.load(folder / "exp.onnx").exp(x), x.mean(0), rtol=1e-12)


def test_a_model_of_another_tool(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    h, f = onnx.helper, onnx.TensorProto.FLOAT
    inputs = [h.make_tensor_value_info("in.1", f, ["n", 3]), h.make_tensor_value_info("b", f, [3])]
    graph = h.make_graph(
        [h.make_node("Add", ["in.1", "b"], ["out"])], "g", inputs, [h.make_tensor_value_info("out", f, ["n", 3])]
    )
    onnx.save(h.make_model(graph, ir_version=10, opset_imports=[h.make_opsetid("", 20)]), tmp_path / "other-tool.onnx")
    model = pyc.load(tmp_path / "other-tool.onnx")
    x, b = np.ones((2, 3), np.float32), np.arange(3, dtype=np.float32)
    np.testing.assert_array_equal(model.other_tool(x, b=b), x + b)
    with pytest.raises(ValueError, match="axis 0 of b is 4"):
        model.other_tool(x, np.zeros(4, np.float32))


def test_damaged_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there is no such file" in refusal(tmp_path / "absent.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"not a model")
    assert "E509: cannot load" in refusal(tmp_path / "bad.onnx")
    monkeypatch.setattr("pyc.targets.onnx.session.find_spec", lambda name: None)
    assert "E514" in refusal(tmp_path / "bad.onnx")
