"""``pyc.annotate``: what the user says is carried to every artifact, read back with its types, and changes nothing."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language import Twice, interpreted

import pyc
from pyc.dialects import annotation
from pyc.dialects.dialect import context
from pyc.dialects.mlir import ir
from pyc.frontend import Request, lower
from pyc.passes.base import LINALG, PYC, Pass, PassError, Pipeline, Upstream
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.onnx.inspect import inspect_model, verify_model
from pyc.tools import driver
from pyc.user_annotations import decoded, encoded, problem

#: One worker compiles the programs for all tests.
pytestmark = pytest.mark.xdist_group("annotations")
PROGRAM = """
from typing import Annotated
import pyc
@pyc.annotate(owner="vision")
def said(x: Annotated[Tensor[f64, N], pyc.annotate(layout="n")], k: float) -> Annotated[
        Tensor[f64, N], pyc.annotate(role="logits")]:
    with pyc.annotate(stage=2, outer=True):
        y = pyc.annotate(x * 2, role="doubled", clip=[0.0, 1.5], table={"b": 3, "a": True})
        with pyc.annotate(stage=3):
            z = np.floor(y)
    k = pyc.annotate(k, role="k")
    pyc.annotate(z, t=1)
    return pyc.annotate(z + k, role="z") * pyc.annotate(2.0, role="two")
def same(x: Tensor[f64, N]) -> Tensor[f64, N]:
    return pyc.annotate(x, stage=1)
def both(x: Tensor[f64, N], s: float) -> tuple[Tensor[f64, N], float]:
    return pyc.annotate(x, stage=1), pyc.annotate(s, unit="m")
def writes(x: Tensor[f64, N]) -> None:
    y = pyc.annotate(x, stage=1)
    y[0] = 3.0
    v = pyc.annotate(x[1:], part="tail")
    v[0] = 4.0
def counts(x: Tensor[f64, N], n: i64) -> Tensor[f64, N]:
    for i in range(n):
        with pyc.annotate(step=1):
            x = pyc.annotate(x * 0.5 + pyc.annotate(i, role="round"), role="carried")
        if i > 2:
            x = pyc.annotate(x + 1, path="late")
    return x
"""
#: Only in memory form, which a model does not have.
IN_MEMORY = """
import pyc
def exchange(u: Tensor[f64, N], v: Tensor[f64, N], n: int) -> float:
    for i in range(n):
        with pyc.annotate(step=1):
            u[:] = pyc.annotate(u + v, q=1)
        u, v = v, pyc.annotate(u, q=2)
    return pyc.annotate(u.sum(), r=3) + n
"""
MODULES = """
from __future__ import annotations
from typing import Annotated
import pyc
from pyc import Dim, Tensor, f32
from pyc.nn import relu
In, Out, B = Dim("In"), Dim("Out"), Dim("B")
class Dense(pyc.Module[In, Out], annotations={"kind": "dense", "width": Out, "com.acme.power": 1.5}):
    w: Annotated[Tensor[f32, In, Out], pyc.annotate(bits=8)]
    b: Tensor[f32, Out]
    def __call__(self, x: Tensor[f32, B, In]) -> Tensor[f32, B, Out]:
        pyc.annotate(self.b, role="bias")
        return x @ self.w + self.b
class Wide(Dense[4, 8], annotations={"kind": "wide"}):
    pass
class Net(pyc.Module, annotations={"owner": "vision"}):
    first: Wide
    second: Dense[8, 2]
    @pyc.annotate(entry=True)
    def __call__(self, x: Tensor[f32, B, 4]) -> Tensor[f32, B, 2]:
        with pyc.annotate(stage=1):
            h = relu(self.first(x))
        return self.second(h) + pyc.annotate(self.second.b, role="twice").sum()
"""


def compiled(text: str, target: str, folder: Path, *, weights: dict[str, Any] | None = None) -> Path:
    chosen = Target(target) if target == "onnx" else Target.parse(target)
    options = Options("program", source_path="program.py", weights=weights)
    request = Request(None if target == "onnx" else chosen, memory=target != "onnx")
    artifact = driver.compile_source(Source("program.py", text), chosen, options, request)
    return artifact.write(folder / ("program.onnx" if target == "onnx" else "program.cpu"))


@pytest.fixture(scope="module")
def program() -> Twice:
    return Twice(PROGRAM)


def arrays() -> list[np.ndarray]:
    return [np.arange(n, dtype="f8") - 1 for n in (0, 1, 7)] + [np.arange(12.0)[::-2], np.array([np.nan, np.inf, -0.0])]


def test_compiled_code_gives_what_python_gives(program: Twice) -> None:
    for x in arrays():
        for f in (program.agree, lambda *a: interpreted(program, a[0], a[1:])):
            f("said", x, 0.5)
            f("same", x)
            f("both", x, 3.5)
            f("counts", x, 5)
    for x in (np.arange(3.0), np.arange(8.0)[::-2]):
        program.agree("writes", x)


def test_in_memory_form() -> None:
    program = Twice(IN_MEMORY)
    program.agree("exchange", np.arange(5.0), np.ones(5), 4)
    program.agree("exchange", np.arange(0.0), np.ones(0), 3)


def test_what_is_compiled_is_the_same_without() -> None:
    # A constant of which something is said is an operation of its own.
    text = (PROGRAM + IN_MEMORY).replace('pyc.annotate(2.0, role="two")', "2.0")
    texts = [_linalg(text), _linalg(_without(text))]
    assert texts[0] == texts[1]
    assert "linalg.generic" in texts[0]


def _without(text: str) -> str:
    """A program without its annotations."""
    import ast

    class Bare(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            self.generic_visit(node)
            is_ours = ast.unparse(node.func) == "pyc.annotate"
            return node.args[0] if is_ours and node.args else node

        def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
            self.generic_visit(node)
            return node.slice.elts[0] if ast.unparse(node.value) == "Annotated" else node  # type: ignore[attr-defined]

        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
            self.generic_visit(node)
            node.decorator_list = []
            return node

        def visit_With(self, node: ast.With) -> list[ast.stmt]:
            self.generic_visit(node)
            return node.body

    return ast.unparse(ast.fix_missing_locations(Bare().visit(ast.parse(text))))


def _linalg(text: str) -> str:
    """A program's functions at LINALG, without places and without what manifests say."""
    import re

    from language import HEADER

    target = Target.parse("cpu:x86-64-v3")
    module = lower(Source("program.py", HEADER + text), Request(target)).module
    with module.context:
        steps = backend("cpu").pipeline(target, Options("program")).passes
        until = next(i for i, step in enumerate(steps) if step.name == "lower-to-linalg")
        Pipeline([*steps[: until + 1], Upstream("settle", "canonicalize,cse", LINALG, LINALG)]).run(module)
    functions = "".join(str(f) for f in module.body.operations)
    return re.sub(r" attributes \{.*\} \{\n", "\n", re.sub(r"pyc\.errors = .*", "", functions))


# --- models ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    from language import HEADER

    folder = compiled(HEADER + PROGRAM, "onnx", tmp_path_factory.mktemp("models"))
    return {name: folder / f"{name}.onnx" for name in ("said", "same", "both", "writes", "counts")}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shapes = {"first.w": (4, 8), "first.b": (8,), "second.w": (8, 2), "second.b": (2,)}
    weights = {name: np.ones(shape, "f4") for name, shape in shapes.items()}
    return compiled(MODULES, "onnx", tmp_path_factory.mktemp("net"), weights=weights)


def user(path: Path) -> dict[str, Any]:
    """What the user says in a model, with its types, which it is verified to say."""
    assert verify_model(path) == []
    return inspect_model(path)["annotations"]["user"]


def test_values_operations_and_functions(models: dict[str, Path]) -> None:
    assert user(models["said"]) == {
        "graph main": {"owner": "vision"},
        "value main/x": {"layout": "n"},
        "value main/k": {"role": "k"},
        "value main/result": {"role": "logits"},
        "value main/mul": {"role": "doubled", "clip": [0.0, 1.5], "table": {"a": True, "b": 3}},
        "value main/floor": {"t": 1},
        "value main/add": {"role": "z"},
        "value main/annotate/identity": {"role": "two"},
        "node main/mul": {"stage": 2, "outer": True},
        "node main/floor": {"stage": 3, "outer": True},
    }


def test_arguments_that_are_returned(models: dict[str, Path]) -> None:
    assert user(models["same"]) == {"value main/x": {"stage": 1}}
    assert user(models["both"]) == {"value main/x": {"stage": 1}, "value main/s": {"unit": "m"}}


def test_views_and_writes(models: dict[str, Path]) -> None:
    said = user(models["writes"])
    assert said["value main/x"] == {"stage": 1}
    assert {"part": "tail"} in said.values()


def test_inside_loops_and_branches(models: dict[str, Path]) -> None:
    said = user(models["counts"])
    assert {"role": "carried"} in said.values()
    assert {"role": "round"} in said.values()
    assert {"path": "late"} in said.values()
    assert {"step": 1} in said.values()


def test_models_give_what_python_gives(models: dict[str, Path], program: Twice) -> None:
    for name, more in (("said", (0.5,)), ("same", ()), ("both", (3.5,)), ("counts", (5,))):
        x = np.arange(7.0)
        got, want = getattr(pyc.load(str(models[name])), name)(x.copy(), *more), program.python[name](x.copy(), *more)
        for g, w in zip(*(v if isinstance(v, tuple) else (v,) for v in (got, want)), strict=True):
            np.testing.assert_allclose(g, w, rtol=1e-12)


def test_fastmath_is_said_of_nodes(tmp_path: Path) -> None:
    from language import HEADER

    head = "import pyc\ndef f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n"
    body = "    with pyc.fastmath('reassoc'):\n        y = x * 2\n    return y + 1\n"
    path = compiled(HEADER + head + body, "onnx", tmp_path)
    said = [{e.key: e.value for e in n.metadata_props} for n in onnx.load(path).graph.node if n.op_type != "Constant"]
    assert [s.get("org.pyc.fastmath") for s in said] == ["reassoc", None]
    assert verify_model(path) == []


def test_stages_of_a_pipeline_are_those_of_devices(tmp_path: Path) -> None:
    from language import HEADER

    from pyc.targets.onnx.inspect import restore_model

    text = (
        "import pyc\ndef f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n"
        "    with pyc.annotate(pipeline_stage=0):\n        y = x * 2\n"
        "    with pyc.annotate(pipeline_stage=1):\n        y = np.floor(y)\n"
        "    with pyc.annotate(pipeline_stage='last'):\n        y = np.exp(y)\n    return y + 1\n"
    )
    path = compiled(HEADER + text, "onnx", tmp_path)

    def stages() -> list[int | None]:
        devices = [n.device_configurations[0] for n in onnx.load(path).graph.node if n.op_type != "Constant"]
        return [d.pipeline_stage if d.HasField("pipeline_stage") else None for d in devices]

    assert stages() == [0, 1, None, None]
    assert verify_model(path) == []
    model = onnx.load(path)
    for node in model.graph.node:
        node.ClearField("device_configurations")
    path.write_bytes(model.SerializeToString())
    assert any("lost: @device cpu of node main/mul" in d.message for d in verify_model(path))
    path.write_bytes(restore_model(path)[0])
    assert stages() == [0, 1, None, None]


def test_modules_and_weights(network: Path) -> None:
    said = user(network)
    dense = {"com.acme.power": 1.5, "kind": "dense"}
    own = {"module.owner": "vision", "entry": True}
    first = {f"module.{k}@first": v for k, v in {**dense, "kind": "wide", "width": 8}.items()}
    second = {f"module.{k}@second": v for k, v in {**dense, "width": 2}.items()}
    assert said["graph main"] == {**own, **first, **second}
    assert said["initializer main/first.w"] == {"bits": 8}
    assert said["initializer main/second.w"] == {"bits": 8}
    assert said["initializer main/second.b"] == {"role": "twice"}
    assert "initializer main/first.b" not in said  # it is said of the parameter of the method that is called
    functions = {k: v for k, v in said.items() if k.startswith("function")}
    assert list(functions.values()) == [
        {"module.kind": "wide", "module.width": 8, "module.com.acme.power": 1.5},
        {"module.kind": "dense", "module.width": 2, "module.com.acme.power": 1.5},
    ]
    assert [v for k, v in said.items() if k.endswith("/b")] == [{"role": "bias"}] * 2
    assert said["node main/first"] == {"stage": 1}


def test_every_lost_annotation_is_noticed(network: Path, tmp_path: Path) -> None:
    from pyc.targets.onnx.manifest import parts

    content = network.read_bytes()

    def places() -> list[tuple[onnx.ModelProto, str, Any, int]]:
        model = onnx.load_from_string(content)
        return [
            (model, f"{entry.key} of {kind} {name}", proto, i)
            for kind, name, proto in parts(model)
            if kind != "configuration"
            for i, entry in enumerate(proto.metadata_props)
            if "user" in entry.key
        ]

    path = tmp_path / "net.onnx"
    count = len(places())
    assert count > 20
    for k in range(count):
        for change in ("lost", "changed"):
            model, name, proto, i = places()[k]
            if change == "lost":
                del proto.metadata_props[i]
            else:
                proto.metadata_props[i].value += "0"
            path.write_bytes(model.SerializeToString())
            assert any(f"{change}: {name}" in d.message for d in verify_model(path)), (change, name)


# --- bundles ---------------------------------------------------------------------------------------------------------


def test_manifests_of_bundles(tmp_path: Path) -> None:
    folder = compiled(MODULES, "cpu:x86-64-v3", tmp_path)
    (function,) = json.loads((folder / "manifest.json").read_text())["functions"]
    assert function["annotations"] == {"entry": True}
    assert function["modules"] == {
        "": {"owner": "vision"},
        "first": {"kind": "wide", "width": 8, "com.acme.power": 1.5},
        "second": {"kind": "dense", "width": 2, "com.acme.power": 1.5},
    }
    assert {p["name"]: p["annotations"] for p in function["parameters"]} == {
        "x": {}, "first.w": {"bits": 8}, "first.b": {}, "second.w": {"bits": 8}, "second.b": {},
    }  # fmt: skip
    ones = {p["name"]: np.ones([int(d) for d in p["dims"]], "f4") for p in function["parameters"][1:]}
    np.savez(tmp_path / "w.npz", allow_pickle=False, **ones)
    net = pyc.load(str(folder)).Net.load(str(tmp_path / "w.npz"))
    np.testing.assert_array_equal(net(np.ones((3, 4), "f4")), np.full((3, 2), 43, "f4"))


# --- values ----------------------------------------------------------------------------------------------------------

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_NAMES = st.from_regex(r"[A-Za-z_]\w{0,6}(\.[A-Za-z_]\w{0,4}){0,2}", fullmatch=True).filter(
    lambda n: all(p.isidentifier() for p in n.split("."))
)
_VALUES = st.recursive(
    st.booleans() | st.integers(-(1 << 63), (1 << 63) - 1) | st.floats() | _TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_TEXT.filter(lambda t: t and "\0" not in t), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_values_survive_every_form(entries: dict[str, Any]) -> None:
    """Attributes, their text and back, the metadata of models, and the source of a program."""
    assert not problem(entries)
    with context(), ir.Location.unknown():
        attribute = annotation.dictionary(entries)
        assert _exact(annotation.entries_of(attribute)) == _exact(entries)
        assert ir.Attribute.parse(str(attribute)) == attribute
    assert {n: _exact(decoded(encoded(v))) for n, v in entries.items()} == {n: _exact(v) for n, v in entries.items()}


@given(st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_what_is_written_in_a_program_is_read_in_its_model(entries: dict[str, Any]) -> None:
    text = (
        "import pyc\nfrom pyc import Tensor, f32\ninf, nan = 1e999, 1e999 - 1e999\n"
        f"def f(x: Tensor[f32, 3]) -> Tensor[f32, 3]:\n    return pyc.annotate(x + 1, **{entries!r}) * 2\n"
    )
    target = Target("onnx")
    options = Options("program", source_path="program.py")
    artifact = driver.compile_source(Source("program.py", text), target, options, Request(memory=False))
    (content,) = artifact.files.values()
    (value,) = [v for v in onnx.load_from_string(content).graph.value_info if v.name == "add"]
    from pyc.targets.onnx.carriers import read_properties, said_by_user

    assert _exact(said_by_user(read_properties(value))) == _exact(entries)


def _exact(value: Any) -> Any:
    """A value with its type, so that 1, 1.0 and True differ, and NaN is NaN."""
    if isinstance(value, dict):
        return {k: _exact(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_exact(v) for v in value]
    if isinstance(value, float):
        return ("float", "nan" if math.isnan(value) else value.hex())
    return (type(value).__name__, value)


@pytest.mark.parametrize(
    ("entries", "error"),
    [
        ({}, ValueError),
        ({"x": object()}, TypeError),
        ({"x": 1 << 63}, TypeError),
        ({"x": "\ud800"}, TypeError),
        ({"x": [1, {2: 3}]}, TypeError),
        ({"x": {"": 3}}, TypeError),
        ({"x": {"a\0b": 3}}, TypeError),
        ({"x": None}, TypeError),
        ({"a b": 1}, TypeError),
        ({"x": 1j}, TypeError),
    ],
)
def test_python_refuses_what_is_no_annotation(entries: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        pyc.annotate(3, **entries)


def test_python_gives_the_value_itself() -> None:
    x = np.arange(3)
    assert pyc.annotate(x, a=1) is x
    with pytest.raises(TypeError, match="takes one value"):
        pyc.annotate(x, x, a=1)  # pyright: ignore[reportCallIssue]
    with pytest.raises(TypeError, match="none of bool"):
        type("Net", (pyc.Module,), {}, annotations={"a": object()})

    @pyc.annotate(a=[1, 2])
    def f() -> int:
        with pyc.annotate(b={"c": 1.0}):
            return 3

    assert f() == 3
    assert repr(pyc.annotate(a=1)) == "pyc.annotate(a=1)"


# --- passes ----------------------------------------------------------------------------------------------------------


class Forgetful(Pass):
    """Takes one annotation away."""

    name, takes, gives = "forgetful", PYC, PYC

    def __init__(self, of: str) -> None:
        self.of = of

    def apply(self, module: Any) -> None:
        from pyc.dialects.walk import nested

        for op in nested(module.operation):
            if self.of == "value" and op.name == "pyc.annotate":
                op.erase()
                return
            if self.of == "operation" and op.name == "pyc.floor":
                del op.attributes["pyc.annotations"]
                return
            if self.of == "function" and op.name == "func.func" and "pyc.annotations" in op.attributes:
                del op.attributes["pyc.annotations"]
                return


@pytest.mark.parametrize("of", ["value", "operation", "function"])
def test_a_pass_that_forgets_an_annotation_is_refused(of: str) -> None:
    from language import HEADER

    module = lower(Source("program.py", HEADER + PROGRAM), Request(memory=False)).module
    with (
        module.context,
        pytest.raises(PassError, match=r"did not conserve (annotations|metadata): .*(gone|lost|absent)"),
    ):
        Pipeline([Forgetful(of)]).run(module)
