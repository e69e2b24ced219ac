"""Functions of numbers that NumPy lacks, as ``pyc.erf`` and ``pyc.gelu``: compiled, and as Python calls them."""

import numpy as np
import pytest
from surface import Surface

import pyc

SPECIAL = [0.0, -0.0, 0.5, -0.5, 1.0, -3.0, 9.2, 27.0, -27.0, 1e-300, 1e300, np.inf, -np.inf, np.nan, 5e-324]


OF_ARRAYS = [f"pyc.{name}(x)" for name in ("erf", "erfc", "gelu", "gelu_tanh", "rsqrt", "sigmoid")]


@pytest.mark.parametrize(("dtype", "ulps"), [("f64", 2), ("f32", 1), ("f16", 0.5)])
def test_of_arrays(dtype: str, ulps: float) -> None:
    program = Surface(f"x: Tensor[{dtype}, N]", OF_ARRAYS, "import pyc\n")
    kind = np.dtype(dtype.replace("f", "float"))
    rng = np.random.default_rng(0)
    for x in (SPECIAL, rng.uniform(-6, 28, 1009), [], [2.5], rng.standard_normal(64)[::-3]):
        with np.errstate(over="ignore"):
            program.agree(np.asarray(x, kind), ulps=ulps)


def test_of_numbers() -> None:
    program = Surface("x: float, n: int", [*OF_ARRAYS, "pyc.erfc(n)", "pyc.sigmoid(n)"], "import pyc\n")
    for x in SPECIAL:
        program.agree(x, 1, ulps=3)


def test_outside_of_compiled_code() -> None:
    assert pyc.erfc(2) == pytest.approx(0.004677734981047265)
    x = pyc.array(np.array([-1.0, 3.0], np.float32))
    assert isinstance(pyc.erfc(x), pyc.Array)
    np.testing.assert_allclose(np.asarray(pyc.erfc(x)), [1.842700793, 2.20904970e-05], rtol=1e-6)
    with pytest.raises(TypeError, match="erfc takes real numbers, not c128"):
        pyc.erfc(np.ones(2, complex))
