"""The first call of a process: two processes that begin together give what one gives that has the whole compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """\
import sys
import numpy as np
import pyc
from pyc import Dim, Tensor, f64
from pyc.tools import compilation, warming

N = Dim("N")

@pyc.jit
def sums(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    out = np.zeros_like(x)
    for i in range(k, len(x)):
        out[i] = out[i - k] + x[i]
    return np.exp(-out)

@pyc.jit
def rejected(x: Tensor[f64, N]) -> Tensor[f64, N]:
    return x + nothing

@pyc.jit
def deep(k: int) -> int:
    return {deep}

def entry(function, *values):
    made = []
    compile_now = compilation._compile
    compilation._compile = lambda task, begun: made.append(compile_now(task, begun)) or made[-1]
    try:
        result = function(*values)
    finally:
        compilation._compile = compile_now
    return result, bytes(made[0].code), made[0].remarks

"""
WAYS = """\
half = []
handed_over = compilation._handed_over
compilation._handed_over = lambda task: half.append(handed_over(task)) or half[-1]
"""


def ran(folder: Path, code: str) -> str:
    deep = " + ".join(["k"] * 900)
    (folder / "program.py").write_text(PROGRAM.replace("{deep}", deep))
    (folder / "main.py").write_text(f"from program import *\n{WAYS}{code}")
    command = [sys.executable, "main.py"]
    environment = {**os.environ, "PYC_CACHE_SIZE": "0"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_halves_are_the_whole(tmp_path: Path) -> None:
    """The same code, the same remarks; the second time all is loaded, and one process does it."""
    code = """
compilation._processors = lambda: 4
x = np.arange(9.0)
first, again = entry(sums, x, 2), entry(pyc.tools.jit.Compiled(sums.__wrapped__, compilation.JitOptions()), x, 2)
print((first[0] == again[0]).all(), first[1:] == again[1:], len(half), len(half[0][0]) > 100)
for _ in warming.preparation():
    pass
print(warming.is_loaded())
"""
    assert ran(tmp_path, code) == "True True 1 True\nTrue\n"


@pytest.mark.parametrize("processors", [1, 4])
def test_errors_are_those_of_the_whole(tmp_path: Path, processors: int) -> None:
    code = f"""
compilation._processors = lambda: {processors}
for _ in range(2):
    try:
        rejected(np.ones(3))
    except pyc.CompileError as error:
        print(error.diagnostics[0].code, error.diagnostics[0].span.begin, "nothing" in error.__notes__[0])
print(len(half))
"""
    calls = 0 if processors == 1 else 2
    lines = ran(tmp_path, code).splitlines()
    assert lines[0] == lines[1]
    assert lines[0].startswith("E110 ")
    assert lines[0].endswith("True")
    assert int(lines[2]) in (calls, min(calls, 1))


def test_what_is_nested_deeply_is_compiled_as_a_whole(tmp_path: Path) -> None:
    code = """
compilation._processors = lambda: 4
print(deep(2), [h[0] for h in half])
"""
    assert ran(tmp_path, code) == "1800 [b'']\n"


def test_a_crash_of_either_half_is_told(tmp_path: Path) -> None:
    code = """
import os
compilation._processors = lambda: 4
from pyc.tools import driver, isolation
for part in ("lowered", "compile_lowered"):
    right = getattr(driver, part)
    setattr(driver, part, lambda *arguments: (isolation.report("work"), os.abort()))
    try:
        sums(np.ones(3), 1)
    except pyc.CompileError as error:
        print(error.diagnostics[0].code, error.diagnostics[0].message)
    setattr(driver, part, right)
"""
    assert ran(tmp_path, code) == "E901 code generation died in work (SIGABRT)\n" * 2
