"""Models read and written again: nothing of what they say is lost on the way, and programs of them run as they did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from click.testing import CliRunner
from onnx import TensorProto, helper, numpy_helper

import pyc
from pyc.diagnostics import CompileError
from pyc.frontend import Request
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.onnx.importing import imported, read
from pyc.targets.onnx.importing.rebuilt import rebuilt
from pyc.targets.onnx.inspect import verify_model
from pyc.targets.onnx.manifest import parts, read_properties, table
from pyc.targets.onnx.outline import outline
from pyc.tools import compare, driver
from pyc.tools.cli import cli
from pyc.tools.driver import Job, compile_file

#: One worker compiles the programs for all tests.
pytestmark = pytest.mark.xdist_group("kept")
FOLDER = Path(__file__).parents[2]
OPSETS = [helper.make_opsetid("", 21), helper.make_opsetid("com.acme", 1)]
RNG = np.random.default_rng(3)
MODULES = """
from __future__ import annotations
from typing import Annotated
import pyc
from pyc import Dim, Mixed, Tensor, f16, f32, i64
from pyc.nn import relu, softmax
In, Out, B = Dim("In"), Dim("Out"), Dim("B")
class Dense(pyc.Module[In, Out], annotations={"kind": "dense", "width": Out}):
    w: Annotated[Tensor[Mixed[f16, f32], In, Out], pyc.annotate(bits=8)]
    b: Tensor[Mixed[f16, f32], Out]
    def __call__(self, x: Tensor[Mixed[f16, f32], B, In]) -> Tensor[Mixed[f16, f32], B, Out]:
        pyc.annotate(self.b, role="bias")
        with pyc.annotate(stage=1):
            y = x @ self.w
        return pyc.annotate(relu(y + self.b), role="out")
class Net(pyc.Module, annotations={"owner": "vision", "com.acme.power": 1.5}):
    one: Dense[4, 4]
    two: Dense[4, 3]
    @pyc.annotate(entry=True)
    def __call__(self, x: Tensor[Mixed[f16, f32], B, 4], n: i64) -> Tensor[Mixed[f16, f32], B, 3]:
        for i in range(n):
            with pyc.annotate(round=True):
                x = pyc.annotate(self.one(x), carried=True)
            if i > 1:
                x = softmax(x, axis=-1)
        return self.two(x)
"""
VALUES = """
from __future__ import annotations
from typing import Annotated
import numpy as np
import pyc
from pyc import Dim, Tensor, Target, cpu, cuda, f32, f64, i32, i64
from pyc.nn import gelu, softmax
N, M = Dim("N"), Dim("M")
@pyc.annotate(owner="vision", table={"b": [1, 2.5, True], "a": "t"}, nothing=float("nan"))
def said(x: Annotated[Tensor[f64, N], pyc.annotate(layout="n")], k: float) -> Annotated[
        Tensor[f64, N], pyc.annotate(role="logits")]:
    with pyc.annotate(stage=2, outer=True):
        y = pyc.annotate(x * 2, role="doubled", clip=[0.0, 1.5])
        with pyc.annotate(stage=3):
            z = np.floor(y)
    k = pyc.annotate(k, role="k")
    pyc.annotate(z, t=1)
    return pyc.annotate(z + k, role="z") * pyc.annotate(2.0, role="two")
def same(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return pyc.annotate(x, stage=1)
def writes(x: Tensor[f32, N, M], i: Tensor[i64, M]) -> Tensor[f32, N - 2, M]:
    with pyc.fastmath("contract"):
        x[1:-1] = x[1:-1] * 2 + x[2:]
    return gelu(softmax(x[1:-1], axis=-1)) + i.astype(f32)
def several(x: Tensor[f32, N, 4], n: i64) -> tuple[Tensor[f32, 4, N], i64, i32]:
    total = i64(0)
    for i in range(n):
        total = total + i64(i)
        if total > 7:
            x = x + 1.0
    return x.reshape(-1, 2, 2).reshape(-1, 4).T, pyc.annotate(total, unit="m"), i32(x.shape[0])
def moved(x: Tensor[f32, N, cpu]) -> Tensor[f32, N, cuda]:
    return (x + 1.0).to(cuda)
"""


def exported(text: str, folder: Path, weights: dict[str, Any] | None = None, emit: str = "") -> list[Path]:
    """The models of a program."""
    source = Source("program.py", text)
    options = Options("program", source_path="program.py", weights=weights, emit=emit)
    artifact = driver.compile_source(source, Target("onnx"), options, Request(None, memory=False))
    path = artifact.write(folder / "program.onnx")
    return sorted(path.glob("*.onnx")) if path.is_dir() else [path]


def again(model: Path, folder: Path, through: str = "program") -> Path:
    """A model read and exported, through a program in a file or at once."""
    folder.mkdir()
    out = folder / model.name
    if through == "program":
        program = folder / f"{model.stem}.py"
        result = CliRunner().invoke(cli, ["onnx", "import", str(model), "-o", str(program)])
        assert result.exit_code == 0, result.output
        beside = program.with_suffix(".safetensors")
        given = ["--weights", str(beside)] if beside.exists() else []
        arguments = ["compile", str(program), "--target=onnx", "-o", str(out), *given]
    else:
        arguments = ["compile", str(model), "--target=onnx", "-o", str(out)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    assert "E625" not in result.output
    return out


def plain(model: onnx.ModelProto) -> dict[str, Any]:
    """All that a model says, part by part, with everything that is in metadata: of ours and of others."""
    found: dict[str, Any] = {"parts": table(model), "outline": outline(model)}
    for kind, name, part in parts(model):
        said = sorted((e.key, e.value) for e in getattr(part, "metadata_props", ()) if "manifest" not in e.key)
        texts = [getattr(part, "doc_string", ""), getattr(part, "overload", "")]
        types = [part.type.SerializeToString(deterministic=True)] if kind == "value" else []
        found.setdefault(f"{kind} {name}", []).append((said, texts, types))
    opsets = [sorted((i.domain, i.version) for i in m.opset_import) for m in (model, *model.functions)]
    about = (model.ir_version, model.producer_name, model.producer_version, model.domain, model.model_version)
    hints = sorted(q.SerializeToString(deterministic=True) for q in model.graph.quantization_annotation)
    ours = ("org.pyc.manifest", "org.pyc.digest", "org.pyc.format")
    said = sorted((e.key, e.value) for e in model.metadata_props if e.key not in ours)
    return found | {"model": (opsets, about, model.doc_string, hints, said), "graph": model.graph.name}


def weights_of(text: str) -> dict[str, Any]:
    return {
        f"{part}.{name}": RNG.standard_normal(shape).astype(np.float16)
        for part, out in (("one", 4), ("two", 3))
        for name, shape in (("w", (4, out)), ("b", (out,)))
    }


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Models with every kind of annotation."""
    found = exported(VALUES, tmp_path_factory.mktemp("values"))
    found += exported(MODULES, tmp_path_factory.mktemp("open"))
    found += exported(MODULES, tmp_path_factory.mktemp("held"), weights_of(MODULES))
    found += exported(MODULES, tmp_path_factory.mktemp("flat"), weights_of(MODULES), "flat")
    return found


def test_export_import_export_is_the_identity(models: list[Path], tmp_path: Path) -> None:
    for k, model in enumerate(models):
        for through in ("program", "at once"):
            once = again(model, tmp_path / f"{k}{through}", through)
            assert compare.differences(str(model), str(once)) == []
            assert verify_model(once) == []
            assert plain(read(model)) == plain(read(once))
            twice = again(once, tmp_path / f"{k}{through}twice", through)
            assert once.read_bytes() == twice.read_bytes()


def test_what_they_compute_is_the_same(models: list[Path], tmp_path: Path) -> None:
    x = RNG.standard_normal((5, 4)).astype(np.float16)
    held = models[-2]
    expected = pyc.load(held).Net(x, 3)
    once = again(held, tmp_path / "once")
    np.testing.assert_array_equal(pyc.load(once).Net(x, 3), expected)
    compile_file(Job(str(held), "cpu", None, output=str(tmp_path / "net.cpu")))
    (function,) = [f for f in vars(pyc.load(tmp_path / "net.cpu")).values() if callable(f)]
    assert function is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("carried=True", "carried=False"),
        ('loc="program.py', 'loc="other.py'),
        ('"matmul/cast"', '"matmul_cast"'),
        ('target="cpu"', 'target="cuda"'),
        ("stage=1", "stage=2"),
        ('["B", 4]', '["C", 4]'),
        ("bits=8", "bits=4"),
    ],
)
def test_the_comparison_can_fail(models: list[Path], old: str, new: str) -> None:
    text = imported(read(models[-2]), "net").text
    assert old in text
    changed = rebuilt(text.replace(old, new, 1), {})
    same = rebuilt(text, {})
    assert changed is not None
    assert same is not None
    assert plain(changed.model) != plain(same.model)


def test_a_changed_program_keeps_what_still_holds(models: list[Path], tmp_path: Path) -> None:
    text = imported(read(models[-2]), "net").text
    old, new = "matmul = matmul_cast @ matmul_cast_1", "matmul = matmul_cast @ matmul_cast_1 * f32(2.0)"
    assert old in text
    program = tmp_path / "net.py"
    program.write_text(text.replace(old, new, 1))
    outcome = compile_file(Job(str(program), "onnx", None, output=str(tmp_path / "net.onnx")))
    (warning,) = [d for d in outcome.diagnostics if d.code == "E625"]
    assert warning.span is not None
    assert new in warning.span.text
    assert "this is the node 'matmul' (MatMul) of the model, from program.py:14:17" in [
        n.message for n in warning.notes
    ]
    model = read(tmp_path / "net.onnx")
    assert verify_model(tmp_path / "net.onnx") == []
    said = {name: read_properties(p) for kind, name, p in parts(model) if kind != "configuration"}
    dense = [p for n, p in said.items() if "Dense_4_4/" in n and p.get("org.pyc.op") == "pyc.matmul"]
    assert {p["org.pyc.loc"] for p in dense} == {"program.py:14:17"}
    assert {p["org.pyc.user.stage"] for p in dense} == {"1"}
    assert [p["org.pyc.generic.Out"] for p in said.values() if p.get("org.pyc.module") == "Dense[4, 4]"] == ["4"]
    assert said["main"]["org.pyc.loc"].startswith("program.py:")
    assert said["main"]["org.pyc.user.entry"] == "true"


def test_errors_say_where_a_node_is_from(models: list[Path], tmp_path: Path) -> None:
    text = imported(read(models[-2]), "net").text
    program = tmp_path / "net.py"
    program.write_text(text.replace("matmul_cast @ matmul_cast_1", "matmul_cast @ matmul_cast_3", 1))
    with pytest.raises(CompileError) as caught:
        compile_file(Job(str(program), "cpu", None, output=str(tmp_path / "net.cpu")))
    (error,) = caught.value.diagnostics
    note = "this is the node 'matmul' (MatMul) of the model, from program.py:14:17"
    assert note in [n.message for n in error.notes]


@pytest.mark.parametrize("name", ["axpy", "heat", "matmul_gelu", "mixed_precision"])
def test_examples(name: str, tmp_path: Path) -> None:
    source = FOLDER / "examples" / f"{name}.py"
    outcome = CliRunner().invoke(cli, ["compile", str(source), "--target=onnx", "-o", str(tmp_path / "m.onnx")])
    assert outcome.exit_code == 0, outcome.output
    place = tmp_path / "m.onnx"
    for k, model in enumerate(sorted(place.glob("*.onnx")) if place.is_dir() else [place]):
        once = again(model, tmp_path / str(k))
        assert compare.differences(str(model), str(once)) == []
        assert plain(read(model)) == plain(read(once))


# --- from elsewhere ---------------------------------------------------------------------------------------------------

#: Keys and values of other tools, as torch's exporter writes them, and such that no syntax should trip over.
FOREIGN = {
    "namespace": ": torch.nn.modules.Net/first: Dense",
    "pkg.torch.onnx.name_scopes": "['', 'first', 'linear']",
    "pkg.torch.onnx.stack_trace": 'File "/home/net.py", line 3, in forward\n    return self.first(x)\n',
    "a key with spaces": "\u00fc\"quotes\" and 'both' \\ \t {braces} \x07",
    "class": "1",
    "org.pyc.unheard_of": "kept",
    "": "without a key",
}


def marked(proto: Any, what: str) -> Any:
    """A part of a model that says something of everybody's."""
    for key, value in FOREIGN.items():
        proto.metadata_props.add(key=key, value=f"{value} {what}")
    proto.doc_string = f"{what}\nin two lines"
    return proto


def value(name: str, dtype: int, dims: list[int | str | None] | None, denotation: str = "") -> onnx.ValueInfoProto:
    found = marked(helper.make_tensor_value_info(name, dtype, dims), name)
    if denotation:
        found.type.denotation = "TENSOR"
        for dim in found.type.tensor_type.shape.dim:
            dim.denotation = denotation
    return found


def foreign() -> onnx.ModelProto:
    """A model of another tool, which says something wherever something can be said."""
    f, dense = TensorProto.FLOAT, ["x", "w"]
    body = [
        marked(helper.make_node("MatMul", ["x", "w"], ["m"], name="node/matmul"), "matmul"),
        marked(helper.make_node("LeakyRelu", ["m"], ["y"], name="relu"), "relu"),
    ]
    slope = body[1].attribute.add(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="slope")
    slope.doc_string = "how steep"
    function = helper.make_function("com.acme", "dense.layer", dense, ["y"], body, OPSETS, ["slope"])
    function.value_info.append(value("m", f, ["rows", 3]))
    alone, default = marked(helper.make_node("Abs", ["x"], ["y"]), "a"), helper.make_attribute("k", 2)
    unused = helper.make_function("com.acme", "unused", ["x"], ["y"], [alone], OPSETS, attribute_protos=[default])
    then = helper.make_graph([marked(helper.make_node("Mul", ["h", "half"], ["r"]), "mul")], "then",
                             [], [value("r", f, ["batch size", 3])],
                             [marked(numpy_helper.from_array(np.array(0.5, np.float32), "half"), "half")])  # fmt: skip
    other = helper.make_graph([helper.make_node("Neg", ["h"], ["n"], name="neg")], "else", [], [value("n", f, None)])
    nodes = [
        marked(
            helper.make_node("dense.layer", ["in put", "w.1"], ["h"], name="call", domain="com.acme", slope=0.25), "c"
        ),
        marked(helper.make_node("ReduceSum", ["h", "axes"], ["total"], keepdims=0), "sum"),
        helper.make_node("Constant", [], ["limit"], value=helper.make_tensor("", f, [], [2.0]), name="limit"),
        marked(helper.make_node("Less", ["total", "limit"], ["small"], name="less"), "less"),
        marked(helper.make_node("If", ["small"], ["branch"], then_branch=then, else_branch=other, name="if"), "if"),
        marked(helper.make_node("Identity", ["branch"], ["same"]), "identity"),
        helper.make_node("Gelu", ["same"], ["gelu"], name="gelu", approximate="tanh"),
        marked(helper.make_node("LayerNormalization", ["gelu", "scale"], ["out"], axis=-1, name=""), "norm"),
    ]
    nodes[3].device_configurations.add(configuration_id="two", pipeline_stage=1).sharding_spec.add(
        tensor_name="total", device=[0]
    )
    weights = [
        marked(numpy_helper.from_array(RNG.standard_normal((4, 3)).astype(np.float32), "w.1"), "weight"),
        marked(numpy_helper.from_array(np.array([0, 1]), "axes"), "axes"),
        marked(numpy_helper.from_array(np.ones(3, np.float32), "scale"), "scale"),
    ]
    inputs, outputs = [value("in put", f, ["batch size", 4], "DATA_BATCH")], [value("out", f, ["batch size", 3])]
    infos = [value("h", f, ["batch size", 3]), value("total", f, [])]
    graph = marked(helper.make_graph(nodes, "net of acme", inputs, outputs, weights, value_info=infos), "graph")
    hint = graph.quantization_annotation.add(tensor_name="h")
    hint.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="scale")
    model = helper.make_model(graph, opset_imports=OPSETS, ir_version=11, producer_name="acme", producer_version="7")
    model.functions.extend([marked(function, "function"), marked(unused, "unused")])
    model.configuration.add(name="two", num_devices=2, device=["left", "right"])
    model.domain, model.model_version = "com.acme", 3
    return marked(model, "model")


def test_what_others_say_is_kept(tmp_path: Path) -> None:
    model = foreign()
    onnx.checker.check_model(model)
    place = tmp_path / "foreign.onnx"
    onnx.save(model, place)
    x = RNG.standard_normal((2, 4)).astype(np.float32)
    expected = onnxruntime.InferenceSession(place).run(None, {"in put": x})[0]
    for through in ("program", "at once"):
        once = again(place, tmp_path / through, through)
        assert plain(read(once)) == plain(model)
        assert verify_model(once) == []
        np.testing.assert_array_equal(onnxruntime.InferenceSession(once).run(None, {"in put": x})[0], expected)
        np.testing.assert_array_equal(pyc.load(once).foreign(x), expected)
        twice = again(once, tmp_path / f"{through}twice", through)
        assert compare.differences(str(once), str(twice)) == []
        assert once.read_bytes() == again(twice, tmp_path / f"{through}thrice", through).read_bytes()


@pytest.mark.parametrize("what", ["matmul", "relu", "m", "function", "unused", "a", "mul", "half", "r", "n", "c", "sum",
                                  "less", "if", "identity", "norm", "weight", "axes", "scale", "in put", "out", "h",
                                  "total", "graph", "model"])  # fmt: skip
def test_every_part_of_a_foreign_model_is_compared(what: str) -> None:
    model = foreign()
    found = [
        entry
        for part in (model, *(p for _, _, p in parts(model)))
        for entry in getattr(part, "metadata_props", ())
        if entry.value == f"{FOREIGN['class']} {what}"
    ]
    assert len(found) == 1
    before = plain(model)
    found[0].value += " changed"
    assert plain(model) != before


CHANGED = """
from __future__ import annotations
import pyc
from pyc import Dim, Tensor, f32, onnx
N = Dim("N")
@onnx.model(ir_version=8, opset_import={"": 17})
@onnx.graph("main", inputs=[onnx.value("x", "f32", ["N"])], outputs=[onnx.value("y", "f32", ["N"])])
def changed(x: Tensor[f32, N]):
    with onnx.node("Neg", "minus", ["x"], ["a"], loc="first.py:3:5", metadata={"namespace": "block", "owner": "me"}):
        with pyc.annotate(stage=2):
            a = -x * f32(2.0)
    with onnx.node("Abs", "size", ["a"], ["y"], metadata={"com.acme.key": ""}):
        y = abs(a)
    return y
"""


@pytest.mark.parametrize("opset", ["17", "24"])
def test_nodes_of_a_changed_program_say_where_they_came_from(tmp_path: Path, opset: str) -> None:
    source, out = tmp_path / "changed.py", tmp_path / "changed.onnx"
    source.write_text(CHANGED)
    result = CliRunner().invoke(cli, ["compile", str(source), "--target=onnx", f"--opset={opset}", "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert "E625" in result.output
    said = {n.op_type: {e.key: e.value for e in n.metadata_props} for n in onnx.load(out).graph.node}
    for kind in ("Neg", "Mul"):
        expected = {"namespace": "block", "owner": "me", "org.pyc.loc": "first.py:3:5", "org.pyc.user.stage": "2"}
        assert said[kind].items() >= expected.items()
    assert said["Abs"]["com.acme.key"] == ""
    assert said["Abs"]["org.pyc.loc"] == f"{source}:13:13"
    assert verify_model(out) == []
