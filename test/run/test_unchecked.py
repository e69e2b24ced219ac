"""``unchecked`` drops the checks of indices, of one function or of all, and nothing else."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

import pyc
from pyc.tools.cli import cli

PROGRAM = """\
import pyc
from pyc import Dim, Tensor, f64

N = Dim("N")


@pyc.jit(unchecked=True)
def quick(x: Tensor[f64, N], i: int, j: int) -> float:
    return x[i] * (10 // j)


@pyc.jit
def careful(x: Tensor[f64, N], i: int, j: int) -> float:
    return x[i] * (10 // j)
"""
DIVISION = {"quick": ["ZeroDivisionError"], "careful": ["ZeroDivisionError"]}


@pytest.mark.parametrize(
    ("options", "raises"),
    [((), {**DIVISION, "careful": ["IndexError", *DIVISION["careful"]]}), (("--unchecked",), DIVISION)],
)
def test_index_checks_go_where_that_was_asked_for(tmp_path, monkeypatch, options, raises):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "program.py").write_text(PROGRAM)
    result = CliRunner().invoke(cli, ["compile", "program.py", *options])
    assert result.exit_code == 0, result.stderr
    manifest = json.loads((tmp_path / "program.cpu" / "manifest.json").read_text())
    assert {f["name"]: sorted(e["kind"] for e in f["errors"]) for f in manifest["functions"]} == raises
    compiled = pyc.load(tmp_path / "program.cpu")
    for function in (compiled.quick, compiled.careful):
        assert function(np.array([1.0, 2.0, 5.0]), -1, 4) == 10.0
        with pytest.raises(ZeroDivisionError):
            function(np.ones(3), 0, 0)


def test_the_option_is_a_truth_value(tmp_path):
    file = tmp_path / "program.py"
    file.write_text(PROGRAM.replace("unchecked=True", "unchecked=1"))
    result = CliRunner().invoke(cli, ["check", str(file)])
    assert result.exit_code == 1
    assert "E119" in result.stderr
