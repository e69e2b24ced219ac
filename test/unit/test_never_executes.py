"""The compiler reads the file; it never runs it: nor what it imports, nor defaults, decorators or annotations."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pyc.tools.cli import cli

PROGRAM = """\
import sys
import pyc
from pyc import Tensor, f32
from helper import twice
import numpy as np

open({marker!r}, "a").write("module level")
sys.exit(7)
__import__("os").system("touch " + {marker!r})


def traced(function):
    open({marker!r}, "a").write("decorator")
    return function


class Registry(type(open({marker!r}, "a"))):
    touched = open({marker!r}, "a").write("class body")


@pyc.python
@traced
def orchestrate(x=open({marker!r}, "a")) -> open({marker!r}, "a"):
    raise SystemExit(9)


def scale[N](x: Tensor[f32, N], s: f32) -> Tensor[f32, N]:
    return twice(x) * s


while True:
    open({marker!r}, "a").write("endless")
"""
HELPER = """\
from pyc import Tensor, f32

open({marker!r}, "a").write("import")


def twice[N](x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x + x
"""


@pytest.fixture
def marked(tmp_path, monkeypatch) -> Path:
    """A program that would write a marker if any of it ran; the marker is what is returned."""
    monkeypatch.chdir(tmp_path)
    marker = tmp_path / "marker"
    (tmp_path / "program.py").write_text(PROGRAM.format(marker=str(marker)))
    (tmp_path / "helper.py").write_text(HELPER.format(marker=str(marker)))
    return marker


@pytest.mark.parametrize("target", ["cpu", "cuda", "onnx"])
def test_compiling_runs_nothing_of_the_file(target, marked):
    result = CliRunner().invoke(cli, ["compile", "program.py", f"--target={target}"])
    assert result.exit_code == 0, result.stderr
    assert (marked.parent / f"program.{target}").exists()
    assert not marked.exists()


def test_checking_runs_nothing_of_the_file(marked):
    result = CliRunner().invoke(cli, ["check", "program.py"])
    assert result.exit_code == 0, result.stderr
    assert not marked.exists()


@pytest.mark.parametrize("emit", ["pyc", "linalg", "asm"])
def test_no_output_runs_anything_of_the_file(emit, marked):
    result = CliRunner().invoke(cli, ["compile", "program.py", f"--emit={emit}"])
    assert result.exit_code == 0, result.stderr
    assert not marked.exists()


@pytest.mark.parametrize(
    "expression",
    [
        "open({marker!r}, 'w')",
        "__import__('pathlib').Path({marker!r}).touch()",
        "eval('open({marker})')",
        "[open({marker!r}, 'w') for _ in range(3)][0]",
        "(lambda: open({marker!r}, 'w'))()",
        "9 ** 9 ** 9 ** 9",
        "'x' * 10 ** 12",
        "1 << 10 ** 12",
    ],
)
@pytest.mark.parametrize("place", ["dimension", "constant", "default", "decorator"])
def test_what_the_hot_path_uses_is_evaluated_by_a_closed_evaluator(place, expression, marked):
    """Neither run nor computed without end: an error with a code at the use, or nothing at all."""
    value = expression.format(marker=str(marked))
    body = {
        "dimension": f"K = {value}\ndef f(x: Tensor[f32, K]) -> Tensor[f32, K]:\n    return x\n",
        "constant": f"K = {value}\ndef f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return x * K\n",
        "default": f"def f[N](x: Tensor[f32, N], k: int = {value}) -> Tensor[f32, N]:\n    return x\n",
        "decorator": f"@pyc.jit({value})\ndef f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return x\n",
    }[place]
    path = marked.parent / "evaluated.py"
    path.write_text(f"import pyc\nfrom pyc import Tensor, f32\n{body}")
    result = CliRunner(env={"PYC_ISOLATE": "0"}).invoke(cli, ["check", str(path)])
    assert result.exit_code in (0, 1), result.exception
    assert "E9" not in result.stderr
    assert not marked.exists()
