"""Every example does what its docstring says: interpreted, just in time, and compiled for every target."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = sorted((ROOT / "examples").glob("*.py"))
#: Files in the syntax that every supported Python runs without pyc's help.
PLAIN = [p for p in SMALL if not re.search(r"^(?:def|class) \w+\[", p.read_text(encoding="utf-8"), re.MULTILINE)]


def python(*arguments: object, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYC_CACHE_DIR": str(folder / "cache"), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    return result


def test_both_spellings_of_generics_are_shown():
    assert 0 < len(PLAIN) < len(SMALL)


@pytest.mark.parametrize("path", SMALL, ids=lambda p: p.stem)
def test_interpreted(path, tmp_path):
    assert python("-m", "pyc", "run", "--interpret", path, folder=tmp_path).stdout


@pytest.mark.parametrize("path", PLAIN, ids=lambda p: p.stem)
def test_as_plain_python(path, tmp_path):
    assert python(path, folder=tmp_path, PYC_INTERPRET="1").stdout


@pytest.mark.parametrize("path", SMALL, ids=lambda p: p.stem)
def test_just_in_time(path, tmp_path):
    assert python("-m", "pyc", "run", path, folder=tmp_path).stdout


@pytest.mark.parametrize("path", SMALL, ids=lambda p: p.stem)
def test_compiled_for_a_cpu_and_imported_without_pyc(path, tmp_path):
    python("-m", "pyc", "compile", path, "-o", "out", folder=tmp_path)
    code = "import sys, out; assert 'pyc' not in sys.modules; print(out)"
    assert "out" in python("-c", code, folder=tmp_path).stdout


@pytest.mark.parametrize("name", ["axpy", "matmul_gelu", "mixed_precision"])
def test_compiled_to_onnx(name, tmp_path):
    python("-m", "pyc", "compile", ROOT / f"examples/{name}.py", "--target=onnx", "-o", "out.onnx", folder=tmp_path)
    assert "out.onnx" in python("-m", "pyc", "inspect", "out.onnx", "--verify", folder=tmp_path).stdout


@pytest.mark.parametrize("name", ["axpy", "matmul_gelu"])
def test_compiled_for_a_gpu(name, tmp_path):
    python("-m", "pyc", "compile", ROOT / f"examples/{name}.py", "--target=cuda", "-o", "out", folder=tmp_path)
    assert "cuda" in python("-m", "pyc", "inspect", "out", "--verify", folder=tmp_path).stdout


def test_the_stencil_copies_no_array(tmp_path):
    result = python("-m", "pyc", "compile", ROOT / "examples/heat.py", "--remarks", folder=tmp_path)
    assert "remark" not in result.stderr


def test_digits(tmp_path):
    """The main example, on all images, with the artifacts in a folder of its own."""
    copy = tmp_path / "examples" / "digits"
    copy.mkdir(parents=True)
    for name in ("model.py", "run.py", "weights.safetensors"):
        (copy / name).write_bytes((ROOT / "examples/digits" / name).read_bytes())
    text = python(copy / "run.py", folder=tmp_path).stdout
    accuracy = re.search(r"accuracy\s+([\d.]+)%", text)
    assert accuracy is not None
    assert float(accuracy[1]) > 97
    assert "same prediction for 1797 of 1797 images" in text
    for name in ("digits.cpu/manifest.json", "digits.cuda/manifest.json", "digits.onnx"):
        assert (copy / name).exists()
