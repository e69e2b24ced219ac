"""Calls of compiled functions with strings, None and functions: an instance for each, as interpreted."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """\
from __future__ import annotations
import numpy as np
import pyc
from collections.abc import Callable
from pyc import Tensor, f64, Dim, Float
N = Dim("N")
def half(x): return x * 0.5
@pyc.jit
def f(x: Tensor[f64, N], bias: Tensor[f64, N] | None = None, mode: str = "plain") -> Tensor[f64, N]:
    y = x * 2
    if bias is not None:
        y = y + bias
    return y * y if mode == "square" else y
@pyc.jit
def apply(g: Callable[[Tensor[f64, N]], Tensor[f64, N]], x: Tensor[f64, N]) -> Tensor[f64, N]:
    return g(x)
@pyc.jit
def loose(g, x, k=None):
    return g(x) if k is None else g(x) * k
@pyc.jit
def dflt[T: Float = f64, K: int = 3](x: Tensor[T, 4]) -> Tensor[T, 4]:
    return x * K
x = np.arange(4.)
print(f(x), f(x, x), f(x, mode="square"), f(x, x, "square"), sep="\\n")
print(apply(np.sqrt, x), apply(half, x), loose(half, x), loose(np.sqrt, x, 2.0), loose(abs, -3), sep="\\n")
print(dflt(x), dflt[pyc.f32, 5](x.astype(np.float32)), sep="\\n")
"""


def test_compiled_and_interpreted_print_the_same(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    runs = [
        subprocess.run(
            [sys.executable, "-m", "pyc", "run", *more, str(tmp_path / "program.py")],
            capture_output=True,
            text=True,
            check=False,
        )
        for more in ([], ["--interpret"])
    ]
    assert [r.returncode for r in runs] == [0, 0], runs[0].stderr + runs[1].stderr
    assert runs[0].stdout == runs[1].stdout
    assert len(runs[0].stdout.splitlines()) == 11


def test_a_function_without_a_name_is_refused(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM + "apply(lambda v: v, x)\n")
    command = [sys.executable, "-m", "pyc", "run", str(tmp_path / "program.py")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "TypeError: g is a function that has no name in its file" in run.stderr
