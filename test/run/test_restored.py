"""What another tool has dropped of a model's annotations is found again, and put back where it belongs."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import carried
import numpy as np
import onnx
import onnx.inliner
import pytest
import survival
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pyc.diagnostics import CompileError
from pyc.targets.onnx.carriers import said_by_user
from pyc.targets.onnx.inspect import inspect_model, restore_model, verify_model
from pyc.targets.onnx.manifest import DIGEST_KEY, MANIFEST_KEY, digest, parts, read_properties, table
from pyc.targets.onnx.outline import scopes
from pyc.targets.onnx.restore import Report, restore
from pyc.targets.onnx.runtime import Session
from pyc.tools.cli import cli

#: One worker compiles the program for all tests.
pytestmark = pytest.mark.xdist_group("restored")
Model = onnx.ModelProto


@pytest.fixture(scope="module")
def content() -> bytes:
    return carried.network()


@pytest.fixture(scope="module")
def flat() -> bytes:
    return carried.flat()


def sealed(model: Model) -> dict[str, Any]:
    return json.loads(read_properties(model)[MANIFEST_KEY])


def written(model: Model, folder: Path) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


# --- tools -----------------------------------------------------------------------------------------------------------


def test_a_flat_model_says_the_same(content: bytes, flat: bytes, tmp_path: Path) -> None:
    model = onnx.load_from_string(flat)
    assert not model.functions
    assert {o.domain for o in model.opset_import} == {""}
    path = written(model, tmp_path)
    assert verify_model(path) == []
    onnx.checker.check_model(model, full_check=True)
    view, whole = inspect_model(path), inspect_model(written(onnx.load_from_string(content), tmp_path))
    assert view["functions"] == whole["functions"]
    assert view["weights"] == whole["weights"]
    assert "lost" not in view["annotations"]
    x = np.random.default_rng(1).standard_normal((3, 4)).astype("f2")
    for optimise in (False, True):
        want, got = (Session(c, optimise=optimise).run([x, np.array(4, "i8")])[0] for c in (content, flat))
        np.testing.assert_allclose(got.astype("f4"), want.astype("f4"), rtol=1e-2, atol=1e-3)


def test_flat_models_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "program.py").write_text(carried.NETWORK)
    for name in ("one.onnx", "two.onnx"):
        done = CliRunner().invoke(cli, ["compile", "program.py", "--target=onnx", "--emit=flat", "-o", name])
        assert done.exit_code == 0, done.stderr
    assert not onnx.load("one.onnx").functions
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "two.onnx").read_bytes()
    assert CliRunner().invoke(cli, ["inspect", "one.onnx", "--verify"]).exit_code == 0


@pytest.mark.parametrize("rest", ["", " + 1.0"])
def test_in_flat_models_a_function_and_its_caller_say_different_things(rest: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "from __future__ import annotations\n"
        "import pyc\n"
        "from pyc import Dim, Tensor, f32\n"
        "N = Dim('N')\n"
        "class Inner(pyc.Module):\n"
        "    w: Tensor[f32, 4]\n"
        "    def __call__(self, x: Tensor[f32, N, 4]) -> Tensor[f32, N, 4]:\n"
        "        return pyc.annotate(x * self.w, role='out')\n"
        "class Layer(pyc.Module):\n"
        "    inner: Inner\n"
        "    def __call__(self, x: Tensor[f32, N, 4]) -> Tensor[f32, N, 4]:\n"
        "        return self.inner(x)\n"
        "class Net(pyc.Module):\n"
        "    one: Layer\n"
        "    def __call__(self, x: Tensor[f32, N, 4]) -> Tensor[f32, N, 4]:\n"
        "        y = pyc.annotate(self.one(x), role='carried')\n"
        f"        return y{rest}\n"
    )
    program, path = str(tmp_path / "program.py"), str(tmp_path / "net.onnx")
    arguments = ["compile", program, "--target=onnx", "--emit=flat", "--function", "Net", "-o", path]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.stderr
    graph = onnx.load(path).graph
    said = [e.value for v in (*graph.value_info, *graph.output) for e in v.metadata_props if e.key.endswith("role")]
    assert sorted(said) == ['"carried"', '"out"']
    assert CliRunner().invoke(cli, ["inspect", path, "--verify"]).exit_code == 0


def test_what_inlining_leaves_says_where_it_was(content: bytes, tmp_path: Path) -> None:
    path = written(onnx.inliner.inline_local_functions(onnx.load_from_string(content)), tmp_path)
    path.write_bytes(restore_model(path)[0])
    model = onnx.load(path)
    assert not model.functions
    products = [n for n in model.graph.node if n.op_type == "MatMul"]
    said = [read_properties(n) for n in products]
    assert [p["org.pyc.path"] for p in said] == ["two.first", "two.second"]
    assert [json.loads(p["org.pyc.within"]) for p in said] == [
        ["main/two", "program.Block_4/first"], ["main/two", "program.Block_4/second"],
    ]  # fmt: skip
    assert [said_by_user(p) for p in said] == [{"stage": 1}] * 2
    view = inspect_model(path)["annotations"]
    assert view["inlined"]["function program.Dense_4_4"]["says"]["org.pyc.module.user.kind"] == '"dense"'
    assert view["inlined"]["node main/for/loop/body/one"]["says"]["org.pyc.user.round"] == "true"
    # What a function said of its parameter is said of each argument.
    biases = {
        t.name: said_by_user(read_properties(t))["role"] for t in model.graph.initializer if t.name.endswith(".b")
    }
    assert biases == {f"{b}.{layer}.b": "bias" for b in ("one", "two") for layer in ("first", "second")}


def test_what_is_fused_keeps_both(content: bytes, tmp_path: Path) -> None:
    path = written(survival.TOOLS["ONNX Runtime, all"](onnx.load_from_string(content)), tmp_path)
    again, report = restore_model(path)
    assert {r.part for r in report.restored if r.how == "fused"} == {
        "node program.Dense_4_4/add", "node program.Dense_4_4/matmul",
    }  # fmt: skip
    model = onnx.load_from_string(again)
    (first, *_) = [n for n in model.graph.node if n.op_type == "Gemm"]
    assert read_properties(first)["org.pyc.op"] == "pyc.add"
    assert (
        sealed(model)["merged"][f"node main/{first.name}"]["node program.Dense_4_4/matmul"]["org.pyc.op"]
        == "pyc.matmul"
    )
    assert said_by_user(read_properties(first)) == {"stage": 1}


# --- what any tool may do --------------------------------------------------------------------------------------------


def entries(model: Model) -> list[tuple[Any, int]]:
    return [(p, i) for k, _, p in parts(model) if k != "configuration" for i in range(len(p.metadata_props))]


@given(st.integers(0, 10**6), st.floats(0.05, 1.0))
@settings(max_examples=20, deadline=None)
def test_any_loss_of_metadata_is_restored(content: bytes, seed: int, share: float) -> None:
    dice = random.Random(seed)
    model, whole = onnx.load_from_string(content), onnx.load_from_string(content)
    for proto, i in reversed(entries(model)):
        if dice.random() < share:
            del proto.metadata_props[i]
    for _, body in scopes(model):
        for node in body.node:
            if dice.random() < share:
                node.ClearField("device_configurations")
        for i in reversed(range(len(body.value_info))):
            if dice.random() < share:
                del body.value_info[i]
    report = restore(model, sealed(whole))
    assert report.lost == []
    assert table(model) == table(whole)


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_nodes_and_values_may_have_any_names(content: bytes, seed: int) -> None:
    """What is computed says which node is which; the names of inputs, outputs and weights are known."""
    dice = random.Random(seed)
    model, whole = onnx.load_from_string(content), onnx.load_from_string(content)
    numbers = list(range(10_000))
    dice.shuffle(numbers)
    _renamed(model.graph, {}, numbers)
    for _, body in scopes(model):
        for node in body.node:
            node.ClearField("metadata_props")
        del body.value_info[:]
    report = restore(model, sealed(whole))
    assert [p for p in report.lost if p.startswith("node")] == []
    want, got = ([read_properties(n) for n in _nodes(m)] for m in (whole, model))
    assert got == want


def _nodes(model: Model) -> list[Any]:
    return [node for _, body in scopes(model) for node in body.node]


def _renamed(graph: Any, around: dict[str, str], numbers: list[int]) -> None:
    """Give what a graph makes for itself other names."""
    names = dict(around)
    outputs = {o.name for o in graph.output} if not around else set()
    for value in graph.input if around else ():
        names[value.name] = value.name = f"v{numbers.pop()}"
    for node in graph.node:
        node.name = f"n{numbers.pop()}"
        for i, name in enumerate(node.input):
            node.input[i] = names.get(name, name)
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                _renamed(attribute.g, {"": "", **names}, numbers)
        for i, name in enumerate(node.output):
            if name not in outputs:
                names[name] = node.output[i] = f"v{numbers.pop()}"
    for value in graph.output:
        value.name = names.get(value.name, value.name)


def test_what_contradicts_stays_and_is_told(content: bytes) -> None:
    model = onnx.load_from_string(content)
    loop = next(n for n in model.graph.node if n.op_type == "Loop")
    next(e for e in loop.metadata_props if e.key == "org.pyc.loc").value = "elsewhere.py:1:1"
    weight = model.graph.initializer[0]
    weight.CopyFrom(onnx.numpy_helper.from_array(np.zeros((2, 2), "f4"), weight.name))
    report = restore(model, sealed(onnx.load_from_string(content)))
    assert f"org.pyc.loc of node main/{loop.name}" in report.lost
    assert f"initializer main/{weight.name}" in report.lost
    assert read_properties(loop)["org.pyc.loc"] == "elsewhere.py:1:1"
    assert not weight.metadata_props
    lost = sealed(model)["lost"]
    assert lost[f"node main/{loop.name}"]["org.pyc.loc"].startswith("program.py:")
    assert lost[f"initializer main/{weight.name}"]["org.pyc.user.bits"] == "8"


def test_a_changed_operation_is_noticed(content: bytes, tmp_path: Path) -> None:
    model = onnx.load_from_string(content)
    add = next(n for n in _nodes(model) if n.op_type == "Add")
    add.op_type = "Sub"
    (found,) = verify_model(written(model, tmp_path))
    assert "= Add(" in found.message
    assert "= Sub(" in found.message
    model = onnx.load_from_string(content)
    product = next(n for n in _nodes(model) if n.op_type == "MatMul")
    product.input[0], product.input[1] = product.input[1], product.input[0]
    assert ["changed: node" in d.message for d in verify_model(written(model, tmp_path))] == [True]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.integers(0, 10**6), _JSON)
@settings(max_examples=60, deadline=None)
def test_damaged_manifests_are_refused_or_followed(
    content: bytes, tmp_path_factory: Any, seed: int, other: Any
) -> None:
    dice = random.Random(seed)
    model = onnx.load_from_string(content)
    tree = sealed(model)
    holder: Any = tree
    key: Any = dice.choice(["carriers", "outline"])
    while dice.random() < 0.8 and isinstance(holder[key], dict | list) and holder[key]:
        holder = holder[key]
        key = dice.choice(list(holder)) if isinstance(holder, dict) else dice.randrange(len(holder))
    holder[key] = other
    _rewritten(model, json.dumps(tree))
    path = written(model, tmp_path_factory.getbasetemp())
    for read in (verify_model, restore_model, inspect_model):
        assert _codes(read, path) in ([], ["E509"])


def _rewritten(model: Model, text: str) -> None:
    """Give a model another manifest, under the digest of that."""
    for entry in model.metadata_props:
        entry.value = {MANIFEST_KEY: text, DIGEST_KEY: digest(text)}.get(entry.key, entry.value)


def test_a_manifest_that_was_not_sealed_is_not_restored(content: bytes, tmp_path: Path) -> None:
    model = onnx.load_from_string(content)
    entry = next(e for e in model.metadata_props if e.key == MANIFEST_KEY)
    entry.value = entry.value.replace("dense", "sparse")
    with pytest.raises(CompileError, match=r"E509: .*its SHA-256 differs"):
        restore_model(written(model, tmp_path))


def _codes(read: Callable[[Path], object], path: Path) -> list[str]:
    """The codes with which a model is refused."""
    try:
        read(path)
    except CompileError as error:
        return [d.code for d in error.diagnostics]
    return []


def test_functions_that_call_each_other_without_end(content: bytes) -> None:
    model = onnx.load_from_string(content)
    tree = sealed(model)
    endless = {"inputs": [], "outputs": ["y"], "nodes": [["again", "a.f", [], ["y"], "", []]]}
    tree["outline"] |= {"a.f": endless}
    tree["outline"]["main"]["nodes"].append(["again", "a.f", [], ["y"], "", []])
    with pytest.raises(ValueError, match="calls itself"):
        restore(model, tree)
    # Values that stand for each other, by nodes that only pass them on.
    tree = sealed(model)
    passing = [["p", "Identity", ["b"], ["a"], "", []], ["q", "Identity", ["a"], ["b"], "", []]]
    tree["outline"]["main"]["nodes"] += [*passing, ["r", "Identity", ["c"], ["c"], "", []]]
    assert restore(onnx.load_from_string(content), tree).lost == []
    doubling = {
        f"a.f{k}": {**endless, "nodes": [[f"n{i}", f"a.f{k + 1}", [], [f"y{i}"], "", []] for i in range(2)]}
        for k in range(40)
    }
    tree = sealed(model)
    tree["outline"] |= doubling
    tree["outline"]["main"]["nodes"].append(["all", "a.f0", [], ["y"], "", []])
    with pytest.raises(ValueError, match="more than"):
        restore(model, tree)


def test_two_models_are_compared(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "one.onnx").write_bytes(content)
    model = onnx.load_from_string(content)
    node = next(n for n in model.graph.node if n.op_type == "Loop")
    next(e for e in node.metadata_props if e.key == "org.pyc.loc").value = "elsewhere.py:1:1"
    del model.graph.initializer[0].metadata_props[:]
    add = next(n for f in model.functions for n in f.node if n.op_type == "Add")
    add.op_type = "Sub"
    path = written(model, tmp_path)

    def compared(*paths: Path) -> tuple[int, list[str]]:
        done = CliRunner().invoke(cli, ["inspect", str(paths[0]), "--diff", str(paths[1])])
        return done.exit_code, done.stdout.splitlines()

    assert compared(path, path) == (0, [])
    status, lines = compared(tmp_path / "one.onnx", path)
    assert status == 1
    assert f"+ parts: node main/{node.name}: org.pyc.loc: elsewhere.py:1:1" in lines
    assert f"- parts: initializer main/{model.graph.initializer[0].name}: org.pyc.user.bits: 8" in lines
    assert any(line.startswith("+ nodes: program.") and "= Sub(" in line for line in lines)
    assert [line[0] for line in compared(path, tmp_path / "one.onnx")[1]].count("+") == len(
        [line for line in lines if line[0] == "-"]
    )


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(cli, list(arguments))

    model = onnx.load_from_string(content)
    for proto, i in reversed(entries(model)):
        del proto.metadata_props[i]
    written(model, tmp_path)
    done = run("onnx", "restore", "model.onnx")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("model.restored.onnx: ")
    assert "  restored (kind and name)  graph main: " in done.stdout
    assert run("inspect", "model.restored.onnx", "--verify").exit_code == 0
    assert run("onnx", "restore", "model.onnx", "-o", "model.onnx").exit_code == 1
    del model.functions[:]
    written(model, tmp_path)
    done = run("onnx", "restore", "model.onnx", "-o", "other.onnx")
    assert done.exit_code == 1
    assert "error[E611]: other.onnx: " in done.stderr
    assert "  lost  function program.Dense_4_4\n" in done.stdout
    assert "program.Dense_4_4" in run("inspect", "other.onnx").stdout
    for name in ("absent.onnx", "junk.onnx"):
        (tmp_path / "junk.onnx").write_bytes(b"junk")
        assert "error[E509]" in run("onnx", "restore", name).stderr
    assert isinstance(restore(onnx.load_from_string(content), sealed(onnx.load_from_string(content))), Report)
