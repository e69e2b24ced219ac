"""``pyc.Quantization`` among annotations: said natively in models, noticed where it is lost, and brought back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import onnx.inliner
import onnx.version_converter
import onnx_ir
import onnxruntime
import pytest
from onnx import numpy_helper

import pyc
from pyc.frontend import Request
from pyc.quantization import misfit, problem
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.onnx.inspect import inspect_model, restore_model, verify_model
from pyc.targets.onnx.manifest import table
from pyc.targets.onnx.outline import scopes
from pyc.targets.onnx.runtime import Session
from pyc.tools import driver

#: One worker compiles the program for all tests.
pytestmark = pytest.mark.xdist_group("quantization-hints")
PROGRAM = """
from __future__ import annotations
from typing import Annotated
import pyc
from pyc import Dim, Tensor, f32, i8, i64, u8
from pyc.nn import relu
B = Dim("B")
SCALES = [0.1, 0.2, 0.5]
class Dense(pyc.Module):
    w: Annotated[Tensor[f32, 4, 3], pyc.annotate(quantization=pyc.Quantization(i8, SCALES, [0, 1, -1], axis=-1))]
    b: Annotated[Tensor[f32, 4, 3], pyc.annotate(
        quantization=pyc.Quantization("f4e2m1", [[1.0, 2.0, 4.0], [0.5, 1.0, 2.0]], axis=0, block=2,
                                      scale_dtype="f8e8m0"))]
    def __call__(self, x: Tensor[f32, B, 4]) -> Tensor[f32, B, 3]:
        y = x @ (self.w + self.b)
        return pyc.annotate(relu(y), quantization=pyc.Quantization("u4", scale=0.5, zero_point=3), role="out")
class Net(pyc.Module, annotations={"quantization": pyc.Quantization(i8)}):
    dense: Dense
    def __call__(self, x: Annotated[Tensor[f32, B, 4], pyc.annotate(
            quantization=pyc.Quantization("f8e4m3", scale=0.5))], n: i64) -> Tensor[f32, B, 3]:
        y = self.dense(x)
        for i in range(n):
            y = pyc.annotate(y * 2, quantization=pyc.Quantization(u8, 0.25, scale_dtype="bf16"))
        return y
"""
RECORDS = {
    "initializer main/dense.w": {"axis": -1, "dtype": "i8", "scale": [0.1, 0.2, 0.5], "zero_point": [0, 1, -1]},
    "initializer main/dense.b": {"axis": 0, "block": 2, "dtype": "f4e2m1", "scale_dtype": "f8e8m0",
                                 "scale": [[1.0, 2.0, 4.0], [0.5, 1.0, 2.0]]},
    "value main/x": {"dtype": "f8e4m3", "scale": 0.5},
    "value program.Dense/result": {"dtype": "u4", "scale": 0.5, "zero_point": 3},
}  # fmt: skip


@pytest.fixture(scope="module")
def models() -> dict[str, bytes]:
    draw = np.random.default_rng(7)
    weights = {f"dense.{n}": draw.standard_normal((4, 3)).astype("f4") for n in ("w", "b")}
    found = {}
    for emit in ("onnx", "flat"):
        options = Options("program", emit=emit, source_path="program.py", weights=weights)
        artifact = driver.compile_source(Source("program.py", PROGRAM), Target("onnx"), options, Request(memory=False))
        (found[emit],) = artifact.files.values()
    return found


def written(model: onnx.ModelProto, folder: Path) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def native(graph: Any) -> dict[str, dict[str, Any]]:
    """What a graph says natively: by the tensor, the arrays by key."""
    tensors = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    return {
        a.tensor_name: {p.key: tensors[p.value] for p in a.quant_parameter_tensor_names}
        for a in graph.quantization_annotation
    }


def test_it_is_said_natively(models: dict[str, bytes], tmp_path: Path) -> None:
    model = onnx.load_from_string(models["onnx"])
    said = native(model.graph)
    assert set(said) == {"x", "dense.w", "dense.b"}
    w, b = said["dense.w"], said["dense.b"]
    np.testing.assert_array_equal(w["SCALE_TENSOR"], np.array([0.1, 0.2, 0.5], "f4"))
    np.testing.assert_array_equal(w["ZERO_POINT_TENSOR"], np.array([0, 1, -1], "i1"))
    assert set(b) == {"SCALE_TENSOR"}
    assert b["SCALE_TENSOR"].dtype == ml_dtypes.float8_e8m0fnu
    np.testing.assert_array_equal(b["SCALE_TENSOR"].astype("f4"), [[1, 2, 4], [0.5, 1, 2]])
    inner = [native(body) for _, body in scopes(model) if isinstance(body, onnx.GraphProto)][1]
    ((_, doubled),) = inner.items()
    assert (doubled["SCALE_TENSOR"].dtype, float(doubled["SCALE_TENSOR"])) == (ml_dtypes.bfloat16, 0.25)
    path = written(model, tmp_path)
    assert verify_model(path) == []
    view = inspect_model(path)
    assert [w["name"] for w in view["weights"]] == ["dense.w", "dense.b"]
    user = view["annotations"]["user"]
    assert {part: user[part]["quantization"] for part in RECORDS} == RECORDS
    assert user["graph main"] == {"module.quantization": {"dtype": "i8"}}
    onnx.checker.check_model(model, full_check=True)


def test_models_without_functions_say_it_of_every_value(models: dict[str, bytes], tmp_path: Path) -> None:
    model = onnx.load_from_string(models["flat"])
    said = native(model.graph)
    (result,) = set(said) - {"x", "dense.w", "dense.b"}
    assert said[result]["ZERO_POINT_TENSOR"].dtype == ml_dtypes.uint4
    assert verify_model(written(model, tmp_path)) == []


def test_results_are_the_same(models: dict[str, bytes]) -> None:
    x = np.random.default_rng(1).standard_normal((3, 4)).astype("f4")
    tensors = {t.name: numpy_helper.to_array(t) for t in onnx.load_from_string(models["onnx"]).graph.initializer}
    want = np.maximum(x @ (tensors["dense.w"] + tensors["dense.b"]), 0) * 8
    for content in models.values():
        for optimise in (False, True):
            (got,) = Session(content, optimise=optimise).run([x, np.array(3, "i8")])
            np.testing.assert_allclose(got, want, rtol=1e-5)


# --- losses ----------------------------------------------------------------------------------------------------------


def optimised(model: onnx.ModelProto, folder: Path) -> onnx.ModelProto:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.optimized_model_filepath = str(folder / "optimised.onnx")
    onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return onnx.load(folder / "optimised.onnx")


def without(model: onnx.ModelProto) -> onnx.ModelProto:
    """Every native annotation, and every tensor that it names, is gone."""
    for _, body in scopes(model):
        if isinstance(body, onnx.GraphProto):
            names = {p.value for a in body.quantization_annotation for p in a.quant_parameter_tensor_names}
            body.ClearField("quantization_annotation")
            kept = [t for t in body.initializer if t.name not in names]
            del body.initializer[:]
            body.initializer.extend(kept)
    return model


def test_tools_drop_it_and_it_comes_back(models: dict[str, bytes], tmp_path: Path) -> None:
    tools: dict[str, Callable[[onnx.ModelProto], onnx.ModelProto]] = {
        "save and load": lambda m: onnx.load_from_string(m.SerializeToString()),
        "onnx-ir": lambda m: onnx_ir.to_proto(onnx_ir.from_proto(m)),
        "without": without,
        "onnx.inliner": onnx.inliner.inline_local_functions,
    }
    whole = {k: v for k, v in table(onnx.load_from_string(models["onnx"])).items() if k.startswith("quantization ")}
    assert len(whole) == 4
    for tool, change in tools.items():
        path = written(change(onnx.load_from_string(models["onnx"])), tmp_path)
        found = verify_model(path)
        assert bool(found) == (tool != "save and load"), tool
        again, report = restore_model(path)
        path.write_bytes(again)
        assert verify_model(path) == [], tool
        assert report.lost == [], tool
        now = table(onnx.load_from_string(again))
        assert whole.items() <= now.items(), tool
    # ONNX Runtime drops what nothing reads, renames, and takes inputs of the graph as they are.
    path = written(optimised(onnx.load_from_string(models["flat"]), tmp_path), tmp_path)
    assert any("lost: quantization main/x" in d.message for d in verify_model(path))
    again, _ = restore_model(path)
    path.write_bytes(again)
    assert verify_model(path) == []
    said = native(onnx.load_from_string(again).graph)
    assert {"x", "dense.w", "dense.b"} & {t.name for t in onnx.load_from_string(again).graph.initializer} <= set(said)
    assert float(said["x"]["SCALE_TENSOR"]) == 0.5


def test_every_change_is_noticed(models: dict[str, bytes], tmp_path: Path) -> None:
    def changes(graph: Any) -> dict[str, Callable[[], object]]:
        annotations = graph.quantization_annotation
        first, by_name = annotations[0], {t.name: t for t in graph.initializer}
        parameter = first.quant_parameter_tensor_names[0]
        scale = by_name[parameter.value]

        def altered() -> None:
            scale.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(scale) * 2, scale.name))

        found = {
            "all gone": lambda: graph.ClearField("quantization_annotation"),
            "key": lambda: setattr(parameter, "key", "OTHER"),
            "no parameter": lambda: first.ClearField("quant_parameter_tensor_names"),
            "of nothing": lambda: setattr(first, "tensor_name", "nothing"),
            "twice": lambda: annotations.add().CopyFrom(first),
            "altered": altered,
            "no tensor": lambda: graph.initializer.remove(scale),
            "other tensor": lambda: setattr(parameter, "value", "nothing"),
        }
        found |= {f"without {a.tensor_name}": lambda a=a: annotations.remove(a) for a in annotations}
        return found

    count = len([b for _, b in scopes(onnx.load_from_string(models["onnx"])) if isinstance(b, onnx.GraphProto)])
    assert count == 2
    for number in range(count):
        names: list[str] = []
        while True:
            model = onnx.load_from_string(models["onnx"])
            graph = [b for _, b in scopes(model) if isinstance(b, onnx.GraphProto)][number]
            left = {k: v for k, v in changes(graph).items() if k not in names}
            if not left:
                break
            name, change = next(iter(left.items()))
            names.append(name)
            change()
            found = [d.message for d in verify_model(written(model, tmp_path))]
            assert any("quantization" in m or "scale" in m for m in found), (number, name, found)
        assert len(names) >= 9


# --- values ----------------------------------------------------------------------------------------------------------


def test_in_python_it_changes_nothing() -> None:
    x = np.ones((2, 3), "f4")
    assert pyc.annotate(x, quantization=pyc.Quantization(pyc.i8, scale=[1, 2, 3], axis=1)) is x
    wrongs: list[dict[str, Any]] = [
        {"dtype": "f64"},
        {"dtype": "i8", "scale": 0},
        {"dtype": "i8", "scale": [1.0]},
        {"dtype": "i8", "block": 2},
    ]
    for wrong in wrongs:
        with pytest.raises(ValueError, match=r"\w"):
            pyc.Quantization(**wrong)
    with pytest.raises(TypeError, match="Quantization is none of bool"):
        pyc.annotate(x, other=pyc.Quantization(pyc.i8))
    assert pyc.Quantization(pyc.u8, (1, 2), axis=0).record() == {"axis": 0, "dtype": "u8", "scale": [1, 2]}


@pytest.mark.parametrize(
    ("said", "dims", "why"),
    [
        ({"dtype": "i8"}, (), ""),
        ({"dtype": "i8", "axis": -2}, (3, 4), ""),
        ({"dtype": "i8", "axis": -3}, (3, 4), "no axis -3"),
        ({"dtype": "i8", "axis": 0, "scale": [1.0]}, (None,), ""),
        ({"dtype": "i8", "axis": 0, "scale": [1.0]}, (2,), "2 places"),
        ({"dtype": "i4", "axis": 0, "block": 2, "scale": [1.0, 2.0, 1.0]}, (5,), ""),
        ({"dtype": "i4", "axis": 0, "block": 2, "scale": [1.0, 2.0, 1.0]}, (7,), "7 elements in blocks of 2 have 4"),
        ({"dtype": "i4", "axis": 0, "block": 2, "scale": [[1.0], [2.0]]}, (4,), "as many axes as the tensor"),
        ({"dtype": "i4", "axis": 1, "block": 2, "scale": [[1.0], [2.0]]}, (3, 2), "axis 0 of the tensor has 3"),
    ],
)  # fmt: skip
def test_records_fit_tensors(said: dict[str, Any], dims: tuple[int | None, ...], why: str) -> None:
    assert problem(said) == ""
    found = misfit(said, dims)
    assert (why in found) if why else not found


def test_the_users_own_records_stay_theirs() -> None:
    from pyc.user_annotations import annotate, decoded, encoded

    for own in ("int8", {"bits": 8}, {"dtype": "int8", "method": "gptq"}):
        assert annotate(1, quantization=own) == 1
    record = pyc.Quantization(pyc.i8, 0.1, 3).record()
    assert decoded(encoded(record)) == json.loads(json.dumps(record)) == record
