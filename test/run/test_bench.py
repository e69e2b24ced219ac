"""``pyc bench``: what is timed, what is said of it, and that results are compared."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from pyc.target import Target
from pyc.tools import bench
from pyc.tools.cli import cli

PROGRAM = """\
import numpy as np
import pyc
from pyc import Dim, Tensor, TypeVar, f16, f32, f64, i32

N = Dim("N")
M = Dim("M")
T = TypeVar("T", f32, f64)


def scale(x: Tensor[f32, N], *, s: f32 = 3.0) -> Tensor[f32, N]:
    return x * s


def smooth(u: Tensor[f64, N + 2, M], n: int) -> None:
    for _ in range(n):
        u[1:-1] = (u[:-2] + u[2:]) / 2


def collatz(n: int, ones: Tensor[i32, N]) -> int:
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def rounded(x: Tensor[f32, N]) -> Tensor[f16, N]:
    return x.to(f16)


def fails(x: Tensor[f32, N]) -> f32:
    return x[len(x)]


@pyc.jit
def axpy(a: T, x: Tensor[T, N], y: Tensor[T, N]) -> Tensor[T, N]:
    return a * x + y


axpy_f64 = axpy[f64]


class Layer(pyc.Module):
    w: Tensor[f32, 3]

    def __call__(self, x: Tensor[f32, 3]) -> Tensor[f32, 3]:
        return x * self.w
"""


def run(folder: Path, text: str, *options: str) -> Result:
    (folder / "program.py").write_text(text)
    return CliRunner().invoke(cli, ["bench", str(folder / "program.py"), "--seconds", "0", *options])


def test_the_table(tmp_path: Path) -> None:
    result = run(tmp_path, PROGRAM, "--size", "N=50", "--size", "M=7")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["function", "arguments", "compiled", "CPython", "faster"]
    rows = {line.split()[0]: line for line in lines[1:]}
    time = r"\d[\d.e+]* (s|ms|us)"
    for name, arguments in {
        "scale": "f32[50]",
        "smooth": "f64[52, 7], 10",
        "collatz": "10, i32[50]",
        "axpy_f64": "0.5, f64[50], f64[50]",
    }.items():
        assert re.match(rf"{name} +{re.escape(arguments)} +{time} +{time} +\d+\.\d\dx$", rows[name]), rows[name]
    assert re.match(rf"rounded +f32\[50\] +{time} +CPython alone raises AttributeError: ", rows["rounded"])
    assert "it raises IndexError: index" in rows["fails"]
    assert rows["Layer"].endswith("a module's method, which needs weights: call it from a function to time it")


def test_a_file_says_what_is_called(tmp_path: Path) -> None:
    cases = """

def cases():
    for n in (2, 3):
        yield "scale", (np.ones(n, np.float32),)
    yield "helper", ()
"""
    result = run(tmp_path, PROGRAM + cases, "--function", "scale")
    assert [line.split()[:2] for line in result.stdout.splitlines()[1:]] == [["scale", "f32[2]"], ["scale", "f32[3]"]]


def test_results_that_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PROGRAM.split("def smooth")[0] + (
        "import builtins\n\n\ndef half(x: Tensor[f64, N]) -> Tensor[f64, N]:\n    return x / TWO\n\n\nTWO = 2\n"
    )
    result = run(tmp_path, text, "--size", "N=9")
    assert result.exit_code == 0, result.output
    plain = bench._plain

    def wrong(source: object, path: str) -> dict[str, object]:
        return {**plain(source, path), "half": lambda x: x / 3}

    monkeypatch.setattr(bench, "_plain", wrong)
    result = run(tmp_path, text, "--size", "N=9")
    assert result.exit_code == 1
    assert "the results differ by 5.0e-01" in result.stdout


def test_written_arrays_begin_as_they_were_for_each_call() -> None:
    seen: list[float] = []

    def grow(x: np.ndarray) -> None:
        seen.append(x[0])
        x *= 2

    way = bench.Way(grow, (np.ones(1),), written=True, count=3)
    way.sample()
    way.sample()
    assert seen == [1] * 6
    assert len(way.seconds) == 2


def test_copies_of_what_is_written_are_bounded() -> None:
    way = bench.Way(lambda x: None, (np.ones(bench.COPIES // 32),), written=True)
    way.settle()
    assert way.count <= 4


def test_rows_are_measured_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    ways = [bench.Way(lambda name=name: order.append(name), (), written=False) for name in "ab"]
    bench._repeat(ways, 0)
    assert "".join(order) == "baabba"


def test_wrong_requests(tmp_path: Path) -> None:
    assert "like N=1000" in run(tmp_path, PROGRAM, "--size", "N").stderr
    assert "timed on a CPU" in run(tmp_path, PROGRAM, "--target", "cuda").stderr
    result = run(tmp_path, PROGRAM + "\ndef g(x: Tensor[f32, N]) -> f32:\n    return nothing\n")
    assert result.exit_code == 1
    assert "error[E110]" in result.stderr


@pytest.mark.parametrize("text", ["raise ValueError('at import')\n", "\n\ndef cases():\n    yield 1 / 0\n"])
def test_a_file_that_raises(tmp_path: Path, text: str, capfd: pytest.CaptureFixture[str]) -> None:
    result = run(tmp_path, PROGRAM + text)
    assert result.exit_code == 1
    said = result.stderr + capfd.readouterr().err
    assert re.search(r'Traceback .*\n  File ".*/program\.py", line \d+', said)
    assert said.rstrip().endswith(("ValueError: at import", "ZeroDivisionError: division by zero"))
    assert "tools/bench.py" not in said


def test_each_program_of_the_tests_can_be_timed(tmp_path: Path) -> None:
    program = Path(__file__).resolve().parents[1] / "programs/jacobi_1d.py"
    rows = list(bench.bench(str(program), Target("cpu", "native"), (), {}, 0.0))
    assert rows
    assert all(row.compiled and row.python and not row.note for row in rows)
