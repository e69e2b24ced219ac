"""The error of the functions that the CPU computes by polynomials, in units of the last place."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compiled import Compiled
from numpy.typing import NDArray

from pyc.dialects import build as b

Array = NDArray[Any]
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1e-38, 3.4e38, -3.4e38, 1.0, -1.0]
RNG = np.random.default_rng(0)
TINY = np.exp(RNG.uniform(-100, 2, 20000))
#: name: NumPy's in double precision, where to look, and the bound that the pass documents.
CASES: dict[str, tuple[Callable[[Array], Array], Array, float]] = {
    "exp": (np.exp, np.concatenate([RNG.uniform(-105, 90, 90000), RNG.uniform(-1, 1, 50000)]), 1.0),
    "exp2": (np.exp2, RNG.uniform(-152, 130, 90000), 1.0),
    "log": (np.log, np.concatenate([np.exp(RNG.uniform(-103, 88, 90000)), RNG.uniform(0.5, 2, 50000)]), 0.8),
    "tanh": (np.tanh, np.concatenate([RNG.uniform(-10, 10, 90000), RNG.uniform(-1, 1, 50000), TINY]), 1.4),
    "erf": (np.vectorize(math.erf), np.concatenate([RNG.uniform(-5, 5, 50000), RNG.uniform(-1, 1, 30000), TINY]), 1.0),
}


@pytest.mark.parametrize("name", CASES)
def test_error(name: str) -> None:
    reference, places, bound = CASES[name]
    x = np.concatenate([places, np.array(SPECIAL)]).astype("f4")
    f = Compiled([("f32", [None])], lambda x: [b.unary(name, x)], level=2)
    (got,) = f([x], [("f32", x.shape)])
    with np.errstate(all="ignore"):
        exact = reference(x.astype("f8"))
        want = exact.astype("f4")
        finite = np.isfinite(want)
        error = np.abs(got.astype("f8") - exact)[finite] / np.spacing(np.abs(want[finite])).astype("f8")
    assert np.max(error) <= bound
    np.testing.assert_array_equal(got[~finite], want[~finite])
    if name in ("tanh", "erf"):
        np.testing.assert_array_equal(np.signbit(got[~np.isnan(x)]), np.signbit(x[~np.isnan(x)]))
