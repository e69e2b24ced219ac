"""What a model says: structure, names, annotations at their carriers; and what export and inspection refuse."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import onnx.inliner
import pytest
from compiled import build
from exported import Exported, export
from onnx_network import CPU, MIXED, arrays, at, call, define, network, value

from pyc.diagnostics import CompileError
from pyc.dialects import build as b
from pyc.dialects import remarks
from pyc.dialects.dialect import context
from pyc.dialects.mlir import ir
from pyc.dialects.signature import Signature, Value, attach
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.onnx import artifact
from pyc.targets.onnx.inspect import inspect_model, verify_model
from pyc.targets.onnx.runtime import Session


@pytest.fixture(scope="module")
def content() -> bytes:
    with context(), ir.Location.unknown():
        return export(network(), arrays())


@pytest.fixture
def model(content: bytes) -> onnx.ModelProto:
    return onnx.load_from_string(content)


def properties(proto: Any) -> dict[str, str]:
    return {e.key: e.value for e in proto.metadata_props}


# --- structure -------------------------------------------------------------------------------------------------------


def test_versions(model: onnx.ModelProto) -> None:
    assert model.ir_version == 12
    assert {o.domain: o.version for o in model.opset_import} == {"": 24, "net": 1, "pyc.nn": 1}


def test_calls_stay_visible(model: onnx.ModelProto) -> None:
    assert [(f.domain, f.name, f.overload) for f in model.functions] == [
        ("pyc.nn", "relu_f16", ""),
        ("net", "Layer_4_Mixed_f16_f32", ""),
    ]
    assert [(n.name, n.domain) for n in model.graph.node] == [("body.first", "net"), ("body.second", "net")]
    assert [n.op_type for n in model.functions[0].node] == ["Constant", "Cast", "Max", "Cast"]
    assert [n.op_type for n in model.functions[1].node] == ["Cast", "Cast", "MatMul", "Cast", "relu_f16"]


def test_inputs_and_outputs_keep_names_and_extents(model: onnx.ModelProto) -> None:
    (x,), (y,) = model.graph.input, model.graph.output
    assert (x.name, [d.dim_param or d.dim_value for d in x.type.tensor_type.shape.dim]) == ("x", ["B", 4])
    assert (y.name, [d.dim_param or d.dim_value for d in y.type.tensor_type.shape.dim]) == ("result", ["B", 4])
    assert [t.name for t in model.graph.initializer] == ["body.first.w", "body.second.w"]


def test_intermediate_extents_have_the_names_of_the_signature(model: onnx.ModelProto) -> None:
    def shapes(values: Any) -> dict[str, list[Any]]:
        return {v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in values}

    assert shapes(model.graph.value_info)["body.first"] == ["B", 4]
    assert shapes(model.functions[1].value_info)["matmul"] == ["B", 4]

    def body(x: Any, y: Any) -> list[Any]:
        t = b.transpose(x, [1, 0])
        r = b.reduce(t, "sum", [1])
        s = b.reshape(r, [b.constant(1, "i64"), b.dim(x, 1)])
        return [b.unary("neg", b.binary("add", s, b.unary("exp", b.matmul(y, x))))]

    f = Exported([("f32", [None, None]), ("f32", [None, None])], body)
    # Rank and position give each axis its name in this test's signatures: d0, d1.
    named = shapes(f.model.graph.value_info)
    assert (named["transpose"], named["reduce"], named["reshape"]) == (["d1", "d0"], ["d1"], [1, "d1"])
    assert (named["matmul"], named["add"]) == (["d0", "d1"], ["d0", "d1"])


def test_weights_are_inputs_where_none_are_given() -> None:
    with context(), ir.Location.unknown():
        model = onnx.load_from_string(export(network()))
    assert [i.name for i in model.graph.input] == ["x", "body.first.w", "body.second.w"]
    assert not model.graph.initializer
    assert properties(model.graph.input[1])["org.pyc.weight"] == "body.first.w"


def test_the_network_runs(content: bytes) -> None:
    x = np.random.default_rng(1).standard_normal((7, 4)).astype(np.float16)
    want = x
    for w in arrays().values():
        want = np.maximum((want.astype("f4") @ w.astype("f4")).astype("f2"), 0)
    for optimise in (False, True):
        (got,) = Session(content, optimise=optimise).run([x])
        np.testing.assert_allclose(got.astype("f4"), want.astype("f4"), rtol=2e-3, atol=1e-3)


def test_the_same_program_gives_the_same_bytes(content: bytes) -> None:
    with context(), ir.Location.unknown():
        assert export(network(), arrays()) == content


def test_an_output_that_is_an_input_and_one_that_stands_twice() -> None:
    f = Exported([("f32", [None])], lambda x: [x, y := b.unary("neg", x), y])
    assert [o.name for o in f.model.graph.output] == ["result_0", "result_1", "result_2"]
    x = np.arange(3, dtype="f4")
    for got, want in zip(f([x], [("f32", (3,))] * 3), [x, -x, -x], strict=True):
        np.testing.assert_array_equal(got, want)


def test_written_arguments_are_outputs() -> None:
    f = Exported([("f32", [None])], lambda x: [b.unary("neg", x)], writes=[0])
    (out,) = f.model.graph.output
    assert out.name == "p0_out"
    assert properties(out)["org.pyc.writes"] == "p0"


def test_scalars_have_rank_0() -> None:
    f = Exported([("i64", None), ("f64", None), ("bool", None)], lambda n, x, c: [b.select(c, x, b.cast(n, "f64"))])
    assert [len(i.type.tensor_type.shape.dim) for i in f.model.graph.input] == [0, 0, 0]
    assert float(f([7, 2.5, False], [("f64", ())])[0]) == 7.0


# --- annotations -----------------------------------------------------------------------------------------------------


def test_precision(model: onnx.ModelProto) -> None:
    """Storage is the element type; the accumulator is what the operands are widened to."""
    body = model.functions[1]
    widen, _, product, narrow, _ = body.node
    assert properties(product)["org.pyc.compute"] == "f16"
    assert properties(product)["org.pyc.accumulate"] == "f32"
    assert widen.attribute[0].i == onnx.TensorProto.FLOAT
    assert narrow.attribute[0].i == onnx.TensorProto.FLOAT16
    types = {v.name: v for v in body.value_info}
    assert types["matmul"].type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    assert properties(types["matmul"])["org.pyc.precision"] == MIXED
    assert properties(model.graph.input[0])["org.pyc.precision"] == MIXED
    assert properties(model.graph.initializer[0])["org.pyc.precision"] == MIXED


def test_targets(model: onnx.ModelProto) -> None:
    assert [(c.name, c.num_devices, list(c.device)) for c in model.configuration] == [(CPU, 1, [CPU])]
    for node in (*model.graph.node, *(n for f in model.functions for n in f.node)):
        assert [d.configuration_id for d in node.device_configurations] == [CPU]
        assert properties(node)["layer_ann"] == CPU
    assert properties(model.graph)["org.pyc.target"] == CPU


def test_transfers() -> None:
    def body(x: Any) -> list[Any]:
        return [b.to(b.unary("exp", b.to(x, "cuda:sm_90")), "cpu")]

    f = Exported([("f32", [None])], body)
    devices = [n.device_configurations[0].configuration_id for n in f.model.graph.node]
    assert devices == ["cuda:sm_90", "cuda:sm_90", "cpu"]
    assert [c.name for c in f.model.configuration] == ["cuda:sm_90", "cpu"]
    assert properties(f.model.graph.node[0])["org.pyc.to"] == "cpu -> cuda:sm_90"


def test_places(model: onnx.ModelProto) -> None:
    assert properties(model.graph)["org.pyc.loc"] == "net.py:20:5"
    assert [properties(n)["org.pyc.loc"] for n in model.graph.node] == ["net.py:21:5", "net.py:22:5"]
    assert properties(model.functions[0])["org.pyc.loc"] == "frontend/library/nn.py:5:5"


def test_hierarchy(model: onnx.ModelProto) -> None:
    assert [properties(n)["org.pyc.path"] for n in model.graph.node] == ["body.first", "body.second"]
    assert [properties(n)["namespace"] for n in model.graph.node] == ["body/first", "body/second"]
    assert properties(model.functions[0])["org.pyc.generic.T"] == "f16"
    assert properties(model.functions[1])["org.pyc.module"] == f"Layer[4, {MIXED}]"
    assert properties(model.graph)["org.pyc.module"] == "Net[4]"


def test_each_key_stands_once(model: onnx.ModelProto) -> None:
    for tensor in model.graph.initializer:
        assert len(tensor.metadata_props) == len(properties(tensor)) == 4


# --- inspection ------------------------------------------------------------------------------------------------------


def test_a_whole_model_is_described(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    assert verify_model(path) == []
    view = inspect_model(path)
    json.dumps(view)
    assert view["kind"] == "ONNX model"
    (function,) = view["functions"]
    assert (function["name"], function["module"], function["target"]) == ("Serving", "Net[4]", CPU)
    assert [(w["name"], w["dtype"], w["dims"], w["precision"], w["bytes"]) for w in view["weights"]] == [
        (n, "f16", ["4", "4"], MIXED, 32) for n in arrays()
    ]
    functions = {f["function"]: f for f in view["annotations"]["functions"]}
    assert functions["pyc.nn.relu_f16"]["name"] == "pyc.nn.relu[f16]"
    assert view["annotations"]["targets"] == [{"target": CPU, "devices": CPU}]


def carriers(model: onnx.ModelProto) -> Iterator[tuple[str, Callable[[], None]]]:
    """Every annotation of a model, with what removes it."""
    from pyc.targets.onnx.manifest import parts

    yield "configuration", lambda: model.ClearField("configuration")
    for kind, name, proto in parts(model):
        if kind == "configuration":
            continue
        for i, entry in enumerate(proto.metadata_props):
            yield f"{kind} {name} {entry.key}", lambda p=proto, i=i: p.metadata_props.__delitem__(i)
        if kind == "node":
            yield f"devices of {name}", lambda p=proto: p.ClearField("device_configurations")
        if kind == "value":
            yield f"extents of {name}", lambda p=proto: p.type.tensor_type.ClearField("shape")
    for function in model.functions:
        yield f"values of {function.name}", lambda f=function: f.ClearField("value_info")
        yield f"nodes of {function.name}", lambda f=function: f.ClearField("node")
    yield "functions", lambda: model.ClearField("functions")
    yield "weights", lambda: model.graph.ClearField("initializer")


def test_every_lost_carrier_is_noticed(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    names = [name for name, _ in carriers(onnx.load_from_string(content))]
    assert len(names) > 100
    for i, name in enumerate(names):
        model = onnx.load_from_string(content)
        [*carriers(model)][i][1]()
        path.write_bytes(model.SerializeToString())
        found = verify_model(path)
        assert found, f"{name} was removed, and nothing is said"
        assert all(d.code == "E510" for d in found)


def test_changes_are_noticed(content: bytes, tmp_path: Path) -> None:
    def first(m: onnx.ModelProto) -> Any:
        return m.graph.node[0]

    def weight(m: onnx.ModelProto) -> Any:
        return m.graph.initializer[0]

    def entry(proto: Any, key: str) -> Any:
        return next(e for e in proto.metadata_props if e.key == key)

    def add(proto: Any, key: str) -> Any:
        return proto.metadata_props.add(key=key, value="a")

    changes: dict[str, Callable[[onnx.ModelProto], Any]] = {
        "changed: layer_ann of node main/body.first": lambda m: setattr(entry(first(m), "layer_ann"), "value", "npu"),
        "changed: @data of initializer main/body.first.w": lambda m: setattr(weight(m), "raw_data", b"\0" * 32),
        "changed: @devices of configuration": lambda m: m.configuration[0].device.__setitem__(0, "other"),
        "dangling: configuration cpu:x86-64-v3 names 2 devices": lambda m: m.configuration[0].device.append("second"),
        "which the model does not declare": lambda m: first(m).device_configurations.add(configuration_id="npu"),
        "twice: org.pyc.loc of node main/body.first": lambda m: add(first(m), "org.pyc.loc"),
        "not sealed: org.pyc.new of node main/body.first": lambda m: add(first(m), "org.pyc.new"),
        "is given by no node": lambda m: m.graph.value_info.add(name="ghost"),
        "its SHA-256 differs": lambda m: setattr(entry(m, "org.pyc.digest"), "value", "0"),
        "its format is 'x'": lambda m: setattr(entry(m, "org.pyc.format"), "value", "x"),
        "twice: configuration": lambda m: m.configuration.add(name=CPU, num_devices=1),
        "which the model does not hold": lambda m: setattr(first(m), "op_type", "absent"),
        "not valid ONNX": lambda m: setattr(m.functions[0].node[-1], "op_type", "Concat"),
    }  # fmt: skip
    path = tmp_path / "net.onnx"
    for text, change in changes.items():
        model = onnx.load_from_string(content)
        change(model)
        path.write_bytes(model.SerializeToString())
        messages = [d.message for d in verify_model(path)]
        assert any(text in m for m in messages), (text, messages)


def test_what_an_optimiser_drops_is_noticed(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx.inliner.inline_local_functions(onnx.load_from_string(content)).SerializeToString())
    assert any("lost: function net.Layer_4" in d.message for d in verify_model(path))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no such file"),
        (b"", "not an ONNX model"),
        (b"\xff\xff\xff", "not an ONNX model"),
        (b"PK\x03\x04 not a model", "not an ONNX model"),
        (onnx.ModelProto(ir_version=8).SerializeToString(), "not an ONNX model"),
    ],
)
def test_what_is_no_model_of_ours(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    for read in (inspect_model, verify_model):
        with pytest.raises(CompileError, match="E509") as caught:
            read(path)
        assert reason in str(caught.value)


def test_damaged_manifests(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    for text in ("{", "[]", "{}", "3"):
        model = onnx.load_from_string(content)
        next(e for e in model.metadata_props if e.key == "org.pyc.manifest").value = text
        path.write_bytes(model.SerializeToString())
        with pytest.raises(CompileError, match="its manifest is damaged"):
            verify_model(path)


def test_truncated_models(content: bytes, tmp_path: Path) -> None:
    """Wherever a file ends, it is refused or found to lack something."""
    path = tmp_path / "model.onnx"
    for end in range(0, len(content) - 1, len(content) // 40):
        path.write_bytes(content[:end])
        try:
            codes = {d.code for d in verify_model(path)}
        except CompileError as error:
            codes = {d.code for d in error.diagnostics}
        assert codes in ({"E509"}, {"E510"})


# --- several functions -----------------------------------------------------------------------------------------------


def two(names: tuple[str, str] = ("double", "triple")) -> Any:
    module = ir.Module.create()
    x, y = value("x", ("B",)), value("", ("B",))
    with ir.InsertionPoint(module.body):
        for name, factor in zip(names, (2, 3), strict=True):
            s = Signature(name, name, CPU, (x,), (y,), (0,))
            define(s, lambda x, n=factor: b.binary("mul", x, b.constant(n, "f16")), at(factor))
    return module


def test_several_functions_are_a_folder_of_models(tmp_path: Path) -> None:
    onnx_backend = backend("onnx")
    with context(), ir.Location.unknown():
        made = onnx_backend.emit(two(), Target("onnx"), Options("pair", source_path="net.py"))
    assert not made.single
    assert made.exports == ("double", "triple")
    folder = made.write(tmp_path / "pair.onnx")
    assert sorted(p.name for p in folder.iterdir()) == ["double.onnx", "manifest.json", "triple.onnx"]
    x = np.arange(3, dtype="f2")
    for name, factor in (("double", 2), ("triple", 3)):
        np.testing.assert_array_equal(Session((folder / f"{name}.onnx").read_bytes()).run([x])[0], x * factor)
    assert verify_model(folder) == []
    assert [f["name"] for f in inspect_model(folder)["functions"]] == ["double", "triple"]
    # A second export takes the place of the first.
    assert made.write(folder) == folder
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(CompileError, match="E509"):
        inspect_model(folder)


# --- checks and control flow -----------------------------------------------------------------------------------------


def refused(parameters: Any, body: Callable[..., Any]) -> CompileError:
    with pytest.raises(CompileError) as caught:
        Exported(parameters, body)
    return caught.value


def test_a_check_that_holds_is_dropped() -> None:
    def body(x: Any) -> list[Any]:
        b.check(b.compare("gt", b.dim(x, 1), b.constant(0, "i64")), "ValueError", "max of nothing")
        b.check(b.compare("ge", b.dim(x, 0), b.constant(0, "i64")), "ValueError", "never")
        return [b.reduce(x, "max", [1])]

    f = Exported([("f32", [None, 4])], body)
    assert "org.pyc.assumes" not in properties(f.model.graph)
    assert {n.op_type for n in f.model.graph.node}.isdisjoint({"Greater", "GreaterOrEqual", "Shape"})


def test_a_check_on_extents_is_an_assumption_and_a_remark() -> None:
    def body(x: Any, y: Any) -> Any:
        with at(3):
            b.check(b.compare("eq", b.dim(x, 0), b.dim(y, 0)), "ValueError", "N is not M")
        return [b.binary("add", x, y)]

    with context(), ir.Location.file("net.py", 1, 1):
        module = build([("f32", [None]), ("f32", [None])], body)
        model = onnx.load_from_string(export(module))
        (remark,) = remarks.read(module)
    assert json.loads(properties(model.graph)["org.pyc.assumes"]) == ["ValueError: N is not M (net.py:3)"]
    assert (remark.code, remark.line, "N is not M" in remark.message) == ("E607", 3, True)


def test_a_check_on_data_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text("def f(x, i):\n    return x[i] + 1\n")

    def body(x: Any, i: Any) -> Any:
        with ir.Location.file("net.py", 2, 12, 2, 16):
            b.check(b.compare("lt", i, b.dim(x, 0)), "IndexError", "index out of bounds")
            return [b.extract(x, [i])]

    (diagnostic,) = refused([("f32", [None]), ("i64", None)], body).diagnostics
    assert (diagnostic.code, diagnostic.span and diagnostic.span.text) == ("E603", "x[i]")
    assert "IndexError" in diagnostic.message


def test_without_the_source_the_message_says_the_line() -> None:
    def body(x: Any, i: Any) -> Any:
        with ir.Location.file("absent.py", 2, 12, 2, 16):
            b.check(b.compare("lt", i, b.dim(x, 0)), "IndexError", "index out of bounds")
        return [x]

    (diagnostic,) = refused([("f32", [None]), ("i64", None)], body).diagnostics
    assert diagnostic.span is None
    assert diagnostic.message.endswith("(absent.py:2)")


def test_exact_integers() -> None:
    def on_extents(x: Any) -> list[Any]:
        n = b.dim(x, 0)
        less = b.exact("int_sub", n, b.constant(2, "i64"))
        return [b.exact("int_mod", less, b.constant(7, "i64")), b.exact("int_mul", n, n)]

    f = Exported([("f32", [None])], on_extents)
    assert [int(v) for v in f([np.zeros(5, "f4")], [("i64", ())] * 2)] == [3, 25]
    # n * n alone might leave 64 bits; n - 2 cannot.
    assert json.loads(properties(f.model.graph)["org.pyc.assumes"]) == [
        "OverflowError: int does not fit in 64 bits (program.py:1)"
    ]
    error = refused([("i64", None)], lambda n: [b.exact("int_add", n, b.constant(1, "i64"))])
    assert [d.code for d in error.diagnostics] == ["E604"]
    small = Exported(
        [("i64", None)],
        lambda n: [b.exact("int_add", b.exact("int_mod", n, b.constant(9, "i64")), b.constant(1, "i64"))],
    )
    assert int(small([-1], [("i64", ())])[0]) == 9


def test_quotients_of_extents_are_those_of_floats() -> None:
    def mean(x: Any) -> list[Any]:
        length = b.cast(b.dim(x, 0), "f64")
        b.check(b.compare("ne", length, b.constant(0.0, "f64")), "ZeroDivisionError", "division by zero")
        return [b.binary("div", b.constant(6.0, "f64"), length), b.exact("int_div", b.dim(x, 0), b.constant(4, "i64"))]

    f = Exported([("f32", [None])], mean)
    assert [float(v) for v in f([np.zeros(5, "f4")], [("f64", ())] * 2)] == [6 / 5, 5 / 4]
    assert json.loads(properties(f.model.graph)["org.pyc.assumes"]) == [
        "ZeroDivisionError: division by zero (program.py:1)"
    ]


def test_recursion_is_refused() -> None:
    with context(), ir.Location.unknown():
        module = ir.Module.create()
        x, y = value("x", ("B",)), value("", ("B",))
        with ir.InsertionPoint(module.body):
            define(Signature("f", "f", CPU, (x,), (y,), (0,)), lambda x: call("g", [x]), at(1))
            define(Signature("g", "g", CPU, (x,), (y,), (0,), export=False), lambda x: call("f", [x]), at(3))
        with pytest.raises(CompileError) as caught:
            export(module)
    assert [d.code for d in caught.value.diagnostics] == ["E602", "E602"]
    assert "'f' calls itself" in str(caught.value)


def test_complex_numbers_are_refused() -> None:
    error = refused([("c64", [None])], lambda x: [b.binary("add", x, x)])
    assert {d.code for d in error.diagnostics} == {"E605"}


def test_an_annotation_without_a_carrier_is_refused() -> None:
    def body(x: Any) -> list[Any]:
        y = b.unary("exp", x)
        y.owner.attributes["pyc.unheard_of"] = ir.UnitAttr.get()
        return [y]

    (diagnostic,) = refused([("f32", [None])], body).diagnostics
    assert (diagnostic.code, "pyc.unheard_of" in diagnostic.message) == ("E606", True)


def test_all_problems_are_reported_at_once() -> None:
    def body(x: Any, n: Any) -> list[Any]:
        with at(2):
            b.check(b.compare("gt", n, b.constant(0, "i64")), "ValueError", "n")
        with at(3):
            return [b.exact("int_add", n, n)]

    assert [d.code for d in refused([("f32", [None]), ("i64", None)], body).diagnostics] == ["E603", "E604"]


def test_missing_weights() -> None:
    with (
        context(),
        ir.Location.unknown(),
        pytest.raises(CompileError, match="E506: the weights have no"),
    ):
        export(network(), {"body.first.w": arrays()["body.first.w"]})


def test_models_end_at_2_gib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact, "LARGEST", 1000)
    assert [d.code for d in refused([("f32", [None])], lambda x: [b.unary("exp", x)]).diagnostics] == ["E608"]


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n, *a: None if n.startswith("onnx") else find(n, *a))
    (diagnostic,) = refused([("f32", [None])], lambda x: [x]).diagnostics
    assert (diagnostic.code, diagnostic.notes[0].message) == ("E601", "pip install 'pyc[onnx]'")


def test_the_backend_is_imported_without_onnx() -> None:
    import subprocess
    import sys

    code = (
        "import sys, pyc.targets.onnx, pyc.targets.onnx.inspect; print(sorted({'onnx', 'onnx_ir'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("dtype", ["bf16", "f8e4m3", "f8e5m2"])
def test_weights_of_narrow_floats(dtype: str) -> None:
    kind = {"bf16": ml_dtypes.bfloat16, "f8e4m3": ml_dtypes.float8_e4m3fn, "f8e5m2": ml_dtypes.float8_e5m2}[dtype]
    w = np.array([[1, 2], [3, -4]], kind)

    def body(x: Any, w: Any) -> list[Any]:
        return [b.matmul(b.cast(x, dtype), w, "f32")]

    with context(), ir.Location.unknown():
        module = build([("f32", [None, 2]), (dtype, [2, 2])], body)
        function = module.body.operations[0]
        plain = [
            Value("x", "Tensor", "f32", ("N", "2"), "f32", "cpu"),
            Value("w", "Tensor", dtype, ("2", "2"), dtype, "cpu", weight="w"),
        ]
        attach(
            function,
            Signature("f", "f", "cpu", tuple(plain), (Value("", "Tensor", "f32", ("N", "2"), "f32", "cpu"),), (0,)),
        )
        content = export(module, {"w": w})
    x = np.array([[1, 2], [0.5, 4], [8, 1]], "f4")
    np.testing.assert_array_equal(Session(content).run([x])[0], x @ w.astype("f4"))


@pytest.mark.parametrize("dtype", ["f16", "bf16", "f8e4m3"])
def test_constants_round_once(dtype: str) -> None:
    """Just above and below the middle between two narrow numbers, which f32 cannot tell from it."""
    middle = {"f16": 1 + 2.0**-11, "bf16": 1 + 2.0**-8, "f8e4m3": 1 + 2.0**-4}[dtype]
    step = {"f16": 2.0**-10, "bf16": 2.0**-7, "f8e4m3": 2.0**-3}[dtype]
    values = [middle + 2.0**-40, middle, middle - 2.0**-40, float("inf"), 1e300, 0.0]
    f = Exported([], lambda: [b.cast(b.constant(v, "f64"), dtype) for v in values])
    got = [float(v) for v in f([], [(dtype, ())] * len(values))]
    assert got[:3] == [1 + step, 1.0, 1.0]
    assert got[5] == 0.0
    assert {n.op_type for n in f.model.graph.node} <= {"Constant", "Identity"}
