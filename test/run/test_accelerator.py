"""``examples/accelerator.py``: annotations of all levels, precisions and targets are in its model, and it computes."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import survival
from click.testing import CliRunner

from pyc.targets.onnx.inspect import restore_model, verify_model
from pyc.targets.onnx.manifest import read_properties
from pyc.tools.cli import cli

EXAMPLE = Path(__file__).parents[2] / "examples" / "accelerator.py"


@pytest.fixture(scope="module")
def program() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("accelerator_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "accelerator_example", module)
        spec.loader.exec_module(module)
        yield module


@pytest.fixture(scope="module")
def weights(program: ModuleType) -> dict[str, Any]:
    draw = np.random.default_rng(5)
    shapes = {"up.weight": (8, 16), "up.bias": (16,), "down.weight": (16, 4), "down.bias": (4,)}
    kinds = {"weight": program.f8e4m3.dtype, "bias": np.dtype("f4")}
    return {n: draw.standard_normal(s).astype(kinds[n.partition(".")[2]]) for n, s in shapes.items()}


@pytest.fixture(scope="module")
def model(weights: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pyc.weights import dump

    folder = tmp_path_factory.mktemp("accelerator")
    (folder / "w.safetensors").write_bytes(dump(weights))
    options = ["--target=onnx", "--function", "Deployed", "--weights", str(folder / "w.safetensors")]
    done = CliRunner().invoke(cli, ["compile", str(EXAMPLE), *options, "-o", str(folder / "net.onnx")])
    assert done.exit_code == 0, done.stderr
    assert verify_model(folder / "net.onnx") == []
    return folder / "net.onnx"


def inspected(model: Path) -> Any:
    done = CliRunner().invoke(cli, ["inspect", str(model), "--json"])
    assert done.exit_code == 0
    return json.loads(done.stdout)


def test_every_level_is_in_the_model(model: Path) -> None:
    view = inspected(model)
    user = view["annotations"]["user"]
    dense = [user[f"function {f['function']}"] for f in view["annotations"]["functions"] if "Dense" in f["function"]]
    assert dense == [{"module.unit": "mac", "module.columns": n} for n in (16, 4)]
    net = user["graph main"]
    assert net["module.owner"] == "speech"
    assert net["module.budget"] == {"cycles": 12_000, "mw": 3.5}
    assert net["module.columns@up"] == 16
    assert user["initializer main/up.weight"] == {"memory": "sram", "bank": 0}
    assert user["initializer main/down.bias"] == {"memory": "registers"}
    operations = [said for part, said in user.items() if part.startswith("node accelerator.Dense")]
    assert {"rounding": "stochastic", "saturate": True} in operations
    assert user["node main/up"] == {"stage": 0}
    assert user["node main/down"] == {"stage": 1}
    assert user["value main/relu_Mixed_f16_f32"] == {"range": [0.0, 6.0], "sparsity": 0.7}
    assert user["value main/down"] == {"role": "logits"}


def test_precisions_and_targets_are_types(model: Path) -> None:
    view = inspected(model)
    kinds = {w["name"]: (w["dtype"], w["target"]) for w in view["weights"]}
    assert kinds == {n: ("f8e4m3" if n.endswith("weight") else "f32", "npu.x1") for n in kinds}
    assert [t["target"] for t in view["annotations"]["targets"]] == ["npu.x1", "cpu"]
    operations = {o["name"]: o for scope in view["annotations"]["operations"].values() for o in scope}
    assert (operations["matmul"]["compute"], operations["matmul"]["accumulate"]) == ("f16", "f32")
    assert operations["matmul"]["target"] == "npu.x1"
    assert operations["exp"]["target"] == "cpu"
    assert operations["to"]["to"] == "npu.x1 -> cpu"
    # No operator of anybody's own, and no text that a runtime would have to read.
    loaded = onnx.load(model)
    domains = {n.domain for f in (loaded.graph, *loaded.functions) for n in f.node}
    assert domains == {"", "accelerator", "pyc.nn"}
    assert all(a.type != onnx.AttributeProto.STRING for n in loaded.graph.node for a in n.attribute)


def test_it_computes_what_the_reference_does(model: Path, program: ModuleType, weights: dict[str, Any]) -> None:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    for rows in (1, 7):
        x = np.random.default_rng(rows).standard_normal((rows, 8)).astype("f2")
        want = np.asarray(program.Reference(**weights)(x))
        got: Any = session.run(None, {"x": x})[0]
        np.testing.assert_allclose(got, want, atol=2e-3)


def test_what_other_tools_lose_of_it_comes_back(model: Path, tmp_path: Path) -> None:
    for tool in ("onnx.inliner", "onnxscript.optimizer", "ONNX Runtime, all"):
        path = tmp_path / "after.onnx"
        path.write_bytes(survival.TOOLS[tool](onnx.load(model)).SerializeToString())
        assert verify_model(path)
        content, report = restore_model(path)
        assert report.lost == [], tool
        path.write_bytes(content)
        assert verify_model(path) == []
        tensors = [read_properties(t) for t in onnx.load_from_string(content).graph.initializer]
        memories = {t["org.pyc.weight"]: t["org.pyc.user.memory"] for t in tensors if "org.pyc.weight" in t}
        assert memories == {
            f"{layer}.{name}": json.dumps("sram" if name == "weight" else "registers")
            for layer in ("up", "down") for name in ("weight", "bias")
        }  # fmt: skip
