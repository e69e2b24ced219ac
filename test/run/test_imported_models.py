"""Models from elsewhere: run by CPython, compiled, beside ONNX Runtime; and those that nobody should read."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import pyc
from pyc.diagnostics import CompileError
from pyc.targets.onnx.importing import imported, read
from pyc.tools.driver import Job, compile_file
from pyc.tools.models import import_model

RNG = np.random.default_rng(0)


def tensor(name: str, *shape: int) -> onnx.TensorProto:
    return numpy_helper.from_array((RNG.standard_normal(shape) / 4).astype(np.float32), name)


def value(name: str, dims: Sequence[Any] | None, dtype: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, dtype, dims)


def model(graph: onnx.GraphProto, **more: Any) -> onnx.ModelProto:
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, **more)


def convolutional() -> tuple[onnx.ModelProto, dict[str, Any]]:
    nodes = [
        helper.make_node("Conv", ["image", "conv.weight", "conv.bias"], ["/conv/out"], pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["/conv/out", "scale", "offset", "mean", "var"], ["norm"]),
        helper.make_node("Relu", ["norm"], ["act"]),
        helper.make_node("MaxPool", ["act"], ["pool"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("GlobalAveragePool", ["pool"], ["means"]),
        helper.make_node("Flatten", ["means"], ["flat"]),
        helper.make_node("Gemm", ["flat", "fc", "fc.bias"], ["class"], transB=1),
        helper.make_node("Softmax", ["class"], ["probability"], axis=-1),
    ]
    variance = numpy_helper.from_array(np.abs(RNG.standard_normal(9)).astype(np.float32) + 1, "var")
    weights = [
        tensor("conv.weight", 9, 3, 3, 3), tensor("conv.bias", 9), tensor("scale", 9), tensor("offset", 9),
        tensor("mean", 9), variance, tensor("fc", 10, 9), tensor("fc.bias", 10),
    ]  # fmt: skip
    graph = helper.make_graph(
        nodes, "main", [value("image", ["batch", 3, 12, 13])], [value("probability", ["batch", 10])], weights
    )
    return model(graph), {"image": RNG.standard_normal((3, 3, 12, 13)).astype(np.float32)}


def controlled() -> tuple[onnx.ModelProto, dict[str, Any]]:
    """A loop that collects, a branch in it, and a shape that is computed."""
    then = helper.make_graph([helper.make_node("Mul", ["s", "s"], ["r"])], "then", [], [value("r", [3])])
    other = helper.make_graph([helper.make_node("Neg", ["s"], ["r2"])], "else", [], [value("r2", [3])])
    body = helper.make_graph(
        [
            helper.make_node("Mod", ["i", "two"], ["rest"]),
            helper.make_node("Equal", ["rest", "zero"], ["even"]),
            helper.make_node("If", ["even"], ["t"], then_branch=then, else_branch=other),
            helper.make_node("Add", ["t", "x"], ["s2"]),
            helper.make_node("Identity", ["go"], ["go2"]),
        ],
        "body",
        [value("i", [], TensorProto.INT64), value("go", [], TensorProto.BOOL), value("s", [3])],
        [value("go2", [], TensorProto.BOOL), value("s2", [3]), value("t", [3])],
    )
    constants = [
        numpy_helper.from_array(np.array(n, np.int64), name) for name, n in (("two", 2), ("zero", 0), ("n", 5))
    ]
    constants.append(numpy_helper.from_array(np.array([-1], np.int64), "rest_of"))
    nodes = [
        helper.make_node("Loop", ["n", "", "x"], ["last", "all"], body=body),
        helper.make_node("Shape", ["all"], ["extents"], end=1),
        helper.make_node("Concat", ["extents", "rest_of"], ["wanted"], axis=0),
        helper.make_node("Reshape", ["all", "wanted"], ["y"]),
    ]
    graph = helper.make_graph(nodes, "main", [value("x", [3])], [value("last", [3]), value("y", [5, 3])], constants)
    return model(graph), {"x": np.array([0.5, -0.25, 1.0], np.float32)}


def recurrent() -> tuple[onnx.ModelProto, dict[str, Any]]:
    node = helper.make_node(
        "LSTM", ["x", "w", "r", "b"], ["steps", "last", "cells"], hidden_size=4, direction="bidirectional"
    )
    weights = [tensor("w", 2, 16, 5), tensor("r", 2, 16, 4), tensor("b", 2, 32)]
    outputs = [value("steps", [7, 2, 2, 4]), value("last", [2, 2, 4]), value("cells", [2, 2, 4])]
    graph = helper.make_graph([node], "main", [value("x", [7, 2, 5])], outputs, weights)
    return model(graph), {"x": RNG.standard_normal((7, 2, 5)).astype(np.float32)}


def run(path: Path) -> Any:
    """The module that CPython makes of a program."""
    spec = importlib.util.spec_from_file_location(f"{path.stem}_of_{path.parent.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def stretched() -> tuple[onnx.ModelProto, dict[str, Any]]:
    """What is 1 in a type stretches, also where another extent is known only when the program runs."""
    numbers = [numpy_helper.from_array(np.array(n, np.int64), name) for n, name in (([4], "four"), ([1], "one"))]
    nodes = [
        helper.make_node("Shape", ["x"], ["first"], end=1),
        helper.make_node("Concat", ["first", "four", "one"], ["sizes"], axis=0),
        helper.make_node("Expand", ["v", "sizes"], ["w"]),
        helper.make_node("Div", ["x", "w"], ["y"]),
    ]
    inputs = [value("x", ["n", 4, 6]), value("v", ["m", 4, 1])]
    made = model(helper.make_graph(nodes, "g", inputs, [value("y", ["n", 4, 6])], numbers))
    return made, {"x": RNG.standard_normal((3, 4, 6)).astype("f4"), "v": np.full((3, 4, 1), 2, "f4")}


@pytest.mark.parametrize("make", [convolutional, controlled, recurrent, stretched])
def test_models_agree_with_onnx_runtime(make: Callable[[], Any], tmp_path: Path) -> None:
    made, inputs = make()
    path = tmp_path / "net.onnx"
    onnx.save(made, path)
    expected: Sequence[Any] = onnxruntime.InferenceSession(str(path)).run(None, inputs)  # pyright: ignore
    found, files = import_model(str(path), str(tmp_path / "net.py"), {})
    program = getattr(run(tmp_path / "net.py"), found.name)
    interpreted = program.load(files[1])(*inputs.values()) if len(files) > 1 else program(*inputs.values())
    outcome = compile_file(Job(str(path), output=str(tmp_path / "net.cpu")))
    assert outcome.path is not None
    compiled = getattr(pyc.load(outcome.path), found.name)(*inputs.values())
    for results in (interpreted, compiled):
        for actual, e in zip(results if isinstance(results, tuple) else (results,), expected, strict=True):
            np.testing.assert_allclose(np.asarray(actual), e, 1e-4, 1e-6)


def test_a_program_is_not_replaced(tmp_path: Path) -> None:
    made, _ = recurrent()
    onnx.save(made, tmp_path / "a.onnx")
    (tmp_path / "a.safetensors").write_text("mine")
    with pytest.raises(CompileError, match=r"E504: .*exists"):
        import_model(str(tmp_path / "a.onnx"), str(tmp_path / "a.py"), {})
    assert not (tmp_path / "a.py").exists()
    assert (tmp_path / "a.safetensors").read_text() == "mine"
    import_model(str(tmp_path / "a.onnx"), str(tmp_path / "a.py"), {}, replace=True)
    assert "class a(pyc.Module)" in (tmp_path / "a.py").read_text()


def test_names_of_models_become_names_of_programs() -> None:
    nodes = [
        helper.make_node("Add", ["for", "self"], ["/layer.1/Add_output_0"]),
        helper.make_node("Mul", ["/layer.1/Add_output_0", "for"], ["_layer_1_Add_output_0"]),
        helper.make_node("Neg", ["_layer_1_Add_output_0"], ["1"]),
    ]
    graph = helper.make_graph(nodes, "g", [value("for", ["n-1"]), value("self", ["n-1"])], [value("1", ["n-1"])])
    text = imported(model(graph), "my-net").text
    names: dict[str, Any] = {}
    exec(compile(text, "<net>", "exec"), names)
    np.testing.assert_array_equal(names["my_net"](np.array([2.0]), np.array([3.0])), [-10.0])


def test_names_that_a_program_needs_itself() -> None:
    taken = ["int", "np", "onnx", "__x", "über", "f32"]
    nodes = [helper.make_node("Sum", taken, ["nn"]), helper.make_node("Cast", ["nn"], ["float"], to=TensorProto.INT64)]
    graph = helper.make_graph(nodes, "g", [value(n, [2]) for n in taken], [value("float", [2], TensorProto.INT64)])
    found = imported(model(graph), "math")
    names: dict[str, Any] = {}
    exec(compile(found.text, "<net>", "exec"), names)
    arrays = [np.full(2, i, np.float32) for i in range(6)]
    np.testing.assert_array_equal(names[found.name](*arrays), [15, 15])


def test_branches_may_use_the_same_names(tmp_path: Path) -> None:
    """A constant of one branch is a computed value of the other, and both have weights of one name."""
    large = [numpy_helper.from_array(np.full(40, k, np.float32), "w") for k in (1, 2)]
    small = numpy_helper.from_array(np.array(5, np.float32), "c")
    then = helper.make_graph(
        [helper.make_node("Add", ["w", "c"], ["r"])], "t", [], [value("r", [40])], [large[0], small]
    )
    nodes = [helper.make_node("Neg", ["x"], ["c"]), helper.make_node("Mul", ["w", "c"], ["r"])]
    other = helper.make_graph(nodes, "e", [], [value("r", [40])], [large[1]])
    node = helper.make_node("If", ["p"], ["y"], then_branch=then, else_branch=other)
    inputs = [value("p", [], TensorProto.BOOL), value("x", [])]
    found = imported(model(helper.make_graph([node], "g", inputs, [value("y", [40])])))
    (tmp_path / "net.py").write_text(found.text)
    net = getattr(run(tmp_path / "net.py"), found.name)(**found.weights)
    for p, result in ((True, 6.0), (False, -6.0)):
        np.testing.assert_array_equal(net(p, np.float32(3)), np.full(40, result))


@pytest.mark.parametrize("version", [17, 18, 20, 24])
def test_definitions_hold_until_the_next_one(version: int) -> None:
    """A model of version 20, say, has the LayerNormalization of 17, which the standard defines anew in 18."""
    node = helper.make_node("LayerNormalization", ["x", "scale", "bias"], ["y"])
    graph = helper.make_graph(
        [node], "g", [value("x", ["n", 6])], [value("y", ["n", 6])], [tensor("scale", 6), tensor("bias", 6)]
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)], ir_version=8)
    found = imported(made)
    names: dict[str, Any] = {}
    exec(compile(found.text, "<net>", "exec"), names)
    x = RNG.standard_normal((5, 6)).astype("f4")
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    expected: Any = session.run(None, {"x": x})[0]
    np.testing.assert_allclose(names[found.name](x), expected, rtol=1e-4, atol=1e-5)


# --- what nobody should read ------------------------------------------------------------------------------------------


def refused(made: onnx.ModelProto | bytes, folder: Path) -> str:
    path = folder / "bad.onnx"
    path.write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
    with pytest.raises(CompileError) as caught:
        imported(read(path))
    assert {d.code for d in caught.value.diagnostics} <= {"E620", "E621"}
    return str(caught.value)


def test_truncated_models(tmp_path: Path) -> None:
    whole = recurrent()[0].SerializeToString()
    for end in range(0, len(whole), 97):
        refused(whole[:end], tmp_path)


def test_changed_bytes_never_end_the_process(tmp_path: Path) -> None:
    """Other bytes anywhere give a diagnostic or a program; nothing else."""
    script = """
import sys, numpy as np
from pyc.diagnostics import CompileError
from pyc.targets.onnx.importing import imported
from pyc.targets.onnx.importing.files import parsed
whole, rng = open(sys.argv[1], 'rb').read(), np.random.default_rng(1)
for _ in range(300):
    changed = bytearray(whole)
    for place in rng.integers(0, len(whole), 3):
        changed[place] = rng.integers(0, 256)
    try:
        imported(parsed(bytes(changed)))
    except CompileError:
        pass
"""
    made = controlled()[0]
    (tmp_path / "a.onnx").write_bytes(made.SerializeToString())
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "a.onnx")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_claims_that_are_not_so(tmp_path: Path) -> None:
    made = recurrent()[0]
    made.graph.initializer[0].dims[0] = 2**40
    assert "should have" in refused(made, tmp_path)
    made = recurrent()[0]
    made.graph.initializer[0].dims[0] = -2
    assert "extent -2" in refused(made, tmp_path)
    made = recurrent()[0]
    made.graph.initializer[0].data_type = 77
    assert "unknown type" in refused(made, tmp_path)


def test_functions_that_do_not_end(tmp_path: Path) -> None:
    graph = helper.make_graph(
        [helper.make_node("f0", ["x"], ["y"], domain="own")], "g", [value("x", [2])], [value("y", [2])]
    )
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]

    def with_functions(calls: dict[str, list[str]]) -> onnx.ModelProto:
        made = helper.make_model(graph, opset_imports=imports, ir_version=8)
        for name, called in calls.items():
            values = ["a", *(f"v{i}" for i in range(len(called) - 1)), "b"]
            nodes = [helper.make_node(c, [values[i]], [values[i + 1]], domain="own") for i, c in enumerate(called)]
            made.functions.append(helper.make_function("own", name, ["a"], ["b"], nodes, imports))
        return made

    assert "calls itself" in refused(with_functions({"f0": ["f1"], "f1": ["f0"]}), tmp_path)
    doubling = {f"f{i}": [f"f{i + 1}"] * 2 for i in range(40)}
    assert "more than 1,000,000 nodes" in refused(with_functions({**doubling, "f40": ["f41"]}), tmp_path)
    deep = {f"f{i}": [f"f{i + 1}"] for i in range(300)}
    assert "100 deep" in refused(with_functions(deep), tmp_path)


def test_graphs_in_graphs(tmp_path: Path) -> None:
    """Each node is counted once, however deep."""
    nodes, result = [helper.make_node("Relu", ["x"], ["y"])], "y"
    for k in range(20):
        then = helper.make_graph(nodes, f"then_{k}", [], [value(result, [2])])
        other = helper.make_graph([helper.make_node("Neg", ["x"], [f"n{k}"])], f"else_{k}", [], [value(f"n{k}", [2])])
        result = f"r{k}"
        nodes = [helper.make_node("If", ["c"], [result], then_branch=then, else_branch=other)]
    graph = helper.make_graph(nodes, "main", [value("x", [2]), value("c", [], TensorProto.BOOL)], [value(result, [2])])
    onnx.save(model(graph), tmp_path / "deep.onnx")
    assert imported(read(tmp_path / "deep.onnx"), "deep").text.count("if c:") == 20


@pytest.mark.parametrize(
    ("location", "more", "why"),
    [
        ("../secret", {}, "not in its folder"),
        ("/etc/passwd", {}, "not in its folder"),
        ("link", {}, "not in its folder"),
        ("", {}, "not in its folder"),
        ("missing", {}, "is missing"),
        ("pipe", {}, "is no file"),
        ("data", {"offset": "400"}, "ends before"),
        ("data", {"length": "4000000000"}, "should have"),
        ("data", {"offset": "-4"}, "should have"),
        ("data", {"offset": "x"}, "is no number"),
    ],
)
def test_weights_from_elsewhere(location: str, more: dict[str, str], why: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(bytes(640))
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "data").write_bytes(bytes(640))
    os.mkfifo(folder / "pipe")
    made = recurrent()[0]
    weight = made.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    for key, entry in {"location": location, **more}.items():
        weight.external_data.add(key=key, value=entry)
    assert why in refused(made, folder)


def test_weights_beside_a_model(tmp_path: Path) -> None:
    made, _ = recurrent()
    plain = imported(made)
    onnx.save(made, tmp_path / "a.onnx", save_as_external_data=True, location="a.data", size_threshold=0)
    beside = imported(read(tmp_path / "a.onnx"))
    assert plain.text == beside.text
    for name, w in plain.weights.items():
        np.testing.assert_array_equal(w, beside.weights[name])
