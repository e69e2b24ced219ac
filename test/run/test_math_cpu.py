"""The error of the functions that the CPU computes by polynomials, in units of the last place, and special values."""

from __future__ import annotations

import math
import platform
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compiled import Compiled
from numpy.typing import NDArray

import pyc
from pyc.dialects import build as b

Array = NDArray[Any]
Places = list[tuple[float, float]]
SPECIAL = [
    0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -5e-324, 1e-310, 1e-45, -1e-45, 1e-38, 3.4e38, -3.4e38, 1.79e308,
    -1.79e308, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 709.78, 710.5, -745.2, -708.5, 88.8, -103.9, 1e22, 1e15, -1e19,
    2.0**45, 1e-17,
]  # fmt: skip
COUNT = 20000


def logistic(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1) / (1 + e)


def gelu(x: Array) -> Array:
    """In f64, also where the rounding of erfc's argument would count, which is a part of the result's square."""
    return np.asarray(pyc.gelu(x.astype(np.float64)))


def gelu_tanh(x: Array) -> Array:
    x = np.maximum(x, -40)
    slope = 2 * np.sqrt(2 / np.arccos(np.asarray(-1, x.dtype)))
    return x * logistic(slope * (x + x * x * x * (np.asarray(44715, x.dtype) / 10**6)))


#: name: NumPy's, where to look in f64 and in f32 beside the neighbourhood of 0, and the bounds.
CASES: dict[str, tuple[Callable[..., Any], Places, Places, float, float]] = {
    "exp": (np.exp, [(-746, 710), (-1, 1)], [(-105, 90), (-1, 1)], 1.0, 1.0),
    "exp2": (np.exp2, [(-1080, 1025)], [(-152, 130)], 1.0, 0.52),
    "expm1": (np.expm1, [(-50, 710), (-1, 1)], [(-20, 89), (-1, 1)], 1.0, 0.52),
    "log": (np.log, [(0, 1e300), (0.5, 2), (0, 1e-300)], [(0, 1e38), (0.5, 2), (0, 1e-38)], 1.0, 0.85),
    "log2": (np.log2, [(0, 1e300), (0.5, 2), (0, 1e-300)], [(0, 1e38), (0.5, 2), (0, 1e-38)], 1.0, 0.52),
    "log10": (np.log10, [(0, 1e300), (0.5, 2), (0, 1e-300)], [(0, 1e38), (0.5, 2), (0, 1e-38)], 1.0, 0.52),
    "log1p": (np.log1p, [(-1, 2), (0, 1e300)], [(-1, 2), (0, 1e38)], 1.0, 0.52),
    "sin": (np.sin, [(-10, 10), (-1e6, 1e6), (-1e16, 1e16)], [(-10, 10), (-1e6, 1e6), (-1e16, 1e16)], 1.0, 0.52),
    "cos": (np.cos, [(-10, 10), (-1e6, 1e6), (-1e16, 1e16)], [(-10, 10), (-1e6, 1e6), (-1e16, 1e16)], 1.0, 0.52),
    "tan": (np.tan, [(-10, 10), (-1e6, 1e6), (-1e16, 1e16)], [(-10, 10), (-1e6, 1e6), (-1e16, 1e16)], 1.0, 0.52),
    "asin": (np.arcsin, [(-1, 1)], [(-1, 1)], 1.0, 0.52),
    "acos": (np.arccos, [(-1, 1)], [(-1, 1)], 1.0, 0.52),
    "atan": (np.arctan, [(-1, 1), (-30, 30)], [(-1, 1), (-30, 30)], 1.0, 0.52),
    "sinh": (np.sinh, [(-711, 711), (-2, 2)], [(-90, 90), (-2, 2)], 1.0, 0.52),
    "cosh": (np.cosh, [(-711, 711), (-2, 2)], [(-90, 90), (-2, 2)], 1.0, 0.52),
    "tanh": (np.tanh, [(-25, 25), (-1, 1)], [(-10, 10), (-1, 1)], 1.0, 0.52),
    "erf": (np.vectorize(math.erf), [(-7, 7), (-1, 1)], [(-5, 5), (-1, 1)], 2.0, 1.0),
    "erfc": (np.vectorize(math.erfc), [(-7, 28), (-1, 1)], [(-5, 11), (-1, 1)], 3.5, 0.52),
    "rsqrt": (lambda x: 1 / np.sqrt(x), [(0.25, 4)], [(0.25, 4)], 0.51, 0.51),
    "sigmoid": (logistic, [(-746, 40), (-4, 4)], [(-105, 20), (-4, 4)], 1.0, 1.0),
    "gelu": (gelu, [(-37, 9), (-1, 1)], [(-15, 6), (-1, 1)], 4.5, 1.0),
    # The reference's argument of exp is rounded.
    "gelu_tanh": (gelu_tanh, [(-23, 9), (-1, 1)], [(-11, 6), (-1, 1)], 2.0, 1.0),
}
#: Those without a reference in higher precision: to the bound of 2 comes the error of the C library's function.
INEXACT = {"erf", "erfc", "gelu"}


def arguments(places: Places, dtype: str, seed: int) -> Array:
    rng = np.random.default_rng(seed)
    smallest = -740 if dtype == "f8" else -103
    near_0 = np.exp(rng.uniform(smallest, 0, COUNT)) * rng.choice([-1, 1], COUNT)
    spread = [rng.uniform(low, high, COUNT) for low, high in places]
    with np.errstate(over="ignore"):
        return np.concatenate([near_0, *spread, SPECIAL]).astype(dtype)


def check(got: Array, exact: Array, bound: float) -> None:
    """Finite values within a bound, others the same, and signs."""
    with np.errstate(all="ignore"):
        want = exact.astype(got.dtype)
        finite = np.isfinite(want) & np.isfinite(got)
        error = np.abs(got.astype(exact.dtype) - exact)[finite] / np.spacing(np.abs(want[finite])).astype(exact.dtype)
    np.testing.assert_array_equal(got[~finite], want[~finite])
    assert np.max(error) <= bound, (np.flatnonzero(finite)[np.argmax(error)], np.max(error))
    numbers = ~np.isnan(want)
    np.testing.assert_array_equal(np.signbit(got[numbers]), np.signbit(want[numbers]))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("name", CASES)
def test_functions(name: str, dtype: str) -> None:
    measure(name, dtype, "")


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="code for x86-64")
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("name", ["sin", "tan", "asin", "sinh", "log1p", "sigmoid", "gelu", "gelu_tanh", "rsqrt"])
def test_without_fused_multiply_adds(name: str, dtype: str) -> None:
    measure(name, dtype, "x86-64-v2")


def measure(name: str, dtype: str, chip: str) -> None:
    """Compare a function with its reference, and its error with the bound."""
    reference, doubles, singles, bound, single = CASES[name]
    ours = "f32" if dtype == "f4" else "f64"
    x = arguments(singles if dtype == "f4" else doubles, dtype, 0)
    f = Compiled([(ours, [None])], lambda x: [b.unary(name, x)], level=2, chip=chip)
    (got,) = f([x], [(ours, x.shape)])
    with np.errstate(all="ignore"):
        wide = x.astype("f8" if dtype == "f4" or name in INEXACT else np.longdouble)
        exact = reference(wide)
    check(got, np.asarray(exact, wide.dtype), single if dtype == "f4" else bound)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize(("name", "reference"), [("pow", np.power), ("atan2", np.arctan2)])
def test_functions_of_two(name: str, reference: Any, dtype: str) -> None:
    ours, rng = "f32" if dtype == "f4" else "f64", np.random.default_rng(1)
    special = [*SPECIAL, 3.5, -3.5, 4.0, -3.0, 1e300, -1e300, 2.0**53 + 1, -(2.0**31) - 1]
    pairs = np.array(np.meshgrid(special, special)).reshape(2, -1)
    signs = rng.choice([-1, 1], (2, COUNT)) if name == "atan2" else 1
    ranges = [(-10, 10, -10, 10), (-80, 80, -1, 1), (-300, 300, -300, 300), (-0.01, 0.01, 1, 10)]
    places = [np.exp([rng.uniform(a, c, COUNT), rng.uniform(d, e, COUNT)]) * signs for a, c, d, e in ranges]
    with np.errstate(over="ignore"):
        x, y = np.concatenate([*places, pairs], axis=1).astype(dtype)
    f = Compiled([(ours, [None]), (ours, [None])], lambda x, y: [b.binary(name, x, y)], level=2)
    (got,) = f([x, y], [(ours, x.shape)])
    wide = np.longdouble if dtype == "f8" else np.float64
    with np.errstate(all="ignore"):
        exact = reference(x.astype(wide), y.astype(wide))
    check(got, exact, {"pow": 1.5, "atan2": 1.0}[name] if dtype == "f8" else 0.52)


@pytest.mark.parametrize("count", [1, 3, 4, 5, 8, 13, 31])
def test_every_place_of_a_vector(count: int) -> None:
    f = Compiled([("f64", [None])], lambda x: [b.unary("sin", x)], level=3)
    for at in range(count):
        x = np.linspace(-3, 3, count)
        x[at] = 1e20
        (got,) = f([x], [("f64", x.shape)])
        np.testing.assert_allclose(got, np.sin(x), rtol=1e-15)
        (same,) = f([x[at : at + 1]], [("f64", (1,))])
        assert same[0] == got[at]
