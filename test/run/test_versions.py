"""Functions for several levels of x86-64 in one library: the best is chosen when it is loaded, all give the same."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from pyc.targets import llvm
from pyc.targets.cpu import versions
from pyc.tools.cli import cli

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="versions are for x86-64")

PROGRAM = """\
import numpy as np
from pyc import Dim, Tensor, f32, f64, prange

N, K, M = Dim("N"), Dim("K"), Dim("M")

def waves(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    print("at", k)
    y = np.exp(x) * 2 + 1
    y[k] = 0
    return y

def product(x: Tensor[f32, N, K], y: Tensor[f32, K, M]) -> Tensor[f32, N, M]:
    return x @ y

def positive(x: Tensor[f64, N]) -> Tensor[f64, K]:
    return x[x > 0]

def total(x: Tensor[f64, N]) -> f64:
    s = 0.0
    for i in prange(len(x)):
        s += x[i]
    return s
"""
CALLER = """\
import ctypes, json, sys
import numpy as np
import pyc

f = pyc.load("several.cpu")
library = ctypes.CDLL("several.cpu/libseveral.so")
library.several_level.restype = ctypes.c_char_p
try:
    f.waves(np.ones(3), 7)
except IndexError as error:
    message = str(error)
x = np.arange(-4.0, 5.0)
a = np.arange(35.0, dtype=np.float32).reshape(5, 7)
print(json.dumps([library.several_level().decode(), message, f.waves(x, 2).tolist(), f.product(a, a.T).tolist(),
                  f.positive(x).tolist(), f.total(x)]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("versions")
    (folder / "several.py").write_text(PROGRAM)
    levels = ["--target=cpu:x86-64", "--also=x86-64-v4", "--also=x86-64-v3"]
    output = ["-o", str(folder / "several.cpu")]
    result = CliRunner().invoke(cli, ["compile", str(folder / "several.py"), *levels, *output])
    assert result.exit_code == 0, result.output
    return folder


def called(folder, level):
    environment = {**os.environ, "PYC_CPU": level} if level else {k: v for k, v in os.environ.items() if k != "PYC_CPU"}
    run = subprocess.run(
        [sys.executable, "-c", CALLER], cwd=folder, capture_output=True, text=True, env=environment, check=True
    )
    *said, result = run.stdout.splitlines()
    assert said == ["at 7", "at 2"]
    return json.loads(result)


def test_the_best_that_the_machine_has_is_chosen(folder):
    features = llvm.cpu_machine("native").features
    best = "x86-64-v4" if "+avx512vl" in features else "x86-64-v3" if "+avx2" in features else "x86-64"
    level, message, waves, product, positive, total = called(folder, "")
    assert level == best
    assert message == "index 7 is out of bounds for axis 0 with size 3"
    x = np.arange(-4.0, 5.0)
    expected = np.exp(x) * 2 + 1
    expected[2] = 0
    np.testing.assert_allclose(waves, expected, rtol=1e-15)
    a = np.arange(35.0, dtype=np.float32).reshape(5, 7)
    assert product == (a @ a.T).tolist()
    assert (positive, total) == ([1, 2, 3, 4], 0)


def test_a_lower_one_can_be_asked_for(folder):
    results = {level: called(folder, level) for level in ("x86-64", "x86-64-v3", "no such level", "")}
    assert results["x86-64"][0] == "x86-64"
    assert results["no such level"] == results[""]
    assert {json.dumps(r[3:]) for r in results.values()} == {json.dumps(results[""][3:])}


def test_the_loader_asks_for_the_lowest(folder):
    manifest = json.loads((folder / "several.cpu" / "manifest.json").read_text())
    assert manifest["requires"]["features"] == []
    assert manifest["levels"] == {"symbol": "several_level", "chips": ["x86-64", "x86-64-v3", "x86-64-v4"]}
    assert "const char *several_level(void);" in (folder / "several.cpu" / "several.h").read_text()
    shown = CliRunner().invoke(cli, ["inspect", str(folder / "several.cpu")]).output
    assert "  with versions for x86-64, x86-64-v3, x86-64-v4\n" in shown


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--also=x86-64-v2"], "--also=x86-64-v2 is not a level above x86-64-v3: x86-64-v4"),
        (
            ["--target=cpu:x86-64-v4", "--also=x86-64-v4"],
            "--also=x86-64-v4 is not a level above x86-64-v4: there are none",
        ),
        (["--also=neoverse-n1"], "--also=neoverse-n1 is not a level above x86-64-v3: x86-64-v4"),
        (["--target=cpu:native", "--also=x86-64-v4"], "--also goes with --target=cpu:LEVEL"),
        (["--target=onnx", "--also=x86-64-v4"], "--also goes with --target=cpu:LEVEL"),
        (["--target=cuda", "--also=x86-64-v4"], "--also goes with --target=cpu:LEVEL"),
        (["--emit=obj", "--also=x86-64-v4"], "--also makes a library of several versions"),
        (["--emit=linalg", "--also=x86-64-v4"], "--also makes a library of several versions"),
    ],
)
def test_what_has_no_versions(folder, options, message):
    result = CliRunner().invoke(cli, ["compile", str(folder / "several.py"), *options])
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


def test_a_program_that_is_wrong_is_reported_once(tmp_path):
    (tmp_path / "wrong.py").write_text("from pyc import f64\ndef f(x: f64) -> f64:\n    return y\n")
    result = CliRunner().invoke(cli, ["compile", str(tmp_path / "wrong.py"), "--also=x86-64-v4"])
    assert result.exit_code == 1
    assert result.stderr.count("error[E110]") == 1


def test_names_of_versions():
    assert [versions.versioned("f", v) for v in versions.LEVELS] == ["f.v1", "f.v2", "f.v3", "f.v4"]
    text = "@a = global ptr null\n@ab = global ptr @a\n"
    assert versions.declared_elsewhere(text, "a") == "@a = external global ptr\n@ab = global ptr @a\n"
