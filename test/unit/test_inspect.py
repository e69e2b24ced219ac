"""What ``pyc inspect`` shows of a bundle, and what ``--verify`` finds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from pyc import weights
from pyc.tools.cli import cli


def value(name: str, type_: str, dtype: str, dims: list[str] | None, **more: object) -> dict[str, object]:
    common = {"name": name, "type": type_, "dtype": dtype, "dims": dims, "precision": dtype, "target": "cpu"}
    return {**common, "written": False, "weight": None, **more}


@pytest.fixture
def bundle(tmp_path) -> Path:
    """A bundle with one function that writes to an argument, one module with a weight, and one library."""
    folder = tmp_path / "model.cpu"
    folder.mkdir()
    (folder / "libmodel.so").write_bytes(b"machine code")
    (folder / "weights.safetensors").write_bytes(weights.dump({"layer.up": np.ones((4, 3), np.float16)}))
    up = value("layer.up", "Tensor[Mixed[f16, f32], 4, 3]", "f16", ["4", "3"], weight="layer.up")
    common = {"symbol": "f", "target": "cpu:x86-64-v3", "returns_tuple": False, "errors": []}
    manifest = {
        "format": "pyc-bundle/1",
        "name": "model",
        "target": "cpu:x86-64-v3",
        "compiler": "pyc 0.1.0",
        "source": {"path": "model.py", "sha256": "0123456789abcdef0123456789abcdef"},
        "functions": [
            {
                **common,
                "name": "step",
                "module": None,
                "parameters": [
                    value("u", "Tensor[f32, N, 2]", "f32", ["N", "2"], written=True),
                    value("n", "int", "i64", None),
                ],
                "results": [],
                "returns": [],
                "writes": [0],
                "errors": [
                    {
                        "number": 1,
                        "kind": "IndexError",
                        "message": "index 9",
                        "file": "model.py",
                        "line": 4,
                        "column": 5,
                    }
                ],
            },
            {
                **common,
                "name": "Net",
                "module": "Layer[4, 3]",
                "parameters": [
                    value("x", "Tensor[f16, B, 4]", "f16", ["B", "4"]),
                    {**up, "precision": "Mixed[f16, f32]"},
                ],
                "results": [value("", "Tensor[f16, B, 3]", "f16", ["B", "3"])],
                "returns": [0],
                "writes": [],
            },
        ],
        "weights": "weights.safetensors",
    }
    manifest["files"] = {
        p.name: {"bytes": len(p.read_bytes()), "sha256": hashlib.sha256(p.read_bytes()).hexdigest()}
        for p in folder.iterdir()
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def inspect(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["inspect", *map(str, arguments)])


def test_everything_is_shown(bundle):
    text = inspect(bundle).stdout
    for part in (
        "bundle for cpu:x86-64-v3, written by pyc 0.1.0",
        "from model.py  sha256 0123456789abcdef\n",
        "step(u: Tensor[f32, N, 2], n: int) -> None\n",
        "writes  u\n",
        "raises IndexError: index 9 (model.py:4:5)\n",
        "Net(x: Tensor[f16, B, 4]) -> Tensor[f16, B, 3]\n",
        "module  Layer[4, 3]\n",
        "[B, 4]",
        "Mixed[f16, f32]",
        "24 bytes",
        "libmodel.so",
        "12 bytes",
    ):
        assert part in text, part


def test_json_is_the_same_data(bundle):
    data = json.loads(inspect(bundle, "--json").stdout)
    assert [f["name"] for f in data["functions"]] == ["step", "Net"]
    assert data["weights"][0]["name"] == "layer.up"
    assert data["weights"][0]["bytes"] == 24


def test_a_whole_bundle_verifies(bundle):
    result = inspect(bundle, "--verify")
    assert (result.exit_code, result.stderr) == (0, f"{bundle}: verified\n")


def test_a_removed_file_is_found(bundle):
    (bundle / "libmodel.so").unlink()
    result = inspect(bundle, "--verify")
    assert result.exit_code == 1
    assert "error[E510]" in result.stderr
    assert "libmodel.so cannot be read" in result.stderr


@pytest.mark.parametrize("content", [b"machine cod", b"machine cod3"])
def test_a_changed_file_is_found(bundle, content):
    (bundle / "libmodel.so").write_bytes(content)
    result = inspect(bundle, "--verify")
    assert result.exit_code == 1
    assert result.stderr.count("error[E510]") == 1


@pytest.mark.parametrize(
    "arrays",
    [{}, {"layer.up": np.ones((3, 4), np.float16)}, {"layer.up": np.ones((4, 3), np.float32)}],
    ids=["missing", "reshaped", "retyped"],
)
def test_a_changed_weight_is_named(bundle, arrays):
    (bundle / "weights.safetensors").write_bytes(weights.dump(arrays))
    result = inspect(bundle, "--verify")
    assert result.exit_code == 1
    assert "weight layer.up" in result.stderr


@pytest.mark.parametrize(
    "manifest", [None, b"{", b"[]", b'{"format": "pyc-bundle/9"}', b'{"format": "pyc-bundle/1"}', b"\xff"]
)
def test_a_damaged_manifest(bundle, manifest):
    if manifest is None:
        (bundle / "manifest.json").unlink()
    else:
        (bundle / "manifest.json").write_bytes(manifest)
    for options in ([], ["--verify"], ["--json"]):
        result = inspect(bundle, *options)
        assert result.exit_code == 1
        assert "error[E509]" in result.stderr
        assert result.stdout == ""


@pytest.mark.parametrize("name", ["nowhere", "nowhere.onnx", "text.py", "junk.onnx"])
def test_what_is_no_artifact(name, tmp_path):
    if not name.startswith("nowhere"):
        (tmp_path / name).write_text("no artifact")
    result = inspect(tmp_path / name)
    assert result.exit_code == 1
    assert "error[E509]" in result.stderr


def test_two_bundles_are_compared(bundle, tmp_path):
    assert (inspect(bundle, "--diff", bundle).exit_code, inspect(bundle, "--diff", bundle).stdout) == (0, "")
    manifest = json.loads((bundle / "manifest.json").read_text())
    step, net = manifest["functions"]
    step["parameters"][0]["written"] = False
    step["parameters"].append(value("k", "int", "i64", None))
    step["annotations"] = {"stage": 1}
    manifest["compiler"] = "pyc 0.2.0"
    net["module"] = None
    other = tmp_path / "other.cpu"
    other.mkdir()
    (other / "weights.safetensors").write_bytes((bundle / "weights.safetensors").read_bytes())
    (other / "manifest.json").write_text(json.dumps(manifest))
    result = inspect(bundle, "--diff", other)
    added = json.dumps(value("k", "int", "i64", None))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "- compiler: pyc 0.1.0",
        "+ compiler: pyc 0.2.0",
        "- functions: step: parameters: u: written: true",
        "+ functions: step: parameters: u: written: false",
        f"+ functions: step: parameters: k: {added}",
        '+ functions: step: annotations: {"stage": 1}',
        "- functions: Net: module: Layer[4, 3]",
        "+ functions: Net: module",
    ]
    result = inspect(bundle, "--diff", tmp_path / "nowhere")
    assert (result.exit_code, "error[E509]" in result.stderr) == (1, True)
