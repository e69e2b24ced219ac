"""PyTorch's exports: what they drop is told and carried over, verified, restored after other tools, and runs.

``examples/from_torch`` has a model and its program as PyTorch writes them; where PyTorch is installed, they are made
anew.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import survival
from click.testing import CliRunner

import pyc
from pyc.diagnostics import CompileError
from pyc.targets.onnx import exported_program
from pyc.targets.onnx.carriers import LOC, read_properties, said_by_user
from pyc.targets.onnx.dropped import Dropped, carry
from pyc.targets.onnx.importing import imported, read
from pyc.targets.onnx.inspect import restore_model, verify_model
from pyc.targets.onnx.manifest import parts, table
from pyc.tools.cli import cli

FOLDER = Path(__file__).parents[2] / "examples" / "from_torch"
#: Models with what PyTorch computes of them, and the script that makes them.
MODELS = Path(__file__).parents[1] / "torch_models"
PROGRAM, MODEL = FOLDER / "net.pt2", FOLDER / "net.onnx"
SOURCE = {"path": "net.pt2", "sha256": "0"}
#: What is said of each operation, by the node that it became.
SAID = {
    "node_linear": {"precision": "f16", "bits": [8, 4], "stage": 1},
    "node_gelu": {"precision": "f16", "bits": [8, 4], "stage": 1},
    "node_linear_1": {"precision": "f16", "bits": [8, 4]},
    "node_add_9": {"precision": "f16", "bits": [8, 4]},
    "node_layer_norm": {"precision": "f16", "bits": [8, 4]},
    "node_linear_2": {"stage": 1, "role": "regulariser"},
    "node_gelu_1": {"stage": 1, "role": "regulariser"},
    "node_linear_3": {"role": "regulariser"},
    "node_add_25": {"role": "regulariser"},
    "node_layer_norm_1": {"role": "regulariser"},
}


def run(model: onnx.ModelProto, x: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


def carried(names: dict[str, str] | None = None) -> tuple[onnx.ModelProto, list[Dropped]]:
    model = onnx.load(MODEL)
    names = {"s77": "batch"} if names is None else names
    return model, carry(exported_program.read(PROGRAM), model, names, SOURCE, "net")


def of_nodes(model: onnx.ModelProto) -> dict[str, Any]:
    return {n.name: said for n in model.graph.node if (said := said_by_user(read_properties(n)))}


def verified(model: onnx.ModelProto, folder: Path) -> list[str]:
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return [d.message for d in verify_model(path)]


def test_the_export_says_nothing_of_it() -> None:
    model = onnx.load(MODEL)
    assert all(not k.startswith("org.pyc.") for _, _, p in parts(model) for k in read_properties(p))
    assert not model.functions
    assert b"precision" not in MODEL.read_bytes()
    assert [d.dim_param for d in model.graph.input[0].type.tensor_type.shape.dim] == ["s77", ""]


def test_what_was_dropped() -> None:
    found = carried()[1]
    first = ("first.up/linear", "first/gelu", "first.down/linear_1", "first/add_9", "first.norm/layer_norm")
    second = (
        "second.up/linear_2",
        "second/gelu_1",
        "second.down/linear_3",
        "second/add_25",
        "second.norm/layer_norm_1",
    )
    assert [(d.kind, d.what, d.of, d.carried) for d in found if d.kind != "module"] == [
        ("dimension", "the name of s77", ("axis 0 of x",), "as batch"),
        ("bounds", "2 <= batch <= 64", ("axis 0 of x",), "to the input, as bounds.batch"),
        ("annotation", "precision='f16'", first, "to the nodes"),
        ("annotation", "bits=[8, 4]", first, "to the nodes"),
        ("annotation", "stage=1", (*first[:2], *second[:2]), "to the nodes"),
        ("annotation", "role='regulariser'", second, "to the nodes"),
        (
            "annotation", "role='regulariser', of operations that the model does not have",
            ("drop/clone",), "to the manifest",
        ),
        ("annotation", "calibrated=True", ("mul_22",), "to the nodes"),
        (
            "annotation", "calibrated=True, of operations that the model does not have",
            ("scalar_tensor_default",), "to the manifest",
        ),
        (
            "weight", "weights by their names: the exporter has computed with them, or found others that are equal",
            ("second.norm.weight", "second.norm.bias", "scale"), "to the manifest",
        ),
        ("weight", "which weights are no parameters", ("shift",), "as torch.role of them"),
        ("location", "lines of the source of 14 nodes, but in texts", (), "to the nodes, as their location"),
    ]  # fmt: skip
    there, gone = (d.of for d in found if d.kind == "module")
    assert there[:2] == ("first (Gate)", "first.up (Linear)")
    assert gone == ("drop (Dropout)",)
    assert [d.carried for d in carried({})[1]][:2] == ["", "to the input, as bounds.s77"]


def test_what_is_carried_over(tmp_path: Path) -> None:
    model, _ = carried()
    assert of_nodes(model) == SAID
    assert verified(model, tmp_path) == []
    onnx.checker.check_model(model, full_check=True)
    values = [*model.graph.input, *model.graph.output, *model.graph.value_info]
    assert {d.dim_param for v in values for d in v.type.tensor_type.shape.dim} == {"batch", ""}
    (x,) = model.graph.input
    assert said_by_user(read_properties(x)) == {"bounds.batch": {"min": 2, "max": 64}}
    tensors = {t.name: said_by_user(read_properties(t)) for t in model.graph.initializer}
    assert {n: s for n, s in tensors.items() if s} == {
        "mul_22": {"calibrated": True},
        "shift": {"torch.role": "buffer"},
    }
    lines = (FOLDER / "export.py").read_text().splitlines()
    places = {n.name: read_properties(n)[LOC].split(":") for n in model.graph.node}
    assert {file for file, *_ in places.values()} == {"export.py"}
    assert "self.up(x)" in lines[int(places["node_gelu"][1]) - 1]
    assert "self.down(hidden)" in lines[int(places["node_linear_1"][1]) - 1]
    assert survival.manifest_of(model)["dropped"] == {
        "operation drop/clone": {"role": "regulariser"},
        "operation scalar_tensor_default": {"calibrated": True},
        "module drop": {"class": "Dropout"},
        "weight second.norm.weight": {"torch.role": "parameter"},
        "weight second.norm.bias": {"torch.role": "parameter"},
        "weight scale": {"torch.role": "buffer"},
    }
    given = np.random.default_rng(3).standard_normal((5, 4)).astype("f4")
    np.testing.assert_array_equal(run(model, given), run(onnx.load(MODEL), given))
    again = carry(exported_program.read(PROGRAM), model, {}, SOURCE, "net")
    assert of_nodes(model) == SAID
    assert all(d.kind != "location" for d in again)


@pytest.mark.parametrize("tool", ["onnx-ir, read and written", "onnxscript.optimizer", "ONNX Runtime, all", "onnxslim"])
def test_what_is_carried_over_survives(tool: str, tmp_path: Path) -> None:
    model, _ = carried()
    after = survival.TOOLS[tool](onnx.load_from_string(model.SerializeToString()))
    path = tmp_path / "after.onnx"
    path.write_bytes(after.SerializeToString())
    lost = table(after) != table(model)
    assert lost == any(not d.message.startswith(f"{path}: twice") for d in verify_model(path))
    content, report = restore_model(path)
    assert report.lost == []
    assert verified(onnx.load_from_string(content), tmp_path) == []
    facts = survival.manifest_of(onnx.load_from_string(content))
    said = of_nodes(onnx.load_from_string(content))
    for name, entries in SAID.items():
        # A node that is one with another by now is in the manifest, or on the node that it became.
        merged = [
            said_by_user(m[f"node main/{name}"]) for m in facts.get("merged", {}).values() if f"node main/{name}" in m
        ]
        holders = [s for s in said.values() if entries.items() <= s.items()]
        assert said.get(name) == entries or holders or merged, name
    assert facts["dropped"] == survival.manifest_of(model)["dropped"]


def test_it_runs_as_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, _ = carried()
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    found = imported(read(path))
    (tmp_path / "program.py").write_text(found.text)
    spec = importlib.util.spec_from_file_location("program", tmp_path / "program.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "program", program)
    spec.loader.exec_module(program)
    assert 'batch = Dim("batch")' in found.text
    given = np.random.default_rng(3).standard_normal((5, 4)).astype("f4")
    got = getattr(program, found.name)(**found.weights)(given)
    np.testing.assert_allclose(got, run(model, given), rtol=1e-5, atol=1e-6)


def test_it_becomes_the_same_model_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By way of a program, in which everything is said."""
    monkeypatch.chdir(tmp_path)
    model, _ = carried()
    (tmp_path / "net.onnx").write_bytes(model.SerializeToString())
    for arguments in (
        ["onnx", "import", "net.onnx", "-o", "net.py"],
        ["compile", "net.py", "--target=onnx", "--weights", "net.safetensors", "-o", "again.onnx"],
    ):
        done = CliRunner().invoke(cli, arguments)
        assert done.exit_code == 0, done.stderr
    text = (tmp_path / "net.py").read_text()
    assert 'with pyc.annotate(precision="f16", bits=[8, 4], stage=1):' in text
    again = onnx.load("again.onnx")
    assert of_nodes(again) == SAID
    assert table(again) == table(model)
    assert verified(again, tmp_path) == []
    assert survival.manifest_of(again)["dropped"] == survival.manifest_of(model)["dropped"]
    given = np.random.default_rng(3).standard_normal((5, 4)).astype("f4")
    np.testing.assert_array_equal(pyc.load("again.onnx").net(given), pyc.load("net.onnx").net(given))


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for file in (PROGRAM, MODEL):
        shutil.copy(file, tmp_path)
    done = CliRunner().invoke(cli, ["onnx", "carry", "net.pt2", "net.onnx"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "  dimension  the name of s77\n    of       axis 0 of x\n" in done.stdout
    assert done.stdout.endswith("13 of 14 carried over: -o writes a model that says it\n")
    assert (tmp_path / "net.onnx").read_bytes() == MODEL.read_bytes()
    out = ["-o", "out.onnx", "--dim", "s77=batch"]
    done = CliRunner().invoke(cli, ["onnx", "carry", "net.pt2", "net.onnx", *out])
    assert done.stdout.endswith("14 of 14 carried over: wrote out.onnx\n")
    assert of_nodes(onnx.load("out.onnx")) == SAID
    done = CliRunner().invoke(cli, ["inspect", "out.onnx", "--verify"])
    assert done.exit_code == 0
    assert "first: __main__.Gate" in done.stdout
    assert CliRunner().invoke(cli, ["onnx", "carry", "net.pt2", "net.onnx", "--dim", "s77"]).exit_code == 2
    assert CliRunner().invoke(cli, ["onnx", "carry", "net.pt2", "net.onnx", "-o", "net.pt2"]).exit_code == 1
    done = CliRunner().invoke(cli, ["onnx", "carry", "absent.pt2", "net.onnx"])
    assert "error[E623]" in done.stderr
    assert "error[E620]" in CliRunner().invoke(cli, ["onnx", "carry", "net.pt2", "absent.onnx"]).stderr


@pytest.mark.parametrize(
    ("name", "compiled"), [("images", True), ("texts", False), ("series", False), ("arrays", True)]
)
def test_models_of_pytorch_give_its_results(
    name: str, compiled: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Convolutions, attention, recurrent layers, functions of arrays and branches: run by CPython, some compiled."""
    monkeypatch.chdir(tmp_path)
    data = np.load(MODELS / f"{name}.npz")
    shutil.copy(MODELS / f"{name}.onnx", tmp_path)
    commands = [["onnx", "import", f"{name}.onnx"], ["compile", f"{name}.onnx", "-o", f"{name}.cpu"]]
    for arguments in commands if compiled else commands[:1]:
        done = CliRunner().invoke(cli, arguments)
        assert done.exit_code == 0, done.stderr
    spec = importlib.util.spec_from_file_location("torch_program", f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "torch_program", program)
    spec.loader.exec_module(program)
    places: list[tuple[Any, str]] = [(program, f"{name}.safetensors")]
    if compiled:
        places.append((pyc.load(f"{name}.cpu"), f"{name}.cpu/weights.safetensors"))
    for made, file in places:
        run = getattr(made, name)
        results = (run.load(file) if Path(file).exists() else run)(data["argument"])
        results = results if isinstance(results, tuple) else (results,)
        assert len(results) == len(data.files) - 1
        for k, result in enumerate(results):
            np.testing.assert_allclose(result, data[f"result_{k}"], rtol=1e-4, atol=1e-5)


def _changed(change: Any, path: Path) -> None:
    """A program whose text is another, or is changed."""
    with zipfile.ZipFile(PROGRAM) as archive:
        name = next(n for n in archive.namelist() if n.endswith("models/model.json"))
        tree = json.loads(archive.read(name))
    with zipfile.ZipFile(path, "w") as archive:
        if callable(change):
            change(tree)
        archive.writestr(name, json.dumps(tree) if callable(change) else change)


@pytest.mark.parametrize(
    "change",
    [
        "",
        "[]",
        b"\xff\xfe",
        "[" * 100_000,
        '{"graph_module": 3}',
        lambda t: t.pop("graph_module"),
        lambda t: t["graph_module"]["graph"]["nodes"].append(3),
        lambda t: t["graph_module"]["graph"]["nodes"][0].pop("name"),
        lambda t: t["graph_module"]["graph"]["nodes"][0]["metadata"].update(custom="{"),
        lambda t: t["graph_module"]["graph"]["nodes"][0]["metadata"].update(custom="[1]"),
        lambda t: t["graph_module"]["graph"]["nodes"][0]["metadata"].update(nn_module_stack="a;b"),
        lambda t: t["graph_module"]["signature"]["input_specs"].append({}),
        lambda t: t["range_constraints"].update(s77={"min_val": "x", "max_val": None}),
        lambda t: t["range_constraints"].update(s77=[]),
    ],
)
def test_programs_that_are_none(change: Any, tmp_path: Path) -> None:
    _changed(change, tmp_path / "bad.pt2")
    with pytest.raises(CompileError, match=r"E623: the exported program bad\.pt2 cannot be read: "):
        exported_program.read(tmp_path / "bad.pt2")


def test_damaged_files(tmp_path: Path) -> None:
    whole = PROGRAM.read_bytes()
    path = tmp_path / "bad.pt2"
    for end in range(0, len(whole), 4001):
        path.write_bytes(whole[:end])
        with pytest.raises(CompileError, match="E623"):
            exported_program.read(path)
    dice = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(whole)
        for place in dice.integers(0, len(whole), 4):
            damaged[place] = dice.integers(0, 256)
        path.write_bytes(damaged)
        with suppress(CompileError):
            exported_program.read(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("net/data.pkl", b"\x80\x02.")
    with pytest.raises(CompileError, match="it has no program"):
        exported_program.read(path)


def test_annotations_that_pyc_does_not_know(tmp_path: Path) -> None:
    """Names and values that are no annotations of pyc are told, and kept as they are."""

    def change(tree: Any) -> None:
        tree["graph_module"]["graph"]["nodes"][0]["metadata"]["custom"] = '{"a b": 1, "none": null, "_private": 3}'

    _changed(change, tmp_path / "odd.pt2")
    model = onnx.load(MODEL)
    found = carry(exported_program.read(tmp_path / "odd.pt2"), model, {}, SOURCE, "net")
    odd = [d for d in found if d.kind == "annotation" and d.of == ("first.up/linear",)]
    assert [d.carried for d in odd] == ["to the manifest"] * 2
    assert survival.manifest_of(model)["dropped"]["operation first.up/linear"] == {"a b": 1, "none": None}
    assert "node_linear" not in of_nodes(model)
    assert verified(model, tmp_path) == []


def test_made_anew(tmp_path: Path) -> None:
    if importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed; it is no dependency of pyc")
    shutil.copy(FOLDER / "export.py", tmp_path)
    subprocess.run([sys.executable, "export.py"], cwd=tmp_path, check=True, capture_output=True, timeout=300)
    model = onnx.load(tmp_path / "net.onnx")
    found = carry(exported_program.read(tmp_path / "net.pt2"), model, {"s77": "batch"}, SOURCE, "net")
    assert found == carried()[1]
    assert of_nodes(model) == SAID
