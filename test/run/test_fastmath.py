"""``fastmath``: strict without, close with; nothing where Python runs the program."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from language import Twice, interpreted

import pyc

PROGRAM = """
import pyc
def strict(x: Tensor[f64, N]) -> float:
    s = 0.0
    for i in range(len(x)):
        s += x[i] * x[i]
    return s
@pyc.jit(fastmath=True)
def fast(x: Tensor[f64, N]) -> float:
    s = 0.0
    for i in range(len(x)):
        s += x[i] * x[i]
    return s
def mixed(x: Tensor[f64, N], y: Tensor[f64, N]) -> float:
    s = 0.0
    with pyc.fastmath("reassoc", "contract"):
        for i in range(len(x)):
            if x[i] < 0.0:
                continue
            s += x[i] * y[i]
        y += x * 0.5
    t = 1.0
    for i in range(len(y)):
        t = t * 0.5 + y[i]
    return s + t
def left(x: Tensor[f64, N], limit: float) -> int:
    s = 0.0
    with pyc.fastmath("reassoc"):
        for i in range(len(x)):
            s += x[i]
            if s > limit:
                return i
    return -1
def contracted(a: Tensor[f64, N], b: Tensor[f64, N], c: Tensor[f64, N]) -> Tensor[f64, N]:
    out = np.empty_like(a)
    with pyc.fastmath("contract"):
        for i in range(len(a)):
            out[i] = a[i] * b[i] + c[i]
    return out
"""


@pytest.fixture(scope="module")
def program() -> Twice:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYC_INTERPRET", "1")  # what is compared with is Python, also of decorated functions
        return Twice(PROGRAM, "strict", "fast", "mixed", "left", "contracted")


@pytest.mark.parametrize("n", [0, 1, 7, 1000, 4099])
def test_results_are_those_of_python_but_for_rounding(program: Twice, n: int) -> None:
    r = np.random.default_rng(n)
    x, y = r.normal(size=n), r.normal(size=n)
    program.agree("strict", x)
    assert program.compiled.fast(x) == pytest.approx(float(x @ x), rel=1e-12)
    z = y.copy()
    got = program.compiled.mixed(x, z)
    t = 1.0
    for v in y + x * 0.5:
        t = t * 0.5 + v
    assert got == pytest.approx(float((x * y)[x >= 0].sum() + t), rel=1e-9, abs=1e-9)
    assert np.allclose(z, y + x * 0.5, rtol=1e-15)
    ones = np.ones(n)
    program.agree("left", ones, n / 2)
    program.agree("fast", np.arange(float(n)))  # exact in any order


def test_contraction_rounds_once(program: Twice) -> None:
    a = np.array([1.0 + 2.0**-30, 3.0])
    b = np.array([1.0 - 2.0**-30, 5.0])
    c = np.array([-1.0, 2.0])
    assert program.compiled.contracted(a, b, c).tolist() == [-(2.0**-60), 17.0]
    assert (a * b + c).tolist() == [0.0, 17.0]


def test_interpreted(program: Twice) -> None:
    interpreted(program, "strict", (np.arange(5.0),))
    interpreted(program, "mixed", (np.arange(5.0), np.ones(5)))
    with pyc.fastmath("reassoc"), pyc.fastmath():
        pass
    with pytest.raises(ValueError, match="no flag 'fast'"):
        pyc.fastmath("fast")


def test_flags_are_part_of_what_is_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYC_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "sums.py").write_text(
        "from __future__ import annotations\nimport pyc\nfrom pyc import Tensor, Dim, f64\nN = Dim('N')\n"
        "def total(x: Tensor[f64, N]) -> float:\n    s = 0.0\n    for v in x:\n        s += v\n    return s\n"
        "strict, fast = pyc.jit(total), pyc.jit(total, fastmath={'reassoc'})\n"
    )
    spec = util.spec_from_file_location("sums", tmp_path / "sums.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "sums", module)
    spec.loader.exec_module(module)
    # Alternating so, each of several partial sums keeps what a sum in order loses.
    x = np.tile([1e16, 1.0, -1e16, 1.0], 64)
    in_order = 0.0
    for v in x:
        in_order += float(v)
    assert module.strict(x) == in_order
    assert module.fast(x) != in_order
    assert module.strict(x) == in_order
