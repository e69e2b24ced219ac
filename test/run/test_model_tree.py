"""What ``pyc inspect`` prints of models: their modules as a tree, whoever wrote them."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import numpy as np
import onnx
import onnx.parser
import pytest
from click.testing import CliRunner, Result
from onnx import TensorProto, helper

from pyc.diagnostics import CompileError
from pyc.frontend import Request
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.onnx.flat import flattened
from pyc.targets.onnx.inspect import structure_of
from pyc.tools import driver
from pyc.tools.cli import cli
from pyc.tools.inspect import inspect as inspect_artifact
from pyc.tools.inspect import render_text
from pyc.tools.model_page import page
from pyc.tools.render import Style

pytestmark = pytest.mark.xdist_group("model_tree")
PROGRAM = """
from __future__ import annotations
from typing import Annotated
import pyc
from pyc import Dim, Mixed, Tensor, f16, f32, i64
from pyc.nn import relu
In, Out, B = Dim("In"), Dim("Out"), Dim("B")
class Dense(pyc.Module[In, Out], annotations={"kind": "dense"}):
    w: Annotated[Tensor[Mixed[f16, f32], In, Out], pyc.annotate(bits=8)]
    def __call__(self, x: Tensor[Mixed[f16, f32], B, In]) -> Tensor[Mixed[f16, f32], B, Out]:
        with pyc.annotate(stage=1):
            y = x @ self.w
        return pyc.annotate(relu(y), role="out")
class Net(pyc.Module, annotations={"owner": "vision"}):
    one: Dense[4, 4]
    two: Dense[4, 4]
    @pyc.annotate(entry=True)
    def __call__(self, x: Tensor[Mixed[f16, f32], B, 4], n: i64) -> Tensor[Mixed[f16, f32], B, 4]:
        for i in range(n):
            x = pyc.annotate(self.one(x), role="carried")
        return self.two(x)
"""
WEIGHTS = {n: np.ones((4, 4), np.float16) for n in ("one.w", "two.w")}
MODULES = """\
Net  cpu                                                                             program.py:18:9
│ owner = "vision"
│ entry = true
│ in  x                                       f16[B, 4]  Mixed[f16, f32]
│ in  n                                       i64[]
│ w   one.w                                   f16[4, 4]  Mixed[f16, f32]                    32 bytes
│     bits = 8
│ w   two.w                                   f16[4, 4]  Mixed[f16, f32]                    32 bytes
│     bits = 8
│ out result                                  f16[B, 4]  Mixed[f16, f32]
├─ for/loop = Loop(n, True, x)                f16[B, 4]  Mixed[f16, f32]             program.py:19:9
│  └─ body
│     │ in  for_round                         i64[]
│     │ in  for_again                         bool[]
│     │ in  for_carried                       f16[B, 4]  Mixed[f16, f32]
│     │ out yield/identity                    bool
│     │ out one                               f16[B, 4]  Mixed[f16, f32]
│     │     role = "carried"
│     ├─ one: Dense[4, 4]                                                           program.py:20:30
│     │  │ kind = "dense"
│     │  │ → role = "carried"
│     │  │ where In = 4, Out = 4
│     │  │ in  x                              f16[B, 4]  Mixed[f16, f32]
│     │  │ w   w                              f16[4, 4]  Mixed[f16, f32]                    32 bytes
│     │  │     bits = 8
│     │  │ out result                         f16[B, 4]  Mixed[f16, f32]
│     │  │     role = "out"
│     │  ├─ matmul/cast = Cast(x, to=f32)     f32[B, 4]                             program.py:12:17
│     │  │    stage = 1
│     │  ├─ matmul/cast_1 = Cast(w, to=f32)   f32[4, 4]                             program.py:12:17
│     │  │    stage = 1
│     │  ├─ matmul = MatMul(matmul/cast, ma…  f32[B, 4]  Mixed[f16, f32]            program.py:12:17
│     │  │    compute f16
│     │  │    stage = 1
│     │  ├─ cast = Cast(matmul, to=f16)       f16[B, 4]  Mixed[f16, f32]            program.py:13:34
│     │  └─ relu_Mixed_f16_f32: relu[Mixed[f16, f32]]                               program.py:13:29
│     │     │ → role = "out"
│     │     │ where P = Mixed[f16, f32]
│     │     │ in  x                           f16[S0, 4]  Mixed[f16, f32]
│     │     │ out result                      f16[S0, 4]  Mixed[f16, f32]
│     │     ├─ cast = Cast(x, to=f32)         f32[S0, 4]  Mixed[f16, f32]           program.py:13:29
│     │     ├─ maximum = Max(cast, 0)         f32[S0, 4]  Mixed[f16, f32]           program.py:13:29
│     │     └─ result = Cast(maximum, to=f1…  f16[S0, 4]  Mixed[f16, f32]           program.py:13:29
│     └─ yield/identity = Identity(for_agai…  bool                                   program.py:19:9
└─ two: Dense[4, 4]  as above                                                       program.py:21:16
     kind = "dense"
"""
INLINED = """\
│     ├─ one: Dense[4, 4]                                                           program.py:20:30
│     │  │ kind = "dense"
│     │  ├─ matmul/cast__1_0 = Cast(for_car…  f32[B, 4]                             program.py:12:17
│     │  │    stage = 1
│     │  ├─ matmul/cast_1__1_1 = Cast(one.w…  f32                                   program.py:12:17
│     │  │    stage = 1
│     │  ├─ matmul__1_2 = MatMul(matmul/cas…  f32[B, 4]  Mixed[f16, f32]            program.py:12:17
│     │  │    compute f16
│     │  │    stage = 1
│     │  ├─ cast__1_3 = Cast(matmul__1_2, t…  f16[B, 4]  Mixed[f16, f32]            program.py:13:34
│     │  └─ relu_Mixed_f16_f32: relu[Mixed[f16, f32]]                               program.py:13:29
│     │     ├─ cast__2_5 = Cast(cast__1_3, …  f32[S0, 4]  Mixed[f16, f32]           program.py:13:29
│     │     ├─ maximum__2_6 = Max(cast__2_5…  f32[S0, 4]  Mixed[f16, f32]           program.py:13:29
│     │     └─ one = Cast(maximum__2_6, to=…  f16[B, 4]  Mixed[f16, f32]            program.py:13:29
│     │          → role = "carried"
"""
FROM_TORCH = """\
torch
│ in  x                                       f32[N, 4]
│ w   body.0.weight                           f32[4, 3]                                     48 bytes
│ out y                                       f32[N, 3]
└─ body: torch.nn.Sequential
   ├─ 0: torch.nn.Linear
   │  └─ a = MatMul(x, body.0.weight)         f32[N, 3]                         /home/a/layers.py:12
   └─ 1: torch.nn.ReLU
      └─ y = Relu(a)                          f32[N, 3]
"""
BY_NAMES = """\
named
│ in  image                                   f32[1, 3, 8, 8]
│ in  more                                    bool[]
│ w   w                                       f32[2, 3, 1, 1]                               24 bytes
│ out y                                       f32[1, 2, 8, 8]
├─ stem
│  ├─ 0
│  │  └─ a = Conv(image, w, kernel_shape=[1…  f32[1, 2, 8, 8]
│  └─ 1
│     └─ b = Relu(a)                          f32[1, 2, 8, 8]
└─ head
   └─ y = If(more)                            f32[1, 2, 8, 8]
      ├─ then_branch
      │  │ out c
      │  └─ c = Identity(b)
      └─ else_branch
         │ out d
         └─ d = Mul(b, 0.5)
"""
FUNCTIONS = """\
calls
│ in  x                                       f32[N]
│ out y                                       f32[N]
├─ our.twice
│  │ in  x
│  │ out y
│  └─ y = Add(x, x)
└─ our.twice  as above
called by nothing
└─ our.again
   │ in  x
   │ out y
   └─ our.again  as above
"""


def inspect(path: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["inspect", str(path), *options])


def tree(path: Path, *options: str) -> str:
    """What is printed below the facts."""
    result = inspect(path, *options)
    assert result.exit_code == 0, result.output
    return result.stdout.partition("\n\n")[2].partition("\nfiles\n")[0]


@pytest.fixture(scope="module")
def content() -> bytes:
    options = Options("program", source_path="program.py", weights=WEIGHTS)
    artifact = driver.compile_source(Source("program.py", PROGRAM), Target("onnx"), options, Request(memory=False))
    (found,) = artifact.files.values()
    return found


TORCH = """
<ir_version: 10, opset_import: ["" : 18]>
torch (float[N, 4] x) => (float[N, 3] y)
<float[4, 3] "body.0.weight" = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}>
{
    [matmul] a = MatMul(x, "body.0.weight")
    [relu] y = Relu(a)
}
"""
NAMED = """
<ir_version: 10, opset_import: ["" : 18]>
named (float[1, 3, 8, 8] image, bool more) => (float[1, 2, 8, 8] y)
<float[2, 3, 1, 1] w = {1, 2, 3, 4, 5, 6}>
{
    ["/stem/stem.0/Conv"] a = Conv<kernel_shape = [1, 1]>(image, w)
    ["/stem/stem.1/Relu"] b = Relu(a)
    ["/head/If"] y = If (more) <
        then_branch = kept () => (c) { c = Identity(b) },
        else_branch = halved () => (d) { half = Constant<value = float {0.5}>() d = Mul(b, half) }
    >
}
"""
CALLS = """
<ir_version: 10, opset_import: ["" : 18, "our" : 1]>
calls (float[N] x) => (float[N] y) { a = our.twice(x) y = our.twice(a) }
<opset_import: ["" : 18], domain: "our">
twice (x) => (y) { y = Add(x, x) }
<opset_import: ["" : 18, "our" : 1], domain: "our">
again (x) => (y) { y = our.again(x) }
"""


def parsed(text: str) -> onnx.ModelProto:
    return onnx.parser.parse_model(text)


def written(model: onnx.ModelProto, folder: Path) -> Path:
    path = folder / "net.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def from_torch() -> onnx.ModelProto:
    """A model with what torch's exporter says of nodes, in either of its ways."""
    model = parsed(TORCH)
    first, second = model.graph.node
    stack = 'File "/home/a/net.py", line 3, in f\n  x\nFile "/home/a/layers.py", line 12, in g'
    for key, value in {
        "namespace": ": net.Net/body: torch.nn.Sequential/body.0: torch.nn.Linear/a: aten.matmul",
        "pkg.torch.onnx.stack_trace": stack,
    }.items():
        first.metadata_props.add(key=key, value=value)
    for key, value in {
        "pkg.torch.onnx.name_scopes": "['', 'body', 'body.1', 'relu']",
        "pkg.torch.onnx.class_hierarchy": "['net.Net', 'torch.nn.Sequential', 'torch.nn.ReLU', 'aten.relu']",
    }.items():
        second.metadata_props.add(key=key, value=value)
    return model


def test_the_modules_of_a_model_of_pyc(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    assert tree(path) == MODULES


def test_the_modules_of_a_model_without_functions(content: bytes, tmp_path: Path) -> None:
    path = written(flattened(onnx.load_from_string(content)), tmp_path)
    assert INLINED in tree(path)


@pytest.mark.parametrize(
    ("model", "expected"), [(from_torch(), FROM_TORCH), (parsed(NAMED), BY_NAMES), (parsed(CALLS), FUNCTIONS)]
)
def test_the_modules_of_models_from_elsewhere(model: onnx.ModelProto, expected: str, tmp_path: Path) -> None:
    assert tree(written(model, tmp_path)) == expected


def test_the_facts_of_a_model(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    assert inspect(path).stdout.partition("\n\n")[0].splitlines() == [
        f"{path}: ONNX model, written by pyc 0.1.0",
        "  from program.py  sha256 " + json.loads(inspect(path, "--json").stdout)["source"]["sha256"][:16],
        "  opset  ai.onnx 24, program 1, pyc.nn 1",
        "  IR version  12",
        "  targets  cpu",
        "  holds  12 nodes, 2 functions, 2 parameters of 64 bytes",
    ]
    assert inspect(path).stdout.endswith(f"\nfiles\n  net.onnx  {len(content):,} bytes\n")
    path = written(from_torch(), tmp_path)
    data = json.loads(inspect(path, "--json").stdout)
    assert (data["compiler"], data["functions"][0]["name"]) == ("an unknown tool", "torch")
    assert [p["type"] for p in data["functions"][0]["parameters"]] == ["f32[N, 4]"]
    assert [(w["name"], w["type"], w["bytes"]) for w in data["weights"]] == [("body.0.weight", "f32[4, 3]", 48)]


def test_models_from_elsewhere_are_compared(tmp_path: Path) -> None:
    one = written(parsed(NAMED), tmp_path)
    other = tmp_path / "other.onnx"
    changed = parsed(NAMED)
    changed.graph.node[1].op_type = "Sigmoid"
    other.write_bytes(changed.SerializeToString())
    assert inspect(one, "--diff", str(one)).stdout == ""
    lines = inspect(one, "--diff", str(other)).stdout.splitlines()
    assert "- nodes: main//stem/stem.1/Relu: b = Relu(a)" in lines
    assert "+ nodes: main//stem/stem.1/Relu: b = Sigmoid(a)" in lines
    result = inspect(one, "--verify")
    assert (result.exit_code, "it carries no manifest of pyc" in result.stderr) == (1, True)


def test_damaged_models_are_described_or_refused(content: bytes, tmp_path: Path) -> None:
    draw = random.Random(3)
    path = tmp_path / "net.onnx"
    sources = [
        content,
        *(parsed(text).SerializeToString() for text in (NAMED, CALLS)),
        from_torch().SerializeToString(),
    ]
    told, refused = 0, set[str]()
    for _ in range(300):
        damaged = bytearray(draw.choice(sources))
        for _ in range(draw.choice((1, 2, 5))):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        path.write_bytes(damaged)
        try:
            view = inspect_artifact(str(path))
            lines = render_text(view, Style()).splitlines()
            assert "</html>" in page(structure_of(path), "net")
            told += bool(lines)
        except CompileError as error:
            refused.update(d.code for d in error.diagnostics)
    assert 20 < told < 280
    assert refused == {"E509"}
    strange = parsed(NAMED)
    strange.graph.output[0].type.tensor_type.elem_type = 62
    assert "│ out y                                       type 62[1, 2, 8, 8]" in tree(written(strange, tmp_path))
    path.write_bytes(from_torch().SerializeToString().replace(b"body.1", b"body.\xff"))
    assert "a name or a text in it is not UTF-8" in inspect(path).stderr


def wide() -> onnx.ModelProto:
    """A model of many nodes, many modules, many weights and long names."""
    long = "x" * 150
    nodes = [helper.make_node("Relu", [f"v{i}"], [f"v{i + 1}"]) for i in range(20)]
    nodes += [helper.make_node("Neg", ["v20"], [f"w{i}"], f"layers/{i}/Neg") for i in range(30)]
    nodes.append(helper.make_node("Sum", [f"w{i}" for i in range(30)], [long], f"{long}/{long}/Sum"))
    weights = [helper.make_tensor(f"p{i}", TensorProto.FLOAT, [i], [0.0] * i) for i in range(12)]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["N" * 60, 4]) for n in ("v0", long)]
    return helper.make_model(helper.make_graph(nodes, "wide", [ends[0]], [ends[1]], weights))


def test_long_lists_are_cut(tmp_path: Path) -> None:
    path = written(wide(), tmp_path)
    text = tree(path)
    for line in (
        "│ w   … 4 more of 152 bytes",
        "│  └─ … 14 more modules; --all shows them",
        "└─ … 12 more nodes (Relu 12); --all shows them",
    ):
        assert line in text.splitlines(), text
    whole = tree(path, "--all")
    assert "more" not in whole
    assert whole.count("= Neg(") == 30
    assert whole.count("= Relu(") == 20


@pytest.mark.parametrize("options", [(), ("--all",)])
def test_lines_have_a_hundred_columns(options: tuple[str, ...], content: bytes, tmp_path: Path) -> None:
    deep = parsed(CALLS)
    deep.graph.node[0].name = "/".join(f"m{i}" for i in range(100))
    hostile = parsed(TORCH)
    hostile.graph.node[0].doc_string = "x"
    hostile.graph.node[0].name = "a\x1b[31m/b\n/c\u202e" * 9
    for model in (wide(), deep, hostile, onnx.load_from_string(content)):
        lines = tree(written(model, tmp_path), *options).splitlines()
        assert max(map(len, lines)) <= 100
        assert not {c for line in lines for c in line} & set("\x1b\u202e\t\r")


def test_colours_are_for_terminals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(from_torch(), tmp_path)
    plain = tree(path)
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = tree(path)
    assert "\x1b[1m0\x1b[0m: \x1b[35mtorch.nn.Linear\x1b[0m\n" in coloured
    assert re.sub(r"\x1b\[[0-9]*m", "", coloured) == plain
