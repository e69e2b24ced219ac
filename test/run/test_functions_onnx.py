"""``rsqrt``, ``sigmoid`` and ``gelu`` as models, which are operators of ONNX where its version has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

import pyc
from pyc import nn
from pyc.frontend import Request
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.tools import driver

HEADER = (
    "import pyc\nfrom pyc import Dim, Tensor, f16, f32, f64\nfrom pyc.nn import gelu, sigmoid, silu\nN = Dim('N')\n"
)
BODIES = {
    "root": ("pyc.rsqrt(x)", ["Sqrt", "Reciprocal"]),
    "logistic": ("sigmoid(x)", ["Sigmoid"]),
    "swish": ("silu(x)", ["Sigmoid", "Mul"]),
    "normal": ("gelu(x)", ["Gelu"]),
    "tanh": ("gelu(x, 'tanh')", ["Gelu"]),
}
X = np.array([0.0, -0.0, 0.5, -0.5, 1.0, -3.0, 4.25, -4.25, 9.0, np.nan])


def _dtypes(name: str) -> tuple[str, ...]:
    """ONNX Runtime has no ``Erf`` of f64."""
    return ("f16", "f32") if name == "normal" else ("f16", "f32", "f64")


@pytest.mark.parametrize("opset", [17, 24])
def test_models(tmp_path: Path, opset: int) -> None:
    text = HEADER
    for name, (expression, _) in BODIES.items():
        for dtype in _dtypes(name):
            text += f"def {name}_{dtype}(x: Tensor[{dtype}, N]) -> Tensor[{dtype}, N]:\n    return {expression}\n"
    path = tmp_path / "program.py"
    path.write_text(text)
    options = Options("program", source_path=str(path), opset=opset)
    artifact = driver.compile_source(Source(str(path), text), Target("onnx"), options, Request())
    models = artifact.write(tmp_path / "program.onnx")
    loaded = pyc.load(models)
    for name, (expression, operators) in BODIES.items():
        single = onnx.load(models / f"{name}_f32.onnx")
        found = [node.op_type for function in single.functions for node in function.node if not node.domain]
        found += [node.op_type for node in single.graph.node if not node.domain]
        if opset >= 20 or "Gelu" not in operators:
            assert set(operators) <= set(found), (name, found)
        else:
            assert "Gelu" not in found
        for dtype in _dtypes(name):
            x = X.astype(dtype.replace("f", "float"))
            with np.errstate(all="ignore"):
                want = eval(expression, {"pyc": pyc, **vars(nn)}, {"x": pyc.array(x)})
                got = getattr(loaded, f"{name}_{dtype}")(x)
            tolerance = {"f16": 1e-3, "f32": 5e-6, "f64": 1e-14}[dtype]
            np.testing.assert_allclose(got.astype(float), np.asarray(want, float), rtol=tolerance, atol=tolerance / 4)
