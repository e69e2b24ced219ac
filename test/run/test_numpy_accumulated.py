"""Where sums and products round in 16 bits and in mixed precision: compiled as interpreted.

Sums of products of the elements are exact in f32 but for the last bits: what is left shows the rounding.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import pyc
from pyc.precision import Precision
from pyc.targets.interpreter import typed

EINSUMS = [
    'np.einsum("ij,jk->ik", x * 1.1, x.T + 0.3)', 'np.einsum("ij,ij->", x * 1.1, x + 0.3)',
    'np.einsum("ij,jk,kl->il", x * 1.1, x.T + 0.3, x - 0.1)', 'np.einsum("ij->j", x * 1.1)',
    'np.einsum("i,j->ij", x[0] * 1.1, x[1] + 0.3)', 'np.einsum("ij,ij->ij", x * 1.1, x + 0.3)',
    'np.einsum("ij,k->i", x * 1.1, x[0] + 0.3)', 'np.einsum("ij,j->i", x * 1.1, x[0] + 0.3)',
    'np.einsum("...j,j->...", x * 1.1, x[0] + 0.3)', 'np.einsum("ii->i", (x @ x.T) * 1.1)',
    'np.einsum("ij,ji->", x * 1.1, x.T)', 'np.einsum("bi,bi->b", x * 1.1, x)', 'np.einsum("ij", x * 1.1)',
    'np.einsum("ij,kj->ki", x[:, :1] * 1.1, x[:, :1] + 0.3)',
]  # fmt: skip
PRODUCTS = [
    "np.tensordot(x * 1.1, x, axes=([1], [1]))", "np.tensordot(x * 1.1, x, 2)", "np.inner(x * 1.1, x)",
    "np.dot(x * 1.1, x.T)", "np.vecdot(x * 1.1, x)", "np.matvec(x * 1.1, x[0] * 1.3)", "np.vecmat(x[:, 0], x * 1.1)",
    "np.linalg.vecdot(x * 1.1, x)", "np.outer(x[0] * 1.1, x[1])", "np.convolve(x[0], x[1])",
    "np.correlate(x[0], x[1][:3])",
]  # fmt: skip
SCANS = [
    "np.cumsum(x, axis=1)", "np.cumsum(x * 1.1, axis=0)", "np.cumprod(x * 1.1, axis=0)", "np.cumsum(x)", "x.cumsum(1)",
    "np.cumsum(x, axis=-2)", "np.cumsum(x[:, ::-1], axis=0, dtype=np.float32)", "np.cumsum(x > 2, axis=0)",
    "np.cumprod(x[:, None] * 1.1, axis=1)", "np.cumsum(np.stack((x, x * 1.5, x[::-1])), axis=1)",
    "np.cumprod(np.stack((x, x * 1.5), axis=1), axis=-2)",
    "np.add.accumulate(x * 1.1, axis=1)", "np.nancumsum(x * 1.1, axis=0)", "np.cumulative_sum(x * 1.1, axis=1)",
    "np.nansum(x * 1.1, axis=0)", "np.nanprod(x, axis=1)", "np.nanmean(x * 1.1, axis=1)", "np.nanvar(x, axis=1)",
    "np.gradient(x * 1.1, axis=0)", "np.linalg.norm(x, axis=1)",
]  # fmt: skip
EXPRESSIONS = [*EINSUMS, *PRODUCTS, *SCANS]
HEAD = """\
from __future__ import annotations
import numpy as np
import pyc
from pyc import Dim, Mixed, Tensor, bf16, f16, f32, f64
M = Dim("M")
N = Dim("N")
"""


@pytest.mark.parametrize("precision", ["f16", "bf16", "Mixed[f16, f32]", "Mixed[f16, f32, f64]"])
def test_compiled_and_interpreted_round_alike(precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "rounding_" + "".join(k for k in precision if k.isalnum())
    functions = "".join(f"def case{i}(x: Tensor[P, M, N]):\n    return {e}\n" for i, e in enumerate(EXPRESSIONS))
    every = ", ".join(f"case{i}(x)" for i in range(len(EXPRESSIONS)))
    whole = f"@pyc.jit\ndef every(x: Tensor[P, M, N]):\n    return ({every})\n"
    (tmp_path / f"{name}.py").write_text(f"{HEAD}P = {precision}\n{functions}{whole}")
    monkeypatch.setenv("PYC_CACHE_DIR", str(tmp_path / "cache"))
    spec = importlib.util.spec_from_file_location(name, tmp_path / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    storage = ml_dtypes.bfloat16 if precision == "bf16" else np.float16
    x = (np.random.default_rng(1).integers(-40, 40, (5, 7)) / 32).astype(storage)
    compiled = module.every(x)
    wrong = []
    for i, e in enumerate(EXPRESSIONS):
        # What is returned undeclared is stored: in f16, also where it was computed in f32.
        found = typed(getattr(module, f"case{i}"))(pyc.array(x, Precision.parse(precision)))
        a, b = np.asarray(compiled[i]), np.asarray(found)
        if (a.dtype, a.shape) != (b.dtype, b.shape):
            wrong.append(f"{e}: {a.dtype}{a.shape}, not {b.dtype}{b.shape}")
        elif a.dtype == storage and not np.array_equal(a, b):
            wrong.append(f"{e}: {a - b}")
        elif not np.allclose(a.astype(np.float64), b.astype(np.float64), rtol=1e-6, atol=1e-6):
            wrong.append(f"{e}: {a}, not {b}")
    assert not wrong, "\n".join(wrong)


def test_running_sums_are_rounded_once() -> None:
    """As the language defines it: where NumPy rounds each step to f16, a sum of many ones ends at 2048."""
    ones = pyc.array(np.ones(4096, np.float16))
    assert np.cumsum(ones)[-1] == 4096
    assert np.nanmean(pyc.array(np.full(3000, 60.0, np.float16))) == 60
