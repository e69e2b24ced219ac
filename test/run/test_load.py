"""``pyc.load`` on artifacts, whole and damaged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from test_cpu_emission import emitted

import pyc
from pyc.diagnostics import CompileError


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return emitted().write(tmp_path_factory.mktemp("load") / "prog.cpu")


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle, tmp_path / "prog.cpu"))


def refusal(path: object) -> str:
    with pytest.raises(CompileError) as caught:
        pyc.load(path)  # type: ignore[arg-type]
    return str(caught.value)


def change(folder: Path, **values: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, **values}))


def test_bundles_and_their_libraries(bundle: Path) -> None:
    x = np.arange(4, dtype=np.float32)
    for path in (bundle, str(bundle), bundle / "libprog.so"):
        np.testing.assert_array_equal(pyc.load(path).axpy(2, x, x), 3 * x)


def test_what_is_no_artifact(tmp_path: Path, bundle: Path) -> None:
    assert "E509: cannot load" in refusal(tmp_path / "absent")
    assert "there is no such file or folder" in refusal(tmp_path / "absent.so")
    assert "folder without a manifest.json" in refusal(tmp_path)
    (tmp_path / "text.py").write_text("x = 1\n")
    assert "neither a bundle" in refusal(tmp_path / "text.py")
    shutil.copy(bundle / "libprog.so", tmp_path / "libprog.so")
    assert "no manifest.json beside it" in refusal(tmp_path / "libprog.so")
    (tmp_path / "manifest.json").write_text("{")
    assert "manifest.json: " in refusal(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    assert "not of the format" in refusal(tmp_path / "libprog.so")


def test_damaged_bundles(copy: Path) -> None:
    library = (copy / "libprog.so").read_bytes()
    (copy / "libprog.so").write_bytes(library[:100])
    assert "it has 100 bytes" in refusal(copy)
    (copy / "libprog.so").write_bytes(b"\0" * len(library))
    assert "E509" in refusal(copy)
    (copy / "libprog.so").unlink()
    assert "E509" in refusal(copy)
    change(copy, files={}, functions=[{}])
    (copy / "libprog.so").write_bytes(library)
    assert "E509" in refusal(copy)
    change(copy, library="libother.so")
    assert "of another library" in refusal(copy / "libprog.so")
    change(copy, target="tsp")
    assert "the target 'tsp'" in refusal(copy)


def test_another_machine(copy: Path) -> None:
    change(copy, requires={"machine": "riscv64", "features": []})
    assert "E515" in refusal(copy)
    assert "this machine lacks riscv64" in refusal(copy)
