"""Weights in a file beside their model: written, read, sealed and restored as if they were in it; files that lie."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest
from click.testing import CliRunner
from onnx import TensorProto

import pyc
from pyc import weights
from pyc.artifact import Artifact
from pyc.diagnostics import CompileError
from pyc.target import Target
from pyc.targets.onnx import artifact
from pyc.tools.cli import cli
from pyc.tools.driver import Job, compile_file

SOURCE = """\
import pyc
from pyc import Dim, Tensor, bf16, f16, f32

B = Dim("B")


class Net(pyc.Module):
    w: Tensor[f32, 64, 32]
    b: Tensor[f32, 32]
    h: Tensor[bf16, 64, 32]
    q: Tensor[f16, 31, 7]

    def __call__(self, x: Tensor[f32, B, 64]) -> Tensor[f32, B, 32]:
        return x @ self.w + self.b + x @ self.h.astype(f32) + self.q[3, 2].astype(f32)
"""
ARRAYS: dict[str, Any] = {
    "w": np.random.default_rng(0).standard_normal((64, 32)).astype(np.float32),
    "b": np.random.default_rng(1).standard_normal(32).astype(np.float32),
    # Every pattern of bits that fits, NaNs with and without a message among them.
    "h": np.arange(64 * 32).astype(np.uint16).view(ml_dtypes.bfloat16).reshape(64, 32),
    "q": np.linspace(0, 65535, 31 * 7).astype(np.uint16).view(np.float16).reshape(31, 7),
}
X = np.random.default_rng(2).standard_normal((3, 64)).astype(np.float32)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "net.py").write_text(SOURCE)
    weights.save(tmp_path / "w.safetensors", ARRAYS)
    return tmp_path / "net.py"


def compiled(program: Path, name: str, external: int | None = 1024, emit: str = "") -> Path:
    output = program.parent / name
    given = str(program.parent / "w.safetensors")
    compile_file(Job(str(program), "onnx", output=str(output), emit=emit, weights=given, external=external))
    return output


def results(path: Path) -> Any:
    return pyc.load(path).Net(X)


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def entries(tensor: Any) -> dict[str, str]:
    return {e.key: e.value for e in tensor.external_data}


def test_weights_beside_are_those_within(program: Path) -> None:
    inside, beside = compiled(program, "inside.onnx", None), compiled(program, "beside.onnx")
    assert not (program.parent / "inside.onnx.data").exists()
    np.testing.assert_array_equal(results(inside), results(beside))
    model = onnx.load(beside, load_external_data=False)
    outside = {t.name: entries(t) for t in model.graph.initializer if t.data_location == TensorProto.EXTERNAL}
    assert list(outside) == ["w", "h"]
    assert {e["location"] for e in outside.values()} == {"beside.onnx.data"}
    assert all(int(e["offset"]) % 4096 == 0 for e in outside.values())
    content = (program.parent / "beside.onnx.data").read_bytes()
    for name, e in outside.items():
        assert content[int(e["offset"]) :][: int(e["length"])] == ARRAYS[name].tobytes()
    (small,) = (t.raw_data for t in model.graph.initializer if t.name == "q")
    assert small == ARRAYS["q"].tobytes()
    onnx.checker.check_model(str(beside), full_check=True)
    assert run("inspect", beside, "--verify").exit_code == 0
    differing = run("inspect", inside, "--diff", beside)
    assert (differing.exit_code, differing.output) == (0, "")


def test_they_lie_beside_where_a_model_could_not_hold_them(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYC_ISOLATE", "0")
    monkeypatch.setattr(artifact, "LARGEST", 20_000)
    beside = compiled(program, "net.onnx", None)
    assert beside.stat().st_size < 20_000 < (program.parent / "net.onnx.data").stat().st_size + 12_000
    assert results(beside).shape == (3, 32)


def test_models_without_functions_have_them_beside_too(program: Path) -> None:
    flat = compiled(program, "flat.onnx", 0, "flat")
    assert run("inspect", flat, "--verify").exit_code == 0
    np.testing.assert_array_equal(results(flat), results(compiled(program, "inside.onnx", None)))
    model = onnx.load(flat, load_external_data=False)
    assert all(int(entries(t)["offset"]) % 64 == 0 for t in model.graph.initializer)


def test_several_models_have_a_file_each(program: Path) -> None:
    program.write_text(SOURCE + "\ndef twice(x: Tensor[f32, B]) -> Tensor[f32, B]:\n    return x * 2\n")
    folder = compiled(program, "all.onnx")
    assert sorted(p.suffix for p in folder.iterdir()) == [".data", ".json", ".onnx", ".onnx"]
    assert run("inspect", folder, "--verify").exit_code == 0
    assert results(folder).shape == (3, 32)


def test_equal_input_gives_equal_bytes(program: Path) -> None:
    """In processes that arrange sets and dictionaries of texts differently."""
    found = []
    for seed in ("1", "2"):
        folder = program.parent / seed
        folder.mkdir()
        command = [sys.executable, "-m", "pyc.tools.cli", "compile", str(program), "--target=onnx", "--external-data"]
        more = ["--weights", str(program.parent / "w.safetensors"), "-o", str(folder / "net.onnx")]
        subprocess.run([*command, *more], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True)
        found.append({p.name: p.read_bytes() for p in folder.iterdir()})
    assert found[0].keys() == {"net.onnx", "net.onnx.data"}
    assert found[0] == found[1]


def test_sizes_on_the_command_line(program: Path) -> None:
    common = ("compile", program, "--weights", program.parent / "w.safetensors", "-o", program.parent / "net.onnx")
    assert run(*common, "--target=onnx", "--external-data=8K").exit_code == 0
    model = onnx.load(program.parent / "net.onnx", load_external_data=False)
    assert [t.name for t in model.graph.initializer if t.external_data] == ["w"]
    wrong = run(*common, "--target=onnx", "--external-data=many")
    assert "'many' is not a number of bytes like 4096, 64K or 1M" in wrong.output + wrong.stderr
    other = run(*common, "--external-data")
    assert "--external-data is for --target=onnx" in other.output + other.stderr
    piped = run(*common[:-1], "-", "--target=onnx", "--external-data")
    assert "E503" in piped.output + piped.stderr


def test_files_are_replaced_together_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(content: bytes) -> Artifact:
        return Artifact(Target("cpu"), {"a": content}, (), single=True, beside={"a.data": content * 2})

    made(b"1").write(tmp_path / "a")
    replace = os.replace

    def failing(source: Any, target: Any) -> None:
        if Path(target).name == "a":
            raise OSError(28, "no space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(OSError, match="no space"):
        made(b"2").write(tmp_path / "a")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a": b"1", "a.data": b"11"}
    monkeypatch.undo()
    made(b"3").write(tmp_path / "a")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a": b"3", "a.data": b"33"}


def test_weights_are_not_replaced_by_what_is_made_of_them(program: Path) -> None:
    given = program.parent / "net.onnx.data"
    weights.save(given, ARRAYS)
    before = given.read_bytes()
    job = Job(str(program), "onnx", output=str(program.parent / "net.onnx"), weights=str(given), external=0)
    with pytest.raises(CompileError, match="E504"):
        compile_file(job)
    assert given.read_bytes() == before
    assert not (program.parent / "net.onnx").exists()


# --- other tools ------------------------------------------------------------------------------------------------------


def test_restored_models_keep_them_beside(program: Path, tmp_path: Path) -> None:
    beside = compiled(program, "beside.onnx")
    model = onnx.load(beside, load_external_data=False)
    for node in model.graph.node:
        del node.metadata_props[:]
    onnx.save(model, beside)
    assert run("inspect", beside, "--verify").exit_code == 1
    for place in (tmp_path / "here.onnx", tmp_path / "other" / "there.onnx"):
        place.parent.mkdir(exist_ok=True)
        assert run("onnx", "restore", beside, "-o", place).exit_code == 0
        assert run("inspect", place, "--verify").exit_code == 0
        assert onnx.load(place, load_external_data=False).graph.initializer[0].external_data
        np.testing.assert_array_equal(results(place), results(beside))
    assert (tmp_path / "other" / "beside.onnx.data").exists()
    (tmp_path / "other" / "beside.onnx.data").write_bytes(b"mine")
    refused = run("onnx", "restore", beside, "-o", tmp_path / "other" / "there.onnx")
    assert "E504" in str(refused.exception) + refused.output + refused.stderr


def test_they_are_imported(program: Path, tmp_path: Path) -> None:
    beside = compiled(program, "beside.onnx")
    assert run("onnx", "import", beside, "-o", tmp_path / "again.py").exit_code == 0
    found = weights.load(tmp_path / "again.safetensors")
    np.testing.assert_array_equal(found["w"], ARRAYS["w"])
    outcome = compile_file(Job(str(beside), output=str(tmp_path / "again.cpu")))
    assert outcome.path is not None
    np.testing.assert_allclose(pyc.load(outcome.path).beside(X), results(beside), 1e-5, 1e-5)


def test_a_file_of_safetensors_may_be_the_one_beside(program: Path, tmp_path: Path) -> None:
    """Its elements lie behind a header, where the model says."""
    beside = compiled(program, "beside.onnx")
    model = onnx.load(beside, load_external_data=False)
    stored = weights.dump({"h": ARRAYS["h"], "w": ARRAYS["w"]})
    (tmp_path / "all.safetensors").write_bytes(stored)
    for t in (t for t in model.graph.initializer if t.external_data):
        at = stored.index(ARRAYS[t.name].tobytes())
        del t.external_data[:]
        for key, value in (("location", "all.safetensors"), ("offset", at), ("length", ARRAYS[t.name].nbytes)):
            t.external_data.add(key=key, value=str(value))
    onnx.save(model, tmp_path / "other.onnx")
    assert run("inspect", tmp_path / "other.onnx", "--verify").exit_code == 0
    np.testing.assert_array_equal(results(tmp_path / "other.onnx"), results(beside))
    assert run("onnx", "import", tmp_path / "other.onnx", "-o", tmp_path / "again.py").exit_code == 0


# --- files that are not what they were --------------------------------------------------------------------------------


def missing(data: Path, model: onnx.ModelProto) -> None:
    data.unlink()


def cut(data: Path, model: onnx.ModelProto) -> None:
    data.write_bytes(data.read_bytes()[:5000])


def claimed(data: Path, model: onnx.ModelProto) -> None:
    for e in model.graph.initializer[0].external_data:
        e.value = str(1 << 40) if e.key == "length" else e.value


def elsewhere(data: Path, model: onnx.ModelProto) -> None:
    (data.parent.parent / "secret").write_bytes(data.read_bytes())
    for e in model.graph.initializer[0].external_data:
        e.value = "../secret" if e.key == "location" else e.value


def linked(data: Path, model: onnx.ModelProto) -> None:
    data.rename(data.parent.parent / "secret")
    data.symlink_to(data.parent.parent / "secret")


def behind(data: Path, model: onnx.ModelProto) -> None:
    for e in model.graph.initializer[0].external_data:
        e.value = str(1 << 62) if e.key == "offset" else e.value


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (missing, "which has the elements of 'w', is missing"),
        (cut, "ends before the elements of 'w' do"),
        (claimed, "'w' should have 8192 bytes, and says 1099511627776 at 0"),
        (elsewhere, "the elements of 'w' are at '../secret', which is not in its folder"),
        (linked, "the elements of 'w' are at 'net.onnx.data', which is not in its folder"),
        (behind, "ends before the elements of 'w' do"),
    ],
)
def test_damage_is_said(damage: Callable[[Path, onnx.ModelProto], None], why: str, program: Path) -> None:
    folder = program.parent / "folder"
    folder.mkdir()
    net = compiled(program, "folder/net.onnx")
    model = onnx.load(net, load_external_data=False)
    damage(folder / "net.onnx.data", model)
    onnx.save(model, net)
    verified = run("inspect", net, "--verify")
    assert verified.exit_code == 1
    assert f"E510]: {net}: " in verified.stderr
    assert why in verified.stderr
    for command, code in ((("onnx", "restore"), "E509"), (("onnx", "import"), "E620"), (("compile",), "E620")):
        refused = run(*command, net, "-o", folder / "out")
        assert f"[{code}]" in refused.stderr
        assert why in refused.stderr
    assert not (folder / "out").exists()
    if damage is not linked:  # ONNX Runtime may follow a link
        with pytest.raises(CompileError, match="E509"):
            pyc.load(net)


def test_other_elements_are_noticed(program: Path) -> None:
    net = compiled(program, "net.onnx")
    data = program.parent / "net.onnx.data"
    content = bytearray(data.read_bytes())
    content[17] ^= 1
    data.write_bytes(content)
    verified = run("inspect", net, "--verify")
    assert verified.exit_code == 1
    assert "changed: @data of initializer main/w" in verified.stderr
    assert "main/h" not in verified.stderr
